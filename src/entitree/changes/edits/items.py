"""What a user asks for of applications and entities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entitree.inventory.model import Kind


@dataclass(frozen=True, slots=True)
class Create:
    kind: Kind
    id: str
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """Give an item another alias; None takes it away."""

    kind: Kind
    id: str
    alias: str | None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an item, and with it all that names it (platform.md 8)."""

    kind: Kind
    id: str
