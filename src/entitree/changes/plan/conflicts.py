"""What stands against edits, found before anything runs: each by itself, and one against another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from entitree.changes.edits import Create, Delete
from entitree.changes.plan.faults import faults
from entitree.changes.plan.model import Conflict
from entitree.changes.plan.targets import names, target_of
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.changes.edits import Edit
    from entitree.changes.plan.ground import Ground


def conflicts(edits: Sequence[Edit], ground: Ground) -> Iterable[Conflict]:
    """Of `edits` in the order in which they would run; linear in how many there are."""
    targets = [target_of(edit) for edit in edits]
    # Of strategies to be made each is a thing of its own, though they may be equal.
    counts = Counter(target for target in targets if target.key)
    deleted = {(edit.kind, edit.id) for edit in edits if isinstance(edit, Delete)}
    later = {(edit.kind, edit.id) for edit in edits if isinstance(edit, Create)}
    for edit, target in zip(edits, targets, strict=True):
        found = [Conflict(edit, text) for text in faults(edit, ground)]
        if isinstance(edit, Create):
            later.discard((edit.kind, edit.id))
        if counts[target] > 1:
            found = [Conflict(edit, "Another step of the same plan is about the same thing.")]
        elif not found:
            named = names(edit)
            if named & deleted:
                found = [Conflict(edit, "The same plan deletes what this would be associated with.")]
            elif early := named & later:
                _, item_id = min(early, key=lambda each: each[1])
                found = [Conflict(edit, f"The plan makes “{visible(item_id)}” only after this.")]
        yield from found
