"""What no undo of a step can bring back, as far as the step itself shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.changes import edits as e
from entitree.changes.objects import inbound
from entitree.changes.plan.model import Lost
from entitree.inventory.model import Kind
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from entitree.changes.edits import Edit
    from entitree.changes.plan.model import Step

_NOT_READ = "It was not read when the plan was made."
_SETTINGS = tuple(inbound.UNSET.values())
_MANY = {Kind.APPLICATION: "applications", Kind.ENTITY: "entities"}


def losses(made: Iterable[tuple[Edit, Step]]) -> Iterator[Lost]:
    """Of all steps of a plan with the edits they came from; a sentence for all aliases of a kind."""
    nameless: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for edit, step in made:
        before = step.before or {}
        match edit:
            case e.Alias(kind, item_id) if "alias" not in before:
                nameless[kind].append(item_id)
            case e.LinkKey(key) if not before.get("platform"):
                yield Lost(
                    f"what API key “{visible(key.name)}” may do while it is bound to nothing",
                    "A key is never unbound, because it could then do everything.",
                )
            case e.DeleteInbound() | e.WriteInbound() if step.before is not None:
                touched = _SETTINGS if step.after is None else tuple(step.after)
                if unknown := [name for name in touched if not _whole(name, before)]:
                    title = step.title.partition(" ")[2]
                    yield Lost(f"{', '.join(unknown)} of {title} as they are now", _NOT_READ)
    for kind, ids in nameless.items():
        if len(ids) == 1:
            yield Lost(f"the alias that the {kind.value} “{visible(ids[0])}” has now", _NOT_READ)
        elif ids:
            yield Lost(f"the aliases that {len(ids)} {_MANY[kind]} have now", _NOT_READ)


def _whole(name: str, before: object) -> bool:
    """Whether a state holds all of a setting: the mirror knows of forwarding only what may be shown."""
    if not isinstance(before, dict) or name not in before:
        return False
    value = before[name]
    return name != "forwarding" or value is None or "fingerprint" in value
