"""What everyone inside speaks: plain values, free of wire, storage and screen."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from entitree.record import record

if TYPE_CHECKING:
    from datetime import datetime


class Kind(Enum):
    """The two things that configurations are tied to."""

    APPLICATION = "application"
    ENTITY = "entity"

    @property
    def other(self) -> Kind:
        """The other half of a pair."""
        return Kind.ENTITY if self is Kind.APPLICATION else Kind.APPLICATION


class Family(Enum):
    """What is listed, and may be allowed or refused, by itself."""

    APPLICATIONS = "applications"
    ENTITIES = "entities"
    ASSOCIATIONS = "associations"
    STRATEGIES = "strategies"
    SUBSCRIPTIONS = "subscriptions"
    NUMBERS = "numbers"
    SENDERS = "senders"
    DOMAINS = "domains"
    KEYS = "keys"
    INBOUND = "inbound configurations"
    """No list holds them all: each resource and channel is asked for by itself (platform.md 3)."""


def owning_family(resource_type: str) -> Family:
    """The family in which the account's own resources of a type are listed."""
    return {"NUMBER": Family.NUMBERS, "DOMAIN": Family.DOMAINS}.get(resource_type, Family.SENDERS)


@record
class Item:
    """An application or entity.

    `addressable` is False where no request can name it: such an item is shown, never changed. Ids
    and aliases are raw text of the platform, but for lone surrogates, which are written out.
    """

    kind: Kind
    id: str
    alias: str | None = None
    addressable: bool = True
    exists: bool = True
    """False: it is not there, but some configuration names it."""


@record
class Row:
    """A line of a list. A count is None where the family it comes from was never read: unknown, never 0."""

    item: Item
    applications: int | None
    """Distinct other halves it is tied to: of an entity its applications, of an application its entities."""
    associations: int | None
    configurations: int | None
    """Strategies, subscriptions, inbound configurations and keys that name it; the last two as far as they
    were read."""


@record
class AssociationRow:
    """A resource tied to an application, alone or with an entity.

    Its identity is all five (platform.md 1.2).
    """

    resource_type: str
    channel: str
    application_id: str
    entity_id: str | None
    resource_id: str


@record
class StrategyRow:
    """A sending strategy. `raw` is the platform's JSON object as text."""

    id: str
    application_id: str | None
    entity_id: str | None
    channel: str | None
    """None: every channel."""
    country: str | None
    """None: every country."""
    raw: str


@record
class CriterionRow:
    """One way a subscription matches traffic; a half that is None matches everything."""

    application_id: str | None
    entity_id: str | None


@record
class SubscriptionRow:
    """A subscription. `raw` is the platform's JSON object as text, of its profile the id alone."""

    channel: str
    id: str
    name: str | None
    criteria: tuple[CriterionRow, ...]
    profile_id: str | None
    raw: str


@record
class NumberRow:
    """A number of the account, with its own link, which inbound messages get (platform.md 2.3)."""

    key: str
    number: str
    country: str | None
    type: str | None
    capabilities: tuple[str, ...]
    application_id: str | None
    entity_id: str | None
    note: str | None = None


@record
class SenderRow:
    """A sender of the account that is no number, in one country. `type` is the associations' word for it,
    which is not the one of the resource search (platform.md 2.2).
    """

    type: str
    id: str
    country: str = ""
    capabilities: tuple[str, ...] = ()


@record
class DomainRow:
    """An email domain; its own link cannot be read (platform.md 2.4)."""

    name: str
    active: bool = True
    blocked: bool = False


@record
class InboundRow:
    """What happens to messages that come in for a resource on a channel, with a keyword or with any.

    Where they are forwarded to is kept without user, password and query, which may be secret.
    """

    key: str
    channel: str
    resource_id: str
    """The number's key, or what else the resource is called by."""
    keyword: str | None
    application_id: str | None
    entity_id: str | None
    forwarding: str | None = None
    url: str | None = None


@record
class LinkRow:
    """An application, alone or with an entity, that a key is bound to. `action` is FILL, FORCE or None."""

    application_id: str
    entity_id: str | None
    action: str | None = None


@record
class KeyRow:
    """An API key, without its secret (platform.md 6). With no links it may be used for anything it has
    scopes for.
    """

    id: str
    name: str
    enabled: bool
    valid_to: str | None
    links: tuple[LinkRow, ...] = ()


@record
class Resource:
    """What can send or receive, as far as the account owns it or an association names it."""

    type: str
    """NUMBER, DOMAIN, ALPHA, …: the associations' words."""
    id: str
    """What associations call it: a number's key, a domain's or sender's name."""
    name: str
    """What people call it: the number itself; the id where nothing better is known."""


@record
class ResourceLine:
    """A line of the list of resources."""

    resource: Resource
    owned: bool | None
    """False: an association names it, but the account does not have it. None where that was never read."""
    detail: str
    """Countries and what kind of number it is."""
    channels: tuple[str, ...]
    """What it is associated for."""
    associations: int | None
    """None where they were never read."""
    pairs: int | None
    """Distinct pairs it serves."""
    link: tuple[str | None, str | None] | None
    """A number's own link: application and entity. None where it can have none, or none is known."""
    inbound: int
    """Inbound configurations that were read of it."""


@record
class FamilyState:
    """How well the mirror knows a family.

    `whole` and `read_at` tell of what is in the mirror, `problem` of the last try to read it: a family may
    hold what was read this morning and say that it was refused just now.
    """

    family: Family
    whole: bool = False
    """Everything that was there at `read_at` is in the mirror, and nothing that was not."""
    read_at: datetime | None = None
    """When it was last read to its end (UTC). None: never, and every count of it is unknown."""
    problem: str | None = None
    """What was wrong with the last try, in one sentence: it failed, or it came to its end with odd rows."""
    failed: bool = False
    """The last try did not come to the end of the family."""
    refused: bool = False
    """The last try was answered 403: the profile may not read it."""

    @property
    def read(self) -> bool:
        """The last try read it to its end; a `problem` then says what that reading lacks."""
        return self.read_at is not None and not self.failed
