"""What a journal and the platform's own log of effects must agree upon, whatever happened in between."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.changes.accounts import facts

from entitree.api.operations import DELETE_APPLICATION, DELETE_ENTITY
from entitree.changes import outcome
from entitree.changes.jobs import JobState, StepState
from entitree.inventory.model import Family

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.changes.jobs import Job, StepRecord

Audit = list[dict[str, Any]]
Dump = dict[str, list[dict[str, Any]]]

_NAMED_BY_PLATFORM = frozenset({"sendingStrategyId", "configurationKey", "key"})
_ITEMS = frozenset({"application", "entity"})
_OF_ITEMS = frozenset({DELETE_APPLICATION.name, DELETE_ENTITY.name})


def effects(audit: Audit) -> Counter[str]:
    """All that was done to an account, but for what the platform itself calls things."""
    return Counter(
        json.dumps(
            [each["operation"], each["object"]["kind"], _plain(each["before"]), _plain(each["after"])],
            sort_keys=True,
        )
        for each in audit
    )


def never_ahead_of_the_journal(steps: Sequence[StepRecord], audit: Audit) -> None:
    """What the platform has done is in the journal as done, or as what may have happened; and all that is in
    the journal as done, the platform has done.
    """
    happened = carried_out(audit)
    # What was found to be so already was somebody else's doing, or that of a job before.
    done = Counter(
        each.step.operation for each in steps if each.state is StepState.DONE and outcome.ours(each)
    )
    maybe = Counter(
        each.step.operation
        for each in steps
        if each.state in (StepState.INFLIGHT, StepState.UNKNOWN)
        or (each.state is StepState.PLANNED and each.doubtful)
    )
    for name in {*happened, *done, *maybe}:
        assert done[name] <= happened[name] <= done[name] + maybe[name], (name, done, happened, maybe)


def carried_out(audit: Audit) -> Counter[str]:
    """How often each operation had an effect; what a deletion takes with it is no effect of its own."""
    return Counter(
        each["operation"]
        for each in audit
        if each["operation"] not in _OF_ITEMS or each["object"]["kind"] in _ITEMS
    )


def all_done_once(job: Job, steps: Sequence[StepRecord], audit: Audit, account: Dump) -> None:
    """The job is over, every step done with its effect exactly once, each new name one of those there."""
    assert job.state is JobState.DONE, job
    assert {each.state for each in steps} == {StepState.DONE}, [
        (each.step.title, each.state, each.sentence) for each in steps if each.state is not StepState.DONE
    ]
    assert carried_out(audit) == Counter(each.step.operation for each in steps)
    named = [
        each.result["id"]
        for each in steps
        if each.step.target.family is Family.STRATEGIES and each.step.after is not None and each.result
    ]
    there = {each["sendingStrategyId"] for each in account["strategies"]}
    assert len(named) == len(set(named))
    assert set(named) <= there


def same_account(one: Dump, other: Dump) -> None:
    """Equal but for the names that the platform gives."""
    ours, theirs = facts(one), facts(other)
    assert ours == theirs, (ours - theirs, theirs - ours)


def _plain(shown: object) -> object:
    if isinstance(shown, dict):
        return {name: _plain(each) for name, each in shown.items() if name not in _NAMED_BY_PLATFORM}
    if isinstance(shown, list):
        return sorted((_plain(each) for each in shown), key=_text)
    return shown


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)
