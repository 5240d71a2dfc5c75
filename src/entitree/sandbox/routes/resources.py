"""The search over the resources that the account owns: one type at a time, by POST (platform.md 2.2).

Nothing in it asks for an application or an entity, and email domains are not among what it finds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from entitree.api import operations
from entitree.sandbox.account.resources import SEARCHED_AS, number_found, sender_found
from entitree.sandbox.routes.absence import not_found_without_body
from entitree.sandbox.rules.numbers import SEARCH_CAPABILITIES, SEARCH_TYPES
from entitree.sandbox.wire.call import MAX_INT32, Call, Route, Takes
from entitree.sandbox.wire.checks import Checks
from entitree.sandbox.wire.paging import page_of

if TYPE_CHECKING:
    from entitree.sandbox.wire.replies import Reply

    Condition = tuple[str, tuple[str, ...]]

_LONG = 4096
"""Most characters of a name for which the documents give no limit."""

_NUMBERS = "NUMBER"
_NUMBER_TYPES = ("VIRTUAL_LONG_NUMBER", "SHORT_CODE")
"""A number of another type is none to the search."""

_SENDERS: dict[str, tuple[str, int, int]] = {
    "ALPHANUMERIC": ("senderName", 1, 255),
    "RCS_RESOURCE": ("senderName", 0, _LONG),
    "VIBER_RESOURCE": ("resource", 0, _LONG),
    "APPLE_RESOURCE": ("resource", 0, _LONG),
    "OPEN_CHANNEL_RESOURCE": ("resource", 0, _LONG),
}
"""Type to the field that filters by name, and the least and most characters in it."""

_ONLY_SHOWN = {"KAKAO_RESOURCE": ("resource", 0, _LONG), "FACEBOOK_RESOURCE": ("resource", 0, _LONG)}
"""Types that results may have and requests may not."""

_ASSOCIATED_AS = {searched: associated for associated, searched in SEARCHED_AS.items()}
_COUNTRY = re.compile("[A-Z]{2}", re.ASCII)


def _search(call: Call) -> Reply:
    senders = _SENDERS if call.rules[SEARCH_TYPES] == "listed" else _SENDERS | _ONLY_SHOWN
    checks = Checks(call.body)
    type_ = str(checks.choice("resourceType", (_NUMBERS, *senders)))
    # What the other fields mean depends on it.
    checks.done()
    if type_ == _NUMBERS:
        conditions = _of_numbers(call, checks)
        checks.done()
        return _page(call, "numbers", conditions)
    conditions = _of_senders(checks, type_, senders[type_])
    checks.done()
    return _page(call, "senders", conditions)


def _page(call: Call, table: str, conditions: list[Condition]) -> Reply:
    """Without page and size all of it is one page."""
    default = 20
    if not {"page", "size"}.intersection(call.query.names()):
        where = " AND ".join(sql for sql, _ in conditions)
        values = [value for _, group in conditions for value in group]
        default = max(1, call.db.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()[0])
    shown = number_found if table == "numbers" else sender_found
    return page_of(call, table, shown, conditions=conditions, default=default, most=MAX_INT32)


def _of_numbers(call: Call, checks: Checks) -> list[Condition]:
    conditions: list[Condition] = [(f"type IN ({', '.join('?' * len(_NUMBER_TYPES))})", _NUMBER_TYPES)]
    conditions += _equal("number", checks.text("number", low=1))
    conditions += _equal("country", _country(checks))
    wanted = tuple(checks.choices("capabilities", ("SMS", "MMS")) or ())
    if wanted:
        places = ", ".join("?" * len(wanted))
        had = f"(SELECT count(*) FROM json_each(capabilities) WHERE value IN ({places}))"
        least = len(wanted) if call.rules[SEARCH_CAPABILITIES] == "all" else 1
        conditions.append((f"{had} >= {least}", wanted))
    return conditions


def _of_senders(checks: Checks, type_: str, filter_: tuple[str, int, int]) -> list[Condition]:
    field, low, high = filter_
    conditions = _equal("type", _ASSOCIATED_AS.get(type_, type_))
    conditions += _equal("name", checks.text(field, low=low, high=high))
    if type_ == "ALPHANUMERIC":
        conditions += _equal("country", _country(checks))
    return conditions


def _equal(column: str, value: str | None) -> list[Condition]:
    return [] if value is None else [(f"{column} = ?", (value,))]


def _country(checks: Checks) -> str | None:
    code = checks.text("countryCode")
    if code is not None and _COUNTRY.fullmatch(code) is None:
        checks.wrong("countryCode", "must match ^[A-Z]{2}$")
    return code


ROUTES = (Route(operations.SEARCH_RESOURCES, not_found_without_body(_search), Takes.JSON, (400, 404)),)
