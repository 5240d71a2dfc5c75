"""Messages that went and came: logs, which can be read again, and reports, which cannot (platform.md 7).

Reports and inboxes hand out each item once, so reading them is no read.
"""

from __future__ import annotations

from entitree.api.operations.operation import LISTED, ErrorShape, Limit, Operation, Settle

_TWO_A_SECOND = Limit(120, 60.0)
_ONE_A_SECOND = Limit(60, 60.0)
_NO_LIMIT = (401, 403, 500)
_NO_LIMIT_CHECKED = (400, 401, 403, 500)


def _logs(name: str, path: str, channel: str, limit: Limit, errors: ErrorShape) -> Operation:
    scopes = (f"{channel}:logs:read", f"{channel}:manage")
    return Operation(name, "GET", path, 200, limit, scopes, LISTED, errors=errors, linked=True)


def _handed_out(
    name: str,
    path: str,
    scopes: tuple[str, ...],
    documented: tuple[int, ...],
    errors: ErrorShape,
    limit: Limit | None = None,
) -> Operation:
    return Operation(
        name,
        "GET",
        path,
        200,
        limit,
        scopes,
        documented,
        errors=errors,
        settle=Settle.LOST,
        idempotent=False,
        linked=True,
    )


def _sending(channel: str) -> tuple[str, ...]:
    return ("message:send", f"{channel}:message:send", f"{channel}:manage")


def _receiving(channel: str) -> tuple[str, ...]:
    return ("inbound-message:read", f"{channel}:inbound-message:read", f"{channel}:manage")


GET_SMS_LOGS = _logs(
    "get-outbound-sms-message-logs-v3", "/sms/3/logs", "sms", _TWO_A_SECOND, ErrorShape.ERROR
)
GET_EMAIL_LOGS = _logs("get-email-logs", "/email/1/logs", "email", _ONE_A_SECOND, ErrorShape.EXCEPTION)
GET_APPLE_LOGS = _logs(
    "get-outbound-apple-mfb-message-logs", "/apple-mfb/1/logs", "apple-mfb", _TWO_A_SECOND, ErrorShape.ERROR
)
GET_INSTAGRAM_LOGS = _logs(
    "get-outbound-instagram-message-logs",
    "/instagram/1/logs",
    "instagram",
    _TWO_A_SECOND,
    ErrorShape.ERROR,
)
GET_MESSENGER_LOGS = _logs(
    "get-outbound-messenger-message-logs",
    "/messenger/1/logs",
    "messenger",
    _TWO_A_SECOND,
    ErrorShape.ERROR,
)

GET_SMS_REPORTS = _handed_out(
    "get-outbound-sms-message-delivery-reports",
    "/sms/1/reports",
    _sending("sms"),
    _NO_LIMIT_CHECKED,
    ErrorShape.EXCEPTION,
)
GET_MMS_REPORTS = _handed_out(
    "get-outbound-mms-message-delivery-reports",
    "/mms/2/reports",
    _sending("mms"),
    _NO_LIMIT,
    ErrorShape.ERROR,
)
GET_EMAIL_REPORTS = _handed_out(
    "get-email-delivery-reports",
    "/email/1/reports",
    _sending("email"),
    (400, *LISTED),
    ErrorShape.EXCEPTION,
    _ONE_A_SECOND,
)
GET_SMS_INBOX = _handed_out(
    "get-inbound-sms-messages",
    "/sms/1/inbox/reports",
    _receiving("sms"),
    _NO_LIMIT_CHECKED,
    ErrorShape.EXCEPTION,
)
GET_MMS_INBOX = _handed_out(
    "get-inbound-mms-messages",
    "/mms/1/inbox/reports",
    _receiving("mms"),
    _NO_LIMIT,
    ErrorShape.EXCEPTION,
)
