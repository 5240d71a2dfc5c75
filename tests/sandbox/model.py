"""The account as the documents describe it (platform.md 1 to 8), in plain dictionaries: what should be so.

Written from the text, not from the sandbox: no query, no code of it is used. Every method does what one
request asks and returns the status that is due.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

Pair = tuple[str | None, str | None]
"""An application and an entity, either or none."""
Link = tuple[str, str | None]
"""An application, which is always there, and an entity or none."""
Association = tuple[str, str, str, str | None, str]
"""Resource type, channel, application, entity, resource."""
InboundPlace = tuple[str, str, str | None]
"""Channel, number, keyword: what a configuration is known by."""

DEFAULT = "default"
RESET: Link = (DEFAULT, None)


@dataclass(frozen=True, slots=True)
class Key:
    enabled: bool = True
    links: tuple[Link, ...] = ()


@dataclass(slots=True)
class Model:
    """Applications and entities map ids to aliases; the order is that of creation."""

    applications: dict[str, str | None] = field(default_factory=dict)
    entities: dict[str, str | None] = field(default_factory=dict)
    associations: set[Association] = field(default_factory=set)
    strategies: dict[str, Pair] = field(default_factory=dict)
    subscriptions: dict[tuple[str, str], list[Pair]] = field(default_factory=dict)
    numbers: dict[str, Link] = field(default_factory=dict)
    inbound: dict[InboundPlace, Pair] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()
    """Resources that are there."""

    def copy(self) -> Model:
        return replace(
            self,
            applications=dict(self.applications),
            entities=dict(self.entities),
            associations=set(self.associations),
            strategies=dict(self.strategies),
            subscriptions=dict(self.subscriptions),
            numbers=dict(self.numbers),
            inbound=dict(self.inbound),
            keys=dict(self.keys),
        )

    def named(self, kind: str) -> dict[str, str | None]:
        return self.applications if kind == "application" else self.entities

    def create(self, kind: str, id_: str, alias: str | None) -> int:
        if id_ in self.named(kind):
            return 409
        self.named(kind)[id_] = alias
        return 201

    def alias(self, kind: str, id_: str, alias: str | None) -> int:
        if id_ not in self.named(kind):
            return 404
        self.named(kind)[id_] = alias
        return 204

    def delete(self, kind: str, id_: str) -> int:
        """platform.md 8.3, line by line."""
        if id_ not in self.named(kind):
            return 404
        if (kind, id_) == ("application", DEFAULT):
            return 400
        del self.named(kind)[id_]
        half = 0 if kind == "application" else 1
        self.associations = {one for one in self.associations if one[2 + half] != id_}
        self.strategies = {key: pair for key, pair in self.strategies.items() if pair[half] != id_}
        self.subscriptions = {
            key: pairs
            for key, pairs in self.subscriptions.items()
            if all(pair[half] != id_ for pair in pairs)
        }
        self.numbers = {key: RESET if link[half] == id_ else link for key, link in self.numbers.items()}
        self.inbound = {place: RESET if pair[half] == id_ else pair for place, pair in self.inbound.items()}
        return 200

    def associate(self, one: Association) -> int:
        _, _, application, entity, resource = one
        if (
            resource not in self.owned
            or application not in self.applications
            or (entity is not None and entity not in self.entities)
        ):
            return 404
        if one in self.associations:
            return 409
        self.associations.add(one)
        return 201

    def dissociate(self, one: Association) -> int:
        if one not in self.associations:
            return 404
        self.associations.remove(one)
        return 204

    def add_strategy(self, id_: str, pair: Pair) -> None:
        self.strategies[id_] = pair

    def remove_strategy(self, id_: str) -> int:
        return 404 if self.strategies.pop(id_, None) is None else 204

    def subscribe(self, channel: str, id_: str, pairs: list[Pair]) -> int:
        if (channel, id_) in self.subscriptions:
            return 400
        self.subscriptions[channel, id_] = pairs
        return 201

    def change_subscription(self, channel: str, id_: str, pairs: list[Pair]) -> int:
        if (channel, id_) not in self.subscriptions:
            return 404
        self.subscriptions[channel, id_] = pairs
        return 200

    def unsubscribe(self, channel: str, id_: str) -> int:
        return 404 if self.subscriptions.pop((channel, id_), None) is None else 200

    def matching(self, channel: str, pair: Pair) -> set[str]:
        """Subscriptions with a criterion that names the application, and one that names the entity."""
        return {
            id_
            for (theirs, id_), pairs in self.subscriptions.items()
            if theirs == channel
            and all(
                wanted is None or any(one[half] == wanted for one in pairs)
                for half, wanted in enumerate(pair)
            )
        }

    def link_number(self, key: str, link: Link) -> int:
        if key not in self.numbers:
            return 404
        self.numbers[key] = link
        return 200

    def configure_inbound(self, place: InboundPlace, pair: Pair) -> None:
        self.inbound[place] = pair

    def remove_inbound(self, place: InboundPlace | None) -> int:
        return 404 if place is None or self.inbound.pop(place, None) is None else 204

    def add_key(self, id_: str, links: tuple[Link, ...]) -> None:
        """What a link names is made if it is not there (platform.md 6)."""
        self._make(links)
        self.keys[id_] = Key(links=links)

    def link_key(self, id_: str, links: tuple[Link, ...]) -> None:
        self._make(links)
        self.keys[id_] = replace(self.keys[id_], links=links)

    def disable_key(self, id_: str) -> None:
        self.keys[id_] = replace(self.keys[id_], enabled=False)

    def _make(self, links: tuple[Link, ...]) -> None:
        for application, entity in links:
            self.applications.setdefault(application, None)
            if entity is not None:
                self.entities.setdefault(entity, None)
