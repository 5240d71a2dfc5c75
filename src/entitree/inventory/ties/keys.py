"""The levels of the tree of what an API key is bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.inventory.fold import folded
from entitree.inventory.links import Node, NodeKind
from entitree.inventory.model import Family, KeyRow, Kind
from entitree.inventory.records import RECORDS
from entitree.inventory.ties.nodes import UNPAIRED, Asked, Level, joined
from entitree.inventory.ties.sources import left_of
from entitree.record import record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from entitree.inventory.links import Path
    from entitree.inventory.model import LinkRow


def level(asked: Asked, key_id: str, path: Path, words: Sequence[str]) -> Level:
    """See `ties.level`. At the top the applications, below each the entities that it is bound to with it."""
    row = _key(asked.connection, key_id)
    if row is None or len(path) > 1:
        return Level()
    bound = _Bound(asked, row)
    return bound.below(path[0][1], words) if path else bound.top(words)


def title(connection: Connection, key_id: str) -> tuple[str, str]:
    """What a key is called, and what there is to say of it."""
    row = _key(connection, key_id)
    if row is None:
        return key_id, ""
    unbound = "" if row.links else "bound to nothing: it may do everything it has scopes for"
    return row.name, joined("" if row.enabled else "disabled", unbound)


def _key(connection: Connection, key_id: str) -> KeyRow | None:
    for row in RECORDS[Family.KEYS].read(connection, "id = ?", (key_id,)):
        if isinstance(row, KeyRow):
            return row
    return None


@record
class _Bound:
    """A key has few links: they are taken from the key itself."""

    asked: Asked
    key: KeyRow

    def top(self, words: Sequence[str]) -> Level:
        counts: dict[str, int] = {}
        for link in self._links(words):
            counts[link.application_id] = counts.get(link.application_id, 0) + 1
        order = sorted(counts, key=lambda each: (each != DEFAULT_APPLICATION, folded(each), each))
        nodes = [
            self.asked.half(Kind.APPLICATION, id, *self._item(Kind.APPLICATION, id)[:2], counts[id])
            for id in order
        ]
        whole = self.asked.whole(nodes)
        return Level(whole.nodes, whole.total, sum(counts.values()))

    def below(self, application: str, words: Sequence[str]) -> Level:
        """The whole application last, as in every tree."""
        links = [each for each in self._links(words) if each.application_id == application]
        links.sort(key=lambda each: (each.entity_id is None, folded(each.entity_id or "")))
        return self.asked.whole(map(self._leaf, links))

    def _leaf(self, link: LinkRow) -> Node:
        action = link.action or ""
        if link.entity_id is None:
            return Node(UNPAIRED[Kind.APPLICATION], NodeKind.UNPAIRED, action, reference=self.key)
        alias, there, _ = self._item(Kind.ENTITY, link.entity_id)
        half = self.asked.half(Kind.ENTITY, link.entity_id, alias, there, 0)
        return Node(
            half.label,
            half.kind,
            joined(action, half.detail),
            target=half.target,
            reference=self.key,
            exists=half.exists,
        )

    def _links(self, words: Sequence[str]) -> list[LinkRow]:
        return [each for each in self.key.links if self._matches(each, words)]

    def _matches(self, link: LinkRow, words: Sequence[str]) -> bool:
        if not words:
            return True
        left = [word for word in words if word not in self._item(Kind.APPLICATION, link.application_id)[2]]
        if link.entity_id is None:
            return not left_of(left, UNPAIRED[Kind.APPLICATION])
        hay = self._item(Kind.ENTITY, link.entity_id)[2]
        return all(word in hay for word in left)

    def _item(self, kind: Kind, id: str) -> tuple[str | None, bool, str]:
        """Alias, whether it is there, and what words are looked for in."""
        found = self.asked.connection.execute(
            f"SELECT alias, there, hay FROM {kind.value} WHERE id = ?", (id,)
        ).fetchone()
        return found or (None, False, folded(id))
