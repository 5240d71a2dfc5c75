"""What a user asks for of resources: what they are associated with, a number's own link, what comes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entitree.inventory.model import AssociationRow, InboundRow, NumberRow


@dataclass(frozen=True, slots=True)
class Associate:
    association: AssociationRow


@dataclass(frozen=True, slots=True)
class Dissociate:
    association: AssociationRow


@dataclass(frozen=True, slots=True)
class LinkNumber:
    """Give a number another own link, which its inbound messages carry (platform.md 2.3).

    The default application and no entity is what an unlinked number has.
    """

    number: NumberRow
    """As it is known now: what it is linked to is the state before."""
    application_id: str
    entity_id: str | None = None


@dataclass(frozen=True, slots=True)
class WriteInbound:
    """Make an inbound configuration, or change what has the same resource, channel and keyword.

    `raw` is the JSON object to send as text, without channel, keyword and the resource's name; what it
    leaves out stays as it is on the platform, `unset` in it empties (platform.md 3).
    """

    channel: str
    resource_id: str
    """The number's key, or what else the resource is called by."""
    keyword: str | None
    raw: str
    before: InboundRow | None = None
    """What is there now, as far as it is known."""


@dataclass(frozen=True, slots=True)
class DeleteInbound:
    configuration: InboundRow
