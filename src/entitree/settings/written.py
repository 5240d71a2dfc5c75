"""What stands in config.toml, profiles.toml and secrets.toml.

What is right is taken as it is. The rest goes to `settings.tables`, to be explained: to import its library
takes a tenth of a second. Both allow the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from entitree.record import record
from entitree.settings.files import read_toml
from entitree.settings.profile import REFRESH_MINUTES, AccountKind

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from pathlib import Path
    from typing import Literal

    from entitree.settings.profile import ColourWord, CursorWord, DriverWord, SignInWord

_Check: TypeAlias = Callable[[object], bool]

_EXACT = 1 << 53
"""Up to here every whole number is a float."""


@record
class ProfileEntry:
    """`[profile.NAME]` of config.toml and profiles.toml. Keys of a file are called as they are here."""

    base_url: str
    kind: AccountKind = AccountKind.PROD
    read_only: bool = False
    protected: tuple[str, ...] = ()
    limits: str | float = "real"
    theme: str | None = None
    sign_in: SignInWord = "basic"
    refresh: Literal["off"] | int | None = None
    cursor: CursorWord | None = None
    colour: ColourWord | None = None
    lean: bool | None = None
    key_command: tuple[str, ...] | None = field(default=None, repr=False)


@record
class Config:
    """The whole of config.toml or profiles.toml."""

    default: str | None = None
    theme: str | None = None
    refresh: Literal["off"] | int | None = None
    cursor: CursorWord | None = None
    lean: bool | None = None
    driver: DriverWord | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The keys of commands, by the names of these; whoever knows the commands checks both."""
    profile: Mapping[str, ProfileEntry] = field(default_factory=dict)


@record
class SecretEntry:
    """`[NAME]` of secrets.toml. The key belongs to `base_url` and is not sent anywhere else."""

    base_url: str
    api_key: str | None = field(default=None, repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    client_id: str | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)


def read_config(file: Path) -> Config:
    """config.toml or profiles.toml. Raises SettingsError that names file and key."""
    tables = read_toml(file)
    config = taken_config(tables)
    if config is None:
        from entitree.settings.tables import checked_config

        config = checked_config(f"{file}: ", tables)
    return config


def read_secrets(file: Path, profiles: Container[str]) -> dict[str, SecretEntry]:
    """secrets.toml, by profile. Raises SettingsError that holds nothing of it but the names of `profiles`: a
    key may have been pasted where a name belongs.
    """
    secrets = {}
    for name, table in read_toml(file, secret=True).items():
        secret = taken_secret(table)
        if secret is None:
            from entitree.settings.tables import checked_secret

            secret = checked_secret(f"{file}: {name}." if name in profiles else f"{file}: ", table)
        secrets[name] = secret
    return secrets


def taken_config(tables: object) -> Config | None:
    """What `tables` say; None where not all of it is certainly right."""
    if not _holds(tables, _CONFIG):
        return None
    profiles = {name: _taken_profile(table) for name, table in tables.get("profile", {}).items()}
    right = {name: profile for name, profile in profiles.items() if profile is not None}
    if right.keys() != profiles.keys():
        return None
    keys = {name: taken_keys(said) for name, said in tables.get("keys", {}).items()}
    return Config(**{**tables, "keys": keys, "profile": right})


def taken_keys(said: str | list[str]) -> tuple[str, ...]:
    """The keys of one command; none where it is to have none."""
    return tuple(filter(None, [said] if isinstance(said, str) else said))


def taken_secret(table: object) -> SecretEntry | None:
    """What `table` says; None where not all of it is certainly right."""
    return SecretEntry(**table) if _holds(table, _SECRET) and "base_url" in table else None


def _taken_profile(table: object) -> ProfileEntry | None:
    if not (_holds(table, _PROFILE) and "base_url" in table):
        return None
    fresh = dict(table)
    if type(table.get("limits")) is int:
        fresh["limits"] = float(table["limits"])
    if "kind" in table:
        fresh["kind"] = AccountKind(table["kind"])
    for name in ("protected", "key_command"):
        if name in table:
            fresh[name] = tuple(table[name])
    return ProfileEntry(**fresh)


def _holds(table: object, checks: Mapping[str, _Check]) -> TypeGuard[dict[str, Any]]:
    """Whether `table` holds nothing but what these checks let pass."""
    return type(table) is dict and all(key in checks and checks[key](value) for key, value in table.items())


def is_command(words: list[str]) -> bool:
    """Whether these texts can be run: the program, and what it is given."""
    return bool(words and words[0]) and not any("\0" in word for word in words)


def _is_text(value: object) -> bool:
    return type(value) is str


def _one_of(*words: str) -> _Check:
    return lambda value: type(value) is str and value in words


def _is_refresh(value: object) -> bool:
    return _is_off(value) or (type(value) is int and value in REFRESH_MINUTES)


def _is_limits(value: object) -> bool:
    # A whole number may be one that no float is.
    return type(value) in (str, float) or (type(value) is int and abs(value) <= _EXACT)


def _is_texts(value: object) -> TypeGuard[list[str]]:
    return type(value) is list and all(map(_is_text, value))


def _is_flag(value: object) -> bool:
    return type(value) is bool


def are_keys(value: object) -> bool:
    return type(value) is dict and all(_is_text(each) or _is_texts(each) for each in value.values())


_is_off = _one_of("off")
_is_cursor = _one_of("row", "gutter")

_CONFIG: Mapping[str, _Check] = {
    "default": _is_text,
    "theme": _is_text,
    "refresh": _is_refresh,
    "cursor": _is_cursor,
    "lean": _is_flag,
    "driver": _one_of("auto", "frugal", "plain"),
    "keys": are_keys,
    "profile": lambda value: type(value) is dict,
}
_PROFILE: Mapping[str, _Check] = {
    "base_url": _is_text,
    "kind": _one_of(*(kind.value for kind in AccountKind)),
    "read_only": _is_flag,
    "protected": _is_texts,
    "limits": _is_limits,
    "theme": _is_text,
    "sign_in": _one_of("basic", "session"),
    "refresh": _is_refresh,
    "cursor": _is_cursor,
    "colour": _one_of("red", "orange", "yellow", "green", "blue", "violet"),
    "lean": _is_flag,
    "key_command": lambda value: _is_texts(value) and is_command(value),
}
_SECRET: Mapping[str, _Check] = dict.fromkeys(
    ("base_url", "api_key", "user", "password", "client_id", "client_secret"), _is_text
)
