"""What a notification profile and its security settings may hold (platform.md 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.sandbox.wire.checks import given

if TYPE_CHECKING:
    from entitree.sandbox.wire.checks import Checks

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
_ALGORITHMS = ("HMAC_MD5", "HMAC_SHA_1", "HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512")
_OPTIONAL_OAUTH = ("clientId", "clientSecret", "scope", "username", "password", "resource", "refreshToken")
_SECURITY_TYPES = ("BASIC", "HMAC", "OAUTH", "CUSTOM")


def checked_profile(profile: Checks) -> dict[str, Any]:
    """A whole profile, its security settings by id or whole; what is wrong is noted in `profile`."""
    security = profile.object("security")
    return given(
        {
            "profileId": profile.id("profileId", url_safe=True),
            "security": None if security is None else _checked_security(security),
            **_checked_delivery(profile),
        }
    )


def checked_change(profile: Checks) -> dict[str, Any]:
    """All but the id, and of the security settings nothing but theirs."""
    security = profile.object("security")
    return given(
        {
            "security": None if security is None else {"authId": security.id("authId", url_safe=True)},
            **_checked_delivery(profile),
        }
    )


def _checked_delivery(profile: Checks) -> dict[str, Any]:
    webhook = profile.object("webhook")
    return {
        "webhook": None if webhook is None else _checked_webhook(webhook),
        "clientCertificateId": profile.text("clientCertificateId"),
        **{name: profile.whole_number(name, low=low, high=high) for name, (low, high) in _NUMBERS.items()},
        "enabledSSLProtocols": profile.choices("enabledSSLProtocols", _SSL_PROTOCOLS),
        "headers": _checked_headers(profile),
        "responseRegex": profile.text("responseRegex", high=_LONG),
        "responseBodyRegex": profile.text("responseBodyRegex", high=_LONG),
    }


def _checked_webhook(webhook: Checks) -> dict[str, str]:
    return given(
        {
            "notifyUrl": webhook.text("notifyUrl", high=512, required=True),
            "contentType": webhook.text("contentType"),
        }
    )


def _checked_security(security: Checks) -> dict[str, Any]:
    credentials = security.object("credentials")
    type_ = security.choice("type", _SECURITY_TYPES, required=credentials is not None)
    return given(
        {
            "authId": security.id("authId", url_safe=True),
            "type": type_,
            "credentials": None if credentials is None else _checked_credentials(credentials, type_),
        }
    )


def _checked_credentials(credentials: Checks, type_: str | None) -> dict[str, Any]:
    """As the type has them; of `CUSTOM` no document tells more than its name, so it may have headers."""
    match type_:
        case "BASIC":
            return _required(credentials, "username", "password")
        case "HMAC":
            secret = _required(credentials, "secretKey")
            return given({**secret, "algorithm": credentials.choice("algorithm", _ALGORITHMS)})
        case "OAUTH":
            optional = {name: credentials.text(name) for name in _OPTIONAL_OAUTH}
            endpoint = _required(credentials, "tokenUrl", "grantType")
            return given({**endpoint, **optional, "headers": _checked_headers(credentials)})
        case _:
            return given({"headers": _checked_headers(credentials)})


def _required(credentials: Checks, *names: str) -> dict[str, str]:
    return given({name: credentials.text(name, low=1, required=True) for name in names})


def _checked_headers(parent: Checks) -> dict[str, str] | None:
    headers = parent.object("headers")
    return (
        None if headers is None else given({name: headers.text(name, high=_LONG) for name in headers.names()})
    )
