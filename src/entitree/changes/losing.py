"""What no undo can bring back of what steps take away: said before they run, and again before undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.changes.plan import Lost
from entitree.inventory.model import Family
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from entitree.changes.plan import Step

_DELETIONS = frozenset({ops.DELETE_APPLICATION.name, ops.DELETE_ENTITY.name})
_NAMED = 3


def lost_by(steps: Iterable[Step]) -> tuple[Lost, ...]:
    """A few sentences, however many steps there are; see also `Plan.lost`."""
    return tuple(_lost(list(steps)))


def _lost(steps: Sequence[Step]) -> Iterator[Lost]:
    items = [step for step in steps if step.operation in _DELETIONS]
    went = [step.before or {} for step in items]
    strategies = [
        *(step.target.key[0] or "" for step in steps if step.operation == ops.DELETE_STRATEGY.name),
        *(each["id"] for before in went for each in before.get(Family.STRATEGIES.value, ())),
    ]
    if strategies:
        yield Lost(_several("the id of sending strategy", "the ids of {} sending strategies", strategies),
                   "A strategy that is made again gets a new id.")  # fmt: skip
    subscriptions = list(_subscriptions(steps, went))
    if subscriptions:
        yield Lost(
            _several("what subscription", "what {} subscriptions", [id_ for id_, _ in subscriptions])
            + " would have delivered until then",
            "Events are not kept for it.",
        )
    if nameless := [id_ for id_, profile in subscriptions if profile is None]:
        yield Lost(
            _several("subscription", "{} subscriptions", nameless),
            "Its profile is not known, and no subscription can be made without one.",
        )
    untagged = [
        *(step.target.key[0] or "" for step in steps if step.operation == ops.UPDATE_NUMBER.name),
        *(each["key"] for before in went for each in before.get("numbers", ())),
        *(each["key"] for before in went for each in before.get("inbound", ())),
        *(
            step.target.key[0] or ""
            for step in steps
            if step.operation == ops.SET_INBOUND.name and step.before
        ),
    ]
    if untagged:
        yield Lost(
            "the application and entity of messages that come in until then for"
            + _several("", " {} numbers and inbound configurations", list(dict.fromkeys(untagged))),
            "Each message is tagged when it comes in.",
        )
    if items:
        yield Lost(
            _several(
                "what is sent with", "what is sent with any of {} ids", [step.id or "" for step in items]
            )
            + " until then",
            "It is refused, or is not tied to the item that is made again.",
        )
        yield Lost(
            "links of bots, WebRTC and email domains, where there are any", "The platform does not show them."
        )
    if unknown := [
        step.id or "" for step, before in zip(items, went, strict=True) if not before.get("known")
    ]:
        yield Lost(_several("the alias of", "the aliases of {} items", unknown), "They were not read.")
    unread = sorted({family for before in went for family in before.get("unread", ())})
    if unread:
        yield Lost(f"{', '.join(unread)} that go with it", "They could not be read.")


def _subscriptions(
    steps: Sequence[Step], went: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, str | None]]:
    """Those that are deleted: their id, and that of their profile."""
    for step in steps:
        if step.operation == ops.DELETE_SUBSCRIPTION.name:
            yield step.target.key[1] or "", _profile(step.before or {})
    seen = set()
    for before in went:
        for each in before.get(Family.SUBSCRIPTIONS.value, ()):
            if (each["channel"], each["id"]) not in seen:
                seen.add((each["channel"], each["id"]))
                yield each["id"], _profile(each["subscription"])


def _profile(subscription: Mapping[str, Any]) -> str | None:
    found = (subscription.get("profile") or {}).get("profileId")
    return found if isinstance(found, str) else None


def _several(one: str, many: str, names: Sequence[str]) -> str:
    """A few by name, more by number."""
    if len(names) == 1:
        return f"{one} {visible(names[0])}"
    shown = ", ".join(visible(each) for each in names[:_NAMED])
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{many.format(len(names))} ({shown}{rest})"
