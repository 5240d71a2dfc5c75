"""What a deletion does as rows: what `entitree impact` prints, and the app's report as JSON holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.changes.impact import pair
from entitree.changes.impact.words import messages, not_checked, unwalked
from entitree.exports.forms import Told
from entitree.inventory.model import AssociationRow, NumberRow, StrategyRow, SubscriptionRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.changes.impact import Configuration, Impact, Removal, Reset, Stop, Use
    from entitree.exports.forms import Row
    from entitree.inventory.model import CriterionRow, InboundRow, LinkRow

COLUMNS = (
    "effect",
    "family",
    "id",
    "resource_type",
    "channels",
    "tied_to",
    "names",
    "because",
    "also_serves",
)


def impact_rows(found: Impact) -> list[Row]:
    """What would be removed, reset or stopped, and what is in use."""
    return [
        *map(_removal, found.removals),
        *map(_reset, found.resets),
        *map(_stop, found.stops),
        *map(_use, found.in_use.used if found.in_use else ()),
    ]


def unchecked_rows(found: Impact) -> list[Row]:
    """What nobody could look at: without it, what is not listed would read as not there."""
    unknown = list(not_checked(found))
    if found.unwalked is not None:
        unknown.append(unwalked(found.unwalked, lambda when: when.isoformat(timespec="seconds")))
    return [
        {
            "effect": "not checked",
            "family": what,
            "id": None,
            "resource_type": None,
            "channels": _list(()),
            "tied_to": _list(()),
            "names": _list(()),
            "because": why,
            "also_serves": _list(()),
        }
        for what, why in unknown
    ]


def _removal(removal: Removal) -> Row:
    what = removal.what
    family, identifier, resource_type = _identity(what)
    return {
        "effect": "removed",
        "family": family,
        "id": identifier,
        "resource_type": resource_type,
        "channels": _list((what.channel,) if what.channel else ()),
        "tied_to": _pairs(what.criteria if isinstance(what, SubscriptionRow) else (what,)),
        "names": _list(removal.names),
        "because": removal.because.value,
        "also_serves": _pairs(removal.others),
    }


def _identity(what: Configuration) -> tuple[str, str, str | None]:
    if isinstance(what, AssociationRow):
        return "association", what.resource_id, what.resource_type
    return "strategy" if isinstance(what, StrategyRow) else "subscription", what.id, None


def _reset(reset: Reset) -> Row:
    what = reset.what
    number = isinstance(what, NumberRow)
    return {
        "effect": "reset",
        "family": "number" if number else "inbound configuration",
        "id": what.key,
        "resource_type": "NUMBER" if number else None,
        "channels": _list(what.capabilities if isinstance(what, NumberRow) else (what.channel,)),
        "tied_to": _pairs((what,)),
        "names": _list(reset.names),
        "because": reset.reason,
        "also_serves": _list(()),
    }


def _stop(stop: Stop) -> Row:
    return {
        "effect": "stops" if stop.entirely else "loses links",
        "family": "key",
        "id": stop.what.id,
        "resource_type": None,
        "channels": _list(()),
        "tied_to": _pairs(stop.lost),
        "names": _list(stop.names),
        "because": "; ".join(filter(None, (f"key “{stop.what.name}”: {stop.reason}", stop.note))),
        "also_serves": _pairs(stop.left),
    }


def _use(use: Use) -> Row:
    return {
        "effect": "in use",
        "family": "message",
        "id": use.id,
        "resource_type": None,
        "channels": _list(use.channels),
        "tied_to": _list(()),
        "names": _list((use.id,)),
        "because": messages(use, lambda moment: moment.isoformat(timespec="seconds")),
        "also_serves": _list(()),
    }


def _pairs(
    rows: Iterable[AssociationRow | StrategyRow | CriterionRow | NumberRow | InboundRow | LinkRow],
) -> Told:
    halves = [(row.application_id, row.entity_id) for row in rows]
    return Told(
        [{"application": application, "entity": entity} for application, entity in halves],
        ", ".join(pair(application, entity) for application, entity in halves),
    )


def _list(values: Sequence[str]) -> Told:
    return Told(list(values), ", ".join(values))
