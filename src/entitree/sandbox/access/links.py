"""Which messages a caller may ask for: what the links of an API key let through (platform.md 6).

A link names an application, alone or with an entity. Without an action it only says what is allowed; FILL
puts its ids where the request has none, FORCE puts them in place of what the request says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.sandbox.account.objects import is_same_id, same_id
from entitree.sandbox.rules.keys import APPLICATION_LINK, LINKED_LOGS, LINKED_REFUSAL
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.sandbox.access.auth import Caller, Link
    from entitree.sandbox.rules import Rules


@dataclass(frozen=True, slots=True)
class Pairs:
    """Some pairs of application and entity; None is any, also that there is none."""

    application: str | None
    entity: str | None
    without_entity: bool = False
    """Only those of the application without an entity."""


def pairs_allowed(
    caller: Caller, asked_application: str | None, asked_entity: str | None, rules: Rules
) -> tuple[Pairs, ...]:
    """What a request for logs or reports is about, once the caller's links are taken into account.

    The routes show the messages that belong to any of the pairs; `condition` says that in SQL. A caller
    without links gets what was asked, whether or not there is such an application. With several links the
    first FILL that does not contradict the request fills it, and the first FORCE decides all.

    Args:
        asked_application, asked_entity: the filters of the request, None where it has none.

    Raises:
        ProblemError: 403 (401 by rule): nothing that was asked is linked; what the link names was deleted;
            or, by rule, the request does not name what the link names.
    """
    asked = Pairs(asked_application, asked_entity)
    if caller.links is None:
        return (asked,)
    links: Sequence[Link] = caller.links
    acting = _acting(links, asked, rules)
    if acting is not None:
        asked = _put_in(acting, asked, rules)
        links = [acting] if acting.action == "FORCE" or not acting.stands else links
    found = [_overlap(asked, link, rules) for link in links if link.stands and _named_in(asked, link, rules)]
    allowed = tuple(dict.fromkeys(pairs for pairs in found if pairs is not None))
    if not allowed:
        raise ProblemError(int(rules[LINKED_REFUSAL]))
    return allowed


def condition(allowed: Sequence[Pairs], rules: Rules) -> tuple[str, list[str]]:
    """The SQL condition, and its values, that a row with `application_id` and `entity_id` is among the pairs.

    What has no application belongs to the default one.
    """
    alternatives, values = [], []
    for pairs in allowed:
        terms = ["TRUE"]
        if pairs.application is not None:
            terms.append(same_id(rules, f"ifnull(application_id, '{DEFAULT_APPLICATION}')"))
            values.append(pairs.application)
        if pairs.entity is not None:
            terms.append(same_id(rules, "entity_id"))
            values.append(pairs.entity)
        if pairs.without_entity:
            terms.append("entity_id IS NULL")
        alternatives.append(f"({' AND '.join(terms)})")
    return f"({' OR '.join(alternatives)})", values


def _acting(links: Sequence[Link], asked: Pairs, rules: Rules) -> Link | None:
    """The link whose action changes the request: the first FORCE, or else the first FILL that agrees."""
    for link in links:
        if link.action == "FORCE":
            return link
    for link in links:
        agrees = asked.application is None or is_same_id(rules, asked.application, link.application)
        if link.entity is not None and asked.entity is not None:
            agrees = agrees and is_same_id(rules, asked.entity, link.entity)
        lacks = asked.application is None or (asked.entity is None and link.entity is not None)
        if link.action == "FILL" and agrees and lacks:
            return link
    return None


def _put_in(link: Link, asked: Pairs, rules: Rules) -> Pairs:
    """The request with the link's ids; a link that covers any entity leaves the one that was asked for."""
    kept = None if link.action == "FORCE" and rules[APPLICATION_LINK] == "no-entity" else asked.entity
    return replace(asked, application=link.application, entity=link.entity or kept)


def _named_in(asked: Pairs, link: Link, rules: Rules) -> bool:
    """Whether the request says as much as it must to be allowed by this link."""
    if rules[LINKED_LOGS] == "limited":
        return True
    return asked.application is not None and (asked.entity is not None or link.entity is None)


def _overlap(asked: Pairs, link: Link, rules: Rules) -> Pairs | None:
    """What of the request is linked, or None."""
    if asked.application is not None and not is_same_id(rules, asked.application, link.application):
        return None
    if link.entity is not None:
        if asked.entity is not None and not is_same_id(rules, asked.entity, link.entity):
            return None
        return Pairs(link.application, link.entity)
    if rules[APPLICATION_LINK] == "any-entity":
        return Pairs(link.application, asked.entity)
    return None if asked.entity is not None else Pairs(link.application, None, without_entity=True)
