"""The last look before an item is deleted: what goes with it is read again, and compared to what was seen."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from entitree.api.names import SUBSCRIPTION_CHANNELS
from entitree.api.operations import OPERATIONS, Settle
from entitree.changes import objects
from entitree.changes.snapshot import resets, snapshot
from entitree.errors import BadReplyError, EntitreeError, ForbiddenError, NotFoundError
from entitree.inventory.model import AssociationRow, Family, Kind, StrategyRow, SubscriptionRow
from entitree.inventory.reader import together
from entitree.inventory.wire import stored

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from entitree.api.client import PlatformClient
    from entitree.api.models import WireModel
    from entitree.api.replies import Page
    from entitree.changes.plan import State, Step, Target

COMPARED = (Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS)

Found = dict[tuple[str, ...], str]
"""Configurations of a family: what tells one from another, and all that is known of it as one text."""


@dataclass(slots=True)
class Now:
    """An item and what goes with it, as just read. `families` lacks those that need not be readable."""

    there: bool = True
    alias: str | None = None
    families: dict[Family, Found] = field(default_factory=dict)
    links: dict[Target, State | None] = field(default_factory=dict)
    """Of the numbers and inbound configurations that were shown what each is now; None: it is gone."""


Listing: TypeAlias = tuple[Family, Callable[[], AsyncIterator["Page[Any]"]], str]
"""A family, its pages, and what a row itself does not say: the channel of a subscription."""


class Own:
    """What the steps of a job have done so far: that is missing, or different, for a good reason."""

    def __init__(self) -> None:
        self._gone: dict[Family, set[tuple[str, ...]]] = {family: set() for family in COMPARED}
        self._changed: dict[Family, set[tuple[str, ...]]] = {family: set() for family in COMPARED}
        self.linked: set[Target] = set()
        """Numbers and inbound configurations that were linked otherwise, or reset."""

    def note(self, step: Step) -> None:
        """The step was done."""
        settle = OPERATIONS[step.operation].settle
        if step.kind is not None:
            if settle is Settle.GONE:
                for family in COMPARED:
                    self._gone[family] |= _shown(step, family).keys()
                self.linked |= resets(step.before or {}).keys()
        elif step.target.family in COMPARED:
            (self._gone if settle is Settle.GONE else self._changed)[step.target.family].add(_key(step))
        else:
            self.linked.add(step.target)

    def changes(self, step: Step, now: Now) -> list[str]:
        """What is not as it was shown when the deletion was planned, in words."""
        before = step.before or {}
        changed = []
        for family, found in now.families.items():
            ours = self._changed[family]
            shown = {
                key: text
                for key, text in _shown(step, family).items()
                if key not in ours and key not in self._gone[family]
            }
            if shown != {key: text for key, text in found.items() if key not in ours}:
                changed.append(family.value)
        linked = resets(before)
        other = (
            target.family.value
            for target, state in now.links.items()
            if target not in self.linked and not objects.matches(state, linked[target])
        )
        changed += dict.fromkeys(other)
        if before.get("known") and before.get("alias") != now.alias:
            changed.append("alias")
        return changed


async def look(
    client: PlatformClient, step: Step, kind: Kind, item_id: str, *, known: Collection[Target] = ()
) -> Now | None:
    """The item of a deletion and what goes with it, read side by side; None: it is not there.

    Of numbers and inbound configurations, which no request finds by what they are linked to, those are read
    that were shown, but for what is `known`. What could not be read when it was planned need not be readable
    now either. Raises EntitreeError for anything else that cannot be read.
    """
    optional = (step.before or {}).get("unread", ())
    now = Now()
    unread: set[Family] = set()

    async def item() -> None:
        try:
            if kind is Kind.APPLICATION:
                now.alias = (await client.get_application(item_id)).application_name
            else:
                now.alias = (await client.get_entity(item_id)).entity_name
        except NotFoundError:
            now.there = False

    async def part(listing: Listing) -> None:
        family = listing[0]
        try:
            now.families.setdefault(family, {}).update(await _listed(listing))
        except EntitreeError:
            if family.value not in optional:
                raise
            unread.add(family)

    async def link(target: Target) -> None:
        # Who may not read them has been told so: what is known of them is older then.
        with suppress(ForbiddenError):
            now.links[target] = await objects.read(client, target)

    links = [target for target in resets(step.before or {}) if target not in known]
    await together([item(), *map(part, _listings(client, kind, item_id)), *map(link, links)])
    for family in unread:
        del now.families[family]
    return now if now.there else None


def _listings(client: PlatformClient, kind: Kind, item_id: str) -> Iterable[Listing]:
    name = "application_id" if kind is Kind.APPLICATION else "entity_id"
    only: dict[str, Any] = {name: item_id}
    yield Family.ASSOCIATIONS, partial(client.associations, **only), ""
    yield Family.STRATEGIES, partial(client.strategies, **only), ""
    for channel in SUBSCRIPTION_CHANNELS:
        yield Family.SUBSCRIPTIONS, partial(client.subscriptions, channel, **only), channel


async def _listed(listing: Listing) -> Found:
    family, pages, part = listing
    found: Found = {}
    async for page in pages():
        if page.odd:
            raise BadReplyError(f"Some {family.value} could not be understood.")
        for row, named in page.rows():
            found.update(_found(row, part, named=named))
    return found


def _found(row: WireModel, part: str, *, named: bool) -> Found:
    what = stored(row, addressable=named, part=part)
    if not isinstance(what, AssociationRow | StrategyRow | SubscriptionRow):
        raise TypeError(type(what).__name__)
    family, value = snapshot(what)
    return _named(family, value)


def _shown(step: Step, family: Family) -> Found:
    found: Found = {}
    for value in (step.before or {}).get(family.value, ()):
        found.update(_named(family, value))
    return found


def _named(family: Family, value: Mapping[str, Any]) -> Found:
    text = json.dumps(value, sort_keys=True)
    match family:
        case Family.ASSOCIATIONS:
            return {_association(AssociationRow(**value)): text}
        case Family.SUBSCRIPTIONS:
            return {(value["channel"], value["id"]): text}
        case _:
            return {(value["id"],): text}


def _key(step: Step) -> tuple[str, ...]:
    if step.association is not None:
        return _association(step.association)
    return tuple(each or "" for each in step.target.key)


def _association(row: AssociationRow) -> tuple[str, ...]:
    return tuple(json.dumps(each) for each in (
        row.resource_type, row.channel, row.application_id, row.entity_id, row.resource_id
    ))  # fmt: skip
