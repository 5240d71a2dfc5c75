"""From what is asked for to a plan: what it is about is looked up first, and nothing but read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.changes import edits as e
from entitree.changes.edits import rules
from entitree.changes.impact.words import not_checked, unwalked
from entitree.changes.plan.targets import target_of
from entitree.cli.impact import cost_words, effect_words
from entitree.cli.output import narrate
from entitree.cli.plan_asking import complain
from entitree.cli.plan_files import hand_out
from entitree.cli.plan_rows import Rows
from entitree.errors import UnreachableError, UsageError
from entitree.inventory.link_reading import own_family
from entitree.inventory.model import Kind
from entitree.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from entitree.account import Account
    from entitree.changes.edits import Edit
    from entitree.changes.impact import Impact
    from entitree.changes.plan import Plan
    from entitree.cli.plan_asking import Asked
    from entitree.inventory.model import Item

_Named = tuple[int | None, e.Edit]


async def make(options: argparse.Namespace, asked: Asked, account: Account) -> int:
    """Makes the plan that `options` ask for, hands it out, and returns the exit code."""
    await account.connect()
    lines: dict[int, int] = {}
    match options.what:
        case "undo":
            plan = await account.desk.plan_undo(options.job)
        case "move":
            plan = await _moved(account, Kind(options.kind), options.ids[0], options.to)
        case _:
            edits = await _edits(account, options, asked)
            lines = {id(edit): line for line, edit in edits if line is not None}
            plan = await _planned(account, options, edits)

    def named(edit: Edit) -> str:
        line = lines.get(id(edit))
        return _words(edit) if line is None else f"line {line}: {_words(edit)}"

    return await hand_out(options, plan, account.profile.limits, named=named)


async def _moved(account: Account, kind: Kind, from_id: str, to_id: str) -> Plan:
    if from_id != to_id:
        await _look(account, kind, (from_id, to_id))
    narrate(f"Reading what names them: {await _reading_cost(account, kind, (from_id, to_id))}.")
    return await account.desk.plan_move(kind, from_id, to_id)


async def _edits(account: Account, options: argparse.Namespace, asked: Asked) -> list[_Named]:
    """What is asked for as edits. Raises UsageError for what is about something that is not there."""
    rows = Rows(account)
    found: list[_Named] = []
    errors: list[tuple[int | None, str]] = []
    for line, each in asked.edits:
        if isinstance(each, e.Edit):
            found.append((line, each))
            continue
        try:
            found.append((line, await each.made(rows)))
        except UsageError as error:
            errors.append((line, str(error)))
    there: dict[tuple[Kind, str], Item] = {}
    for kind in Kind:
        ids = [edit.id for _, edit in found if isinstance(edit, e.Create | e.Alias) and edit.kind is kind]
        if asked.ids and kind.value == options.kind:
            ids += [each for _, each in asked.ids]
        if ids:
            there |= {(kind, item_id): item for item_id, item in (await _look(account, kind, ids)).items()}
    errors += [
        (line, f"There is no {edit.kind.value} “{visible(edit.id)}”.")
        for line, edit in found
        if isinstance(edit, e.Alias) and (edit.kind, edit.id) not in there
    ]
    if asked.ids:
        found += _renamed(Kind(options.kind), asked, there, errors)
    complain(errors)
    return found


def _renamed(
    kind: Kind,
    asked: Asked,
    there: dict[tuple[Kind, str], Item],
    errors: list[tuple[int | None, str]],
) -> list[_Named]:
    """What rules make of the items they are for; what is wrong with that is put to `errors`."""
    lines = {item_id: line for line, item_id in asked.ids}
    errors += [
        (line, f"There is no {kind.value} “{visible(item_id)}”.")
        for line, item_id in asked.ids
        if (kind, item_id) not in there
    ]
    items = [there[kind, item_id] for _, item_id in asked.ids if (kind, item_id) in there]
    shown = list(rules.preview(asked.rules, items))
    errors += [
        (lines[each.item.id], f"{kind.value} “{visible(each.item.id)}”: {problem}")
        for each in shown
        for problem in each.problems
        if each.changes
    ]
    return [(lines[edit.id], edit) for edit in rules.edits(shown)]


async def _look(account: Account, kind: Kind, ids: Collection[str]) -> dict[str, Item]:
    """Items as they are now, those that are there. Raises UnreachableError where that cannot be told."""
    many = "ies" if kind is Kind.ENTITY else "s"
    noun = kind.value if len(ids) == 1 else kind.value.removesuffix("y" if kind is Kind.ENTITY else "") + many
    narrate(f"Reading {len(ids):,} {noun} …")
    reading = await account.refresh_rows(kind, ids)
    for each in reading.not_checked:
        if each.family is not None:
            raise UnreachableError(each.why, sent=True)
        narrate(f"! {each.what}: {each.why}")
    return await account.store.items(kind, ids)


async def _planned(account: Account, options: argparse.Namespace, edits: Sequence[_Named]) -> Plan:
    impacts: list[Impact] = []
    for kind in Kind:
        doomed = {edit.id: line for line, edit in edits if isinstance(edit, e.Delete) and edit.kind is kind}
        if doomed:
            impacts.append(await _impact(account, kind, doomed))
    unchecked = [sentence for each in impacts for sentence in _unchecked(each)]
    if options.what != "delete":
        return await account.desk.plan([edit for _, edit in edits], impacts, unchecked=unchecked)
    (impact,) = impacts
    if options.move_to is not None and options.move_to not in impact.ids:
        # What it has already is not made again.
        narrate(f"Reading what names “{visible(options.move_to)}” …")
        await account.refresh_links(impact.kind, (options.move_to,))
    plan = await account.desk.plan_delete(
        impact.kind, impact.ids, impact, detach=options.detach, move_to=options.move_to
    )
    return replace(plan, unchecked=tuple(dict.fromkeys((*plan.unchecked, *unchecked))))


async def _impact(account: Account, kind: Kind, doomed: Mapping[str, int | None]) -> Impact:
    """What the deletion of some ids, each with its line, takes with it. Raises UsageError for what is not
    there, and UnreachableError.
    """
    if kind is Kind.APPLICATION and DEFAULT_APPLICATION in doomed:
        raise UsageError("The default application always exists and cannot be deleted.")
    narrate(f"Reading what names them: {await _reading_cost(account, kind, doomed)}.")
    found = await account.desk.impact(kind, tuple(doomed))
    if not found.checked:
        why = next(each.why for each in found.not_checked if each.family is not None)
        raise UnreachableError(why, sent=True)
    if own_family(kind).value not in {each.what for each in found.not_checked}:
        there = {item.id for item in found.items}
        complain(
            [
                (line, f"There is no {kind.value} “{visible(item_id)}”.")
                for item_id, line in doomed.items()
                if item_id not in there
            ]
        )
    narrate(effect_words(found))
    return found


def _unchecked(impact: Impact) -> Iterator[str]:
    """What may be tied to doomed items besides, a sentence each."""
    for what, why in not_checked(impact):
        yield f"Not checked: {what}: {why.rstrip('.')}."
    if impact.unwalked is not None:
        what, why = unwalked(impact.unwalked, lambda moment: f"{moment:%Y-%m-%d %H:%M} UTC")
        yield f"Not checked: {what}: {why}."
    kind = impact.kind.value
    yield f"Not checked: whether they are in use; entitree impact {kind} looks at the last 48 hours."


async def _reading_cost(account: Account, kind: Kind, ids: Collection[str]) -> str:
    return cost_words(await account.desk.impact_cost(kind, ids, account.profile.limits))


def _words(edit: Edit) -> str:
    """An edit in words: `Create strategy`, `Delete entity acme`."""
    verb = "".join(f" {char.lower()}" if char.isupper() else char for char in type(edit).__name__).strip()
    kind = f" {edit.kind.value}" if isinstance(edit, e.Create | e.Alias | e.Delete) else ""
    key = " ".join(each for each in target_of(edit).key if each)
    return visible(f"{verb[:1].upper()}{verb[1:]}{kind} {key}".rstrip())
