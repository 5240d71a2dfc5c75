"""Somewhere to go to, and back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entitree.inventory.model import Kind


@dataclass(frozen=True, slots=True)
class Place:
    """An application or entity in its tab."""

    kind: Kind
    id: str
