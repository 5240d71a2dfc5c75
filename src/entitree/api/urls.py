"""Where requests go: base URLs that may be trusted with a key, and paths in which an id stays one segment."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from entitree.errors import RefusedError, SettingsError
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HINT = "Give it as https://YOUR-HOST.api.infobip.com."
_DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_FIELD = re.compile(r"\{(\w+)\}")
_NAVIGATES = frozenset({"", ".", ".."})
"""Segments that HTTP libraries normalise away, so that the request would reach another object."""
_LONGEST = 8000
"""Characters of an encoded id: servers take request lines of about this length."""
_LONGEST_SHOWN = 80


def base_url(text: str) -> str:
    """`text` as `scheme://host[:port]`, lower case, default port dropped; a bare host is taken as https.

    https anywhere, http on exact loopback only (127.0.0.0/8, ::1, localhost), because the key travels along.

    Raises:
        SettingsError: anything else. The message never repeats the text, which may hold a password.
    """
    text = text.strip()
    if not text:
        raise SettingsError("The base URL is empty.", hint=_HINT)
    if not all("!" <= char <= "~" for char in text) or "\\" in text:
        raise SettingsError("The base URL holds a character that no host name has.", hint=_HINT)
    if "@" in text:
        raise SettingsError("The base URL may not hold a user name or password.", hint=_HINT)
    if "?" in text or "#" in text:
        raise SettingsError("The base URL may not hold a query or a fragment.", hint=_HINT)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SettingsError("The base URL has no valid host and port.", hint=_HINT) from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise SettingsError("The base URL is neither https nor http.", hint=_HINT)
    if parts.path not in ("", "/"):
        raise SettingsError("The base URL may not hold a path.", hint=_HINT)
    if port == 0 or not _valid_host(host):
        raise SettingsError("The base URL has no valid host and port.", hint=_HINT)
    if parts.scheme == "http" and not _loopback_host(host):
        raise SettingsError(
            "Plain http is for this machine alone: the key would travel readable.", hint=_HINT
        )
    shown = f"[{IPv6Address(host).compressed}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}")


def is_loopback(base: str) -> bool:
    """Whether a URL that `base_url` returned stays on this machine."""
    return _loopback_host(urlsplit(base).hostname or "")


def addressable(identifier: str) -> bool:
    """Whether a path can name this id: not empty, not a dot segment, encodable, not over 8,000 characters."""
    if identifier in _NAVIGATES:
        return False
    if not identifier.isascii() and any("\ud800" <= char <= "\udfff" for char in identifier):
        return False
    # No character takes more than four bytes, each written with three.
    return 12 * len(identifier) <= _LONGEST or len(quote(identifier, safe="")) <= _LONGEST


def unaddressable(identifiers: Sequence[str]) -> list[int]:
    """Where among these ids those stand that no path can name; quick where all are ordinary."""
    if (
        _NAVIGATES.isdisjoint(identifiers)
        and "".join(identifiers).isascii()
        and 12 * max(map(len, identifiers), default=0) <= _LONGEST
    ):
        return []
    return [index for index, identifier in enumerate(identifiers) if not addressable(identifier)]


def demand_addressable(identifier: str, what: str) -> None:
    """Raise RefusedError where no request could ever name the object; `what` is a noun such as `entity`."""
    if not addressable(identifier):
        shown = visible(identifier[: _LONGEST_SHOWN + 1])
        cut = shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"
        raise RefusedError(
            f"No request can name the {what} “{cut}”.",
            hint="Choose one that is not empty, not too long, not a dot or two, and made of real characters.",
        )


def fill(template: str, path: Mapping[str, str]) -> str:
    """The template with each `{name}` replaced by its value, percent-encoded to exactly one segment.

    Raises:
        RefusedError: a value that would address something else, or that has no encoding.
    """

    def segment(match: re.Match[str]) -> str:
        name = match[1]
        demand_addressable(path[name], _noun(name))
        return quote(path[name], safe="")

    return _FIELD.sub(segment, template)


def target(template: str, path: Mapping[str, str], query: Sequence[tuple[str, str]] = ()) -> str:
    """Path and query as they go on the request line.

    Raises:
        RefusedError: see `fill`; also a query value that has no encoding.
    """
    filled = fill(template, path)
    if not query:
        return filled
    try:
        return f"{filled}?{urlencode(query, quote_via=quote, safe='')}"
    except UnicodeEncodeError:
        raise RefusedError(
            "A value to search for holds half a character, which no request can carry.",
            hint="Type it again, or choose another.",
        ) from None


def _noun(field: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r" \1", field).lower().removesuffix(" id")


def _loopback_host(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return IPv6Address(host) == IPv6Address("::1") if ":" in host else IPv4Address(host).is_loopback
    except AddressValueError:
        return False


def _valid_host(host: str) -> bool:
    try:
        if ":" in host:
            return "%" not in host and bool(IPv6Address(host))
        # Resolvers read any number as an IPv4 address: only the usual four of them may pass.
        return (
            bool(IPv4Address(host))
            if re.search(r"(^|\.)(\d+|0x[0-9a-f]*)$", host)
            else bool(_HOST.fullmatch(host))
        )
    except AddressValueError:
        return False
