"""How each family shows a message: fields, their order, and where the ids stand (platform.md 7.1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from entitree.sandbox.account.messages import OUTCOMES, shown_moment
from entitree.sandbox.wire.checks import given

if TYPE_CHECKING:
    import sqlite3

    Shown = dict[str, Any]

_PRICES = {
    "SMS": 0.01,
    "MMS": 1,
    "EMAIL": 0.001,
    "APPLE_MB": 0.15,
    "INSTAGRAM_DM": 0.15,
    "MESSENGER": 0.15,
}
"""Of one message that was sent, in euros, as the documents' examples have them (of email there is none)."""

_FREE = {"pricePerMessage": 0, "currency": "EUR"}


def log(row: sqlite3.Row) -> Shown:
    """As the newer logs have it, those of chat channels and of SMS."""
    body = json.loads(row["body"])
    text = {"text": body.get("text", "")}
    sms = row["channel"] == "SMS"
    return given(
        {
            "sender": row["sender"],
            "destination": row["destination"],
            "bulkId": row["bulk_id"],
            "messageId": row["id"],
            **_moments(row),
            "messageCount": _parts(row, body),
            **_result(row),
            "platform": _tag(row) or None,
            "content": text if sms else text | {"type": "TEXT"},
            "campaignReferenceId": body.get("campaignReferenceId"),
            "mccMnc": body.get("mccMnc") if sms else None,
        }
    )


def email_log(row: sqlite3.Row) -> Shown:
    return given(
        {
            **_old_tag(row),
            "bulkId": row["bulk_id"],
            "messageId": row["id"],
            "to": row["destination"],
            "from": row["sender"],
            "text": json.loads(row["body"]).get("text"),
            **_moments(row),
            "messageCount": 1,
            **_result(row),
        }
    )


def email_report(row: sqlite3.Row) -> Shown:
    return given(
        {
            **_old_tag(row),
            "bulkId": row["bulk_id"],
            "messageId": row["id"],
            "to": row["destination"],
            **_moments(row),
            "messageCount": 1,
            "attemptCount": 1,
            **_result(row),
        }
    )


def sms_report(row: sqlite3.Row) -> Shown:
    body = json.loads(row["body"])
    result = _result(row)
    if result["error"]["id"] == 0:
        # Its document alone spells it so.
        result["error"]["groupName"] = "Ok"
    return given(
        {
            "bulkId": row["bulk_id"],
            "messageId": row["id"],
            "to": row["destination"],
            "from": row["sender"],
            **_moments(row),
            "smsCount": _parts(row, body),
            "mccMnc": body.get("mccMnc"),
            "callbackData": body.get("callbackData"),
            **result,
            **_tag(row),
            "campaignReferenceId": body.get("campaignReferenceId"),
        }
    )


def mms_report(row: sqlite3.Row) -> Shown:
    body = json.loads(row["body"])
    return given(
        {
            "bulkId": row["bulk_id"],
            **_result(row),
            "messageId": row["id"],
            "to": row["destination"],
            "sender": row["sender"],
            **_moments(row),
            "messageCount": 1,
            "mccMnc": body.get("mccMnc"),
            "callbackData": body.get("callbackData"),
            "platform": _tag(row) or None,
            "campaignReferenceId": body.get("campaignReferenceId"),
        }
    )


def sms_inbound(row: sqlite3.Row) -> Shown:
    body = json.loads(row["body"])
    text, keyword = body.get("text", ""), body.get("keyword")
    words = len((keyword or "").split())
    return given(
        {
            "applicationId": row["application_id"],
            "messageId": row["id"],
            "from": row["sender"],
            "to": row["destination"],
            "text": text,
            "cleanText": " ".join(text.split(maxsplit=words)[words:]) if words else text,
            "keyword": keyword,
            "receivedAt": shown_moment(row["at_ms"]),
            "smsCount": _parts(row, body),
            "price": _FREE,
            "callbackData": body.get("callbackData"),
            "entityId": row["entity_id"],
            "campaignReferenceId": body.get("campaignReferenceId"),
        }
    )


def mms_inbound(row: sqlite3.Row) -> Shown:
    body = json.loads(row["body"])
    part = {
        "origin": "text",
        "contentType": "text/plain; charset=utf-8",
        "contentId": "content0",
        "value": body.get("text", ""),
    }
    message = {"mms_parts": [part], "userAgent": None, "priority": None, "subject": None}
    return given(
        {
            "messageId": row["id"],
            "to": row["destination"],
            "from": row["sender"],
            "message": json.dumps(message, ensure_ascii=False, separators=(",", ":")),
            "receivedAt": shown_moment(row["at_ms"]),
            "mmsCount": 1,
            "callbackData": body.get("callbackData"),
            "price": _FREE,
            **_old_tag(row),
        }
    )


def _tag(row: sqlite3.Row) -> Shown:
    return given({"entityId": row["entity_id"], "applicationId": row["application_id"]})


def _old_tag(row: sqlite3.Row) -> Shown:
    return given({"applicationId": row["application_id"], "entityId": row["entity_id"]})


def _moments(row: sqlite3.Row) -> Shown:
    """What is under way is not done."""
    moment = shown_moment(row["at_ms"])
    return {"sentAt": moment} | ({"doneAt": moment} if OUTCOMES[row["status"]].final else {})


def _result(row: sqlite3.Row) -> Shown:
    outcome = OUTCOMES[row["status"]]
    group_id, group, id_, name, description = outcome.error
    return {
        "price": {
            "pricePerMessage": 0 if row["status"] == "REJECTED" else _PRICES[row["channel"]],
            "currency": "EUR",
        },
        "status": {
            "groupId": outcome.group_id,
            "groupName": row["status"],
            "id": outcome.id,
            "name": outcome.name,
            "description": outcome.description,
        },
        "error": {
            "groupId": group_id,
            "groupName": group,
            "id": id_,
            "name": name,
            "description": description,
            "permanent": False,
        },
    }


def _parts(row: sqlite3.Row, body: Shown) -> int:
    """How many an SMS was split into: 160 characters fit into one, 153 into each of several, and 70 or 67 of
    those beyond ASCII."""
    text = body.get("text", "")
    alone, together = (160, 153) if text.isascii() else (70, 67)
    if row["channel"] != "SMS" or len(text) <= alone:
        return 1
    return -(-len(text) // together)
