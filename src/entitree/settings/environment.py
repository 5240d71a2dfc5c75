"""What `ENTITREE_*` says: a whole profile, a key for one that is configured, and rules for any."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast, get_args

from entitree.errors import SettingsError
from entitree.settings.profile import (
    DriverWord,
    Profile,
    Secrets,
    naming,
    parse_limits,
    parse_refresh,
    parse_sign_in,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entitree.settings.profile import Address

BASE_URL: Final = "ENTITREE_BASE_URL"
API_KEY: Final = "ENTITREE_API_KEY"
USER: Final = "ENTITREE_USER"
PASSWORD: Final = "ENTITREE_PASSWORD"  # noqa: S105 - the name of a variable
CLIENT_ID: Final = "ENTITREE_CLIENT_ID"
CLIENT_SECRET: Final = "ENTITREE_CLIENT_SECRET"  # noqa: S105 - the name of a variable
SIGN_IN: Final = "ENTITREE_SIGN_IN"
READ_ONLY: Final = "ENTITREE_READ_ONLY"
PROTECTED: Final = "ENTITREE_PROTECTED"
LIMITS: Final = "ENTITREE_LIMITS"
REFRESH: Final = "ENTITREE_REFRESH"
LEAN: Final = "ENTITREE_LEAN"
DRIVER: Final = "ENTITREE_DRIVER"
KNOWN: Final = (
    BASE_URL,
    API_KEY,
    USER,
    PASSWORD,
    CLIENT_ID,
    CLIENT_SECRET,
    SIGN_IN,
    READ_ONLY,
    PROTECTED,
    LIMITS,
    REFRESH,
    LEAN,
    DRIVER,
    "ENTITREE_HOME",
    "ENTITREE_SANDBOX_KEY",
)
"""Every variable that is looked at, here and elsewhere."""


def base_url_of(environ: Mapping[str, str], address: Address) -> str | None:
    """`ENTITREE_BASE_URL`, checked; None where it is not set. Raises SettingsError."""
    text = environ.get(BASE_URL, "").strip()
    if not text:
        return None
    with naming(BASE_URL):
        return address(text)


def profile_of(environ: Mapping[str, str], address: Address) -> Profile | None:
    """The profile made by `ENTITREE_BASE_URL` and its companions; None where it is not set.

    Raises SettingsError.
    """
    base_url = base_url_of(environ, address)
    if base_url is None:
        return None
    secrets = secrets_of(environ)
    if not secrets:
        raise SettingsError(
            f"{BASE_URL} is set, but no key.",
            hint=f"Set {API_KEY} too, or {USER} and {PASSWORD}, or {CLIENT_ID} and {CLIENT_SECRET}.",
        )
    return Profile(name="environment", base_url=base_url, secrets=secrets)


def secrets_of(environ: Mapping[str, str]) -> Secrets:
    """Key, user and OAuth2 client of the environment; empty ones count as not set."""
    return Secrets(
        api_key=environ.get(API_KEY) or None,
        user=environ.get(USER) or None,
        password=environ.get(PASSWORD) or None,
        client_id=environ.get(CLIENT_ID) or None,
        client_secret=environ.get(CLIENT_SECRET) or None,
        key_from=API_KEY,
        user_from=f"{USER}, {PASSWORD}",
        client_from=f"{CLIENT_ID}, {CLIENT_SECRET}",
    )


def ruled(profile: Profile, environ: Mapping[str, str]) -> Profile:
    """`profile` under the rules of the environment. They can forbid more than it does, never allow more;
    the pace, how its user signs in, when the account is read again and whether it is drawn lean are replaced.
    Raises SettingsError.
    """
    protected = filter(None, (each.strip() for each in environ.get(PROTECTED, "").split(",")))
    limits, sign_in, refresh = (environ.get(name, "").strip() for name in (LIMITS, SIGN_IN, REFRESH))
    with naming(LIMITS):
        pace = parse_limits(limits) if limits else profile.limits
    with naming(SIGN_IN):
        way = parse_sign_in(sign_in) if sign_in else profile.sign_in
    with naming(REFRESH):
        minutes = parse_refresh(refresh) if refresh else profile.refresh_minutes
    lean = lean_of(environ)
    return replace(
        profile,
        read_only=profile.read_only or bool(_truth(environ, READ_ONLY)),
        protected=profile.protected.union(protected),
        limits=pace,
        sign_in=way,
        refresh_minutes=minutes,
        lean=profile.lean if lean is None else lean,
    )


def lean_of(environ: Mapping[str, str]) -> bool | None:
    """`ENTITREE_LEAN`; None where it is not set. Raises SettingsError."""
    return _truth(environ, LEAN)


def driver_of(environ: Mapping[str, str]) -> DriverWord | None:
    """`ENTITREE_DRIVER`; None where it is not set. Raises SettingsError."""
    word = environ.get(DRIVER, "").strip().lower()
    if not word:
        return None
    if word not in get_args(DriverWord):
        raise SettingsError(f"{DRIVER} is {word!r}, which is no driver.", hint="Use auto, frugal or plain.")
    return cast("DriverWord", word)


def _truth(environ: Mapping[str, str], name: str) -> bool | None:
    word = environ.get(name, "").strip().lower()
    if not word:
        return None
    if word in ("0", "no", "false", "off"):
        return False
    if word in ("1", "yes", "true", "on"):
        return True
    raise SettingsError(f"{name} is {word!r}, which is neither yes nor no.", hint="Use 1 or 0.")
