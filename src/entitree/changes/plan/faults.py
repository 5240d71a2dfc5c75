"""What is wrong with an edit by itself, whatever else the plan holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION, MAX_ID
from entitree.api.urls import addressable
from entitree.changes import edits as e
from entitree.changes.edits import Severity, check_alias, check_id
from entitree.changes.edits.definitions import DefinitionError
from entitree.changes.plan.bodies import (
    checked_inbound,
    checked_links,
    checked_strategy,
    checked_subscription,
)
from entitree.changes.plan.targets import names, target_of
from entitree.inventory.model import Kind
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entitree.changes.edits import Edit
    from entitree.changes.plan.ground import Ground
    from entitree.inventory.model import AssociationRow

_LONGEST_KEYWORD = 50


def faults(edit: Edit, ground: Ground) -> Iterator[str]:
    """A sentence for each."""
    yield from _of_its_own(edit, ground)
    for kind, item_id in sorted(names(edit), key=lambda each: (each[0].value, each[1])):
        yield from _of_named(kind, item_id)
    target = target_of(edit)
    if isinstance(edit, e.Create | e.Associate | e.CreateSubscription):
        if ground.states.get(target) is not None:
            yield "It is there already."
    elif not isinstance(edit, e.WriteInbound) and target in ground.states and ground.states[target] is None:
        yield "It is not there any more."


def _of_its_own(edit: Edit, ground: Ground) -> Iterator[str]:
    match edit:
        case e.Create(kind, item_id, alias):
            taken = (item_id,) if (kind, item_id) in ground.items else ()
            findings = [*check_id(kind, item_id, taken), *check_alias(alias)]
            yield from (each.text for each in findings if each.severity is Severity.ERROR)
        case e.Alias(kind, item_id, alias):
            if not _can_name(ground, kind, item_id):
                yield _unnameable(kind.value, item_id)
            yield from (each.text for each in check_alias(alias))
        case e.Delete(kind, item_id):
            yield from _of_deletion(kind, item_id, ground)
        case e.Associate(row):
            yield from _of_association(row)
        case e.Dissociate(row):
            if _torn(*(each for each in (*_fields(row), row.entity_id) if each)):
                yield "It holds half a character, which cannot be sent."
        case e.LinkNumber(number, application_id):
            yield from _of_path("number", number.key)
            if not application_id.strip():
                yield "A number is always linked to an application; “default” is none in particular."
        case e.WriteInbound():
            yield from _of_inbound(edit, ground)
        case e.DeleteInbound(configuration):
            yield from _of_path("inbound configuration", configuration.key)
        case e.DeleteStrategy(strategy):
            yield from _of_path("sending strategy", strategy.id)
        case e.DeleteSubscription(row):
            yield from _of_path("subscription", row.channel, row.id)
        case e.EnableKey(key):
            yield from _of_path("API key", key.id)
        case e.LinkKey(key, links):
            yield from _of_path("API key", key.id)
            yield from checked_links(links, ground.states.get(target_of(edit)))
        case e.CreateStrategy() | e.CreateSubscription() | e.ModifySubscription():
            yield from _of_definition(edit)


def _of_deletion(kind: Kind, item_id: str, ground: Ground) -> Iterator[str]:
    if kind is Kind.APPLICATION and item_id == DEFAULT_APPLICATION:
        yield "The default application always exists and cannot be deleted."
    elif item_id in ground.protected:
        yield f"“{visible(item_id)}” is protected by the profile."
    elif not _can_name(ground, kind, item_id):
        yield _unnameable(kind.value, item_id)
    elif (kind, item_id) not in ground.removals:
        yield f"What deleting “{visible(item_id)}” removes was not looked at yet."


def _of_association(row: AssociationRow) -> Iterator[str]:
    for what, text in zip(("resource type", "channel", "application", "resource"), _fields(row), strict=True):
        if not text.strip():
            yield f"It needs a {what}." if what[0] not in "aeiou" else f"It needs an {what}."
        elif what != "application":
            yield from _of_text(f"The {what}", text)
    if row.resource_type == "DOMAIN" and row.channel != "EMAIL":
        yield "A domain can be associated for EMAIL only."


def _of_inbound(edit: e.WriteInbound, ground: Ground) -> Iterator[str]:
    if not edit.channel.strip() or not edit.resource_id.strip():
        yield "It needs a channel and a resource."
    yield from _of_text("The resource", edit.resource_id)
    keyword = edit.keyword or ""
    if len(keyword) > _LONGEST_KEYWORD:
        yield f"The keyword is {len(keyword)} characters long; {_LONGEST_KEYWORD} are the most."
    if _torn(edit.channel, keyword):
        yield "It holds half a character, which cannot be sent."
    if edit.before is not None and target_of(e.DeleteInbound(edit.before)) != target_of(edit):
        yield "What it is to change is another configuration."
    try:
        checked_inbound(edit.raw, ground.vault)
    except DefinitionError as error:
        yield str(error)


def _of_definition(edit: e.CreateStrategy | e.CreateSubscription | e.ModifySubscription) -> Iterator[str]:
    try:
        match edit:
            case e.CreateStrategy(raw):
                checked_strategy(raw)
            case e.CreateSubscription(channel, raw):
                yield from _of_path("channel", channel)
                checked_subscription(raw)
            case e.ModifySubscription(row, raw):
                yield from _of_path("subscription", row.channel, row.id)
                checked_subscription(raw, row.id)
    except DefinitionError as error:
        yield str(error)


def _of_named(kind: Kind, item_id: str) -> Iterator[str]:
    what = f"The {kind.value} id"
    if not item_id.strip():
        yield f"{what} is blank."
    else:
        yield from _of_text(what, item_id)


def _of_text(what: str, text: str) -> Iterator[str]:
    if _torn(text):
        yield f"{what} holds half a character, which cannot be sent."
    elif len(text) > MAX_ID:
        yield f"{what} is {len(text)} characters long; {MAX_ID} are the most."


def _of_path(what: str, *ids: str) -> Iterator[str]:
    yield from (_unnameable(what, each) for each in ids if not addressable(each))


def _fields(row: AssociationRow) -> tuple[str, str, str, str]:
    return row.resource_type, row.channel, row.application_id, row.resource_id


def _can_name(ground: Ground, kind: Kind, item_id: str) -> bool:
    item = ground.items.get((kind, item_id))
    return addressable(item_id) and (item is None or item.addressable)


def _torn(*texts: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for text in texts for char in text)


def _unnameable(what: str, id_: str) -> str:
    return f"No request can name the {what} “{visible(id_)}”."
