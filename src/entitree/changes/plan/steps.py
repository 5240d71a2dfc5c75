"""From one edit to the request that carries it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api import operations as ops
from entitree.changes import edits as e
from entitree.changes.impact import pair
from entitree.changes.objects import items
from entitree.changes.plan import configuring, linking
from entitree.changes.plan.model import Step, association_target, item_target
from entitree.inventory.model import Kind
from entitree.inventory.wire import association as wire_association
from entitree.text import visible

if TYPE_CHECKING:
    from entitree.changes.edits import Edit
    from entitree.changes.plan.ground import Ground
    from entitree.changes.plan.model import State
    from entitree.inventory.model import AssociationRow

_CREATE = {Kind.APPLICATION: ops.CREATE_APPLICATION, Kind.ENTITY: ops.CREATE_ENTITY}
_MODIFY = {Kind.APPLICATION: ops.MODIFY_APPLICATION, Kind.ENTITY: ops.MODIFY_ENTITY}
_DELETE = {Kind.APPLICATION: ops.DELETE_APPLICATION, Kind.ENTITY: ops.DELETE_ENTITY}


def step(number: int, edit: Edit, ground: Ground) -> Step:
    """The step for an edit against which nothing stands. A secret of its body goes to the vault, which writes
    a file.
    """
    match edit:
        case e.Create() | e.Alias() | e.Delete():
            return _item(number, edit, ground)
        case e.Associate(row):
            title = f"Associate {_words(row, 'with', ground)}"
            return _tie(number, ops.CREATE_ASSOCIATION, title, row, before=None, after={})
        case e.Dissociate(row):
            title = f"Dissociate {_words(row, 'from', ground)}"
            return _tie(number, ops.DELETE_ASSOCIATION, title, row, before={}, after=None)
        case e.CreateStrategy():
            return configuring.create_strategy(number, edit)
        case e.DeleteStrategy():
            return configuring.delete_strategy(number, edit, ground)
        case e.CreateSubscription():
            return configuring.create_subscription(number, edit)
        case e.ModifySubscription():
            return configuring.modify_subscription(number, edit, ground)
        case e.DeleteSubscription():
            return configuring.delete_subscription(number, edit, ground)
        case e.LinkNumber():
            return linking.link_number(number, edit, ground)
        case e.WriteInbound():
            return linking.write_inbound(number, edit, ground)
        case e.DeleteInbound():
            return linking.delete_inbound(number, edit, ground)
        case e.LinkKey():
            return linking.link_key(number, edit, ground)
        case e.EnableKey():
            return linking.enable_key(number, edit, ground)


def _item(number: int, edit: e.Create | e.Alias | e.Delete, ground: Ground) -> Step:
    kind, item_id = edit.kind, edit.id
    target = item_target(kind, item_id)
    named, path = f"{kind.value} {visible(item_id)}", {f"{kind.value}Id": item_id}
    match edit:
        case e.Create():
            return Step(
                number,
                _CREATE[kind].name,
                f"Create {named}",
                target,
                body={**path, **_name(kind, edit.alias)},
                after=items.state(edit.alias),
            )
        case e.Alias():
            verb = "Take the alias of" if edit.alias is None else "Give an alias to"
            item = ground.items.get((kind, item_id))
            # Where its alias is not known, that it is there is all that counts.
            known: State = {} if item is None else items.state(item.alias)
            return Step(
                number,
                _MODIFY[kind].name,
                f"{verb} {named}",
                target,
                path=path,
                body=_name(kind, edit.alias),
                before=ground.state(target, known) or {},
                after=items.state(edit.alias),
            )
        case e.Delete():
            before = ground.removals[kind, item_id]
            return Step(number, _DELETE[kind].name, f"Delete {named}", target, path=path, before=before)


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


def _words(row: AssociationRow, link: str, ground: Ground) -> str:
    tied = visible(pair(row.application_id, row.entity_id))
    named = ground.called.get(row.resource_id, row.resource_id)
    return f"{visible(row.channel)} {visible(named)} {link} {tied}"


def _name(kind: Kind, alias: str | None) -> dict[str, str]:
    # Leaving the name out is how it is cleared (platform.md 1.2).
    return {} if alias is None else {f"{kind.value}Name": alias}
