"""An opened sandbox: the platform's application, and the credentials that its account takes."""

from __future__ import annotations

import asyncio
import math
import secrets
import sqlite3
import time
from typing import TYPE_CHECKING, Any

from entitree.errors import UsageError
from entitree.sandbox import rules as named_rules, seeds
from entitree.sandbox.access import credentials
from entitree.sandbox.account import dump
from entitree.sandbox.account.state import State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from starlette.types import ASGIApp


class Sandbox:
    """A whole platform of our own over one state file; made by `open_sandbox`.

    Attributes:
        app: the ASGI application; it needs no lifespan.
        api_key: may do everything.
        limited_key: knows nothing of provisioning, so that a 403 can be tried; None with the seed `empty`.
        user, password: the same account by Basic authentication; may do everything.
        client_id, client_secret: the same by OAuth2 client credentials; may do everything.
        admin_key: for what is no part of the platform.
    """

    api_key: str
    limited_key: str | None
    user: str
    password: str
    client_id: str
    client_secret: str
    admin_key: str

    def __init__(self, state: State, app: ASGIApp, api_key: str | None) -> None:
        self._state = state
        self.app = app
        with state.transaction(writes=api_key is not None) as db:
            if api_key is not None:
                credentials.add_key(db, credentials.FULL, api_key)
            keys = db.execute("SELECT role, secret FROM api_keys WHERE role IS NOT NULL ORDER BY seq DESC")
            by_role: dict[str, str] = dict(keys.fetchall())
            user = db.execute(
                "SELECT name, password FROM users WHERE name = ?", (credentials.USER,)
            ).fetchone()
            client = db.execute("SELECT id, secret FROM oauth_clients").fetchone()
            admin = db.execute("SELECT value FROM account WHERE name = 'admin_key'").fetchone()
            if credentials.FULL not in by_role or user is None or client is None or admin is None:
                raise state.trouble(sqlite3.DatabaseError("malformed account"))
            self.api_key = api_key or by_role[credentials.FULL]
            self.limited_key = by_role.get(credentials.LIMITED)
            self.user, self.password = user
            self.client_id, self.client_secret = client
            (self.admin_key,) = admin

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._state!r})"

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """The whole account as plain data, sorted by identity: equal accounts give equal dumps. Blocks."""
        with self._state.transaction(writes=False) as db:
            return dump.dump(db)

    def close(self) -> None:
        """Closes the state file. Requests under way are still answered, later ones fail."""
        self._state.close()


def open_sandbox(
    state: Path,
    *,
    seed: str = "docs",
    limits: float | None = 1.0,
    api_key: str | None = None,
    rules: Mapping[str, str] | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> Sandbox:
    """Opens the account in `state`, or makes it there from `seed`; one that is there is never reseeded.

    Blocks for the time of a few small writes.

    Args:
        seed: a name that `seeds.named` knows; only looked at when the file is new.
        limits: 1.0 for the documented rates, 10.0 for ten times those, None for none. Counted in the file.
        api_key: a key that shall be good for everything; without it a random one, kept in the file.
        rules: choices for the named rules of `rules.RULES`; kept in the file, for all who share it.
        clock: seconds since the epoch; all that share the file must read the same.
        sleep: waits so many seconds, where a fault delays an answer.

    Raises:
        UsageError: no such seed, rule or choice, or a limit that is not above zero.
        StorageError: the file cannot be opened, is no sandbox state, or is newer than this program.
    """
    # The web framework costs start-up time that nobody pays who opens no sandbox.
    from entitree.sandbox.app import PlatformApp

    if limits is not None and not 0 < limits < math.inf:
        raise UsageError(
            f"Limits cannot be {limits} times the documented ones.", hint="Give a number above 0."
        )
    chosen = named_rules.checked(rules or {})
    write_seed = seeds.named(seed)

    def fill(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO account VALUES ('admin_key', ?), ('seed', ?)", (credentials.new_key(), seed))
        credentials.add_key(db, credentials.FULL, api_key or credentials.new_key())
        if seed != "empty":
            credentials.add_key(db, credentials.LIMITED, credentials.new_key())
        credentials.add_user(db, credentials.USER, secrets.token_urlsafe(18))
        write_seed(db)
        seeds.date(db, clock())

    opened = State(state, fill=fill)
    try:
        if chosen:
            with opened.transaction(writes=True) as db:
                named_rules.keep(db, chosen)
        return Sandbox(opened, PlatformApp(opened, factor=limits, clock=clock, sleep=sleep), api_key)
    except BaseException:
        opened.close()
        raise
