"""How jobs and steps lie in the journal: tables, and steps to rows and back."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from entitree.changes.jobs import StepRecord, StepState
from entitree.changes.plan import Step, Target
from entitree.inventory.model import Family

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

TARGETS = """
ALTER TABLE step ADD COLUMN family TEXT NOT NULL DEFAULT '';
ALTER TABLE step ADD COLUMN key TEXT NOT NULL DEFAULT '[]';
ALTER TABLE step ADD COLUMN after TEXT;
ALTER TABLE step ADD COLUMN needs TEXT NOT NULL DEFAULT '[]';
UPDATE step SET
    family = CASE WHEN association IS NOT NULL THEN 'associations'
        WHEN kind = 'application' THEN 'applications' ELSE 'entities' END,
    key = CASE WHEN association IS NULL THEN json_array(item) ELSE json_array(
        json_extract(association, '$.resource_type'), json_extract(association, '$.channel'),
        json_extract(association, '$.application_id'), json_extract(association, '$.entity_id'),
        json_extract(association, '$.resource_id')) END,
    after = CASE WHEN operation LIKE 'delete%' THEN NULL WHEN association IS NOT NULL THEN '{}'
        ELSE json_object('alias', json_extract(body, '$.' || kind || 'Name')) END;
ALTER TABLE step DROP COLUMN kind;
ALTER TABLE step DROP COLUMN item;
ALTER TABLE step DROP COLUMN association;
"""
"""A step names its target in one way for all families, and says what it is to leave behind."""

STEP = (
    "number, operation, title, reason, family, key, path, body, before, after, needs,"
    " state, tries, status, sentence, begun, ended"
)


def columns(step: Step) -> tuple[Any, ...]:
    return (
        step.number,
        step.operation,
        step.title,
        step.reason,
        step.target.family.value,
        json.dumps(step.target.key),
        _text(dict(step.path)),
        _text(step.body),
        _text(step.before),
        _text(step.after),
        json.dumps(step.needs),
    )


def steps(db: Connection, job_id: int, state: StepState | None, *, limit: int = -1) -> list[StepRecord]:
    condition, values = ("", ()) if state is None else (" AND state = ?", (state.value,))
    rows = db.execute(
        f"SELECT {STEP} FROM step WHERE job = ?{condition} ORDER BY number LIMIT ?",
        (job_id, *values, limit),
    )
    return [record(job_id, row) for row in rows]


def record(job_id: int, row: tuple[Any, ...]) -> StepRecord:
    number, operation, title, reason, family, key, path, body, before, after, needs, *came = row
    state, tries, status, sentence, begun, ended = came
    return StepRecord(
        job_id=job_id,
        step=Step(
            number=number,
            operation=operation,
            title=title,
            reason=reason,
            target=Target(Family(family), tuple(json.loads(key))),
            path=_value(path) or {},
            body=_value(body),
            before=_value(before),
            after=_value(after),
            needs=tuple(json.loads(needs)),
        ),
        state=StepState(state),
        tries=tries,
        status=status,
        sentence=sentence,
        begun=time(begun),
        ended=time(ended),
    )


def _text(value: object) -> str | None:
    return None if value is None else json.dumps(value, default=dict)


def _value(text: str | None) -> dict[str, Any] | None:
    return None if text is None else dict(json.loads(text))


def time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
