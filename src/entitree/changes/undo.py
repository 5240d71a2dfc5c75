"""Undo: from what a job has changed, and what is there now, to wishes that bring back what was there before.

Only what is still as the job left it is touched; what is not is named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from entitree.changes import edits as e
from entitree.changes.losing import lost_by
from entitree.changes.net import titles
from entitree.changes.objects import matches
from entitree.changes.plan import Lost
from entitree.changes.plan.make import Wish
from entitree.changes.plan.targets import names, target_of
from entitree.changes.restoring import LeftAloneError, LostError, profile, restoring
from entitree.changes.rewiring import KEY_CHANGES, Part, target_of_row, without_parts
from entitree.inventory.model import Family
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.changes.edits import Edit
    from entitree.changes.impact import Impact
    from entitree.changes.net import Change, Net
    from entitree.changes.plan import State, Target
    from entitree.changes.rewiring import Tied
    from entitree.changes.sight import Sight

CHANGED = "It has changed since, so it is left alone."


@dataclass(frozen=True, slots=True)
class Undo:
    parts: tuple[Part, ...]
    lost: tuple[Lost, ...]
    unchecked: tuple[str, ...]
    """Steps that are not undone, and why, a sentence each."""


def undo(net: Net, sight: Sight, job_id: int) -> Undo:
    """Wishes in the order in which they work: what was gone is back before what took its place goes."""
    lost = list(lost_by(net.done))
    alone: list[str] = []
    wanted: list[tuple[Change, Edit]] = []
    for change in net.changes.values():
        try:
            edit = _edit(change, sight)
        except LostError as why:
            lost.append(Lost(_words(change), str(why)))
        except LeftAloneError as why:
            alone.append(f"Not undone: {_words(change)}. {why}")
        else:
            if edit is not None:
                wanted.append((change, edit))
    wanted.sort(key=lambda each: _rank(each[1]))
    return Undo(_parts(net, wanted, job_id), tuple(lost), (*alone, *_left(net, wanted)))


def emptied(parts: Sequence[Part], impact: Impact) -> tuple[list[Part], list[str]]:
    """The parts without the deletions of what is tied to more than the others free, as `impact` shows it:
    what others tied to it since would go with it. Deletions that are left need what frees them. With it
    sentences of what that leaves.

    API keys keep their links whatever is deleted, so they hold none back: what becomes of them is said.
    """
    freeing: dict[Target, int] = {target_of(part.wish.edit): at for at, part in enumerate(parts)}
    found, busy, said = list(parts), [], []
    for at, part in enumerate(parts):
        edit = part.wish.edit
        if not isinstance(edit, e.Delete) or edit.kind is not impact.kind:
            continue
        touched = impact.of(edit.id)
        needs = set(part.wish.needs)
        rows: list[Tied] = [each.what for each in touched.removals]
        rows += [each.what for each in touched.resets]
        for row in rows:
            place = freeing.get(target_of_row(row))
            if place is None or (edit.kind, edit.id) in names(found[place].wish.edit):
                busy.append(at)
                what = f"Not undone: {edit.kind.value} {visible(edit.id)}, which the job made."
                said.append(f"{what} Something else is tied to it since, so it is left alone.")
                break
            found[place] = replace(found[place], frees=row)
            needs.add(place)
        else:
            found[at] = replace(part, wish=replace(part.wish, needs=tuple(sorted(needs))))
            for stop in touched.stops:
                if (place := freeing.get(target_of_row(stop.what))) is None:
                    said.append(f"API key “{visible(stop.what.name)}”: {stop.reason}.")
                elif (edit.kind, edit.id) not in names(found[place].wish.edit):
                    found[place] = replace(found[place], frees=stop.what)
    return without_parts(found, busy), said


def _edit(change: Change, sight: Sight) -> Edit | None:
    """What undoes the change; None where it is undone already."""
    if change.target not in sight.states:
        raise LeftAloneError(f"It could not be read: {sight.unread.get(change.target, 'nobody knows why.')}")
    now = sight.states[change.target]
    if _restored(change, now):
        return None
    if not _as_left(change, now):
        raise LeftAloneError(CHANGED)
    if change.target.family is Family.SUBSCRIPTIONS and profile(change.before or {}) in sight.profiles:
        raise LostError("Its notification profile is gone, and no subscription can be made without one.")
    return restoring(change, now, sight.numbers.get(change.target.key[0] or ""))


def _restored(change: Change, now: State | None) -> bool:
    before = change.before
    if before is not None and not before and change.target.family is not Family.ASSOCIATIONS:
        # Nothing is known of it but that it was there.
        return change.after is None and now is not None
    return matches(now, before)


def _as_left(change: Change, now: State | None) -> bool:
    if matches(now, change.after):
        return True
    if now is None or change.after is None:
        return False
    links = change.after.get("platform") or ()
    return change.kept and all(each in links for each in now.get("platform") or ())


def _rank(edit: Edit) -> int:
    match edit:
        case e.Create():
            return 0
        case e.Dissociate() | e.DeleteStrategy() | e.DeleteSubscription() | e.DeleteInbound():
            return 2
        case e.Delete():
            return 3
    return 1


def _parts(net: Net, wanted: Sequence[tuple[Change, Edit]], job_id: int) -> tuple[Part, ...]:
    """What a step needed needs, the other way round, that the step is undone."""
    undoing: dict[int, list[int]] = {}
    parts: list[Part] = []
    for at, (change, edit) in enumerate(wanted):
        needs = {
            place
            for number in change.steps
            for user in net.needs.get(number, ())
            for place in undoing.get(user, ())
        }
        for number in change.steps:
            undoing.setdefault(number, []).append(at)
        first = min(change.steps)
        reason = f"undoes step {first} of job {job_id}"
        parts.append(Part(Wish(edit, reason, tuple(sorted(needs)))))
    return tuple(parts)


def _left(net: Net, wanted: Sequence[tuple[Change, Edit]]) -> list[str]:
    found = []
    if net.doubtful:
        found.append(
            "Not undone, because nobody knows whether they were carried out: steps"
            f" {titles(net.doubtful)}. Look at what they are about."
        )
    if net.undone:
        found.append(f"Nothing to undo, because nothing was changed: steps {titles(net.undone)}.")
    changed = sum(isinstance(edit, e.LinkKey | e.EnableKey) for _, edit in wanted)
    if changed > KEY_CHANGES:
        found.append(
            f"{changed} API keys are changed, {KEY_CHANGES} a day at most: the job waits for the next day."
        )
    return found


def _words(change: Change) -> str:
    target = change.target
    name = " ".join(each for each in target.key if each)
    return f"{target.family.value} {visible(name)}"
