"""What a plan is made upon: what is known of the account, and of the things that its edits are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from entitree.inventory.model import Item, Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from entitree.changes.plan.model import State, Target
    from entitree.changes.vault import Vault

Existing: TypeAlias = Mapping[tuple[Kind, str], Item]


@dataclass(frozen=True, slots=True)
class Ground:
    items: Existing = field(default_factory=dict)
    """The applications and entities that edits speak of, as far as they are there."""
    removals: Mapping[tuple[Kind, str], State] = field(default_factory=dict)
    """The state before the deletion of each item whose impact was shown."""
    states: Mapping[Target, State | None] = field(default_factory=dict)
    """What was just read of targets; None: it is not there."""
    protected: Collection[str] = ()
    vault: Vault | None = None
    """Keeps what of a body is secret; without it such a body cannot be planned."""
    called: Mapping[str, str] = field(default_factory=dict)
    """What people call a number, by its key, as far as that is known."""

    def state(self, target: Target, known: State | None) -> State | None:
        """The state before: as it was read, or else what the edit itself says of it."""
        return self.states.get(target, known)
