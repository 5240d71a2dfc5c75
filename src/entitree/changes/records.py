"""How jobs and steps lie in the journal: tables, and steps to rows and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from entitree.changes.jobs import StepRecord, StepState
from entitree.changes.plan import Step
from entitree.inventory.model import AssociationRow, Kind

if TYPE_CHECKING:
    from sqlite3 import Connection

SCHEMA = """
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    title TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    created TEXT NOT NULL,
    started TEXT,
    ended TEXT
);
CREATE TABLE step (
    job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    operation TEXT NOT NULL,
    title TEXT NOT NULL,
    reason TEXT NOT NULL,
    kind TEXT,
    item TEXT,
    association TEXT,
    path TEXT NOT NULL,
    body TEXT,
    before TEXT,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    sentence TEXT NOT NULL DEFAULT '',
    begun TEXT,
    ended TEXT,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;
CREATE INDEX step_state ON step (job, state, number);
"""

STEP = (
    "number, operation, title, reason, kind, item, association, path, body, before,"
    " state, tries, status, sentence, begun, ended"
)


def columns(step: Step) -> tuple[Any, ...]:
    return (
        step.number,
        step.operation,
        step.title,
        step.reason,
        step.kind.value if step.kind else None,
        step.id,
        _text(asdict(step.association) if step.association else None),
        _text(dict(step.path)),
        _text(step.body),
        _text(step.before),
    )


def steps(db: Connection, job_id: int, state: StepState | None, *, limit: int = -1) -> list[StepRecord]:
    condition, values = ("", ()) if state is None else (" AND state = ?", (state.value,))
    rows = db.execute(
        f"SELECT {STEP} FROM step WHERE job = ?{condition} ORDER BY number LIMIT ?",
        (job_id, *values, limit),
    )
    return [record(job_id, row) for row in rows]


def record(job_id: int, row: tuple[Any, ...]) -> StepRecord:
    number, operation, title, reason, kind, item, association, path, body, before, *came = row
    state, tries, status, sentence, begun, ended = came
    tie = _value(association)
    return StepRecord(
        job_id=job_id,
        step=Step(
            number=number,
            operation=operation,
            title=title,
            reason=reason,
            kind=Kind(kind) if kind else None,
            id=item,
            association=AssociationRow(**tie) if tie else None,
            path=_value(path) or {},
            body=_value(body),
            before=_value(before),
        ),
        state=StepState(state),
        tries=tries,
        status=status,
        sentence=sentence,
        begun=time(begun),
        ended=time(ended),
    )


def _text(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _value(text: str | None) -> dict[str, Any] | None:
    return None if text is None else dict(json.loads(text))


def time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
