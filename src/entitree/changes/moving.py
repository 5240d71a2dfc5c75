"""Move: what is tied to some applications or entities is tied to another one, the new before the old goes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from entitree.api.names import DEFAULT_APPLICATION
from entitree.changes.edits import (
    Associate,
    CreateStrategy,
    DeleteStrategy,
    Dissociate,
    LinkKey,
    LinkNumber,
    ModifySubscription,
    WriteInbound,
)
from entitree.changes.objects import strategies
from entitree.changes.rewiring import Draft, Rewiring, criteria, half, named, rewritten
from entitree.inventory.model import Kind, LinkRow
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Collection

    from entitree.inventory.links import Links
    from entitree.inventory.model import AssociationRow, InboundRow, KeyRow, NumberRow

UNMOVABLE = (
    "Bots, WebRTC and the own link of email domains are not moved: the platform has no way to list them.",
    "LINE_OA and TELEGRAM are not moved: their inbound configurations carry neither application nor entity.",
)

_STRONGEST = ("FORCE", "FILL", None)


def moving(links: Links, kind: Kind, ids: Collection[str], to_id: str) -> Rewiring:
    """Wishes that tie to `to_id` what `links` shows tied to `ids`; pairs keep their other half.

    What `to_id` has already is only taken from the old ones. `links` holds all that names the ids, and all
    that names `to_id`, as far as it is known. Strategies are made again, and get new ids.
    """
    return _Moving(links, kind, frozenset(ids), to_id).rewiring()


class _Moving:
    def __init__(self, links: Links, kind: Kind, ids: frozenset[str], to_id: str) -> None:
        self._links = links
        self._kind = kind
        self._ids = ids
        self._to = to_id
        self._field = f"{kind.value}Id"
        self._draft = Draft(f"moves to {visible(to_id)}")

    def rewiring(self) -> Rewiring:
        self._associations()
        self._strategies()
        self._subscriptions()
        for number in self._links.numbers:
            if half(self._kind, number) in self._ids:
                self._number(number)
        for inbound in self._links.inbound:
            if half(self._kind, inbound) in self._ids:
                self._inbound(inbound)
        for key in self._links.keys:
            if named(self._kind, key) & self._ids:
                self._key(key)
        self._draft.stays += UNMOVABLE
        return self._draft.rewiring()

    def _associations(self) -> None:
        there = set(self._links.associations)
        made: dict[AssociationRow, int] = {}
        for row in self._links.associations:
            if half(self._kind, row) not in self._ids:
                continue
            about = named(self._kind, row)
            wanted = (
                replace(row, application_id=self._to)
                if self._kind is Kind.APPLICATION
                else replace(row, entity_id=self._to)
            )
            if wanted not in there and wanted not in made:
                made[wanted] = self._draft.add(Associate(wanted), about)
            needs = (made[wanted],) if wanted in made else ()
            self._draft.add(Dissociate(row), about, needs=needs, frees=row)

    def _strategies(self) -> None:
        there = {
            _meaning(json.loads(row.raw))
            for row in self._links.strategies
            if half(self._kind, row) not in self._ids
        }
        for row in self._links.strategies:
            if half(self._kind, row) not in self._ids:
                continue
            about = named(self._kind, row)
            wanted = json.loads(row.raw)
            wanted.pop(strategies.ID, None)
            wanted["platform"] = self._moved(wanted.get("platform") or {})
            needs: tuple[int, ...] = ()
            if _meaning(wanted) not in there:
                needs = (self._draft.add(CreateStrategy(json.dumps(wanted)), about),)
            self._draft.add(DeleteStrategy(row), about, needs=needs, frees=row)

    def _subscriptions(self) -> None:
        for row in self._links.subscriptions:
            about = named(self._kind, row) & self._ids
            if not about:
                continue
            raw = rewritten(row, [self._moved(each) for each in criteria(row)])
            self._draft.add(ModifySubscription(row, raw), about, frees=row)

    def _number(self, row: NumberRow) -> None:
        if self._kind is Kind.APPLICATION:
            edit = LinkNumber(row, self._to, row.entity_id)
        else:
            edit = LinkNumber(row, row.application_id or DEFAULT_APPLICATION, self._to)
        self._draft.add(edit, named(self._kind, row), frees=row)

    def _inbound(self, row: InboundRow) -> None:
        pair = {"applicationId": row.application_id, "entityId": row.entity_id}
        platform = {name: each for name, each in self._moved(pair).items() if each is not None}
        raw = json.dumps({"platform": platform})
        edit = WriteInbound(row.channel, row.resource_id, row.keyword, raw, row)
        self._draft.add(edit, named(self._kind, row), frees=row)

    def _key(self, key: KeyRow) -> None:
        bound: dict[tuple[str, str | None], LinkRow] = {}
        for link in key.links:
            if half(self._kind, link) in self._ids:
                link = (
                    replace(link, application_id=self._to)
                    if self._kind is Kind.APPLICATION
                    else replace(link, entity_id=self._to)
                )
            pair = (link.application_id, link.entity_id)
            if (other := bound.get(pair)) is not None:
                # Bound to it twice it cannot be; what is asked of requests stays as strict as it was.
                link = replace(other, action=min(other.action, link.action, key=_STRONGEST.index))
            bound[pair] = link
        self._draft.change_key(LinkKey(key, tuple(bound.values())), named(self._kind, key) & self._ids)

    def _moved(self, pair: dict[str, Any]) -> dict[str, Any]:
        return {**pair, self._field: self._to} if pair.get(self._field) in self._ids else pair


def _meaning(raw: dict[str, Any]) -> str:
    """What tells a strategy from others, but for its id."""
    try:
        state = strategies.state(strategies.parsed(raw))
    except ValidationError:
        state = {name: each for name, each in raw.items() if name != strategies.ID}
    return json.dumps(state, sort_keys=True)
