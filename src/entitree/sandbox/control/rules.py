"""The named rules in force, as they are and as they shall be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.errors import UsageError
from entitree.sandbox import rules
from entitree.sandbox.control.desk import sent_object
from entitree.sandbox.wire.asgi import response
from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from entitree.sandbox.control.desk import Desk


async def listed(desk: Desk, request: Request) -> ASGIApp:
    """`GET /rules`: every rule with the choice in force, as `{"rules": {NAME: CHOICE}}`."""
    return response(await desk.read(_in_force))


async def changed(desk: Desk, request: Request) -> ASGIApp:
    """`PUT /rules`: sets those that are named, all or none, and answers as `GET` does."""
    chosen = (await sent_object(request)).get("rules")
    if not isinstance(chosen, dict):
        raise ProblemError(
            400,
            violations={
                "rules": ['must be an object of rules and choices: {"rules": {"retry-after": "seconds"}}']
            },
        )
    wrong = {}
    for name, choice in chosen.items():
        try:
            rules.checked({name: choice})
        except UsageError as error:
            wrong[f"rules.{name}"] = [str(error)]
    if wrong:
        raise ProblemError(400, violations=wrong)

    def write(db: sqlite3.Connection) -> Reply:
        rules.keep(db, chosen)
        return _in_force(db)

    return response(await desk.write(write))


def _in_force(db: sqlite3.Connection) -> Reply:
    kept = rules.kept(db)
    return Reply(200, {"rules": {name: kept[rule] for name, rule in sorted(rules.RULES.items())}})
