"""Somewhere to go to, and back to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from entitree.record import record

if TYPE_CHECKING:
    from entitree.inventory.model import Kind

ResourceName: TypeAlias = tuple[str, str]
"""Type and id of a resource, which only together tell it from the others."""


KEY = "API key"
"""Stands for the type of a resource where an API key is meant."""


@record
class Place:
    """An application, entity, resource or API key in its tab."""

    kind: Kind | None
    """None: a resource or an API key, as in `Listing`."""
    id: str
    type: str = ""
    """Of a resource; `KEY` of an API key."""
