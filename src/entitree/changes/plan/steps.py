"""From one edit to the request that carries it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.changes.edits import Alias, Associate, Create, Delete, Dissociate
from entitree.changes.impact import pair
from entitree.changes.plan.model import Step, association_target, item_target
from entitree.inventory.model import Kind
from entitree.inventory.wire import association as wire_association
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entitree.changes.edits import Edit
    from entitree.changes.plan.make import Existing
    from entitree.changes.plan.model import State
    from entitree.inventory.model import AssociationRow

_CREATE = {Kind.APPLICATION: ops.CREATE_APPLICATION, Kind.ENTITY: ops.CREATE_ENTITY}
_MODIFY = {Kind.APPLICATION: ops.MODIFY_APPLICATION, Kind.ENTITY: ops.MODIFY_ENTITY}
_DELETE = {Kind.APPLICATION: ops.DELETE_APPLICATION, Kind.ENTITY: ops.DELETE_ENTITY}


def step(number: int, edit: Edit, known: Existing, removals: Mapping[tuple[Kind, str], State]) -> Step:
    """The step for an edit against which nothing stands."""
    match edit:
        case Create(kind, item_id, alias):
            return Step(
                number,
                _CREATE[kind].name,
                f"Create {kind.value} {visible(item_id)}",
                item_target(kind, item_id),
                body={f"{kind.value}Id": item_id, **_name(kind, alias)},
                after={"alias": alias},
            )
        case Alias(kind, item_id, alias):
            item = known.get((kind, item_id))
            verb = "Take the alias of" if alias is None else "Give an alias to"
            return Step(
                number,
                _MODIFY[kind].name,
                f"{verb} {kind.value} {visible(item_id)}",
                item_target(kind, item_id),
                path={f"{kind.value}Id": item_id},
                body=_name(kind, alias),
                before=None if item is None else {"alias": item.alias},
                after={"alias": alias},
            )
        case Delete(kind, item_id):
            return Step(
                number,
                _DELETE[kind].name,
                f"Delete {kind.value} {visible(item_id)}",
                item_target(kind, item_id),
                path={f"{kind.value}Id": item_id},
                before=removals[kind, item_id],
            )
        case Associate(row):
            title = f"Associate {_words(row, 'with')}"
            return _tie(number, ops.CREATE_ASSOCIATION, title, row, before=None, after={})
        case Dissociate(row):
            title = f"Dissociate {_words(row, 'from')}"
            return _tie(number, ops.DELETE_ASSOCIATION, title, row, before={}, after=None)
    raise TypeError(f"no step for {type(edit).__name__}")


def _tie(
    number: int,
    operation: ops.Operation,
    title: str,
    row: AssociationRow,
    *,
    before: State | None,
    after: State | None,
) -> Step:
    return Step(
        number,
        operation.name,
        title,
        association_target(row),
        body=wire_association(row).body(),
        before=before,
        after=after,
    )


def _words(row: AssociationRow, link: str) -> str:
    tied = visible(pair(row.application_id, row.entity_id))
    return f"{row.channel} {visible(row.resource_id)} {link} {tied}"


def _name(kind: Kind, alias: str | None) -> dict[str, str]:
    # Leaving the name out is how it is cleared (platform.md 1.2).
    return {} if alias is None else {f"{kind.value}Name": alias}
