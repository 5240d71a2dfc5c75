"""A profile: one account, how to reach it, and what may be done to it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from entitree.errors import SettingsError
from entitree.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator

Address: TypeAlias = Callable[[str], str]
"""Checks a base URL and gives it the one form it is compared in. Raises SettingsError, not repeating it."""

SignInWord: TypeAlias = Literal["basic", "session"]
"""How a user with password asks: both go with every request, or once for a session (platform.md 0.2)."""
CursorWord: TypeAlias = Literal["row", "gutter"]
"""How lists draw their cursor: the whole row, or a mark beside it, which costs a slow line less."""
DriverWord: TypeAlias = Literal["auto", "frugal", "plain"]
"""What writes to the terminal: the frugal driver, Textual's own, or the frugal one over SSH alone."""
ColourWord: TypeAlias = Literal["red", "orange", "yellow", "green", "blue", "violet"]
"""What tells an account from the others at a glance: the ground of its name in the status line."""

REAL_LIMITS: Final = 1.0
REFRESH_MINUTES: Final = range(1, 24 * 60 + 1)
"""How many minutes may lie between two readings of the whole account."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class AccountKind(Enum):
    """What is at stake, as the word the status line shows."""

    SANDBOX = "SANDBOX"
    PROD = "PROD"


@record
class Secrets:
    """What proves who is asking. Never shown: not in a repr, a log, a journal or an export."""

    api_key: str | None = field(default=None, repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    client_id: str | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)
    key_from: str = field(default="", repr=False, compare=False)
    """The variable or file and key that the API key came from, for messages; empty where it was typed."""
    user_from: str = field(default="", repr=False, compare=False)
    """The same for user and password."""
    client_from: str = field(default="", repr=False, compare=False)
    """The same for id and secret of an OAuth2 client."""

    def __bool__(self) -> bool:
        """Whether there is one whole way to sign in."""
        return bool(self.api_key or (self.user and self.password) or (self.client_id and self.client_secret))


@record
class Profile:
    """`base_url` is None for the embedded sandbox, and what the profile signs in with is not known yet where
    `secrets` are none: `settings.credentials` finds it. `limits` is the share of the documented rates that
    the client allows itself: 1.0 as documented, 10.0 ten times, None without limits.

    `theme`, `cursor` and `lean` are None where the profile itself says nothing: then those of `Settings`
    hold.
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
    sign_in: SignInWord = "basic"
    """How its user asks; of no concern to key and OAuth2 client."""
    refresh_minutes: int | None = None
    """After so many minutes the whole account is read again while the app is open; None: when asked to."""
    cursor: CursorWord | None = None
    colour: ColourWord | None = None
    lean: bool | None = None
    """Whether it is drawn for a slow line: cursor as a mark, no scrollbar, 16 colours."""
    key_command: tuple[str, ...] | None = field(default=None, repr=False)
    """Program, and what it is given, whose first line is the API key."""

    @property
    def folder(self) -> str:
        """Name of the account's folder: another host under the same name is another account."""
        return f"{self.name}-{self._digest[:8]}"

    @property
    def host(self) -> str:
        """What files of the account are called that all profiles with its base URL share."""
        return self._digest[:16]

    @property
    def _digest(self) -> str:
        return hashlib.sha256((self.base_url or "").encode()).hexdigest()


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


def parse_sign_in(text: str) -> SignInWord:
    """`basic` or `session`. Raises SettingsError, not repeating the text: it may be the password."""
    match text.strip().lower():
        case "basic":
            return "basic"
        case "session":
            return "session"
    raise SettingsError("This is no way for a user to sign in.", hint="Use basic or session.")


def parse_refresh(text: str) -> int | None:
    """`off` (None) or whole minutes, as many as `REFRESH_MINUTES` allows. Raises SettingsError."""
    word = text.strip().lower()
    if word == "off":
        return None
    # Longer ones are not even turned into numbers.
    if word.isascii() and word.isdigit() and len(word) <= 9 and int(word) in REFRESH_MINUTES:
        return int(word)
    raise SettingsError(
        f"{text!r} is no time between two readings.",
        hint=f"Use off, or whole minutes from {REFRESH_MINUTES[0]} to {REFRESH_MINUTES[-1]}.",
    )
