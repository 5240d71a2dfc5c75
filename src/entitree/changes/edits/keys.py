"""What a user asks for of API keys (platform.md 6): 40 changes a day, and no deletion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entitree.inventory.model import KeyRow, LinkRow


@dataclass(frozen=True, slots=True)
class LinkKey:
    """Bind a key to these and nothing else. Never to nothing: that would let it do everything."""

    key: KeyRow
    """As it is known now."""
    links: tuple[LinkRow, ...]


@dataclass(frozen=True, slots=True)
class EnableKey:
    """Let a key be used, or no longer."""

    key: KeyRow
    """As it is known now."""
    enabled: bool
