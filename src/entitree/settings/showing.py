"""Every setting of a profile, and where its value came from. Of secrets only that they are there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entitree.errors import SettingsError, StorageError
from entitree.settings import environment
from entitree.settings.files import parsed, read_text
from entitree.settings.lines import lines_of
from entitree.settings.profile import SANDBOX_PROFILE, word_for_limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from entitree.settings.lines import Place
    from entitree.settings.profile import Profile
    from entitree.settings.profiles import Settings

BUILT_IN = "built in"


@dataclass(frozen=True, slots=True)
class Shown:
    setting: str
    value: object
    """As TOML and JSON have it; None where nothing is set."""
    source: str
    """A file with its line, a variable, or a few words."""


async def shown_settings(settings: Settings, asked: str | None) -> list[Shown]:
    """Those of the profile called `asked`, or of the one that opens by itself. Raises SettingsError."""
    profile = settings.choose(asked)
    sources = _Sources(settings, profile)
    return [
        *sources.of_profile(asked),
        *await _secrets(settings, profile),
        *sources.preferences(),
        Shown("config folder", str(settings.paths.config), _home(settings)),
        Shown("data folder", str(settings.paths.data), _home(settings)),
    ]


def _home(settings: Settings) -> str:
    return "ENTITREE_HOME" if settings.environ.get("ENTITREE_HOME", "").strip() else BUILT_IN


@dataclass
class _File:
    file: Path
    tables: dict[str, Any] = field(default_factory=dict)
    lines: Mapping[Place, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text = read_text(self.file)
        self.tables, self.lines = parsed(self.file, text), lines_of(text)

    def source(self, *place: str) -> str | None:
        """Where `place` stands; None where it does not."""
        return f"{self.file}:{self.lines[place]}" if place in self.lines else None


class _Sources:
    def __init__(self, settings: Settings, profile: Profile) -> None:
        self._settings, self._profile = settings, profile
        self._config, self._saved = _File(settings.paths.config_file), _File(settings.paths.profiles_file)
        self._own = self._saved if profile.name not in settings.config.profile else self._config
        """The file that defines the profile, if one does."""

    def of_profile(self, asked: str | None) -> list[Shown]:
        profile, given = self._profile, self._from_environment()
        limits = word_for_limits(profile.limits)
        return [
            Shown("profile", profile.name, self._chosen_by(asked)),
            self._row("base_url", profile.base_url, environment.BASE_URL if given else ""),
            self._row("kind", profile.kind.value),
            self._row("read_only", profile.read_only, self._variable(environment.READ_ONLY), both=True),
            self._row(
                "protected", sorted(profile.protected), self._variable(environment.PROTECTED), both=True
            ),
            self._row("limits", limits, self._variable(environment.LIMITS)),
            self._row("sign_in", profile.sign_in, self._variable(environment.SIGN_IN)),
            self._row("colour", profile.colour),
        ]

    def preferences(self) -> list[Shown]:
        """What may be said for one profile, or for all of them."""
        settings, profile = self._settings, self._profile
        cursor = profile.cursor or settings.cursor
        lean = settings.lean if profile.lean is None else profile.lean
        keys = [
            Shown(f"keys.{name}", list(keys), self._of_all("keys", name))
            for name, keys in settings.keys.items()
        ]
        return [
            self._row("refresh", profile.refresh_minutes or "off", self._variable(environment.REFRESH)),
            self._row("theme", profile.theme or settings.theme),
            self._row("cursor", cursor),
            self._row("lean", lean, self._variable(environment.LEAN)),
            Shown("driver", settings.driver, self._variable(environment.DRIVER) or self._of_all("driver")),
            *keys,
        ]

    def _row(self, name: str, value: object, variable: str = "", *, both: bool = False) -> Shown:
        """With `both` the variable adds to what the files say; else it comes first."""
        own = self._own.source("profile", self._profile.name, name)
        if both:
            return Shown(name, value, ", ".join(filter(None, (own, variable))) or BUILT_IN)
        return Shown(name, value, variable or own or self._of_all(name))

    def _of_all(self, *place: str) -> str:
        """Where the top of a file says it."""
        if found := self._config.source(*place):
            return found
        found = self._saved.source(*place)
        return f"{found}, saved by the app" if found else BUILT_IN

    def _variable(self, name: str) -> str:
        return name if self._settings.environ.get(name, "").strip() else ""

    def _from_environment(self) -> bool:
        return bool(self._profile.secrets) and self._profile.name not in self._settings.names

    def _chosen_by(self, asked: str | None) -> str:
        if asked is not None:
            return "--profile"
        if self._from_environment():
            return environment.BASE_URL
        return self._of_all("default")


async def _secrets(settings: Settings, profile: Profile) -> list[Shown]:
    """What it signs in with, and from where; no program is asked for it."""
    if profile.base_url is None:
        return [Shown("api_key", None, f"{BUILT_IN}: the {SANDBOX_PROFILE.name} makes its own")]
    if profile.key_command:
        where = f"{settings.written(profile.name)[1]}: profile.{profile.name}.key_command"
        return [Shown("api_key", "not asked for now", f"the program {profile.key_command[0]!r} of {where}")]
    from entitree.settings.credentials import find_secrets

    try:
        secrets = profile.secrets or await find_secrets(settings, profile)
    except (SettingsError, StorageError) as error:
        return [Shown("api_key", None, str(error))]
    ways = (
        ("api_key", bool(secrets.api_key), secrets.key_from),
        ("user, password", bool(secrets.user and secrets.password), secrets.user_from),
        ("client_id, client_secret", bool(secrets.client_id and secrets.client_secret), secrets.client_from),
    )
    return [Shown(name, "set", where) for name, there, where in ways if there]
