"""Somewhere to go to, and back to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from entitree.record import record

if TYPE_CHECKING:
    from entitree.inventory.model import Kind

ResourceName: TypeAlias = tuple[str, str]
"""Type and id of a resource, which only together tell it from the others."""


@record
class Place:
    """An application, entity or resource in its tab."""

    kind: Kind | None
    """None: a resource, as in `Listing`."""
    id: str
    type: str = ""
    """Of a resource."""
