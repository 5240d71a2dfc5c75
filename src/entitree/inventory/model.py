"""What everyone inside speaks: plain values, free of wire, storage and screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class Item:
    """An application or entity.

    `addressable` is False where no request can name it: such an item is shown, never changed. Ids
    and aliases are raw text of the platform, but for lone surrogates, which are written out.
    """

    kind: Kind
    id: str
    alias: str | None = None
    addressable: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list. A count is None where the family it comes from was never read: unknown, never 0."""

    item: Item
    applications: int | None
    """Distinct other halves it is tied to: of an entity its applications, of an application its entities."""
    associations: int | None
    configurations: int | None
    """Strategies and subscriptions that name it."""


@dataclass(frozen=True, slots=True)
class AssociationRow:
    """A resource tied to an application, alone or with an entity.

    Its identity is all five (platform.md 1.2).
    """

    resource_type: str
    channel: str
    application_id: str
    entity_id: str | None
    resource_id: str


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One way a subscription matches traffic; a half that is None matches everything."""

    application_id: str | None
    entity_id: str | None


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription. `raw` is the platform's JSON object as text, of its profile the id alone."""

    channel: str
    id: str
    name: str | None
    criteria: tuple[CriterionRow, ...]
    profile_id: str | None
    raw: str


@dataclass(frozen=True, slots=True)
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

    @property
    def read(self) -> bool:
        """The last try read it to its end; a `problem` then says what that reading lacks."""
        return self.read_at is not None and not self.failed
