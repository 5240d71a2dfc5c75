"""From a pasted list or a file to edits: all that is wrong by line, and what is right kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from entitree.api.names import MAX_ID
from entitree.api.urls import addressable
from entitree.changes.edits.checks import Severity, check_alias, check_id
from entitree.changes.edits.items import Alias, Create, Delete
from entitree.changes.edits.resources import Associate, Dissociate
from entitree.changes.edits.tables import Form, LineError, Other, decoded, folded, table, undecoded
from entitree.inventory.model import AssociationRow, Kind
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.changes.edits.tables import Cell, Record, Table

    ListEdit = Create | Alias | Delete | Associate | Dissociate


class Verb(Enum):
    """What a list is to do with each of its records."""

    CREATE = "create"
    ALIAS = "alias"
    DELETE = "delete"
    ASSOCIATE = "associate"
    DISSOCIATE = "dissociate"

    @property
    def ties(self) -> bool:
        return self in (Verb.ASSOCIATE, Verb.DISSOCIATE)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list comes to."""

    edits: tuple[ListEdit, ...]
    lines: tuple[int, ...]
    """The line of each edit."""
    errors: tuple[LineError, ...]
    """In the order of lines."""
    understood: str
    """How it was read, to be shown: `CSV with a header, columns id and alias`."""


_ID, _ALIAS = "id", "alias"
_TIES = ("resource_type", "channel", "application_id", "entity_id", "resource_id")
_SYNONYMS = {
    "resource": "resource_id",
    "application": "application_id",
    "entity": "entity_id",
    "type": "resource_type",
}
_OWN = frozenset(
    {"applications", "apps", "associations", "assoc", "configurations", "config", "exists", "kind"}
)
"""Columns of this program's own lists, which nothing is made of."""
_NAMES = {"\t": "Tab-separated", ",": "CSV", ";": "CSV with semicolons", "|": "Columns between |"}


def read_list(verb: Verb, source: str | bytes, kind: Kind | None = None) -> Listed:
    """The edits that a text, or the content of a file, asks for.

    It may be CSV, TSV, a JSON array of texts or objects, JSON lines, or one id a line; delimiter, byte order
    mark, line ends and header are recognised. Columns without a header are the id, then for creations and
    aliases the alias; for associations resource type, channel, application, entity and resource. An empty
    alias is none, and takes the alias away where it says so.

    `kind` is needed for all but associations. Raises UsageError for a list that is too large.
    """
    if kind is None and not verb.ties:
        raise ValueError("a list of items is of one kind")
    text = decoded(source) if isinstance(source, bytes) else source
    columns = _TIES if verb.ties else (_ID,) if verb is Verb.DELETE else (_ID, _ALIAS)
    known = _known(verb, kind)
    found = table(text, most=len(columns), names=(*known, *_OWN))
    return _Reader(verb, kind, columns, known).read(found)


def _known(verb: Verb, kind: Kind | None) -> dict[str, str]:
    """What columns may be called, folded, and what that means."""
    if verb.ties:
        names = {each: each for each in _TIES} | _SYNONYMS
    else:
        word = kind.value if kind is not None else ""
        names = {
            _ID: _ID,
            word: _ID,
            f"{word}_id": _ID,
            _ALIAS: _ALIAS,
            "name": _ALIAS,
            f"{word}_name": _ALIAS,
        }
    return {folded(name): meant for name, meant in names.items()}


class _Reader:
    def __init__(self, verb: Verb, kind: Kind | None, columns: Sequence[str], known: dict[str, str]) -> None:
        self._verb = verb
        self._kind = kind
        self._columns = columns
        self._known = known
        self._edits: list[ListEdit] = []
        self._lines: list[int] = []
        self._errors: list[LineError] = []
        self._seen: dict[object, int] = {}

    def read(self, found: Table) -> Listed:
        self._errors += found.errors
        records = found.records
        # A text in a JSON array is an id, whatever it says.
        may_be = bool(records) and (found.form is not Form.JSON or len(records[0].cells) > 1)
        header = self._header(records[0]) if may_be else None
        for record in records[1:] if header is not None else records:
            self._record(record, header)
        return Listed(
            tuple(self._edits),
            tuple(self._lines),
            tuple(sorted(self._errors, key=lambda each: each.line)),
            self._understood(found, header),
        )

    def _header(self, first: Record) -> tuple[str | None, ...] | None:
        """What the columns mean, where the first record says so; None for one that nothing is made of."""
        cells = [cell for cell in first.cells if isinstance(cell, str)]
        if first.names is not None or len(cells) < len(first.cells):
            return None
        meanings = [self._known.get(folded(cell)) for cell in cells]
        required = set(_TIES) - {"entity_id"} if self._verb.ties else {_ID}
        if not required <= set(meanings):
            return None
        for at, cell in enumerate(cells):
            if meanings[at] is not None and meanings[at] in meanings[:at]:
                self._errors.append(LineError(first.line, f"The column “{visible(cell)}” is there twice."))
                meanings[at] = None
            elif meanings[at] is None and cell and not self._ignores(cell):
                what = f"Nothing is known of the column “{visible(cell)}”; it is left out."
                self._errors.append(LineError(first.line, what))
        return tuple(meanings)

    def _ignores(self, name: str) -> bool:
        # Of a deletion the id says everything.
        return self._verb is Verb.DELETE or folded(name) in _OWN

    def _record(self, record: Record, header: tuple[str | None, ...] | None) -> None:
        try:
            edit = self._edit(self._values(record, header))
        except _RecordError as error:
            self._errors.append(LineError(record.line, str(error)))
            return
        subject = edit.association if isinstance(edit, Associate | Dissociate) else edit.id
        if (before := self._seen.setdefault(subject, record.line)) != record.line:
            self._errors.append(LineError(record.line, f"It is there already, on line {before}."))
            return
        self._edits.append(edit)
        self._lines.append(record.line)

    def _values(self, record: Record, header: tuple[str | None, ...] | None) -> dict[str, Cell]:
        if record.names is not None:
            values: dict[str, Cell] = {}
            for name, cell in zip(record.names, record.cells, strict=True):
                meant = self._known.get(folded(name))
                if meant is None and not self._ignores(name):
                    raise _RecordError(f"Nothing is known of “{visible(name)}”.")
                if meant is not None and meant in values:
                    raise _RecordError(f"“{visible(name)}” is there twice.")
                if meant is not None:
                    values[meant] = cell
            return values
        columns = header or self._columns
        if len(record.cells) > len(columns):
            wanted = " and ".join(name for name in self._columns) if len(self._columns) < 3 else "5 columns"
            hint = "" if header else f" for {wanted}: put quotes around a cell that holds the delimiter"
            raise _RecordError(f"It has {len(record.cells)} cells, which are too many{hint}.")
        return {meant: cell for meant, cell in zip(columns, record.cells, strict=False) if meant is not None}

    def _edit(self, values: dict[str, Cell]) -> ListEdit:
        if self._verb.ties:
            return self._tie(values)
        kind = self._kind or Kind.ENTITY
        item_id = _text(values, _ID)
        if self._verb is Verb.DELETE:
            _demand(addressable(item_id), f"No request can name the {kind.value} “{visible(item_id)}”.")
            return Delete(kind, item_id)
        if self._verb is Verb.ALIAS:
            _demand(_ALIAS in values, "It has no alias; leave the cell empty to take the alias away.")
        alias = _text(values, _ALIAS, optional=True) or None
        if self._verb is Verb.ALIAS:
            _demand(addressable(item_id), f"No request can name the {kind.value} “{visible(item_id)}”.")
            findings = check_alias(alias)
        else:
            findings = [*check_id(kind, item_id), *check_alias(alias)]
        problems = [each.text for each in findings if each.severity is Severity.ERROR]
        _demand(not problems, " ".join(problems))
        return Create(kind, item_id, alias) if self._verb is Verb.CREATE else Alias(kind, item_id, alias)

    def _tie(self, values: dict[str, Cell]) -> Associate | Dissociate:
        texts = {name: _text(values, name, optional=name == "entity_id") for name in _TIES}
        for name, text in texts.items():
            _demand(len(text) <= MAX_ID, f"The {_words(name)} is longer than {MAX_ID} characters.")
        row = AssociationRow(
            texts["resource_type"],
            texts["channel"],
            texts["application_id"],
            texts["entity_id"] or None,
            texts["resource_id"],
        )
        return Associate(row) if self._verb is Verb.ASSOCIATE else Dissociate(row)

    def _understood(self, found: Table, header: tuple[str | None, ...] | None) -> str:
        if found.form is not Form.TABLE:
            form = {Form.JSON: "A JSON array", Form.JSON_LINES: "JSON lines"}.get(found.form, "One a line")
        else:
            form = _NAMES[found.delimiter]
        if header is None:
            return form
        named = [_words(name) for name in header if name is not None]
        return f"{form}, with a header: {', '.join(named)}"


class _RecordError(ValueError):
    """What is wrong with one record, in a sentence."""


def _text(values: dict[str, Cell], name: str, *, optional: bool = False) -> str:
    cell = values.get(name)
    if isinstance(cell, Other):
        raise _RecordError(f"Its {_words(name)} is not a text.")
    text = cell or ""
    _demand(optional or bool(text.strip()), f"It has no {_words(name)}.")
    _demand(not undecoded(text), f"Its {_words(name)} is not UTF-8 text.")
    _demand(
        not any("\ud800" <= char <= "\udfff" for char in text),
        f"Its {_words(name)} holds half a character, which cannot be sent.",
    )
    return text


def _words(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ")


def _demand(fits: bool, otherwise: str) -> None:
    if not fits:
        raise _RecordError(otherwise)


def summary(errors: Iterable[LineError], most: int = 20) -> list[str]:
    """The errors as lines to show, the first `most` of them and how many there are beside."""
    every = list(errors)
    shown = [f"line {each.line}: {each.text}" for each in every[:most]]
    if len(every) > most:
        shown.append(f"and {len(every) - most} more")
    return shown
