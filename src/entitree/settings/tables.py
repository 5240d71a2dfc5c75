"""What may stand in config.toml, profiles.toml and secrets.toml, and what is wrong where it may not.

Only imported for what `settings.written` does not take: most starts do without.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, TypeVar

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
from entitree.settings.written import Config, ProfileEntry, SecretEntry, taken_keys

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


Refresh: TypeAlias = Annotated[Literal["off"] | int, BeforeValidator(_checked_refresh)]
Keys: TypeAlias = Annotated[str | list[str], BeforeValidator(_checked_keys)]


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
    return ProfileEntry(**{**dict(table), "protected": tuple(table.protected)})


def _validated(model: type[_T], prefix: str, table: object) -> _T:
    try:
        return model.model_validate(table)
    except ValidationError as error:
        # Never the input itself: it may be a key.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    unknown = first["type"] == "extra_forbidden"
    location = () if unknown and model is SecretTable else first["loc"]
    if "limits" in location:
        # Behind it stands which of its two types was tried.
        location = location[: location.index("limits") + 1]
    place = prefix + ".".join(map(str, location)) if location else prefix[:-1].removesuffix(":")
    if unknown:
        inner = ProfileTable if location and location[0] == "profile" else model
        what = "there is no such key" if location else "a key stands there that is not known"
        raise SettingsError(f"{place}: {what}.", hint=f"Known: {', '.join(inner.model_fields)}.")
    if first["type"] == "missing":
        raise SettingsError(f"{place}: is missing.", hint="Add that key.")
    raise SettingsError(f"{place}: {first['msg']}.", hint="Mend that key.")
