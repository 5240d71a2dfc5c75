"""The tree of what is tied to an item or resource, level by level: a branch is counted, not read, until it is
opened. All functions here are questions for `Store.ask`.

Of applications or entities: other half, then channel and resource, or a group for each other family. What
names an id without another half stands last, under a node of its own. Of a resource: application, entity,
channel; its own link; its inbound configurations. Of an API key: application, entity. The default application
is first, then case-blind by id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entitree.inventory import reads
from entitree.inventory.fold import folded
from entitree.inventory.subjects import KeyTies, ResourceTies
from entitree.inventory.ties import items, keys, resources
from entitree.inventory.ties.nodes import LEVEL, Asked, Level
from entitree.record import record
from entitree.text import mended

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from sqlite3 import Connection

    from entitree.inventory.links import Path
    from entitree.inventory.subjects import Subject

FEW = 20
"""Nodes at the top that are open from the start; where there are more, all are shut."""
UNFOLDED = 400
"""Nodes after which branches with a match are no longer opened by themselves."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How much of a tree is wanted."""

    words: tuple[str, ...] = ()
    """Each has to be in a label on the way to a leaf, whatever the case; see `words_of`."""
    turned: Mapping[Path, bool] = field(default_factory=dict)
    """Branches that somebody opened or shut."""
    sizes: Mapping[Path, int] = field(default_factory=dict)
    """How many nodes of a level, where not one load."""
    limit: int = LEVEL


@record
class Tree:
    """What was asked for: every level that is open, by the path of its branch; the top is at `()`."""

    title: str
    """The id, or name of a resource, as the platform gave it. Empty for several ids."""
    note: str
    """What else there is to say of it: its alias, or that it does not exist."""
    levels: Mapping[Path, Level]


def words_of(text: str) -> tuple[str, ...]:
    """What is typed, as `level` and `Wish` take it."""
    return tuple(dict.fromkeys(folded(mended(word)) for word in text.split()))


def level(
    connection: Connection,
    subject: Subject,
    path: Path = (),
    words: Sequence[str] = (),
    *,
    offset: int = 0,
    limit: int = LEVEL,
) -> Level:
    """The nodes below the branch at `path`, at most `limit` of them from `offset` on.

    With `words`, only what leads to a match, and counts are those of matches. Of a path that leads nowhere
    (any more) nothing.
    """
    asked = Asked(connection, reads.known_families(connection), offset, limit)
    if isinstance(subject, ResourceTies):
        return resources.level(asked, mended(subject.type), mended(subject.id), path, words)
    if isinstance(subject, KeyTies):
        return keys.level(asked, mended(subject.id), path, words)
    return items.level(asked, subject.kind, subject.ids, path, words)


def look(connection: Connection, subject: Subject, wish: Wish) -> Tree:
    """The title and every level that is to be open."""
    known = reads.known_families(connection)
    if isinstance(subject, ResourceTies):
        title, note = resources.title(connection, known, mended(subject.type), mended(subject.id))
    elif isinstance(subject, KeyTies):
        title, note = keys.title(connection, mended(subject.id))
    else:
        title, note = items.title(connection, known, subject.kind, subject.ids)
    return Tree(title, note, unfold(connection, subject, wish))


def unfold(connection: Connection, subject: Subject, wish: Wish, path: Path = ()) -> dict[Path, Level]:
    """The level at `path`, and below it those of the branches that are to be open."""
    levels: dict[Path, Level] = {}
    waiting = [path]
    nodes = 0
    few = False
    while waiting:
        at = waiting.pop()
        by_itself = nodes < UNFOLDED if wish.words else few and len(at) == 1
        if at != path and not wish.turned.get(at, by_itself):
            continue
        size = max(wish.limit, wish.sizes.get(at, 0))
        found = levels[at] = level(connection, subject, at, wish.words, limit=size)
        nodes += len(found.nodes)
        few = found.total <= FEW if not at else few
        # The first branch last: it is what is opened next.
        waiting += [(*at, node.step) for node in reversed(found.nodes) if node.count]
    return levels
