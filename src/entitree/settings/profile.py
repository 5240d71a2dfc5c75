"""A profile: one account, how to reach it, and what may be done to it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from entitree.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

Address: TypeAlias = Callable[[str], str]
"""Checks a base URL and gives it the one form it is compared in. Raises SettingsError, not repeating it."""

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
    key_from: str = field(default="", compare=False)
    """The variable or file and key that the API key came from, for messages; empty where it was typed."""
    user_from: str = field(default="", compare=False)
    """The same for user and password."""

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


@contextmanager
def naming(where: str) -> Iterator[None]:
    """Puts the variable, or file and key, before what a SettingsError inside says."""
    try:
        yield
    except SettingsError as error:
        raise SettingsError(f"{where}: {error.what}" if where else error.what, hint=error.hint) from None


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
    return "real" if limits == REAL_LIMITS else repr(limits)
