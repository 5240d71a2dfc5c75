"""Sending strategies: how a sender is chosen, for an application, an entity, or both (platform.md 5).

The one family here that answers errors in shape B. There is no update: delete and create again.
"""

from __future__ import annotations

import math
import secrets
import string
from typing import Any

from entitree.api import operations
from entitree.sandbox.account import records
from entitree.sandbox.account.kinds import APPLICATION, ENTITY, STRATEGY
from entitree.sandbox.account.objects import find
from entitree.sandbox.rules.strategies import UNKNOWN_IDS
from entitree.sandbox.wire.call import Call, Route, Takes
from entitree.sandbox.wire.checks import Checks, given
from entitree.sandbox.wire.paging import page_of
from entitree.sandbox.wire.replies import ProblemError, Reply

_SENDER_TYPES = ("ALPHANUMERIC", "VIRTUAL_LONG_NUMBER", "SHORT_CODE", "TOLL_FREE_NUMBER")
_ID_LETTERS = string.ascii_uppercase + string.digits
_ID_LENGTH = 32


def _list(call: Call) -> Reply:
    """Its document, unlike others, names no width of the page number."""
    columns = {"sendingStrategyId": "id", "applicationId": "application_id", "entityId": "entity_id"}
    conditions = [
        (f"{column} = ?", (value,))
        for field, column in columns.items()
        if (value := call.query.first(field)) is not None
    ]
    return page_of(
        call, "strategies", STRATEGY.shown, conditions=conditions, default=100, most_pages=math.inf
    )


def _create(call: Call) -> Reply:
    """Ids it names need not exist, unless a rule says so: no 404 is documented."""
    strategy = _checked(Checks(call.body))
    if call.rules[UNKNOWN_IDS] == "400":
        _refuse_unknown(call, strategy.get("platform", {}))
    id_ = "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))
    call.ledger.add(STRATEGY, records.strategy(id_, strategy))
    return Reply(201, {"sendingStrategyId": id_})


def _refuse_unknown(call: Call, platform: dict[str, str]) -> None:
    unknown = [
        name
        for name, kind in (("applicationId", APPLICATION), ("entityId", ENTITY))
        if name in platform and find(call.db, call.rules, kind, platform[name]) is None
    ]
    if unknown:
        raise ProblemError(400, violations={f"platform.{name}": ["does not exist"] for name in unknown})


def _delete(call: Call) -> Reply:
    if not call.ledger.remove(STRATEGY, "id = ?", (call.path["sendingStrategyId"],)):
        raise ProblemError(404)
    return Reply(204)


def _checked(checks: Checks) -> dict[str, Any]:
    platform = checks.object("platform")
    priorities = checks.objects("priorities")
    strategy = {
        "platform": None
        if platform is None
        else given({name: platform.text(name) for name in ("applicationId", "entityId")}),
        "channel": checks.text("channel", low=1),
        "destinationCountryCode": checks.text("destinationCountryCode"),
        "useStickySender": checks.flag("useStickySender") or False,
        "useGeolocatedSender": checks.flag("useGeolocatedSender") or False,
        "priorities": None
        if priorities is None
        else [
            {
                "senderType": one.choice("senderType", _SENDER_TYPES),
                "priority": one.whole_number("priority", low=1, high=4, required=True),
            }
            for one in priorities
        ],
    }
    checks.done()
    return given(strategy)


ROUTES = (
    Route(operations.GET_STRATEGIES, _list, refuses=(400, 404)),
    Route(operations.CREATE_STRATEGY, _create, Takes.JSON, (400,)),
    Route(operations.DELETE_STRATEGY, _delete, refuses=(404,)),
)
