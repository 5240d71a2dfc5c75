"""Somewhere to go to, and back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from entitree.inventory.model import Kind

ResourceName: TypeAlias = tuple[str, str]
"""Type and id of a resource, which only together tell it from the others."""


@dataclass(frozen=True, slots=True)
class Place:
    """An application, entity or resource in its tab."""

    kind: Kind | None
    """None: a resource, as in `Listing`."""
    id: str
    type: str = ""
    """Of a resource."""
