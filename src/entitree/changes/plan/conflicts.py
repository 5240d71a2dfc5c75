"""What stands against edits, found before anything runs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.api.urls import addressable
from entitree.changes.edits import (
    Alias,
    Associate,
    Create,
    Delete,
    Severity,
    check_alias,
    check_id,
)
from entitree.changes.plan.model import Conflict
from entitree.changes.plan.targets import target_of
from entitree.inventory.model import Kind
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from entitree.changes.edits import Edit
    from entitree.changes.plan.make import Existing
    from entitree.changes.plan.model import State


def conflicts(
    edits: Sequence[Edit],
    protected: Collection[str],
    known: Existing,
    removals: Mapping[tuple[Kind, str], State],
) -> Iterable[Conflict]:
    subjects = Counter(map(target_of, edits))
    deleted = {(edit.kind, edit.id) for edit in edits if isinstance(edit, Delete)}
    for edit in edits:
        if subjects[target_of(edit)] > 1:
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
