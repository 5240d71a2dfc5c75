"""Notification profiles and security settings as a subscription's body brings them along (platform.md 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.sandbox import records
from entitree.sandbox.checks import given
from entitree.sandbox.kinds import PROFILE, SECURITY

if TYPE_CHECKING:
    import sqlite3

    from entitree.sandbox.call import Call
    from entitree.sandbox.checks import Checks

_NUMBERS = {
    "maxBucketSize": (1, 2000),
    "windowSize": (20, 10_000),
    "connectTimeout": (300, 30_000),
    "readTimeout": (1000, 90_000),
    "rateLimit": (1, 5000),
}
"""Field to least and most; the two time-outs are milliseconds."""

_LONG = 4096
"""Most characters of a text for which the documents name no limit."""

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
    webhook, security = profile.object("webhook"), profile.object("security")
    return given(
        {
            "profileId": profile.id("profileId", url_safe=True),
            "webhook": None if webhook is None else _checked_webhook(webhook),
            "security": None if security is None else _checked_security(security),
            "clientCertificateId": profile.text("clientCertificateId"),
            **{
                name: profile.whole_number(name, low=low, high=high) for name, (low, high) in _NUMBERS.items()
            },
            "enabledSSLProtocols": profile.choices("enabledSSLProtocols", _SSL_PROTOCOLS),
            "headers": _checked_headers(profile),
            "responseRegex": profile.text("responseRegex", high=_LONG),
            "responseBodyRegex": profile.text("responseBodyRegex", high=_LONG),
        }
    )


def settle_profile(call: Call, profile: dict[str, Any]) -> str | None:
    """Makes the profile when it was defined; a bare id must name one that is there.

    Returns:
        What is wrong, or None.
    """
    bare = profile.keys() == {"profileId"}
    there = _there(call.db, "profiles", profile["profileId"])
    if bare:
        return None if there else "does not exist"
    if there:
        return "already exists; to use it, provide nothing but its ID"
    security = profile.get("security")
    if security is not None:
        defined = security.keys() != {"authId"}
        if defined == _there(call.db, "securities", security["authId"]):
            return "security settings already exist" if defined else "security settings do not exist"
        if defined:
            call.ledger.add(SECURITY, records.security(security))
    call.ledger.add(PROFILE, records.profile(profile))
    return None


def _there(db: sqlite3.Connection, table: str, id_: str) -> bool:
    return db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (id_,)).fetchone() is not None


def _checked_security(security: Checks) -> dict[str, Any]:
    credentials = security.object("credentials")
    type_ = security.choice("type", _CREDENTIALS, required=credentials is not None)
    return given(
        {
            "authId": security.id("authId", url_safe=True),
            "type": type_,
            "credentials": None
            if credentials is None
            else _checked_credentials(credentials, *_CREDENTIALS[type_ or "CUSTOM"]),
        }
    )


def _checked_credentials(
    credentials: Checks, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, Any]:
    texts = {name: credentials.text(name) for name in (*required, *optional)}
    for name in required:
        if not texts[name]:
            credentials.wrong(name, "must not be blank")
    return given({**texts, "headers": _checked_headers(credentials)})


def _checked_webhook(webhook: Checks) -> dict[str, str]:
    if "notifyUrl" not in webhook.names():
        webhook.wrong("notifyUrl", "must not be null")
    return given(
        {"notifyUrl": webhook.text("notifyUrl", high=512), "contentType": webhook.text("contentType")}
    )


def _checked_headers(parent: Checks) -> dict[str, str] | None:
    headers = parent.object("headers")
    return (
        None if headers is None else given({name: headers.text(name, high=_LONG) for name in headers.names()})
    )
