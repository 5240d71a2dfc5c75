"""Every kind of object that the account holds, and how the platform shows one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from entitree.sandbox.account import dns
from entitree.sandbox.account.ledger import Kind, identified
from entitree.sandbox.account.resources import number_shown, sender_found
from entitree.sandbox.wire import times

if TYPE_CHECKING:
    import sqlite3

_STRATEGY_FIELDS = (
    "platform",
    "channel",
    "destinationCountryCode",
    "useStickySender",
    "useGeolocatedSender",
    "priorities",
)

ACCOUNT_ID = "8F0792F86035A9F4290821F1EE6BC06A"
"""Of the one account that there is, a main account (platform.md 6)."""

_INBOUND_FIELDS = (
    "keyword",
    "username",
    "platform",
    "forwarding",
    "conversations",
    "answers",
    "autoResponse",
    "blockListConfiguration",
)

ASSOCIATION_COLUMNS = {
    "resourceType": "resource_type",
    "channel": "channel",
    "applicationId": "application_id",
    "entityId": "entity_id",
    "resourceId": "resource_id",
}
"""Field to column; all five together are what identifies an association."""

_MESSAGE_COLUMNS = {
    "messageId": "id",
    "direction": "direction",
    "channel": "channel",
    "from": "sender",
    "to": "destination",
    "bulkId": "bulk_id",
    "applicationId": "application_id",
    "entityId": "entity_id",
    "status": "status",
}


def _application(row: sqlite3.Row) -> dict[str, Any]:
    return _named("application", row)


def _entity(row: sqlite3.Row) -> dict[str, Any]:
    return _named("entity", row)


def _named(word: str, row: sqlite3.Row) -> dict[str, Any]:
    shown = {f"{word}Id": row["id"]}
    if row["name"] is not None:
        shown[f"{word}Name"] = row["name"]
    return shown


def _association(row: sqlite3.Row) -> dict[str, Any]:
    """Without `entityId` when there is no entity."""
    return {field: row[column] for field, column in ASSOCIATION_COLUMNS.items() if row[column] is not None}


def _strategy(row: sqlite3.Row) -> dict[str, Any]:
    body = json.loads(row["body"])
    return {"sendingStrategyId": row["id"], **{name: body[name] for name in _STRATEGY_FIELDS if name in body}}


def _security(row: sqlite3.Row) -> dict[str, Any]:
    return {"authId": row["id"], **json.loads(row["body"])}


def _subscription(row: sqlite3.Row) -> dict[str, Any]:
    """Of its profile only the id: the security settings are the profile's, and change with it alone."""
    shown = {"channel": row["channel"], **subscription_shown(row)}
    return {**shown, "profile": {"profileId": row["profile_id"]}}


def _number(row: sqlite3.Row) -> dict[str, Any]:
    """With `entityId` null when there is no entity, and without its keywords: they are those of its inbound
    configurations, and change with them alone."""
    shown = {**number_shown(row), "entityId": row["entity_id"]}
    del shown["keywords"]
    return shown


def _domain(row: sqlite3.Row) -> dict[str, Any]:
    return {
        **domain_shown(row),
        "dkimKeyLength": row["dkim_key_length"],
        "targetedDailyTraffic": row["targeted_daily_traffic"],
        "applicationId": row["application_id"],
        "entityId": row["entity_id"],
    }


def _sender(row: sqlite3.Row) -> dict[str, Any]:
    return {"resourceKey": row["key"], **sender_found(row)}


def _inbound(row: sqlite3.Row) -> dict[str, Any]:
    """With the resource that it is for, which no reply shows."""
    return {**inbound_shown(row), "resourceKey": row["resource_key"]}


def _api_key(row: sqlite3.Row) -> dict[str, Any]:
    """Without its secret. What does not limit it is left out; a linked key has links and no permissions."""
    body = json.loads(row["body"])
    shown = {"id": row["id"], "accountId": ACCOUNT_ID, "name": row["name"]}
    if body.get("allowedIPs"):
        shown["allowedIPs"] = body["allowedIPs"]
    for field, column in (("validFrom", "valid_from"), ("validTo", "valid_to")):
        if row[column] is not None:
            shown[field] = times.shown(row[column])
    shown["enabled"] = bool(row["enabled"])
    if row["linked"]:
        shown["platform"] = [_link(link) for link in json.loads(row["links"])]
    else:
        shown["permissions"] = body.get("permissions", ["PUBLIC_API"])
    if row["scopes"] is not None:
        shown["scopeGuids"] = json.loads(row["scopes"])
    return shown


def _link(columns: dict[str, Any]) -> dict[str, Any]:
    return {
        field: columns[field] for field in ("key", "applicationId", "entityId", "action") if columns[field]
    }


def _message(row: sqlite3.Row) -> dict[str, Any]:
    """Without its moment: equal accounts of different age give equal dumps."""
    shown = {field: row[column] for field, column in _MESSAGE_COLUMNS.items() if row[column] is not None}
    return {**shown, **json.loads(row["body"]), "reported": bool(row["reported"])}


def domain_shown(row: sqlite3.Row) -> dict[str, Any]:
    """A row of `DOMAIN` as replies have it: without what was asked for when it was registered."""
    created_at = times.shown_exactly(row["created_at"])
    active = bool(row["active"])
    return {
        "domainId": row["seq"],
        "domainName": row["name"],
        "active": active,
        "tracking": {what: bool(row[f"tracks_{what}"]) for what in ("clicks", "opens", "unsubscribe")},
        "dnsRecords": dns.records(row["name"], created_at, row["dkim_key_length"], verified=active),
        "blocked": bool(row["blocked"]),
        "createdAt": created_at,
    }


def subscription_shown(row: sqlite3.Row) -> dict[str, Any]:
    """A row of `SUBSCRIPTION.rows` as replies have it: what was sent, but of the profile only the ids."""
    body = json.loads(row["body"])
    name = {"name": body.pop("name")} if "name" in body else {}
    ids = subscription_ids(row)
    return {"subscriptionId": ids["subscriptionId"], **name, "profile": ids["profile"], **body}


def inbound_shown(row: sqlite3.Row) -> dict[str, Any]:
    """A row of inbound configurations as replies have it; what is not set is left out."""
    ids = {"applicationId": row["application_id"], "entityId": row["entity_id"]}
    platform = {name: value for name, value in ids.items() if value is not None}
    rest = {"keyword": row["keyword"], "platform": platform or None, **json.loads(row["body"])}
    known = {name: rest[name] for name in _INBOUND_FIELDS if rest.get(name) is not None}
    return {"configurationKey": row["key"], "channel": row["channel"], **known}


def subscription_ids(row: sqlite3.Row) -> dict[str, Any]:
    """What a creation, a modification and a deletion answer."""
    return {"subscriptionId": row["id"], "profile": profile_ids(row["profile_id"], row["auth_id"])}


def profile_shown(row: sqlite3.Row) -> dict[str, Any]:
    """What was sent, but of the security settings only the id."""
    body = json.loads(row["body"])
    webhook = {"webhook": body.pop("webhook")} if "webhook" in body else {}
    ids = profile_ids(row["id"], row["auth_id"])
    return {"profileId": ids.pop("profileId"), **webhook, **ids, **body}


def profile_ids(profile_id: str, auth_id: str | None) -> dict[str, Any]:
    """What a creation, a modification and a deletion answer, and what a subscription shows of its profile."""
    security = {} if auth_id is None else {"security": {"authId": auth_id}}
    return {"profileId": profile_id, **security}


APPLICATION = Kind("application", "applications", "applications", _application, identified("applicationId"))
ENTITY = Kind("entity", "entities", "entities", _entity, identified("entityId"))
ASSOCIATION = Kind(
    "association", "associations", "associations", _association, identified(*ASSOCIATION_COLUMNS)
)
STRATEGY = Kind("sending strategy", "strategies", "strategies", _strategy, identified("sendingStrategyId"))
SUBSCRIPTION = Kind(
    "subscription",
    "subscriptions",
    "subscriptions",
    _subscription,
    identified("channel", "subscriptionId"),
    source="(SELECT subscriptions.*, profiles.auth_id FROM subscriptions"
    " JOIN profiles ON profiles.id = subscriptions.profile_id)",
)
PROFILE = Kind("notification profile", "profiles", "profiles", profile_shown, identified("profileId"))
SECURITY = Kind("security setting", "securities", "securities", _security, identified("authId"))
NUMBER = Kind(
    "number",
    "numbers",
    "numbers",
    _number,
    identified("numberKey"),
    # The keywords of a number are those that something is configured for. As text, which SQLite forgets to
    # have been JSON: as JSON it might come out of a page as an array.
    source="(SELECT numbers.*, (SELECT json_group_array(keyword) || '' FROM inbound_configurations"
    " WHERE resource_key = numbers.number_key AND keyword IS NOT NULL) AS keywords FROM numbers)",
)
DOMAIN = Kind("domain", "domains", "domains", _domain, identified("domainName"))
SENDER = Kind("sender", "senders", "senders", _sender, identified("resourceKey"))
INBOUND = Kind(
    "inbound configuration",
    "inboundConfigurations",
    "inbound_configurations",
    _inbound,
    identified("configurationKey"),
)
API_KEY = Kind(
    "API key",
    "keys",
    "api_keys",
    _api_key,
    identified("id"),
    source="(SELECT api_keys.*, (SELECT json_group_array(json_object("
    "'key', key, 'applicationId', application_id, 'entityId', entity_id, 'action', action))"
    " FROM (SELECT * FROM key_links WHERE api_key = api_keys.seq ORDER BY seq)) AS links FROM api_keys)",
)
MESSAGE = Kind("message", "messages", "messages", _message, identified("messageId"))

KINDS: tuple[Kind, ...] = (
    APPLICATION,
    ENTITY,
    ASSOCIATION,
    STRATEGY,
    SUBSCRIPTION,
    PROFILE,
    SECURITY,
    NUMBER,
    DOMAIN,
    SENDER,
    INBOUND,
    API_KEY,
    MESSAGE,
)
