"""What a theme file may say, and what is wrong where it says something else.

Only imported for what `themes` does not take as it is: the themes that come with entitree do without.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from textual.color import Color, ColorParseError

from entitree.tui.themes import ROLES, theme_of

if TYPE_CHECKING:
    from textual.theme import Theme


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
    """Colours by meaning."""

    dim: Colour = ROLES["dim"]
    mark: Colour = ROLES["mark"]
    cursor: Colour = ROLES["cursor"]
    cursor_blurred: Colour = ROLES["cursor-blurred"]
    badge_text: Colour = ROLES["badge-text"]
    badge_sandbox: Colour = ROLES["badge-sandbox"]
    badge_prod: Colour = ROLES["badge-prod"]
    badge_readonly: Colour = ROLES["badge-readonly"]
    removal: Colour = ROLES["removal"]
    reset: Colour = ROLES["reset"]
    addition: Colour = ROLES["addition"]
    problem: Colour = ROLES["problem"]


class ThemeFile(_Table):
    """A theme as its file says it."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    dark: bool
    colors: Colors
    roles: Roles
    textual: dict[str, str] = {}


def checked(table: dict[str, object]) -> tuple[Theme | None, list[str]]:
    """The theme that a file describes, or a sentence for each thing that is wrong: key, what is allowed."""
    try:
        file = ThemeFile.model_validate(table)
    except ValidationError as invalid:
        return None, _sentences(invalid)
    roles = file.roles.model_dump(by_alias=True)
    return theme_of(file.name, file.colors.model_dump(), roles, file.textual, dark=file.dark), []


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
