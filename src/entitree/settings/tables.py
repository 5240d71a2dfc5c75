"""What may stand in config.toml, profiles.toml and secrets.toml, and what is wrong where it may not.

Only imported for what `settings.written` does not take: most starts do without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from entitree.errors import SettingsError
from entitree.settings.profile import (
    REFRESH_MINUTES,
    AccountKind,
    ColourWord,
    CursorWord,
    DriverWord,
    SignInWord,
)
from entitree.settings.written import Config, ProfileEntry, SecretEntry, is_command, taken_keys

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_T = TypeVar("_T", bound=BaseModel)


def _checked_refresh(value: object) -> object:
    # By themselves, pydantic's two types would each tell but their own half of what is allowed.
    if value == "off" or (type(value) is int and value in REFRESH_MINUTES):
        return value
    raise PydanticCustomError(
        "refresh",
        "Input should be 'off' or whole minutes from {least} to {most}",
        {"least": REFRESH_MINUTES[0], "most": REFRESH_MINUTES[-1]},
    )


def _checked_keys(value: object) -> object:
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        return value
    raise PydanticCustomError("keys", "Input should be a key, or a list of them")


def _checked_command(value: object) -> object:
    if isinstance(value, list) and all(isinstance(each, str) for each in value) and is_command(value):
        return value
    raise PydanticCustomError(
        "command", "Input should be a list of texts: the program, then what it is given"
    )


Refresh: TypeAlias = Annotated[Literal["off"] | int, BeforeValidator(_checked_refresh)]
Keys: TypeAlias = Annotated[str | list[str], BeforeValidator(_checked_keys)]
Argv: TypeAlias = Annotated[list[str], BeforeValidator(_checked_command)]


class _Table(BaseModel):
    # TOML has types of its own: a "false" in quotes is a mistake, not a no.
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class ProfileTable(_Table):
    """`[profile.NAME]` of config.toml and profiles.toml."""

    base_url: str
    kind: AccountKind = Field(default=AccountKind.PROD, strict=False)
    read_only: bool = False
    protected: list[str] = Field(default_factory=list)
    limits: str | float = "real"
    theme: str | None = None
    sign_in: SignInWord = "basic"
    refresh: Refresh | None = None
    cursor: CursorWord | None = None
    colour: ColourWord | None = None
    lean: bool | None = None
    key_command: Argv | None = Field(default=None, repr=False)


class ConfigTable(_Table):
    """The whole of config.toml or profiles.toml."""

    default: str | None = None
    theme: str | None = None
    refresh: Refresh | None = None
    cursor: CursorWord | None = None
    lean: bool | None = None
    driver: DriverWord | None = None
    keys: dict[str, Keys] = Field(default_factory=dict)
    profile: dict[str, ProfileTable] = Field(default_factory=dict)


class SecretTable(_Table):
    """`[NAME]` of secrets.toml. The key belongs to `base_url` and is not sent anywhere else."""

    base_url: str
    api_key: str | None = Field(default=None, repr=False)
    user: str | None = Field(default=None, repr=False)
    password: str | None = Field(default=None, repr=False)
    client_id: str | None = Field(default=None, repr=False)
    client_secret: str | None = Field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a file. `what` and `hint` hold nothing of what stands there."""

    place: tuple[str | int, ...]
    """Keys and numbers of items, from the top of the file or table that was checked."""
    what: str
    hint: str
    known: tuple[str, ...] = ()
    """What may stand there, where a key stands there that may not."""


def faults_of_config(tables: object) -> list[Fault]:
    """All that is wrong with the tables of config.toml or profiles.toml."""
    return _faults(ConfigTable, tables)


def faults_of_secret(table: object) -> list[Fault]:
    """All that is wrong with a table of secrets.toml. The place of a key that is not known shows that key."""
    return _faults(SecretTable, table)


def checked_config(prefix: str, tables: object) -> Config:
    """config.toml or profiles.toml. Raises SettingsError that begins with `prefix` and the key."""
    table = _validated(ConfigTable, prefix, tables)
    profiles = {name: _entry(profile) for name, profile in table.profile.items()}
    keys = {name: taken_keys(said) for name, said in table.keys.items()}
    # Not dict(table), which would take the field `keys` for a method.
    return Config(**{**dict(iter(table)), "keys": keys, "profile": profiles})


def checked_secret(prefix: str, table: object) -> SecretEntry:
    """A table of secrets.toml. Raises SettingsError that begins with `prefix`, and holds nothing of it."""
    return SecretEntry(**dict(_validated(SecretTable, prefix, table)))


def _entry(table: ProfileTable) -> ProfileEntry:
    command = None if table.key_command is None else tuple(table.key_command)
    return ProfileEntry(**{**dict(table), "protected": tuple(table.protected), "key_command": command})


def _validated(model: type[_T], prefix: str, table: object) -> _T:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first = _told(model, error)[0]
    place = () if first.known and model is SecretTable else first.place
    what = "a key stands there that is not known" if first.known and not place else first.what
    named = prefix + ".".join(map(str, place)) if place else prefix[:-1].removesuffix(":")
    raise SettingsError(f"{named}: {what}.", hint=first.hint)


def _faults(model: type[BaseModel], table: object) -> list[Fault]:
    try:
        model.model_validate(table)
    except ValidationError as error:
        return _told(model, error)
    return []


def _told(model: type[BaseModel], error: ValidationError) -> list[Fault]:
    # Never the input itself: it may be a key.
    told = error.errors(include_input=False, include_url=False, include_context=False)
    # What may be one of two types is complained about once for each.
    found: dict[tuple[str | int, ...], Fault] = {}
    for each in told:
        fault = _fault(model, each)
        found.setdefault(fault.place, fault)
    return list(found.values())


def _fault(model: type[BaseModel], told: ErrorDetails) -> Fault:
    place = told["loc"]
    match told["type"]:
        case "extra_forbidden":
            inner = ProfileTable if len(place) > 1 and place[0] == "profile" else model
            known = tuple(inner.model_fields)
            return Fault(place, "there is no such key", f"Known: {', '.join(known)}.", known)
        case "missing":
            return Fault(place, "is missing", "Add that key.")
    if "limits" in place:
        # Behind it stands which of its two types was tried.
        place = place[: place.index("limits") + 1]
    return Fault(place, told["msg"], "Mend that key.")
