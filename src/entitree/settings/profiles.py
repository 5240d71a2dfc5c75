"""Finding, listing and saving profiles.

Order: the environment (`ENTITREE_BASE_URL`) makes a profile of its own and wins; then the one asked for by
name; then the `default` of config.toml; then the one saved last by the app; then the embedded sandbox.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from entitree.errors import SettingsError
from entitree.settings.files import read_toml, write_toml
from entitree.settings.profile import (
    SANDBOX_PROFILE,
    AccountKind,
    Profile,
    Secrets,
    check_name,
    parse_limits,
    profile_from_environment,
    secrets_from_environment,
    word_for_limits,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from entitree.settings.paths import Paths


_T = TypeVar("_T", bound=BaseModel)


class ProfileTable(BaseModel):
    """`[profile.NAME]` of config.toml and profiles.toml."""

    model_config = ConfigDict(extra="forbid")

    base_url: str
    kind: AccountKind = AccountKind.PROD
    read_only: bool = False
    protected: list[str] = Field(default_factory=list)
    limits: str | float = "real"
    theme: str | None = None


class ConfigTable(BaseModel):
    """The whole of config.toml or profiles.toml."""

    model_config = ConfigDict(extra="forbid")

    default: str | None = None
    theme: str | None = None
    profile: dict[str, ProfileTable] = Field(default_factory=dict)


class SecretTable(BaseModel):
    """`[NAME]` of secrets.toml. The key belongs to `base_url` and is not sent anywhere else."""

    model_config = ConfigDict(extra="forbid")

    base_url: str
    api_key: str | None = None
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the files and the environment say, read once."""

    config: ConfigTable
    saved: ConfigTable
    environ: Mapping[str, str]
    paths: Paths

    @property
    def names(self) -> tuple[str, ...]:
        """Every configured profile, the user's first."""
        return tuple(dict.fromkeys((*self.config.profile, *self.saved.profile)))

    @property
    def theme(self) -> str | None:
        return self.config.theme or self.saved.theme

    def choose(self, name: str | None = None) -> Profile:
        """The profile asked for, or the one that opens by itself. Raises SettingsError."""
        if name is None:
            from_environment = profile_from_environment(self.environ)
            if from_environment is not None:
                return from_environment
            name = self.config.default or self.saved.default
        if name is None or (name == SANDBOX_PROFILE.name and name not in self.names):
            return SANDBOX_PROFILE
        table = self.config.profile.get(name) or self.saved.profile.get(name)
        if table is None:
            known = ", ".join((*self.names, SANDBOX_PROFILE.name))
            raise SettingsError(f"There is no profile {name!r}.", hint=f"Known: {known}.")
        return Profile(
            name=check_name(name),
            base_url=table.base_url,
            secrets=self._secrets(name, table.base_url),
            kind=table.kind,
            read_only=table.read_only,
            protected=frozenset(table.protected),
            limits=parse_limits(str(table.limits)),
            theme=table.theme,
        )

    def _secrets(self, name: str, base_url: str) -> Secrets:
        from_environment = secrets_from_environment(self.environ)
        if from_environment:
            return from_environment
        table = _read_secrets(self.paths.secrets_file).get(name)
        if table is None or table.base_url != base_url:
            why = "has no key" if table is None else "has moved to another address, so its key was not used"
            raise SettingsError(
                f"The profile {name!r} {why}.",
                hint="Give the key again with :connect in the app, or set ENTITREE_API_KEY.",
            )
        return Secrets(api_key=table.api_key, user=table.user, password=table.password)


def load_settings(paths: Paths, environ: Mapping[str, str]) -> Settings:
    """Reads both profile files. Raises SettingsError that names file and key."""
    return Settings(
        config=_validated(ConfigTable, paths.config_file, read_toml(paths.config_file)),
        saved=_validated(ConfigTable, paths.profiles_file, read_toml(paths.profiles_file)),
        environ=environ,
        paths=paths,
    )


def save_profile(paths: Paths, profile: Profile) -> None:
    """Keeps `profile` and its secrets, and makes it the one that opens by itself.

    The secret goes to the 0600 file first: a profile without its key is worse than a key without a profile.
    Raises SettingsError or StorageError; what was there before is then still whole.
    """
    name = check_name(profile.name)
    if profile.base_url is None:
        raise SettingsError("The embedded sandbox needs no profile.")
    if name == SANDBOX_PROFILE.name:
        raise SettingsError(f"{name!r} names the embedded sandbox.", hint="Choose another name.")
    config = _validated(ConfigTable, paths.config_file, read_toml(paths.config_file))
    if name in config.profile:
        raise SettingsError(
            f"The profile {name!r} is defined in {paths.config_file}, which is yours alone to change.",
            hint="Choose another name.",
        )
    saved = _validated(ConfigTable, paths.profiles_file, read_toml(paths.profiles_file))
    secrets = _read_secrets(paths.secrets_file)
    secrets[name] = SecretTable(
        base_url=profile.base_url,
        api_key=profile.secrets.api_key,
        user=profile.secrets.user,
        password=profile.secrets.password,
    )
    write_toml(paths.secrets_file, {key: _plain(table) for key, table in secrets.items()})
    table = ProfileTable(
        base_url=profile.base_url,
        kind=profile.kind,
        read_only=profile.read_only,
        protected=sorted(profile.protected),
        limits=word_for_limits(profile.limits),
        theme=profile.theme,
    )
    fresh = saved.model_copy(update={"default": name, "profile": {**saved.profile, name: table}})
    write_toml(paths.profiles_file, _plain(fresh))


def _read_secrets(file: Path) -> dict[str, SecretTable]:
    try:
        info = file.lstat()
    except FileNotFoundError:
        return {}
    if not stat.S_ISREG(info.st_mode) or info.st_mode & 0o077:
        raise SettingsError(f"{file} holds keys, but others can read it.", hint=f"Run: chmod 600 {file}")
    return {name: _validated(SecretTable, file, table) for name, table in read_toml(file).items()}


def _validated(model: type[_T], file: Path, tables: Any) -> _T:  # noqa: ANN401 - whatever TOML held
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        # Never the input itself: it may be a key.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "(top)"
        raise SettingsError(f"{file}: {key}: {first['msg']}.", hint="Mend that key.") from None


def _plain(table: BaseModel) -> dict[str, Any]:
    return table.model_dump(mode="json", exclude_none=True, exclude_defaults=False)
