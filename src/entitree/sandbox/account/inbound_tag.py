"""Which inbound configuration a message meets, and whose the message is by that (platform.md 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.sandbox.rules import kept
from entitree.sandbox.rules.inbound import KEYWORD_CASE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from entitree.sandbox.rules import Rules

    Tag = tuple[str, str | None]
    """An application, which is always there, and an entity or none."""

_UNTAGGED: Tag = (DEFAULT_APPLICATION, None)


def tag_of(db: sqlite3.Connection, channel: str, resource_key: str, text: str | None) -> Tag:
    """The application and entity of a message that comes in, under the rules that the account lives by.

    The platform of the configuration that it meets wins; where that is absent, or default and no entity, and
    where no configuration is met, the resource's own link counts. A resource without one, as all but numbers
    and domains are, leaves it to the default application.

    Args:
        channel: as inbound configurations call it: `SMS`, `VIBER_BM`.
        resource_key: `numberKey` of a number, `key` of a sender, name of a domain.
        text: what the message says; None when it has no text.
    """
    rows = db.execute(
        "SELECT * FROM inbound_configurations WHERE resource_key = ? AND channel = ? ORDER BY seq",
        (resource_key, channel),
    ).fetchall()
    rules = kept(db)
    keyword = met([row["keyword"] for row in rows], text, rules)
    for row in rows:
        tag = _tag(row)
        if row["keyword"] == keyword and tag != _UNTAGGED:
            return tag
    own = db.execute(
        "SELECT application_id, entity_id FROM numbers WHERE number_key = :key"
        " UNION ALL SELECT application_id, entity_id FROM domains WHERE name = :key",
        {"key": resource_key},
    ).fetchone()
    return _UNTAGGED if own is None else _tag(own)


def met(keywords: Iterable[str | None], text: str | None, rules: Rules) -> str | None:
    """The longest keyword whose words the text begins with; None, the catch-all, when there is none."""
    said = _words(text, rules)
    wanted = {one: _words(one, rules) for one in keywords if one is not None}
    found = [one for one, words in wanted.items() if said[: len(words)] == words]
    return max(found, key=lambda one: len(wanted[one]), default=None)


def same_keyword(one: str | None, other: str | None, rules: Rules) -> bool:
    """Whether two configurations of a resource and channel are one by their keywords."""
    if one is None or other is None:
        return one is other
    return _spelled(one, rules) == _spelled(other, rules)


def _tag(row: sqlite3.Row) -> Tag:
    return row["application_id"] or DEFAULT_APPLICATION, row["entity_id"]


def _words(text: str | None, rules: Rules) -> list[str]:
    return _spelled(text or "", rules).split()


def _spelled(text: str, rules: Rules) -> str:
    return text.casefold() if rules[KEYWORD_CASE] == "insensitive" else text
