"""Themes: one TOML file each, checked as they are read.

A file has `name`, `dark`, `[colors]` (Textual's own), `[roles]` (what entitree colours by meaning) and, if it
must, `[textual]` (other theme variables of Textual). Widgets name only these, never a colour.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from textual.color import Color, ColorParseError
from textual.theme import Theme

DEFAULT_THEME = "entitree-dark"


def _colour(text: str) -> str:
    try:
        Color.parse(text)
    except ColorParseError as problem:
        raise ValueError(f"{text!r} is no colour") from problem
    return text


Colour = Annotated[str, AfterValidator(_colour)]


class _Table(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=lambda name: name.replace("_", "-"),
        populate_by_name=True,
    )


class Colors(_Table):
    """Textual's base colours, from which it derives its shades."""

    background: Colour
    surface: Colour
    panel: Colour
    foreground: Colour
    primary: Colour
    secondary: Colour
    accent: Colour
    success: Colour
    warning: Colour
    error: Colour


class Roles(_Table):
    """Colours by meaning. The defaults serve while no theme of ours is active."""

    dim: Colour = "#9aa3b2"
    mark: Colour = "#e6c46c"
    cursor: Colour = "#29364c"
    cursor_blurred: Colour = "#232932"
    badge_text: Colour = "#14171c"
    badge_sandbox: Colour = "#6cbfa6"
    badge_prod: Colour = "#ee9a5f"
    badge_readonly: Colour = "#9db4d0"
    removal: Colour = "#f2777a"
    reset: Colour = "#e8b873"
    addition: Colour = "#8fca7c"
    problem: Colour = "#f2777a"


class ThemeFile(_Table):
    """A theme as its file says it."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    dark: bool
    colors: Colors
    roles: Roles
    textual: dict[str, str] = {}

    def theme(self) -> Theme:
        return Theme(
            name=self.name,
            dark=self.dark,
            **self.colors.model_dump(),
            variables={
                **_quiet(self.colors, self.roles),
                **self.roles.model_dump(by_alias=True),
                **self.textual,
            },
        )


def role_defaults() -> dict[str, str]:
    """Every role as a theme variable, for `App.get_theme_variable_defaults`.

    Without it the styles of the widgets do not parse under a theme that is not ours.
    """
    return Roles().model_dump(by_alias=True)


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
            theme = ThemeFile.model_validate(tomllib.loads(file.read_text("utf-8"))).theme()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            problems.append(f"{file.name}: cannot be read: {problem}.")
        except ValidationError as invalid:
            problems += [f"{file.name}: {sentence}" for sentence in _sentences(invalid)]
        else:
            if theme.name in themes:
                problems.append(f"{file.name}: name: another file is called {theme.name!r} already.")
            themes.setdefault(theme.name, theme)
    return list(themes.values()), problems


def _quiet(colors: Colors, roles: Roles) -> dict[str, str]:
    """Variables of Textual that would otherwise be too loud, or too pale to read."""
    return {
        "text-muted": roles.dim,
        "border": colors.accent,
        "border-blurred": colors.panel,
        "block-cursor-background": roles.cursor,
        "block-cursor-foreground": colors.foreground,
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": roles.cursor_blurred,
        "block-hover-background": roles.cursor_blurred,
        "input-selection-background": roles.cursor,
        "scrollbar": colors.panel,
        "scrollbar-hover": roles.dim,
        "scrollbar-active": colors.accent,
        "scrollbar-background": colors.background,
        "scrollbar-background-hover": colors.background,
        "scrollbar-background-active": colors.background,
        "scrollbar-corner-color": colors.background,
        "footer-key-foreground": colors.accent,
    }


_TABLES: dict[str, type[BaseModel]] = {"colors": Colors, "roles": Roles, "": ThemeFile}


def _sentences(invalid: ValidationError) -> list[str]:
    sentences = []
    for error in invalid.errors(include_url=False):
        key = ".".join(str(part) for part in error["loc"])
        sentences.append(f"{key}: {_said(error['type'], error['msg'], error['loc'])}")
    return sentences


def _said(kind: str, message: str, location: tuple[int | str, ...]) -> str:
    if kind == "extra_forbidden":
        table = _TABLES["" if len(location) < 2 else str(location[0])]
        known = ", ".join(field.alias or name for name, field in table.model_fields.items())
        return f"no such key; allowed: {known}."
    if kind == "missing":
        return "is missing."
    if kind == "value_error":
        return (
            f"{re.sub('^Value error, ', '', message)}; allowed: #rgb, #rrggbb, a CSS colour name, ansi_NAME."
        )
    if kind == "string_pattern_mismatch":
        return "allowed: small letters, digits and dashes."
    return f"{message}."
