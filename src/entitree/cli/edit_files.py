"""Edits of every kind as JSON: what a file of them holds, and the edits they become once the objects they
name are found.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from entitree.changes import edits as e
from entitree.changes.edits.tables import LineError, decoded
from entitree.errors import UsageError
from entitree.inventory.model import AssociationRow, Kind, LinkRow
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entitree.cli.plan_rows import Rows

Words: TypeAlias = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Item(_Part):
    edit: Literal["create", "alias", "delete"]
    kind: Literal["application", "entity"]
    id: Words
    alias: str | None = None

    async def made(self, rows: Rows) -> e.Edit:
        kind = Kind(self.kind)
        if self.edit == "delete":
            return e.Delete(kind, self.id)
        change = e.Create if self.edit == "create" else e.Alias
        return change(kind, self.id, self.alias or None)


class Tie(_Part):
    edit: Literal["associate", "dissociate"]
    type: Words
    channel: Words
    application: Words
    entity: str | None = None
    resource: Words

    async def made(self, rows: Rows) -> e.Edit:
        row = AssociationRow(self.type, self.channel, self.application, self.entity or None, self.resource)
        return e.Associate(row) if self.edit == "associate" else e.Dissociate(row)


class LinkNumber(_Part):
    edit: Literal["link-number"]
    number: Words
    application: Words
    entity: str | None = None

    async def made(self, rows: Rows) -> e.Edit:
        return e.LinkNumber(await rows.number(self.number), self.application, self.entity or None)


class WriteInbound(_Part):
    edit: Literal["write-inbound"]
    resource: Words
    channel: Words
    keyword: str | None = None
    settings: dict[str, Any] = Field(repr=False)

    async def made(self, rows: Rows) -> e.Edit:
        there = await rows.known_inbound(self.resource, self.channel, self.keyword or None)
        return e.WriteInbound(
            self.channel, self.resource, self.keyword or None, json.dumps(self.settings), there
        )


class DeleteInbound(_Part):
    edit: Literal["delete-inbound"]
    resource: Words
    channel: Words
    keyword: str | None = None

    async def made(self, rows: Rows) -> e.Edit:
        return e.DeleteInbound(await rows.inbound(self.resource, self.channel, self.keyword or None))


class CreateStrategy(_Part):
    edit: Literal["create-strategy"]
    definition: dict[str, Any]

    async def made(self, rows: Rows) -> e.Edit:
        return e.CreateStrategy(json.dumps(self.definition))


class DeleteStrategy(_Part):
    edit: Literal["delete-strategy"]
    id: Words

    async def made(self, rows: Rows) -> e.Edit:
        return e.DeleteStrategy(await rows.strategy(self.id))


class CreateSubscription(_Part):
    edit: Literal["create-subscription"]
    channel: Words
    definition: dict[str, Any]

    async def made(self, rows: Rows) -> e.Edit:
        return e.CreateSubscription(self.channel, json.dumps(self.definition))


class ModifySubscription(_Part):
    edit: Literal["modify-subscription"]
    channel: Words
    id: Words
    definition: dict[str, Any]

    async def made(self, rows: Rows) -> e.Edit:
        there = await rows.subscription(self.channel, self.id)
        return e.ModifySubscription(there, json.dumps(self.definition))


class DeleteSubscription(_Part):
    edit: Literal["delete-subscription"]
    channel: Words
    id: Words

    async def made(self, rows: Rows) -> e.Edit:
        return e.DeleteSubscription(await rows.subscription(self.channel, self.id))


class Link(_Part):
    application: Words
    entity: str | None = None
    action: Literal["FILL", "FORCE"] | None = None


class LinkKey(_Part):
    edit: Literal["link-key"]
    key: Words
    links: list[Link]

    async def made(self, rows: Rows) -> e.Edit:
        links = (LinkRow(each.application, each.entity or None, each.action) for each in self.links)
        return e.LinkKey(await rows.key(self.key), tuple(links))


class SwitchKey(_Part):
    edit: Literal["enable-key", "disable-key"]
    key: Words

    async def made(self, rows: Rows) -> e.Edit:
        return e.EnableKey(await rows.key(self.key), enabled=self.edit == "enable-key")


Draft: TypeAlias = (
    Item
    | Tie
    | LinkNumber
    | WriteInbound
    | DeleteInbound
    | CreateStrategy
    | DeleteStrategy
    | CreateSubscription
    | ModifySubscription
    | DeleteSubscription
    | LinkKey
    | SwitchKey
)

_DRAFTS: TypeAdapter[Draft] = TypeAdapter(Annotated[Draft, Field(discriminator="edit")])


@dataclass(slots=True)
class Read:
    """What a file of edits comes to."""

    edits: list[tuple[int, Draft]] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


def draft(value: object) -> Draft:
    """One edit. Raises UsageError, which quotes nothing of it: there may be a secret in it."""
    try:
        return _DRAFTS.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
            raise UsageError("It has no “edit”, or one that is not known.") from None
        # The first part is the edit itself.
        place = ".".join(map(str, first["loc"][1:])) or "edit"
        raise UsageError(f"{visible(place)}: {first['msg']}.") from None


def read_edits(source: bytes) -> Read:
    """The edits in a JSON array or in JSON lines, each with the line it begins on, and all that is wrong."""
    found = Read()
    for line, value in _values(decoded(source), found):
        try:
            found.edits.append((line, draft(value)))
        except UsageError as error:
            found.errors.append(LineError(line, error.what))
    return found


def _values(text: str, found: Read) -> Iterator[tuple[int, object]]:
    decoder = json.JSONDecoder()
    at = _solid(text, 0)
    array = text[at : at + 1] == "["
    if array:
        at = _solid(text, at + 1)
    counted, line = 0, 1
    while at < len(text) and not (array and text[at] == "]"):
        line += text.count("\n", counted, at)
        counted = at
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            line += text.count("\n", counted, error.pos)
            found.errors.append(LineError(line, f"It is not JSON: {error.msg}. What follows was not read."))
            return
        except (ValueError, RecursionError):
            found.errors.append(LineError(line, "It is nested too deep, or holds a number that is too long."))
            return
        yield line, value
        at = _solid(text, at)
        if array and text[at : at + 1] == ",":
            at = _solid(text, at + 1)
        elif array and text[at : at + 1] != "]":
            line += text.count("\n", counted, at)
            found.errors.append(LineError(line, "A comma or the end of the array is missing here."))
            return
    if array and (at >= len(text) or text[_solid(text, at + 1) :]):
        line += text.count("\n", counted)
        found.errors.append(LineError(line, "The array does not end, or something follows its end."))


def _solid(text: str, at: int) -> int:
    """Where the next character is that is no blank."""
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
