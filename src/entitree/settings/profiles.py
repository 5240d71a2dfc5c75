"""Finding and listing profiles.

Order: the one asked for by name; then the one the environment makes (`ENTITREE_BASE_URL`); then the `default`
of config.toml; then the one saved last by the app; then the embedded sandbox. Whichever it is, the rules of
the environment hold for it too (`ENTITREE_READ_ONLY`, `ENTITREE_PROTECTED`, `ENTITREE_LIMITS`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entitree.errors import SettingsError
from entitree.settings import environment
from entitree.settings.profile import SANDBOX_PROFILE, Profile, Secrets, check_name, naming, parse_limits
from entitree.settings.tables import ConfigTable, ProfileTable, read_config, read_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from entitree.settings.paths import Paths
    from entitree.settings.profile import Address


@dataclass(frozen=True, slots=True)
class Settings:
    """What the files and the environment say. Secrets are read when a profile is chosen, not before."""

    config: ConfigTable
    saved: ConfigTable
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

    def choose(self, name: str | None = None) -> Profile:
        """The profile asked for, or the one that opens by itself. Raises SettingsError."""
        return environment.ruled(self._chosen(name), self.environ)

    def configured(self, name: str, secrets: Secrets) -> Profile:
        """The profile that a file defines as `name`, with `secrets` for its own. Raises SettingsError."""
        return environment.ruled(self._configured(name, secrets), self.environ)

    def _chosen(self, name: str | None) -> Profile:
        if name is not None:
            return self._configured(name)
        from_environment = environment.profile_of(self.environ, self.address)
        if from_environment is not None:
            return from_environment
        for table, file in ((self.config, self.paths.config_file), (self.saved, self.paths.profiles_file)):
            if table.default is not None:
                with naming(f"{file}: default" if table.default not in self.names else ""):
                    return self._configured(table.default)
        return SANDBOX_PROFILE

    def _configured(self, name: str, secrets: Secrets | None = None) -> Profile:
        if name == SANDBOX_PROFILE.name and name not in self.names:
            return SANDBOX_PROFILE
        table, file = self._find(name)
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
            secrets=secrets or self._secrets(name, base_url),
            kind=table.kind,
            read_only=table.read_only,
            protected=frozenset(table.protected),
            limits=limits,
            theme=table.theme,
        )

    def _find(self, name: str) -> tuple[ProfileTable, Path]:
        if name in self.config.profile:
            return self.config.profile[name], self.paths.config_file
        if name in self.saved.profile:
            return self.saved.profile[name], self.paths.profiles_file
        known = ", ".join(dict.fromkeys((*self.names, SANDBOX_PROFILE.name)))
        raise SettingsError(f"There is no profile {name!r}.", hint=f"Known: {known}.")

    def _secrets(self, name: str, base_url: str) -> Secrets:
        given = environment.secrets_of(self.environ)
        # A key that came with a base URL belongs to that one.
        if given and environment.base_url_of(self.environ, self.address) in (None, base_url):
            return given
        file = self.paths.secrets_file
        table = read_secrets(file, self.names).get(name)
        if table is None:
            raise _keyless(f"The profile {name!r} has no key.")
        with naming(f"{file}: {name}.base_url"):
            home = self.address(table.base_url)
        if home != base_url:
            raise _keyless(f"The profile {name!r} has moved to another address, so its key was not used.")
        secrets = Secrets(
            api_key=table.api_key,
            user=table.user,
            password=table.password,
            key_from=f"{file}: {name}.api_key",
            user_from=f"{file}: {name}.user, {name}.password",
        )
        if not secrets:
            raise _keyless(f"The profile {name!r} has no key.")
        return secrets


def load_settings(paths: Paths, environ: Mapping[str, str], address: Address) -> Settings:
    """Reads both profile files. Raises SettingsError that names file and key."""
    return Settings(
        config=read_config(paths.config_file),
        saved=read_config(paths.profiles_file),
        paths=paths,
        address=address,
        environ=environ,
    )


def _keyless(what: str) -> SettingsError:
    return SettingsError(
        what,
        hint=f"Set {environment.API_KEY}, or open entitree --profile sandbox and give the key to :connect.",
    )
