"""Finding and listing profiles.

Order: the one asked for by name; then the one the environment makes (`ENTITREE_BASE_URL`); then the `default`
of config.toml; then the one saved last by the app; then the embedded sandbox. Whichever it is, the rules of
the environment hold for it too (`ENTITREE_READ_ONLY`, `ENTITREE_PROTECTED`, `ENTITREE_LIMITS`,
`ENTITREE_SIGN_IN`, `ENTITREE_REFRESH`).

A preference is taken from the environment (`ENTITREE_LEAN`, `ENTITREE_DRIVER`); where that says nothing, from
the profile's own table; then from the top of config.toml; then from the top of profiles.toml.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from entitree.errors import SettingsError
from entitree.record import record
from entitree.settings import environment
from entitree.settings.profile import (
    SANDBOX_PROFILE,
    Profile,
    check_name,
    naming,
    parse_limits,
    parse_refresh,
)
from entitree.settings.written import Config, ProfileEntry, read_config

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from entitree.settings.paths import Paths
    from entitree.settings.profile import Address, CursorWord, DriverWord, Secrets


@record
class Settings:
    """What the files and the environment say, but for the secrets of profiles that a file defines: see
    `settings.credentials`.
    """

    config: Config
    saved: Config
    paths: Paths
    address: Address
    environ: Mapping[str, str] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Every configured profile, the user's first."""
        return tuple(dict.fromkeys((*self.config.profile, *self.saved.profile)))

    @property
    def theme(self) -> str | None:
        return self.config.theme or self.saved.theme

    @property
    def cursor(self) -> CursorWord:
        """How lists draw their cursor where a profile does not say."""
        return self.config.cursor or self.saved.cursor or "row"

    @property
    def lean(self) -> bool:
        """`Profile.lean` where a profile does not say."""
        said = (environment.lean_of(self.environ), self.config.lean, self.saved.lean)
        return next((each for each in said if each is not None), False)

    @property
    def driver(self) -> DriverWord:
        """What writes to the terminal."""
        return environment.driver_of(self.environ) or self.config.driver or self.saved.driver or "auto"

    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """The keys that commands have instead of their own, by name of command, as they are written."""
        return {**self.saved.keys, **self.config.keys}

    @property
    def refresh_minutes(self) -> int | None:
        """`Profile.refresh_minutes` where a profile does not say."""
        return parse_refresh(str(self.config.refresh or self.saved.refresh or "off"))

    def choose(self, name: str | None = None) -> Profile:
        """The profile asked for, or the one that opens by itself. Raises SettingsError."""
        return environment.ruled(self._chosen(name), self.environ)

    def configured(self, name: str, secrets: Secrets) -> Profile:
        """The profile that a file defines as `name`, with `secrets` for its own. Raises SettingsError."""
        return replace(environment.ruled(self._configured(name), self.environ), secrets=secrets)

    def written(self, name: str) -> tuple[ProfileEntry, Path]:
        """What a file says of the profile `name`, and which. Raises SettingsError."""
        if name in self.config.profile:
            return self.config.profile[name], self.paths.config_file
        if name in self.saved.profile:
            return self.saved.profile[name], self.paths.profiles_file
        known = ", ".join(dict.fromkeys((*self.names, SANDBOX_PROFILE.name)))
        raise SettingsError(f"There is no profile {name!r}.", hint=f"Known: {known}.")

    def _chosen(self, name: str | None) -> Profile:
        if name is not None:
            return self._configured(name)
        from_environment = environment.profile_of(self.environ, self.address)
        if from_environment is not None:
            return self._preferring(from_environment)
        for table, file in ((self.config, self.paths.config_file), (self.saved, self.paths.profiles_file)):
            if table.default is not None:
                with naming(f"{file}: default" if table.default not in self.names else ""):
                    return self._configured(table.default)
        return self._preferring(SANDBOX_PROFILE)

    def _configured(self, name: str) -> Profile:
        if name == SANDBOX_PROFILE.name and name not in self.names:
            return self._preferring(SANDBOX_PROFILE)
        table, file = self.written(name)
        where = f"{file}: profile.{name}"
        with naming(where):
            check_name(name)
        with naming(f"{where}.base_url"):
            base_url = self.address(table.base_url)
        with naming(f"{where}.limits"):
            limits = parse_limits(str(table.limits))
        return Profile(
            name=name,
            base_url=base_url,
            kind=table.kind,
            read_only=table.read_only,
            protected=frozenset(table.protected),
            limits=limits,
            theme=table.theme,
            sign_in=table.sign_in,
            refresh_minutes=parse_refresh(str(table.refresh)) if table.refresh else self.refresh_minutes,
            cursor=table.cursor,
            colour=table.colour,
            lean=table.lean,
            key_command=table.key_command,
        )

    def _preferring(self, profile: Profile) -> Profile:
        """A profile that no table describes, with what is preferred for all."""
        return replace(profile, refresh_minutes=self.refresh_minutes)


def load_settings(paths: Paths, environ: Mapping[str, str], address: Address) -> Settings:
    """Reads both profile files. Raises SettingsError that names file and key, or variable."""
    environment.lean_of(environ)
    environment.driver_of(environ)
    return Settings(
        config=read_config(paths.config_file),
        saved=read_config(paths.profiles_file),
        paths=paths,
        address=address,
        environ=environ,
    )
