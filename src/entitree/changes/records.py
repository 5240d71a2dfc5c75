"""How jobs and steps lie in the journal: steps to rows and back, and what is asked of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from entitree.changes.jobs import Job, JobState, JobWish, StepRecord, StepState, Try
from entitree.changes.plan import Step, Target
from entitree.inventory.model import Family

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from sqlite3 import Connection

Stamp: TypeAlias = "tuple[object, ...]"
"""What of a step changes whenever something happens to it."""

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

RESUMING = """
ALTER TABLE job ADD COLUMN wish TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN who TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN latest INTEGER;
ALTER TABLE step ADD COLUMN known TEXT;
ALTER TABLE step ADD COLUMN not_before TEXT;
ALTER TABLE step ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 0;
ALTER TABLE step ADD COLUMN result TEXT;
CREATE TABLE try (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    begun TEXT NOT NULL,
    ended TEXT,
    status INTEGER,
    sentence TEXT NOT NULL DEFAULT ''
);
CREATE INDEX try_step ON try (job, number, id);
CREATE TABLE tally (
    job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    steps INTEGER NOT NULL,
    PRIMARY KEY (job, state)
) WITHOUT ROWID;
INSERT INTO tally SELECT job, state, count(*) FROM step GROUP BY job, state;
CREATE TRIGGER step_added AFTER INSERT ON step BEGIN
    INSERT INTO tally VALUES (new.job, new.state, 1) ON CONFLICT DO UPDATE SET steps = steps + 1;
END;
CREATE TRIGGER step_changed AFTER UPDATE OF state ON step BEGIN
    UPDATE tally SET steps = steps - 1 WHERE job = old.job AND state = old.state;
    INSERT INTO tally VALUES (new.job, new.state, 1) ON CONFLICT DO UPDATE SET steps = steps + 1;
END;
"""
"""What resuming needs: wishes, each request by itself, and how many steps are in which state without counting
them.
"""

MIGRATIONS = (SCHEMA, TARGETS, RESUMING)

JOB = "id, account, title, state, reason, created, started, ended, wish, who, note"
STEP = (
    "number, operation, title, reason, family, key, path, body, before, after, needs,"
    " state, tries, status, sentence, begun, ended, known, not_before, doubtful, result"
)


def columns(step: Step) -> tuple[Any, ...]:
    return (
        step.number,
        step.operation,
        step.title,
        step.reason,
        step.target.family.value,
        json.dumps(step.target.key),
        text(dict(step.path)),
        text(step.body),
        text(step.before),
        text(step.after),
        json.dumps(step.needs),
    )


def jobs(db: Connection, where: str, values: Sequence[object], leased: Callable[[], bool]) -> list[Job]:
    """Jobs, newest first. One that runs, but not under a lease, has been interrupted."""
    rows = db.execute(f"SELECT {JOB} FROM job WHERE {where} ORDER BY id DESC", tuple(values)).fetchall()
    is_leased: bool | None = None
    found = []
    for job_id, account, title, state, reason, created, started, ended, wish, who, note in rows:
        counts: dict[str, int] = dict(db.execute("SELECT state, steps FROM tally WHERE job = ?", (job_id,)))
        now = JobState(state)
        if now is JobState.RUNNING:
            is_leased = leased() if is_leased is None else is_leased
            now = JobState.RUNNING if is_leased else JobState.INTERRUPTED
        found.append(
            Job(
                id=job_id,
                account=account,
                title=title,
                state=now,
                # What it was waiting out is nobody's reason any more.
                reason="" if now is JobState.INTERRUPTED else reason,
                created=datetime.fromisoformat(created),
                started=time(started),
                ended=time(ended),
                steps=sum(counts.values()),
                done=counts.get(StepState.DONE.value, 0),
                failed=counts.get(StepState.FAILED.value, 0),
                skipped=counts.get(StepState.SKIPPED.value, 0),
                unknown=counts.get(StepState.UNKNOWN.value, 0),
                inflight=counts.get(StepState.INFLIGHT.value, 0),
                wish=JobWish(wish),
                who=who,
                note=note,
            )
        )
    return found


def steps(db: Connection, job_id: int, states: Sequence[StepState] = ()) -> list[StepRecord]:
    """The steps of a job in order, all or those in some states."""
    marks = ", ".join("?" * len(states))
    condition = f" AND state IN ({marks})" if states else ""
    rows = db.execute(
        f"SELECT {STEP} FROM step WHERE job = ?{condition} ORDER BY number",
        (job_id, *(each.value for each in states)),
    )
    return [record(job_id, row) for row in rows]


def changed_steps(db: Connection, job_id: int, seen: Mapping[int, Stamp]) -> dict[int, Stamp]:
    """By their numbers, the steps of a job that something has happened to since they looked like `seen`."""
    stamps = db.execute(
        "SELECT number, state, tries, sentence, begun, ended, not_before FROM step WHERE job = ?", (job_id,)
    )
    return {number: stamp for number, *rest in stamps if (stamp := tuple(rest)) != seen.get(number)}


def some_steps(db: Connection, job_id: int, numbers: Collection[int]) -> list[StepRecord]:
    """The steps of a job that have these numbers."""
    rows = db.execute(
        f"SELECT {STEP} FROM step WHERE job = ? AND number IN (SELECT value FROM json_each(?))",
        (job_id, json.dumps(list(numbers))),
    )
    return [record(job_id, row) for row in rows]


def next_step(db: Connection, job_id: int, now: datetime) -> StepRecord | datetime | None:
    """The step to send next; when there will be one; None: none is planned any more.

    A step that has to wait is overtaken only by others of the same operation, which cannot need it, and of
    those only by such as need nothing that is still to come.
    """
    rows = db.execute(
        f"SELECT {STEP} FROM step WHERE job = ? AND state = ? ORDER BY number",
        (job_id, StepState.PLANNED.value),
    )
    first: StepRecord | None = None
    soonest: datetime | None = None
    for row in rows:
        each = record(job_id, row)
        if first is not None and each.step.operation != first.step.operation:
            break
        if first is not None and not _all_over(db, job_id, each.step.needs):
            continue
        if each.not_before is None or each.not_before <= now:
            return each
        first = first or each
        soonest = each.not_before if soonest is None else min(soonest, each.not_before)
    return soonest


def _all_over(db: Connection, job_id: int, numbers: Sequence[int]) -> bool:
    return not unmet(db, job_id, numbers, (StepState.PLANNED, StepState.INFLIGHT))


def unmet(
    db: Connection, job_id: int, numbers: Sequence[int], states: Collection[StepState]
) -> list[tuple[int, str]]:
    """Those of the steps that are in one of the states: their numbers and titles."""
    if not numbers:
        return []
    rows = db.execute(
        "SELECT number, title FROM step WHERE job = ? AND number IN (SELECT value FROM json_each(?))"
        " AND state IN (SELECT value FROM json_each(?)) ORDER BY number",
        (job_id, json.dumps(numbers), json.dumps([each.value for each in states])),
    )
    return rows.fetchall()


def tries(db: Connection, job_id: int) -> list[Try]:
    rows = db.execute(
        "SELECT number, begun, ended, status, sentence FROM try WHERE job = ? ORDER BY number, id", (job_id,)
    )
    return [
        Try(number, datetime.fromisoformat(begun), time(ended), status, sentence)
        for number, begun, ended, status, sentence in rows
    ]


def record(job_id: int, row: tuple[Any, ...]) -> StepRecord:
    number, operation, title, reason, family, key, path, body, before, after, needs, *came = row
    state, tried, status, sentence, begun, ended, known, not_before, doubtful, result = came
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
        tries=tried,
        status=status,
        sentence=sentence,
        begun=time(begun),
        ended=time(ended),
        known=None if known is None else frozenset(json.loads(known)),
        not_before=time(not_before),
        doubtful=bool(doubtful),
        result=_value(result),
    )


def text(value: object) -> str | None:
    return None if value is None else json.dumps(value, default=dict)


def _value(stored: str | None) -> dict[str, Any] | None:
    return None if stored is None else dict(json.loads(stored))


def time(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None
