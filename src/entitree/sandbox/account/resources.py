"""Numbers and senders as the platform shows them (platform.md 2.2, 2.3): what is kept, and the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from entitree.sandbox.wire.checks import given

if TYPE_CHECKING:
    import sqlite3

COUNTRY_NAMES = {
    "AE": "United Arab Emirates",
    "BR": "Brazil",
    "CA": "Canada",
    "DE": "Germany",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "HR": "Croatia",
    "IN": "India",
    "IT": "Italy",
    "JP": "Japan",
    "KR": "South Korea",
    "MX": "Mexico",
    "PL": "Poland",
    "US": "United States",
    "ZA": "South Africa",
}
"""Of the countries that seeds use; resources of others are shown without a name of theirs."""

_MONTHLY_PRICES = {"SHORT_CODE": 500}
_MONTHLY_PRICE = 5
"""Where a number says nothing of its price: euros, short codes being dear everywhere."""

_EDITABLE = {"canEditNumber": True, "canEditConfiguration": True}

_SENDERS = {
    "ALPHA": ("senderName", "SMS"),
    "RCS_RESOURCE": ("senderName", "RCS"),
    "VIBER_RESOURCE": ("resource", "VIBER_BM"),
    "APPLE_RESOURCE": ("resource", "APPLE_MB"),
    "OPEN_CHANNEL_RESOURCE": ("resource", "OPEN_CHANNEL"),
    "KAKAO_RESOURCE": ("resource", "KAKAO_ALIM"),
    "FACEBOOK_RESOURCE": ("resource", "MESSENGER"),
}
"""Type of a sender, as associations call it, to the field with its name and what it can do if not told."""

SEARCHED_AS = {"ALPHA": "ALPHANUMERIC"}
"""The one type that associations and the search call by different names."""

_SEARCHABLE = ("SMS", "MMS")
"""Of what numbers can do, what the search knows."""


def number_shown(row: sqlite3.Row) -> dict[str, Any]:
    """A row of `NUMBER.rows` as the operations on numbers show it: without what it has not."""
    body = json.loads(row["body"])
    return given(
        {
            "numberKey": row["number_key"],
            "number": row["number"],
            "country": row["country"],
            "countryName": COUNTRY_NAMES.get(row["country"]),
            "type": row["type"],
            "capabilities": json.loads(row["capabilities"]),
            "shared": body.get("shared", False),
            "price": body.get("price") or _price(row["type"]),
            "network": body.get("network"),
            "keywords": sorted(set(json.loads(row["keywords"]))),
            "voiceSetup": body.get("voiceSetup"),
            "reservationStatus": body.get("reservationStatus"),
            "additionalSetupRequired": body.get("additionalSetupRequired", False),
            "editPermissions": edit_permissions(row),
            "note": body.get("note"),
            "applicationId": row["application_id"],
            "entityId": row["entity_id"],
        }
    )


def edit_permissions(row: sqlite3.Row) -> dict[str, bool]:
    """What of a number may be edited."""
    found: dict[str, bool] = json.loads(row["body"]).get("editPermissions", _EDITABLE)
    return found


def number_found(row: sqlite3.Row) -> dict[str, Any]:
    """A row of `numbers` as the search shows it; numbers alone show what they are linked to."""
    return given(
        {
            "number": row["number"],
            "numberKey": row["number_key"],
            "platform": given({"applicationId": row["application_id"], "entityId": row["entity_id"]}),
            "numberType": row["type"],
            "countryCode": row["country"],
            "countryName": COUNTRY_NAMES.get(row["country"]),
            "capabilities": [one for one in json.loads(row["capabilities"]) if one in _SEARCHABLE],
            "resourceType": "NUMBER",
        }
    )


def sender_found(row: sqlite3.Row) -> dict[str, Any]:
    """A row of `senders` as the search shows it: without what it has not, a country for example."""
    name_field, capability = _SENDERS[row["type"]]
    body = json.loads(row["body"])
    return given(
        {
            name_field: row["name"],
            "shared": body.get("shared"),
            "originalResourceName": body.get("originalResourceName"),
            "displayName": body.get("displayName"),
            "countryCode": row["country"] or None,
            "countryName": COUNTRY_NAMES.get(row["country"]),
            "capabilities": body.get("capabilities", [capability]),
            "resourceType": SEARCHED_AS.get(row["type"], row["type"]),
        }
    )


def _price(type_: str) -> dict[str, Any]:
    return {"pricePerMonth": _MONTHLY_PRICES.get(type_, _MONTHLY_PRICE), "setupPrice": 0, "currency": "EUR"}
