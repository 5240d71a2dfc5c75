"""A profile: one account, how to reach it, and what may be done to it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from entitree.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

REAL_LIMITS: Final = 1.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class AccountKind(Enum):
    """What is at stake, as the word the status line shows."""

    SANDBOX = "SANDBOX"
    PROD = "PROD"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What proves who is asking. Never shown: not in a repr, a log, a journal or an export."""

    api_key: str | None = field(default=None, repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return bool(self.api_key or (self.user and self.password))


@dataclass(frozen=True, slots=True)
class Profile:
    """`base_url` is None for the embedded sandbox. `limits` is the share of the documented rates that the
    client allows itself: 1.0 as documented, 10.0 ten times, None without limits.
    """

    name: str
    base_url: str | None = None
    secrets: Secrets = field(default_factory=Secrets)
    kind: AccountKind = AccountKind.PROD
    read_only: bool = False
    protected: frozenset[str] = frozenset()
    """Ids of applications and entities that are never deleted, besides the default application."""
    limits: float | None = REAL_LIMITS
    theme: str | None = None

    @property
    def folder(self) -> str:
        """Name of the account's folder: another host under the same name is another account."""
        digest = hashlib.sha256((self.base_url or "").encode()).hexdigest()[:8]
        return f"{self.name}-{digest}"


SANDBOX_PROFILE = Profile(name="sandbox", kind=AccountKind.SANDBOX)
"""What opens when no profile is configured."""


def check_name(name: str) -> str:
    """`name` if it may name a profile. Raises SettingsError."""
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} cannot name a profile.",
            hint="Use at most 64 letters, digits, '.', '_' and '-', a letter or digit first.",
        )
    return name


def parse_limits(text: str) -> float | None:
    """`real` (1.0), `off` (None) or a factor above 0. Raises SettingsError."""
    word = text.strip().lower()
    if word == "real":
        return REAL_LIMITS
    if word == "off":
        return None
    try:
        factor = float(word)
    except ValueError:
        factor = 0.0
    if not 0.0 < factor <= 1_000_000.0:
        raise SettingsError(
            f"{text!r} is no limit.",
            hint="Use real, off, or a factor above 0 such as 10 (ten times as fast).",
        )
    return factor


def word_for_limits(limits: float | None) -> str:
    """The word `parse_limits` reads back."""
    if limits is None:
        return "off"
    return "real" if limits == REAL_LIMITS else f"{limits:g}"


def profile_from_environment(environ: Mapping[str, str]) -> Profile | None:
    """The profile made by `ENTITREE_BASE_URL` and its companions, where that is set. Raises SettingsError."""
    base_url = environ.get("ENTITREE_BASE_URL", "").strip()
    if not base_url:
        return None
    secrets = secrets_from_environment(environ)
    if not secrets:
        raise SettingsError(
            "ENTITREE_BASE_URL is set, but no key.",
            hint="Set ENTITREE_API_KEY too, or ENTITREE_USER and ENTITREE_PASSWORD.",
        )
    return Profile(
        name="environment",
        base_url=base_url,
        secrets=secrets,
        read_only=_truth(environ, "ENTITREE_READ_ONLY"),
        protected=frozenset(filter(None, environ.get("ENTITREE_PROTECTED", "").split(","))),
        limits=parse_limits(environ.get("ENTITREE_LIMITS", "").strip() or "real"),
    )


def secrets_from_environment(environ: Mapping[str, str]) -> Secrets:
    """Key, user and password of the environment; empty ones count as not set."""
    return Secrets(
        api_key=environ.get("ENTITREE_API_KEY") or None,
        user=environ.get("ENTITREE_USER") or None,
        password=environ.get("ENTITREE_PASSWORD") or None,
    )


def _truth(environ: Mapping[str, str], name: str) -> bool:
    word = environ.get(name, "").strip().lower()
    if word in ("", "0", "no", "false", "off"):
        return False
    if word in ("1", "yes", "true", "on"):
        return True
    raise SettingsError(f"{name} is {word!r}.", hint="Use 1 or 0.")
