"""Themes: one TOML file each, checked as they are read; what is wrong is explained by `theme_check`.

A file has `name`, `dark`, `[colors]` (Textual's own), `[roles]` (what entitree colours by meaning) and, if it
must, `[textual]` (other theme variables of Textual). Widgets name only these, never a colour.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeGuard

from textual.color import Color, ColorParseError
from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

DEFAULT_THEME = "entitree-dark"
COLORS: Final = (
    "background",
    "surface",
    "panel",
    "foreground",
    "primary",
    "secondary",
    "accent",
    "success",
    "warning",
    "error",
)
"""Textual's base colours, from which it derives its shades."""
ROLES: Final[Mapping[str, str]] = {
    "dim": "#9aa3b2",
    "mark": "#e6c46c",
    "cursor": "#29364c",
    "cursor-blurred": "#232932",
    "badge-text": "#14171c",
    "badge-sandbox": "#6cbfa6",
    "badge-prod": "#ee9a5f",
    "badge-readonly": "#9db4d0",
    "removal": "#f2777a",
    "reset": "#e8b873",
    "addition": "#8fca7c",
    "problem": "#f2777a",
}
"""Colours by meaning. These defaults serve while no theme of ours is active."""
_NAME: Final = re.compile("[a-z0-9][a-z0-9-]*")


def role_defaults() -> dict[str, str]:
    """Every role as a theme variable, for `App.get_theme_variable_defaults`.

    Without it the styles of the widgets do not parse under a theme that is not ours.
    """
    return dict(ROLES)


def theme_folder() -> Path:
    """Where the themes are: inside the installed package, or at the top of the checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "themes"
    return shipped if shipped.is_dir() else package.parent.parent / "themes"


def load_themes(folder: Path | None = None) -> tuple[list[Theme], list[str]]:
    """All themes of `folder` (default: the ones that come with entitree), by name.

    Returns:
        The themes that are right, and a sentence for each thing that is wrong: file, key, what is allowed. A
        wrong file is left out; it never keeps the others from loading.
    """
    folder = folder or theme_folder()
    themes: dict[str, Theme] = {}
    problems: list[str] = []
    files = sorted(folder.glob("*.toml"))
    if not files:
        problems.append(f"No themes (*.toml) in {folder}.")
    for file in files:
        try:
            theme, sentences = _read(tomllib.loads(file.read_text("utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            problems.append(f"{file.name}: cannot be read: {problem}.")
            continue
        problems += [f"{file.name}: {sentence}" for sentence in sentences]
        if theme is not None:
            if theme.name in themes:
                problems.append(f"{file.name}: name: another file is called {theme.name!r} already.")
            themes.setdefault(theme.name, theme)
    return list(themes.values()), problems


def taken(table: Mapping[str, object]) -> Theme | None:
    """The theme that a file describes; None where not all of it is certainly right."""
    name, dark, textual = table.get("name"), table.get("dark"), table.get("textual", {})
    colors, roles = table.get("colors"), table.get("roles")
    if (
        table.keys() <= {"name", "dark", "colors", "roles", "textual"}
        and isinstance(name, str)
        and _NAME.fullmatch(name)
        and isinstance(dark, bool)
        and _are_colours(colors, COLORS)
        and len(colors) == len(COLORS)
        and _are_colours(roles, ROLES)
        and isinstance(textual, dict)
        and all(isinstance(value, str) for value in textual.values())
    ):
        return theme_of(name, colors, {**ROLES, **roles}, textual, dark=dark)
    return None


def theme_of(
    name: str, colors: Mapping[str, str], roles: Mapping[str, str], textual: Mapping[str, str], *, dark: bool
) -> Theme:
    """What Textual makes of a file: of all its colours and roles, and what it says of Textual's own."""
    return Theme(
        name=name,
        dark=dark,
        background=colors["background"],
        surface=colors["surface"],
        panel=colors["panel"],
        foreground=colors["foreground"],
        primary=colors["primary"],
        secondary=colors["secondary"],
        accent=colors["accent"],
        success=colors["success"],
        warning=colors["warning"],
        error=colors["error"],
        variables={**_quiet(colors, roles), **roles, **textual},
    )


def _read(table: dict[str, object]) -> tuple[Theme | None, list[str]]:
    theme = taken(table)
    if theme is not None:
        return theme, []
    from entitree.tui.theme_check import checked

    return checked(table)


def _are_colours(table: object, names: Collection[str]) -> TypeGuard[dict[str, str]]:
    return isinstance(table, dict) and all(name in names and _is_colour(text) for name, text in table.items())


def _is_colour(text: object) -> bool:
    if not isinstance(text, str):
        return False
    try:
        Color.parse(text)
    except ColorParseError:
        return False
    return True


def _quiet(colors: Mapping[str, str], roles: Mapping[str, str]) -> dict[str, str]:
    """Variables of Textual that would otherwise be too loud, or too pale to read."""
    return {
        "text-muted": roles["dim"],
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
