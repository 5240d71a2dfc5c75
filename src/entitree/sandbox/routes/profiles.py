"""Notification profiles and security settings as a subscription's body brings them along (platform.md 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.sandbox import records

if TYPE_CHECKING:
    import sqlite3

    from entitree.sandbox.checks import Checks

_NUMBERS = {
    "maxBucketSize": (1, 2000),
    "windowSize": (20, 10_000),
    "connectTimeout": (300, 30_000),
    "readTimeout": (1000, 90_000),
    "rateLimit": (1, 5000),
}
"""Field to least and most; the two time-outs are milliseconds."""

_SSL_PROTOCOLS = ("TLSv1.2", "TLSv1.3")
_CREDENTIALS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "BASIC": (("username", "password"), ()),
    "HMAC": (("secretKey", "algorithm"), ()),
    "OAUTH": (
        ("tokenUrl", "grantType"),
        ("clientId", "clientSecret", "scope", "username", "password", "resource", "refreshToken"),
    ),
    "CUSTOM": ((), ()),
}
"""Security type to the credentials it cannot do without, and those it may have."""


def checked_profile(profile: Checks) -> dict[str, Any]:
    """The profile that was sent, checked; what is wrong is noted in `profile`."""
    found: dict[str, Any] = {"profileId": profile.id("profileId", url_safe=True)}
    webhook = profile.object("webhook")
    if webhook is not None:
        if "notifyUrl" not in webhook.names():
            webhook.wrong("notifyUrl", "must not be null")
        settings = {
            "notifyUrl": webhook.text("notifyUrl", high=512),
            "contentType": webhook.text("contentType"),
        }
        found["webhook"] = {name: value for name, value in settings.items() if value is not None}
    security = profile.object("security")
    found["security"] = None if security is None else _checked_security(security)
    for name in ("clientCertificateId", "responseRegex", "responseBodyRegex"):
        found[name] = profile.text(name, high=255 if name == "clientCertificateId" else 4096)
    for name, (low, high) in _NUMBERS.items():
        found[name] = profile.whole_number(name, low=low, high=high)
    found["enabledSSLProtocols"] = profile.choices("enabledSSLProtocols", _SSL_PROTOCOLS)
    found["headers"] = _checked_headers(profile)
    return {name: value for name, value in found.items() if value is not None}


def settle_profile(db: sqlite3.Connection, profile: dict[str, Any]) -> str | None:
    """Makes the profile when it was defined; a bare id must name one that is there.

    Returns:
        What is wrong, or None.
    """
    bare = profile.keys() == {"profileId"}
    there = _there(db, "profiles", profile["profileId"])
    if bare:
        return None if there else "does not exist"
    if there:
        return "already exists; to use it, provide nothing but its ID"
    security = profile.get("security")
    if security is not None:
        defined = security.keys() != {"authId"}
        if defined == _there(db, "securities", security["authId"]):
            return "security settings already exist" if defined else "security settings do not exist"
        if defined:
            records.add_security(db, security)
    records.add_profile(db, profile)
    return None


def _there(db: sqlite3.Connection, table: str, id_: str) -> bool:
    return db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (id_,)).fetchone() is not None


def _checked_security(security: Checks) -> dict[str, Any]:
    found: dict[str, Any] = {"authId": security.id("authId", url_safe=True)}
    found["type"] = security.choice("type", _CREDENTIALS, required=False)
    credentials = security.object("credentials")
    if credentials is not None:
        if "type" not in security.names():
            security.wrong("type", "must not be null")
        required, optional = _CREDENTIALS[found["type"] or "CUSTOM"]
        given = {name: credentials.text(name) for name in (*required, *optional)}
        for name in required:
            if not given[name]:
                credentials.wrong(name, "must not be blank")
        found["credentials"] = {name: value for name, value in given.items() if value is not None}
        if (headers := _checked_headers(credentials)) is not None:
            found["credentials"]["headers"] = headers
    return {name: value for name, value in found.items() if value is not None}


def _checked_headers(profile: Checks) -> dict[str, Any] | None:
    headers = profile.object("headers")
    if headers is None:
        return None
    return {name: headers.text(name, high=4096) for name in headers.names()}
