"""The resources of an account that messages come to, as requests name them (platform.md 3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from entitree.sandbox.account.resources import edit_permissions
from entitree.sandbox.routes.inbound_checks import LONG
from entitree.sandbox.rules.inbound import SHORT_CODE_COUNTRY
from entitree.sandbox.rules.numbers import EDIT_PERMISSIONS
from entitree.sandbox.wire.checks import given
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from entitree.sandbox.routes.inbound_checks import Channel
    from entitree.sandbox.wire.call import Call
    from entitree.sandbox.wire.checks import Checks

FIELDS = {
    "numberKey": "key",
    "number": "name",
    "resourceKey": "key",
    "resource": "name",
    "countryCode": "country",
}
"""What a request may say of a resource, to the column that has it."""

_RESOURCES = """(
    SELECT number_key AS key, number AS name, country, 'NUMBER' AS type, type = 'SHORT_CODE' AS short
        FROM numbers
    UNION ALL SELECT key, name, country, type, 0 FROM senders
    UNION ALL SELECT name, name, '', 'DOMAIN', 0 FROM domains
)"""
"""A domain has no key but its name, as in associations."""

_COUNTRY = re.compile("[A-Z]{2}", re.ASCII)


def checked_names(checks: Checks, fields: Iterable[str]) -> dict[str, str]:
    """Those of the fields, all of them out of `FIELDS`, that the request has."""
    said = given({field: checks.text(field, high=LONG) for field in fields})
    if "countryCode" in said and _COUNTRY.fullmatch(said["countryCode"]) is None:
        checks.wrong("countryCode", "must match ^[A-Z]{2}$")
    return said


def named(call: Call, channel: Channel, said: Mapping[str, str]) -> list[sqlite3.Row]:
    """The resources that serve the channel, and of which all that was said is so: none, one or several.

    Raises:
        ProblemError: 404, there is none.
    """
    conditions = "".join(f" AND {FIELDS[field]} = ?" for field in said)
    found = call.db.execute(
        f"SELECT * FROM {_RESOURCES} WHERE type = ?{conditions}", (channel.resources, *said.values())
    ).fetchall()
    if not found:
        raise ProblemError(404)
    return found


def the_one_named(call: Call, checks: Checks, channel: Channel, said: Mapping[str, str]) -> str:
    """The key of the resource that is meant.

    Raises:
        ProblemError: 404, there is none; 400, there are several, or by rule a short code is of any country.
    """
    found = named(call, channel, said)
    key_field, _ = channel.names
    asks_country = channel.by_country and "countryCode" not in said
    loose = asks_country and found[0]["short"] and call.rules[SHORT_CODE_COUNTRY] == "required"
    if key_field not in said and (loose or len(found) > 1):
        field = "countryCode" if asks_country else key_field
        checks.wrong(field, f"must tell which resource {found[0]['name']} is meant")
        checks.done()
    return str(found[0]["key"])


def refuse_fixed(call: Call, resource_key: str) -> None:
    """
    Raises:
        ProblemError: 403, it is a number that says that its configuration cannot be edited, unless by rule
            that means nothing.
    """
    row = call.db.execute("SELECT body FROM numbers WHERE number_key = ?", (resource_key,)).fetchone()
    fixed = row is not None and not edit_permissions(row)["canEditConfiguration"]
    if fixed and call.rules[EDIT_PERMISSIONS] == "enforced":
        raise ProblemError(403)
