"""Which messages a request asks for: its query as conditions, and a limit.

Violations are noted in a `Checks`, so that all of them are told at once.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from entitree.sandbox.access import links
from entitree.sandbox.account.messages import KEPT_SECONDS, OUTCOMES, milliseconds, parsed_moment
from entitree.sandbox.rules.traffic import FILTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from entitree.sandbox.wire.call import Call
    from entitree.sandbox.wire.checks import Checks

    Condition = tuple[str, tuple[Any, ...]]
    Filter = Callable[[Call, Checks, str], Condition]

DEFAULT_LIMIT = 50
MOST = 1000
"""Messages in one reply."""

_MOST_IDS = 2048
"""Characters of all ids in one parameter."""

_INTEGER = re.compile(r"-?[0-9]{1,4000}", re.ASCII)
"""More digits Python does not read."""


def selected(
    call: Call, checks: Checks, direction: str, channel: str, filters: Mapping[str, Filter]
) -> Condition:
    """The SQL condition on `messages`, and its values: those of the last 48 hours that the caller may see and
    that meet every filter in the query, the two ids among them.

    Raises:
        ProblemError: 403 (401 by rule), a linked key asks for what it is not linked to.
    """
    oldest = milliseconds(call.now - KEPT_SECONDS)
    ids = call.query.first("applicationId"), call.query.first("entityId")
    visible, named = links.condition(links.pairs_allowed(call.caller, *ids, call.rules), call.rules)
    conditions: list[Condition] = [
        ("channel = ? AND direction = ? AND at_ms >= ?", (channel, direction, oldest)),
        (visible, tuple(named)),
        *(condition(call, checks, name) for name, condition in filters.items() if name in call.query.names()),
    ]
    return " AND ".join(sql for sql, _ in conditions), tuple(one for _, some in conditions for one in some)


def limit(call: Call, checks: Checks, *, bounded: bool) -> int:
    """How many messages are asked for; `bounded` where the schema too says that 1000 are the most."""
    text = call.query.first("limit")
    if text is None:
        return DEFAULT_LIMIT
    if _INTEGER.fullmatch(text) is None:
        checks.wrong("limit", "must be an integer")
        return DEFAULT_LIMIT
    wanted = int(text)
    if not 1 <= wanted <= MOST and (strict(call) or (bounded and wanted > MOST)):
        checks.wrong("limit", f"must be between 1 and {MOST}")
    return min(max(wanted, 1), MOST)


def strict(call: Call) -> bool:
    """What the texts forbid and the schemas allow is refused."""
    return call.rules[FILTERS] == "strict"


def _equal(column: str, call: Call, _: Checks, name: str) -> Condition:
    return f"{column} = ?", (call.query.first(name),)


def _any_of(column: str, call: Call, checks: Checks, name: str) -> Condition:
    """Several ids: the parameter may be repeated, and hold some with commas between them."""
    sent = call.query.all(name)
    if strict(call) and len(",".join(sent)) > _MOST_IDS:
        checks.wrong(name, f"size must be between 0 and {_MOST_IDS}")
    ids = [id_ for value in sent for id_ in value.split(",")]
    return f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(ids),)


def _group(call: Call, checks: Checks, name: str) -> Condition:
    if call.query.first(name) not in OUTCOMES:
        checks.wrong(name, f"must be one of {', '.join(OUTCOMES)}")
    return _equal("status", call, checks, name)


def _moment(sign: str, call: Call, checks: Checks, name: str) -> Condition:
    try:
        # A filter may be finer than what it filters.
        return f"at_ms * 1000 {sign} ?", (parsed_moment(str(call.query.first(name))),)
    except ValueError:
        checks.wrong(name, "must be a date and time as yyyy-MM-dd'T'HH:mm:ss.SSSZ")
        return "TRUE", ()


def _network(call: Call, checks: Checks, name: str) -> Condition:
    if strict(call) and call.query.first("mcc") is None:
        checks.wrong("mcc", "must not be null when mnc is given")
    return _equal(f"substr({_MCC_MNC}, 4)", call, checks, name)


_CAMPAIGN = "json_extract(body, '$.campaignReferenceId')"
_MCC_MNC = "json_extract(body, '$.mccMnc')"

INBOX: dict[str, Filter] = {"campaignReferenceId": partial(_equal, _CAMPAIGN)}
REPORTS = INBOX | {"bulkId": partial(_equal, "bulk_id"), "messageId": partial(_equal, "id")}

_SENT: dict[str, Filter] = {"sentSince": partial(_moment, ">"), "sentUntil": partial(_moment, "<")}
OLD_LOGS = (
    REPORTS
    | _SENT
    | {
        "from": partial(_equal, "sender"),
        "to": partial(_equal, "destination"),
        # Any text is a general status there: the document has no list of them.
        "generalStatus": partial(_equal, "status"),
    }
)
LOGS = _SENT | {
    "sender": partial(_equal, "sender"),
    "destination": partial(_equal, "destination"),
    "bulkId": partial(_any_of, "bulk_id"),
    "messageId": partial(_any_of, "id"),
    "campaignReferenceId": partial(_any_of, _CAMPAIGN),
    "generalStatus": _group,
}

SMS_LOGS = LOGS | {"mcc": partial(_equal, f"substr({_MCC_MNC}, 1, 3)"), "mnc": _network}
