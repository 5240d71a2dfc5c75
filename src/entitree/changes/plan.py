"""From edits to steps: what will be sent, in which order, at what cost, and what stands against it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from entitree.api import operations as ops
from entitree.api.names import DEFAULT_APPLICATION, SUBSCRIPTION_CHANNELS
from entitree.api.urls import addressable
from entitree.changes.edits import (
    Alias,
    Associate,
    Create,
    Delete,
    Dissociate,
    Edit,
    Severity,
    check_alias,
    check_id,
)
from entitree.changes.impact import Impact, pair
from entitree.changes.snapshot import doomed
from entitree.inventory.model import AssociationRow, Item, Kind
from entitree.inventory.wire import association as wire_association
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

Existing = Mapping[tuple[Kind, str], Item]

_ORDER: tuple[type[Edit], ...] = (Create, Alias, Associate, Dissociate, Delete)
"""What others may need comes first, what takes others with it last."""

_REREAD = {
    Kind.APPLICATION: (ops.GET_APPLICATION, ops.GET_ASSOCIATIONS, ops.GET_STRATEGIES),
    Kind.ENTITY: (ops.GET_ENTITY, ops.GET_ASSOCIATIONS, ops.GET_STRATEGIES),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One request to be, and all that is needed to know afterwards whether it took effect."""

    number: int
    """From 1, in the order of running."""
    operation: str
    """Name of a row of the operations table."""
    title: str
    reason: str = ""
    kind: Kind | None = None
    id: str | None = None
    association: AssociationRow | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    before: Mapping[str, Any] | None = None
    """What was there when it was planned: of an alias the old one, of a deletion all that goes with it."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why an edit cannot be part of the plan."""

    edit: Edit
    text: str


@dataclass(frozen=True, slots=True)
class Cost:
    writes: int
    reads: int
    """What is read again before deletions."""
    seconds: float
    """At the allowed rate; 0.0 where there is none."""

    @property
    def requests(self) -> int:
        return self.writes + self.reads


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps for one account. A plan with conflicts is shown, never run."""

    account: str
    steps: tuple[Step, ...]
    conflicts: tuple[Conflict, ...] = ()
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def title(self) -> str:
        """What it does: the title of its only step, or `Delete 3 entities, create 1 application`."""
        if len(self.steps) == 1:
            return self.steps[0].title
        counts = Counter(_noun(step) for step in self.steps)
        words = ", ".join(f"{verb} {n} {one if n == 1 else many}" for (verb, one, many), n in counts.items())
        return words[:1].upper() + words[1:]

    @property
    def digest(self) -> str:
        """Changes whenever anything that would be sent, or that it was planned upon, does."""
        steps = [
            (step.number, step.operation, step.path, step.body, step.before, step.id) for step in self.steps
        ]
        return sha256(json.dumps([self.account, steps], sort_keys=True, default=dict).encode()).hexdigest()

    def cost(self, factor: float | None = 1.0) -> Cost:
        """What running it takes, at `factor` times the documented limits; None means no limits.

        Steps go one after another and each operation has a limit of its own (platform.md 0.4), so the most
        used operation decides.
        """
        writes = Counter(ops.OPERATIONS[step.operation] for step in self.steps)
        reads: Counter[ops.Operation] = Counter()
        for step in self.steps:
            if step.kind is not None and step.operation in _DELETES:
                reads.update(_REREAD[step.kind])
                reads[ops.GET_SUBSCRIPTIONS] += len(SUBSCRIPTION_CHANNELS)
        seconds = 0.0
        if factor is not None:
            for operation, count in (writes + reads).items():
                if operation.limit is not None:
                    limit = operation.limit
                    seconds = max(seconds, count * limit.seconds / limit.requests / factor)
        return Cost(writes=writes.total(), reads=reads.total(), seconds=seconds)


def plan(
    edits: Sequence[Edit],
    *,
    account: str = "",
    protected: Collection[str] = (),
    existing: Existing | None = None,
    impacts: Iterable[Impact] = (),
    created: datetime | None = None,
) -> Plan:
    """The plan that carries out `edits`, with the conflicts found before anything runs.

    Args:
        account: what the plan is bound to.
        protected: ids that are never deleted; the default application never is (platform.md 1.4).
        existing: the items that the edits speak of, where they are there.
        impacts: what was shown of the deletions; one that no impact covers is a conflict.
        created: when it was made; now, if not given.
    """
    known = existing or {}
    removals = {
        (each.kind, item_id): doomed(each, item_id, gone, known.get((each.kind, item_id)))
        for each in impacts
        for item_id, gone in each.by_id().items()
    }
    conflicts = tuple(_conflicts(edits, protected, known, removals))
    against = {id(each.edit) for each in conflicts}
    good = sorted((edit for edit in edits if id(edit) not in against), key=lambda e: _ORDER.index(type(e)))
    steps = tuple(_step(number, edit, known, removals) for number, edit in enumerate(good, 1))
    return Plan(account, steps, conflicts, created or datetime.now(UTC))


_DELETES = {ops.DELETE_APPLICATION.name, ops.DELETE_ENTITY.name}
_CREATE = {Kind.APPLICATION: ops.CREATE_APPLICATION, Kind.ENTITY: ops.CREATE_ENTITY}
_MODIFY = {Kind.APPLICATION: ops.MODIFY_APPLICATION, Kind.ENTITY: ops.MODIFY_ENTITY}
_DELETE = {Kind.APPLICATION: ops.DELETE_APPLICATION, Kind.ENTITY: ops.DELETE_ENTITY}
_PLURAL = {Kind.APPLICATION: "applications", Kind.ENTITY: "entities"}


def _step(
    number: int,
    edit: Edit,
    known: Existing,
    removals: Mapping[tuple[Kind, str], Mapping[str, Any]],
) -> Step:
    match edit:
        case Create(kind, item_id, alias):
            return Step(
                number,
                _CREATE[kind].name,
                f"Create {kind.value} {visible(item_id)}",
                kind=kind,
                id=item_id,
                body={f"{kind.value}Id": item_id, **_name(kind, alias)},
            )
        case Alias(kind, item_id, alias):
            item = known.get((kind, item_id))
            verb = "Take the alias of" if alias is None else "Give an alias to"
            return Step(
                number,
                _MODIFY[kind].name,
                f"{verb} {kind.value} {visible(item_id)}",
                kind=kind,
                id=item_id,
                path={f"{kind.value}Id": item_id},
                body=_name(kind, alias),
                before=None if item is None else {"alias": item.alias},
            )
        case Delete(kind, item_id):
            return Step(
                number,
                _DELETE[kind].name,
                f"Delete {kind.value} {visible(item_id)}",
                kind=kind,
                id=item_id,
                path={f"{kind.value}Id": item_id},
                before=removals[kind, item_id],
            )
        case Associate(row):
            return _tie(number, ops.CREATE_ASSOCIATION, f"Associate {_words(row, 'with')}", row)
        case Dissociate(row):
            return _tie(number, ops.DELETE_ASSOCIATION, f"Dissociate {_words(row, 'from')}", row)


def _tie(number: int, operation: ops.Operation, title: str, row: AssociationRow) -> Step:
    return Step(number, operation.name, title, association=row, body=wire_association(row).body())


def _words(row: AssociationRow, link: str) -> str:
    tied = visible(pair(row.application_id, row.entity_id))
    return f"{row.channel} {visible(row.resource_id)} {link} {tied}"


def _name(kind: Kind, alias: str | None) -> dict[str, str]:
    # Leaving the name out is how it is cleared (platform.md 1.2).
    return {} if alias is None else {f"{kind.value}Name": alias}


def _noun(step: Step) -> tuple[str, str, str]:
    verb = step.title.split(" ", 1)[0].lower()
    if step.kind is None:
        return verb, "resource", "resources"
    if verb in ("give", "take"):
        return "change the alias of", step.kind.value, _PLURAL[step.kind]
    return verb, step.kind.value, _PLURAL[step.kind]


def _conflicts(
    edits: Sequence[Edit],
    protected: Collection[str],
    known: Existing,
    removals: Mapping[tuple[Kind, str], Mapping[str, Any]],
) -> Iterable[Conflict]:
    subjects = Counter(map(_subject, edits))
    deleted = {(edit.kind, edit.id) for edit in edits if isinstance(edit, Delete)}
    for edit in edits:
        if subjects[_subject(edit)] > 1:
            yield Conflict(edit, "Another step of the same plan is about the same thing.")
            continue
        match edit:
            case Create(kind, item_id, alias):
                taken = (item_id,) if (kind, item_id) in known else ()
                findings = [*check_id(kind, item_id, taken), *check_alias(alias)]
                yield from (Conflict(edit, each.text) for each in findings if each.severity is Severity.ERROR)
            case Alias(kind, item_id, alias):
                if not addressable(item_id) or not _can_name(known, kind, item_id):
                    yield Conflict(edit, _unnameable(kind, item_id))
                yield from (Conflict(edit, each.text) for each in check_alias(alias))
            case Delete(kind, item_id):
                if kind is Kind.APPLICATION and item_id == DEFAULT_APPLICATION:
                    yield Conflict(edit, "The default application always exists and cannot be deleted.")
                elif item_id in protected:
                    yield Conflict(edit, f"“{visible(item_id)}” is protected by the profile.")
                elif not addressable(item_id) or not _can_name(known, kind, item_id):
                    yield Conflict(edit, _unnameable(kind, item_id))
                elif (kind, item_id) not in removals:
                    yield Conflict(edit, f"What deleting “{visible(item_id)}” removes was not looked at yet.")
            case Associate(row):
                ends = {(Kind.APPLICATION, row.application_id), (Kind.ENTITY, row.entity_id)}
                if ends & deleted:
                    yield Conflict(edit, "The same plan deletes what this would be associated with.")


def _can_name(known: Existing, kind: Kind, item_id: str) -> bool:
    item = known.get((kind, item_id))
    return item is None or item.addressable


def _unnameable(kind: Kind, item_id: str) -> str:
    return f"No request can name the {kind.value} “{visible(item_id)}”."


def _subject(edit: Edit) -> tuple[Kind, str] | AssociationRow:
    if isinstance(edit, Associate | Dissociate):
        return edit.association
    return edit.kind, edit.id
