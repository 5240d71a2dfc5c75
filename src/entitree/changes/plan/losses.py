"""What no undo of a step can bring back, as far as the step itself shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.changes import edits as e
from entitree.changes.objects import inbound
from entitree.changes.plan.model import Lost
from entitree.inventory.model import Kind
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entitree.changes.edits import Edit
    from entitree.changes.plan.model import Step

_NOT_READ = "It was not read when the plan was made."
_SETTINGS = tuple(inbound.UNSET.values())


def losses(edit: Edit, step: Step) -> Iterator[Lost]:
    before = step.before or {}
    match edit:
        case e.Alias(kind, item_id) if "alias" not in before:
            yield Lost(f"the alias that {_noun(kind)} “{visible(item_id)}” has now", _NOT_READ)
        case e.LinkKey(key) if not before.get("platform"):
            yield Lost(
                f"what API key “{visible(key.name)}” may do while it is bound to nothing",
                "A key is never unbound, because it could then do everything.",
            )
        case e.DeleteInbound() | e.WriteInbound() if step.before is not None:
            touched = _SETTINGS if step.after is None else tuple(step.after)
            unknown = [name for name in touched if not _whole(name, before)]
            if unknown:
                title = step.title.partition(" ")[2]
                yield Lost(f"{', '.join(unknown)} of {title} as they are now", _NOT_READ)


def _whole(name: str, before: object) -> bool:
    """Whether a state holds all of a setting: the mirror knows of forwarding only what may be shown."""
    if not isinstance(before, dict) or name not in before:
        return False
    value = before[name]
    return name != "forwarding" or value is None or "fingerprint" in value


def _noun(kind: Kind) -> str:
    return "the application" if kind is Kind.APPLICATION else "the entity"
