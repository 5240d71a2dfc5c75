"""The list of what goes wrong on purpose, kept in the state so that every process on it shares it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from entitree.sandbox.control.desk import sent_object
from entitree.sandbox.control.fault import Fault, Plan
from entitree.sandbox.wire.asgi import response
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3

    from pydantic_core import ErrorDetails
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from entitree.api.operations import Operation
    from entitree.sandbox.account.state import State
    from entitree.sandbox.control.desk import Desk

_SEED = "faults_seed"


@dataclass(frozen=True, slots=True)
class Kept:
    position: int
    """Index in the list."""
    fault: Fault
    seen: int
    """How many requests matched it."""
    used: int
    """How many it hit."""


async def listed(desk: Desk, request: Request) -> ASGIApp:
    """`GET /faults`: the list as it was set, every fault with how many requests it has `seen` and `used`."""
    return response(await desk.read(_shown))


async def replaced(desk: Desk, request: Request) -> ASGIApp:
    """`PUT /faults`: sets seed and list (see `fault.Plan`), and answers as `GET` does.

    Counts begin at 0. An empty list clears it.
    """
    body = await sent_object(request)
    try:
        plan = Plan.model_validate(body)
    except ValidationError as error:
        raise ProblemError(400, violations=_violations(error)) from None

    def write(db: sqlite3.Connection) -> Reply:
        db.execute("DELETE FROM faults")
        db.executemany(
            "INSERT INTO faults (position, fault) VALUES (?, ?)",
            [(at, fault.model_dump_json(exclude_none=True)) for at, fault in enumerate(plan.faults)],
        )
        db.execute(
            "INSERT INTO account VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (_SEED, str(plan.seed)),
        )
        return _shown(db)

    return response(await desk.write(write))


def kept(db: sqlite3.Connection) -> list[Kept]:
    rows = db.execute("SELECT * FROM faults ORDER BY position")
    return [
        Kept(row["position"], _adapter().validate_json(row["fault"]), row["seen"], row["used"])
        for row in rows
    ]


@cache
def _adapter() -> TypeAdapter[Fault]:
    return TypeAdapter(Fault)


def due(state: State, operation: Operation, raw_path: str, query: bytes) -> Fault | None:
    """Counts a request of this operation, and says what is to go wrong with it, if anything.

    Raises:
        StorageError: the state cannot be used.
    """
    with state.transaction(writes=False) as db:
        if not any(one.fault.fits(operation, raw_path, query) for one in kept(db)):
            return None
    with state.transaction(writes=True) as db:
        seed = drawn_from(db)
        chosen = None
        for one in kept(db):
            if one.fault.fits(operation, raw_path, query):
                hit = chosen is None and _hits(one, seed)
                db.execute(
                    "UPDATE faults SET seen = seen + 1, used = used + ? WHERE position = ?",
                    (hit, one.position),
                )
                chosen = one.fault if hit else chosen
        return chosen


def _hits(one: Kept, seed: int) -> bool:
    number = one.seen + 1
    digest = hashlib.blake2b(f"{seed} {one.position} {number}".encode(), digest_size=8).digest()
    drawn = int.from_bytes(digest, "big") / 2**64
    spent = one.fault.times is not None and one.used >= one.fault.times
    return number > one.fault.after and not spent and drawn < one.fault.probability


def _shown(db: sqlite3.Connection) -> Reply:
    faults = [
        {**one.fault.model_dump(exclude_none=True), "seen": one.seen, "used": one.used} for one in kept(db)
    ]
    return Reply(200, {"seed": drawn_from(db), "faults": faults})


def drawn_from(db: sqlite3.Connection) -> int:
    """The seed that decides which requests are hit."""
    row = db.execute("SELECT value FROM account WHERE name = ?", (_SEED,)).fetchone()
    return 0 if row is None else int(row[0])


def _violations(error: ValidationError) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in error.errors(include_url=False, include_input=False):
        found.setdefault(_path(one), []).append(one["msg"].removeprefix("Value error, "))
    return found


def _path(error: ErrorDetails) -> str:
    match error["loc"]:
        case ("faults", int(at), _, *rest):
            # After the index comes the kind, which is in no JSON, and after the property what else it may be.
            return ".".join([f"faults[{at}]", *map(str, rest[:2] if rest[:1] == ["match"] else rest[:1])])
        case ("faults", int(at)):
            return f"faults[{at}].kind" if error["type"].startswith("union_tag") else f"faults[{at}]"
        case location:
            return ".".join(map(str, location))
