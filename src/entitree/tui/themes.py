"""Themes: one TOML file each, called as the theme is. `theme_check` knows what such a file may say.

A file has `dark`, `[colors]` (Textual's own), `[roles]` (what entitree colours by meaning) and, if it must,
`[styles]` (how letters look where a colour does not do) and `[textual]` (other theme variables of Textual).
One that says `extends = "entitree-dark"` needs only what is different there. Widgets name only these, never a
colour. Those of the user's folder come before those that entitree brings.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.theme import Theme

from entitree.tui.theme_check import COLORS, NAME, ROLES, STYLES, not_among, problems_of

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_THEME = "entitree-dark"
COLOURLESS_THEME = "entitree-mono"
_OWN = "ansi_"
"""How the terminal's own colours begin."""


def role_defaults() -> dict[str, str]:
    """Every role as a theme variable, for `App.get_theme_variable_defaults`.

    Without it the styles of the widgets do not parse under a theme that is not ours.
    """
    return {**ROLES, **_style_variables(STYLES), "veil": "#14171c 60%"}


def theme_folder() -> Path:
    """Where the themes are: inside the installed package, or at the top of the checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "themes"
    return shipped if shipped.is_dir() else package.parent.parent / "themes"


def theme_names(own: Path) -> list[str]:
    """What there is a file of, in the user's folder `own` or among ours. None of them is read."""
    return sorted({file.stem for folder in (own, theme_folder()) for file in folder.glob("*.toml")})


def find_theme(name: str, own: Path) -> Path | None:
    """The file of the theme `name`; that of the user's folder `own` comes before ours."""
    if NAME.fullmatch(name):
        for folder in (own, theme_folder()):
            if (file := folder / f"{name}.toml").is_file():
                return file
    return None


def read_theme(file: Path) -> tuple[Theme | None, list[str]]:
    """The theme of `file`; or None, and a sentence for each thing that is wrong."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        return None, [f"{file.name}: cannot be read: {problem}."]
    base = _base_of(table)
    if base is None:
        names = [each.stem for each in sorted(theme_folder().glob("*.toml"))]
        return None, [f"{file.name}: extends: {not_among(table['extends'], names, 'theme')}"]
    whole = _over(base, table)
    if problems := problems_of(file.stem, whole):
        return None, [f"{file.name}: {problem}" for problem in problems]
    return theme_of(file.stem, whole), []


def load_themes(folder: Path | None = None) -> tuple[list[Theme], list[str]]:
    """All themes of `folder` (default: the ones that come with entitree), by name.

    Returns:
        The themes that are right, and a sentence for each thing that is wrong: file, key, what is allowed. A
        wrong file is left out; it never keeps the others from loading.
    """
    folder = folder or theme_folder()
    themes: list[Theme] = []
    problems: list[str] = []
    files = sorted(folder.glob("*.toml"))
    if not files:
        problems.append(f"No themes (*.toml) in {folder}.")
    for file in files:
        theme, sentences = read_theme(file)
        problems += sentences
        if theme is not None:
            themes.append(theme)
    return themes, problems


def theme_of(name: str, table: Mapping[str, Any]) -> Theme:
    """What Textual makes of a table without problems.

    A ground that is the terminal's own makes all of it the terminal's: Textual then sends the numbers of
    colours, and mixes none.
    """
    colors: Mapping[str, Any] = table["colors"]
    roles = {**ROLES, **table.get("roles", {})}
    own = colors["background"].startswith(_OWN)
    return Theme(
        name=name,
        dark=table.get("dark", True),
        **colors,
        variables={
            **(_unmixed(colors) if own else {"veil": f"{colors['background']} 60%"}),
            **_quiet(colors, roles),
            **roles,
            **_style_variables({**STYLES, **table.get("styles", {})}),
            **table.get("textual", {}),
        },
        ansi=own,
    )


def is_colourless(theme: Theme) -> bool:
    """Whether the terminal's own foreground and background are all that `theme` uses."""
    base = (getattr(theme, name) for name in COLORS)
    return {*base, *(theme.variables.get(role) for role in ROLES)} == {"ansi_default"}


def _base_of(table: Mapping[str, object]) -> dict[str, object] | None:
    """What `table` extends: nothing, or a shipped theme. None where there is no such theme."""
    if "extends" not in table:
        return {}
    name = table["extends"]
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return None
    file = theme_folder() / f"{name}.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else None


def _over(base: Mapping[str, object], table: Mapping[str, object]) -> dict[str, object]:
    """`table` with what only `base` says, tables of both joined."""
    whole = {**base, **table}
    for key, under in base.items():
        over = table.get(key)
        if isinstance(under, dict) and isinstance(over, dict):
            whole[key] = {**under, **over}
    return whole


def _style_variables(styles: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}-style": look for name, look in styles.items()}


def _unmixed(colors: Mapping[str, str]) -> dict[str, str]:
    """Variables for which Textual would see through, or take other colours, where it cannot mix any."""
    return {
        "surface": colors["surface"],
        "panel": colors["panel"],
        "panel-lighten-1": colors["panel"],
        "ansi-background": colors["background"],
        "ansi-foreground": colors["foreground"],
        "block-cursor-blurred-foreground": colors["foreground"],
        "input-cursor-background": colors["background"],
        "input-cursor-foreground": colors["foreground"],
        "input-selection-foreground": colors["foreground"],
        "veil": "transparent",
    }


def _quiet(colors: Mapping[str, str], roles: Mapping[str, str]) -> dict[str, str]:
    """Variables of Textual that would otherwise be too loud, or too pale to read."""
    return {
        "text-muted": roles["dim"],
        "text-disabled": roles["dim"],
        "border": colors["accent"],
        "border-blurred": colors["panel"],
        "block-cursor-background": roles["cursor"],
        "block-cursor-foreground": colors["foreground"],
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": roles["cursor-blurred"],
        "block-hover-background": roles["cursor-blurred"],
        "input-selection-background": roles["cursor"],
        "scrollbar": colors["panel"],
        "scrollbar-hover": roles["dim"],
        "scrollbar-active": colors["accent"],
        "scrollbar-background": colors["background"],
        "scrollbar-background-hover": colors["background"],
        "scrollbar-background-active": colors["background"],
        "scrollbar-corner-color": colors["background"],
        "footer-key-foreground": colors["accent"],
    }
