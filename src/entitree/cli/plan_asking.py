"""What the options of `entitree plan` ask for: edits of items at once, of configurations as drafts, whose
objects are yet to be looked up.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from entitree.cli.output import narrate
from entitree.errors import StorageError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from entitree.changes.edits import Edit
    from entitree.changes.edits.lists import Verb
    from entitree.changes.edits.rules import Rule
    from entitree.changes.edits.tables import LineError
    from entitree.cli.edit_files import Draft

CASES = ("lower", "upper", "title", "sentence")
PARTS = {
    "create, alias": ("kind", "id", "alias?"),
    "delete": ("kind", "id"),
    "associate, dissociate": ("type", "channel", "application", "entity?", "resource"),
    "link-number": ("number", "application", "entity?"),
    "write-inbound": ("resource", "channel", "keyword?", "settings"),
    "delete-inbound": ("resource", "channel", "keyword?"),
    "create-strategy": ("definition",),
    "delete-strategy": ("id",),
    "create-subscription": ("channel", "definition"),
    "modify-subscription": ("channel", "id", "definition"),
    "delete-subscription": ("channel", "id"),
    "link-key": ("key", "links (application, entity?, action?)"),
    "enable-key, disable-key": ("key",),
}
"""What each edit of a file has; see `edit_files`."""

STDIN = "-"
LARGEST = 400_000_000
"""Bytes of a list: a hundred million characters, all of them long."""


@dataclass(slots=True)
class Asked:
    """What is asked for, in order, each with the line it stands on where it comes from a list."""

    edits: list[tuple[int | None, Edit | Draft]] = field(default_factory=list)
    ids: list[tuple[int | None, str]] = field(default_factory=list)
    """Of items that rules are to rename."""
    rules: list[Rule] = field(default_factory=list)


def read(options: argparse.Namespace) -> Asked:
    """What is asked for. Raises UsageError, having said what is wrong with each line, and StorageError."""
    match options.what:
        case "create":
            return _create(options)
        case "alias":
            return _alias(options)
        case "delete":
            return _delete(options)
        case "associate" | "dissociate":
            return _tie(options)
        case "edits":
            from entitree.cli.edit_files import read_edits

            found = read_edits(content(options.list))
            return Asked([*_sound(options.list, found.edits, found.errors)])
        case "move" | "undo":
            return Asked()
        case _:
            return _configure(options)


def complain(errors: Sequence[tuple[int | None, str]]) -> None:
    """Says every error, with its line where it has one. Raises UsageError if there are any."""
    for line, text in errors:
        narrate(f"! line {line}: {text}" if line is not None else f"! {text}")
    if errors:
        many = len(errors) != 1
        raise UsageError(
            f"No plan was made: {len(errors)} thing{'s' if many else ''} that {'are' if many else 'is'}"
            " asked for cannot be done."
        )


def content(file: str) -> bytes:
    """What a list holds. Raises UsageError and StorageError."""
    if file == STDIN:
        if sys.stdin.isatty():
            narrate("Reading the list from the terminal; Ctrl-D ends it.")
        found = sys.stdin.buffer.read(LARGEST + 1)
    else:
        try:
            with Path(file).open("rb") as lines:
                found = lines.read(LARGEST + 1)
        except FileNotFoundError:
            raise UsageError(f"There is no file {file}.") from None
        except OSError as error:
            raise StorageError(f"{file} cannot be read: {error.strerror}.") from None
    if len(found) > LARGEST:
        raise UsageError(f"{file} is larger than {LARGEST:,} bytes.", hint="Split it.")
    return found


def _create(options: argparse.Namespace) -> Asked:
    from entitree.changes.edits import Create
    from entitree.changes.edits.lists import Verb
    from entitree.inventory.model import Kind

    _demand_ids(options.ids, options.list, "ID")
    if options.alias is not None and len(options.ids) != 1:
        raise UsageError("--alias is for exactly one ID.", hint="A list gives each its own alias.")
    kind = Kind(options.kind)
    edits = [(None, Create(kind, each, options.alias or None)) for each in options.ids]
    return Asked([*edits, *_listed(options, Verb.CREATE)])


def _alias(options: argparse.Namespace) -> Asked:
    from entitree.changes.edits import Alias
    from entitree.changes.edits.lists import Verb
    from entitree.inventory.model import Kind

    kind, rules = Kind(options.kind), _rules(options)
    ways = sum((options.alias is not None, options.no_alias, bool(rules)))
    if ways > 1:
        raise UsageError("--alias, --no-alias and rules are three ways.", hint="Choose one of them.")
    _demand_ids(options.ids, options.list, "ID")
    if not ways:
        if options.ids:
            raise UsageError(
                "What the alias is to be was not said.",
                hint="Say --alias, --no-alias, --template, --replace or --case, or give a list alone.",
            )
        return Asked([*_listed(options, Verb.ALIAS)])
    ids = _ids(options)
    if rules:
        return Asked(ids=ids, rules=rules)
    return Asked([(line, Alias(kind, each, options.alias or None)) for line, each in ids])


def _rules(options: argparse.Namespace) -> list[Rule]:
    from entitree.changes.edits.rules import Case, Replace, Template

    rules: list[Rule] = []
    if options.template is not None:
        rules.append(Template(options.template))
    rules += [Replace(what, by, any_case=options.ignore_case) for what, by in options.replace or ()]
    if options.case is not None:
        rules.append(Case(options.case))
    return rules


def _delete(options: argparse.Namespace) -> Asked:
    from entitree.changes.edits import Delete
    from entitree.inventory.model import Kind

    _demand_ids(options.ids, options.list, "ID")
    kind = Kind(options.kind)
    return Asked([(line, Delete(kind, each)) for line, each in _ids(options)])


def _tie(options: argparse.Namespace) -> Asked:
    from entitree.changes.edits import Associate, Dissociate
    from entitree.changes.edits.lists import Verb
    from entitree.inventory.model import AssociationRow

    _demand_ids(options.resources, options.list, "RESOURCE")
    parts = {"type": options.type, "channel": options.channel, "application": options.application}
    missing = [f"--{name}" for name, value in parts.items() if value is None]
    if options.resources and missing:
        raise UsageError(f"For resources that are named it needs {', '.join(missing)} too.")
    if not options.resources and (options.entity is not None or len(missing) < len(parts)):
        raise UsageError("In a list each line says all five parts itself.", hint="Leave the options out.")
    edit, verb = (Associate, Verb.ASSOCIATE) if options.what == "associate" else (Dissociate, Verb.DISSOCIATE)
    rows = [
        AssociationRow(options.type, options.channel, options.application, options.entity or None, each)
        for each in options.resources
    ]
    return Asked([*((None, edit(row)) for row in rows), *_listed(options, verb)])


def _configure(options: argparse.Namespace) -> Asked:
    from entitree.cli.edit_files import draft

    values: list[dict[str, object]]
    if options.what == "link-number":
        to = {"application": options.application, "entity": options.entity or None}
        values = [{"number": each, **to} for each in options.numbers]
    elif options.what == "link-key":
        if any(len(each) > 2 for each in options.link):
            raise UsageError("--link has an application, and at most one entity.", hint="Give it again.")
        links = [
            {"application": each[0], "entity": each[1] if len(each) > 1 else None, "action": options.action}
            for each in options.link
        ]
        values = [{"key": each, "links": links} for each in options.keys]
    else:
        values = [{"key": each} for each in options.keys]
    return Asked([(None, draft({"edit": options.what, **each})) for each in values])


def _demand_ids(ids: Sequence[str], list_: str | None, what: str) -> None:
    if not ids and list_ is None:
        raise UsageError(
            f"It needs an {what}, or a list." if what == "ID" else f"It needs a {what}, or a list."
        )


def _ids(options: argparse.Namespace) -> list[tuple[int | None, str]]:
    """The ids that are named, each once: they are looked at together."""
    from entitree.changes.edits import Delete
    from entitree.changes.edits.lists import Verb

    found = [(None, each) for each in dict.fromkeys(options.ids)]
    listed = [(line, edit.id) for line, edit in _listed(options, Verb.DELETE) if isinstance(edit, Delete)]
    return [*found, *(each for each in listed if each[1] not in options.ids)]


def _listed(options: argparse.Namespace, verb: Verb) -> list[tuple[int | None, Edit | Draft]]:
    from entitree.changes.edits.lists import read_list
    from entitree.inventory.model import Kind

    if options.list is None:
        return []
    kind = None if verb.ties else Kind(options.kind)
    found = read_list(verb, content(options.list), kind)
    narrate(f"{found.understood}: {len(found.edits):,} read.")
    return _sound(options.list, list(zip(found.lines, found.edits, strict=True)), found.errors)


def _sound(
    name: str, edits: Sequence[tuple[int, Edit | Draft]], errors: Sequence[LineError]
) -> list[tuple[int | None, Edit | Draft]]:
    """The edits of a list with which nothing is wrong."""
    complain([(each.line, each.text) for each in errors])
    if not edits:
        raise UsageError(f"There is nothing in {'the list' if name == STDIN else name}.")
    return [*edits]
