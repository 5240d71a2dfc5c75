"""Plans as files: JSON that people can read, and that is checked field by field when it comes back.

A file holds no secret. Where a body refers to the vault of the machine it was made on, it can be opened there
only. Its digest tells damage and hasty hands, not forgers: whoever runs a plan sees all of it first.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from entitree.api.operations import OPERATIONS
from entitree.changes.objects import FAMILIES
from entitree.changes.plan.model import Lost, Plan, Step, Target
from entitree.changes.plan.sound import unsound
from entitree.changes.private import write_private
from entitree.changes.vault import references
from entitree.errors import UsageError
from entitree.inventory.model import Family, Kind
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from entitree.changes.vault import Vault

VERSION = 1
LARGEST = 200_000_000
"""Bytes of a file."""

_AGAIN = "Make the plan again, or restore the file from where it was saved."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Target(_Part):
    family: str
    key: list[str | None]


class _Step(_Part):
    number: int
    title: str
    reason: str = ""
    operation: str
    target: _Target
    path: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Any] | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    needs: list[int] = Field(default_factory=list)


class _Lost(_Part):
    what: str
    why: str


class _File(_Part):
    entitree: Literal["plan"]
    version: int
    account: str
    created: AwareDatetime = Field(strict=False)
    title: str
    digest: str
    steps: list[_Step]
    lost: list[_Lost] = Field(default_factory=list)
    unchecked: list[str] = Field(default_factory=list)
    counts: dict[str, NonNegativeInt] = Field(default_factory=dict)


def written(plan: Plan) -> str:
    """The plan as text. Raises UsageError for one with conflicts, which can never run."""
    if plan.conflicts:
        raise UsageError("A plan with conflicts is not saved.", hint="Solve them first.")
    value = {
        "entitree": "plan",
        "version": VERSION,
        "account": plan.account,
        "created": plan.created.isoformat(),
        "title": plan.title,
        "digest": plan.digest,
        "steps": [
            {
                "number": step.number,
                "title": step.title,
                "reason": step.reason,
                "operation": step.operation,
                "target": {"family": step.target.family.value, "key": step.target.key},
                "path": step.path,
                "body": step.body,
                "before": step.before,
                "after": step.after,
                "needs": step.needs,
            }
            for step in plan.steps
        ],
        "lost": [{"what": each.what, "why": each.why} for each in plan.lost],
        "unchecked": plan.unchecked,
        "counts": {kind.value: count for kind, count in plan.counts.items()},
    }
    return json.dumps(value, indent=1, default=dict) + "\n"


def save(plan: Plan, path: Path) -> None:
    """Put the plan into a file with mode 0600, in place of what is there. Blocks. Raises UsageError as
    `written` does, and StorageError.
    """
    write_private(path, written(plan).encode())


def opened(
    content: bytes,
    *,
    name: str = "The plan",
    account: str | None = None,
    protected: Collection[str] = (),
    vault: Vault | None = None,
) -> Plan:
    """The plan in a file.

    Args:
        content: what the file holds.
        name: what to call it in messages.
        account: what it must be bound to; None: whatever it says.
        protected: ids whose deletion it may not hold.
        vault: where its secrets are, should it refer to any.

    Raises:
        UsageError: it is no plan, of another version or account, was changed since it was saved, holds a step
            that this program does not make, or refers to a secret that is not on this machine. It says where.
        StorageError: the vault cannot be used.
    """
    file = _read(content, name)
    steps = tuple(_step(each, at, name) for at, each in enumerate(file.steps))
    lost = tuple(Lost(each.what, each.why) for each in file.lost)
    counts = {kind: file.counts[kind.value] for kind in Kind if kind.value in file.counts}
    plan = Plan(file.account, steps, (), file.created, lost, tuple(file.unchecked), counts)
    if account is not None and plan.account != account:
        raise UsageError(
            f"{name} was made for another account, {visible(plan.account) or 'without a name'}.",
            hint="Open that profile to run it.",
        )
    if plan.digest != file.digest:
        raise UsageError(f"{name} was changed since it was saved: its digest does not fit.", hint=_AGAIN)
    for at, step in enumerate(steps):
        if (problem := unsound(step, protected)) is not None:
            _refuse(name, f"steps[{at}]", problem)
        if any(vault is None or not vault.has(each) for each in references(step.body)):
            raise UsageError(
                f"{name} holds a forwarding URL whose password or query is kept where it was made, not here:"
                f" step {step.number}, {visible(step.title)}.",
                hint="Run it there, or make it again here.",
            )
    return plan


def _read(content: bytes, name: str) -> _File:
    if len(content) > LARGEST:
        raise UsageError(f"{name} is larger than {LARGEST:,} bytes.", hint=_AGAIN)
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name} is not UTF-8 text: line {line}.", hint=_AGAIN) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"{name} is not JSON: {where}: {error.msg}.", hint=_AGAIN) from None
    except (ValueError, RecursionError):
        raise UsageError(f"{name} is no plan.", hint=_AGAIN) from None
    if not isinstance(value, dict) or value.get("entitree") != "plan":
        raise UsageError(f"{name} is no plan of this program.", hint="Make one with `entitree plan`.")
    if value.get("version") != VERSION:
        raise UsageError(
            f"{name} has version {visible(str(value.get('version')))}; this program knows {VERSION}.",
            hint="Make it again with this program, or open it with the one it was made with.",
        )
    try:
        return _File.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        _refuse(name, _place(first["loc"]), f"{first['msg']}.")


def _step(step: _Step, at: int, name: str) -> Step:
    place = f"steps[{at}]"
    if step.number != at + 1:
        _refuse(name, f"{place}.number", f"It is {step.number} and must be {at + 1}.")
    if any(not 1 <= need < step.number for need in step.needs):
        _refuse(name, f"{place}.needs", "A step can only need earlier ones.")
    if step.operation not in OPERATIONS:
        _refuse(name, f"{place}.operation", "There is no such operation.")
    families = {family.value: family for family in FAMILIES}
    if step.target.family not in families:
        _refuse(name, f"{place}.target.family", f"It must be one of {', '.join(families)}.")
    return Step(
        step.number,
        step.operation,
        step.title,
        Target(Family(step.target.family), tuple(step.target.key)),
        step.reason,
        step.path,
        step.body,
        step.before,
        step.after,
        tuple(step.needs),
    )


def _refuse(name: str, place: str, problem: str) -> NoReturn:
    raise UsageError(f"{name} is wrong at {visible(place)}: {problem}", hint=_AGAIN)


def _place(parts: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
