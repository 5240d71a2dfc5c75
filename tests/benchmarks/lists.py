"""What the list should show, worked out in plain Python, and the same list as files for peers."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.mirrors import Entity, entities

_SHOWN = re.compile(r"(?m)^.{3,4}?\b([a-z][a-z-]*-[0-9]{7})\b")
_folder = TemporaryDirectory(prefix="entitree-benchmarks-")


def shown(text: str) -> list[str]:
    """The ids of entities in the list on the screen, from top to bottom."""
    return _SHOWN.findall(text)


def spaced(number: int) -> str:
    """A number as the app writes it."""
    return f"{number:,}".replace(",", " ")


@cache
def by_id(count: int) -> list[Entity]:
    """All entities in the order of their ids."""
    return sorted(entities(count), key=lambda each: each.id)


@cache
def by_alias(count: int) -> list[Entity]:
    """All entities in the order of their aliases; those without come last."""
    return sorted(by_id(count), key=lambda each: (each.alias is None, (each.alias or "").casefold()))


@cache
def by_associations(count: int) -> list[Entity]:
    """All entities, those with the fewest associations first."""
    return sorted(by_id(count), key=lambda each: len(each.applications))


@cache
def matching(count: int, words: str) -> list[Entity]:
    """Those that a filter shows, by id."""
    return [each for each in by_id(count) if all(_matches(each, word) for word in words.split())]


def _matches(entity: Entity, word: str) -> bool:
    key, colon, text = word.partition(":")
    if colon:
        assert key == "app"
        return any(text in each for each in entity.applications)
    return word in entity.id or word in (entity.alias or "").casefold()


@cache
def written(count: int) -> Path:
    """A CSV file of ids, aliases and numbers of associations, in the order of the ids."""
    path = Path(_folder.name) / f"{count}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "alias", "associations"])
        writer.writerows((each.id, each.alias, len(each.applications)) for each in by_id(count))
    return path


@cache
def lines(count: int) -> Path:
    """A file of a line an entity: id and alias."""
    path = Path(_folder.name) / f"{count}.txt"
    path.write_text("".join(f"{each.id} {each.alias or ''}\n" for each in by_id(count)), "utf-8")
    return path
