"""What `ENTITREE_*` says: a whole profile, a key for one that is configured, and rules for any."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from entitree.errors import SettingsError
from entitree.settings.profile import Profile, Secrets, naming, parse_limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entitree.settings.profile import Address

BASE_URL: Final = "ENTITREE_BASE_URL"
API_KEY: Final = "ENTITREE_API_KEY"
USER: Final = "ENTITREE_USER"
PASSWORD: Final = "ENTITREE_PASSWORD"  # noqa: S105 - the name of a variable
READ_ONLY: Final = "ENTITREE_READ_ONLY"
PROTECTED: Final = "ENTITREE_PROTECTED"
LIMITS: Final = "ENTITREE_LIMITS"


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
            f"{BASE_URL} is set, but no key.", hint=f"Set {API_KEY} too, or {USER} and {PASSWORD}."
        )
    return Profile(name="environment", base_url=base_url, secrets=secrets)


def secrets_of(environ: Mapping[str, str]) -> Secrets:
    """Key, user and password of the environment; empty ones count as not set."""
    return Secrets(
        api_key=environ.get(API_KEY) or None,
        user=environ.get(USER) or None,
        password=environ.get(PASSWORD) or None,
        key_from=API_KEY,
        user_from=f"{USER}, {PASSWORD}",
    )


def ruled(profile: Profile, environ: Mapping[str, str]) -> Profile:
    """`profile` under the rules of the environment. They can forbid more than it does, never allow more;
    the pace alone is replaced. Raises SettingsError.
    """
    protected = filter(None, (each.strip() for each in environ.get(PROTECTED, "").split(",")))
    limits = environ.get(LIMITS, "").strip()
    with naming(LIMITS):
        pace = parse_limits(limits) if limits else profile.limits
    return replace(
        profile,
        read_only=profile.read_only or _truth(environ, READ_ONLY),
        protected=profile.protected.union(protected),
        limits=pace,
    )


def _truth(environ: Mapping[str, str], name: str) -> bool:
    word = environ.get(name, "").strip().lower()
    if word in ("", "0", "no", "false", "off"):
        return False
    if word in ("1", "yes", "true", "on"):
        return True
    raise SettingsError(f"{name} is {word!r}, which is neither yes nor no.", hint="Use 1 or 0.")
