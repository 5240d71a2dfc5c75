"""The log on screen: every request as it went out, followed, filtered, and as a command for a shell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import press, told
from tests.tui.test_pictures import SIZES, Compare
from textual.widgets import Static

from entitree.api.observing import Sent
from entitree.api.operations import (
    CREATE_ENTITY,
    CREATE_SUBSCRIPTION,
    DELETE_ENTITY,
    GET_API_KEYS,
    GET_ENTITIES,
    MODIFY_ENTITY,
    Operation,
)
from entitree.demos.scenario import settled, typed
from entitree.log.files import LogFile
from entitree.log.requests import line_of
from entitree.tui.screens.log import LogScreen
from entitree.tui.screens.request import RequestScreen
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

SIZE = (100, 30)
NOW = datetime.now(UTC)


def screen_of(pilot: Pilot[int]) -> LogScreen:
    assert isinstance(pilot.app.screen, LogScreen)
    return pilot.app.screen


def said(pilot: Pilot[int], name: str) -> str:
    return str(pilot.app.screen.query_one(name, Static).render())


async def shown(pilot: Pilot[int], number: int) -> LogScreen:
    """The log, as soon as it shows so many requests."""
    screen = screen_of(pilot)
    while len(screen.rows.shown) != number:
        # As it does by itself once a second.
        screen.look()
        await pilot.pause()
    return screen


async def test_all_that_was_sent_is_shown_followed_filtered_and_as_curl(stage: Stage) -> None:
    app = stage.app("demo")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        seen = stage.watched.wire.seen
        await press(pilot, "L")
        screen = await shown(pilot, len(seen))
        assert sorted(f"{each.method} {each.path}" for each in screen.rows.shown) == sorted(
            f"{each.method} {each.target}" for each in seen
        )
        assert screen.rows.table.cursor == len(seen) - 1
        # On the last one it stays on the last one.
        await stage.watched.client.create_entity("new-shop", "It's new")
        await shown(pilot, len(seen))
        assert screen.rows.table.cursor == len(seen) - 1
        assert said(pilot, "#whole").startswith("POST /provisioning/1/entities\nAnswered 201 after ")
        await press(pilot, "enter")
        assert isinstance(app.screen, RequestScreen)
        assert app.screen.command.split("\n")[1:] == [
            'curl -X POST "$ENTITREE_BASE_URL"/provisioning/1/entities \\',
            '  -H "Authorization: App $ENTITREE_API_KEY" \\',
            "  -H 'Content-Type: application/json' \\",
            """  --data-raw '{"entityId":"new-shop","entityName":"It'"'"'s new"}'""",
        ]
        assert "It'" in said(pilot, "#curl")
        await press(pilot, "y")
        assert app.clipboard == app.screen.command
        await press(pilot, "escape", "up")
        at = screen.rows.table.cursor
        await stage.watched.client.get_entity("new-shop")
        await shown(pilot, len(seen))
        assert screen.rows.table.cursor == at
        await press(pilot, "slash", *typed("post 201"), "enter")
        assert [each.path for each in screen.rows.shown] == ["/provisioning/1/entities"]
        await press(pilot, "escape", "escape")
        assert not isinstance(app.screen, LogScreen)


async def test_a_log_that_is_empty_or_cannot_be_read_or_written_has_words(stage: Stage) -> None:
    # A folder in its place.
    (stage.folder / "account" / "requests.log").mkdir(parents=True)
    app = stage.app("docs")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        while "so it has gaps" not in told(app):
            await pilot.pause()
        assert told(app).count("so it has gaps") == 1
        await press(pilot, "L")
        assert "requests.log cannot be read: Is a directory." in said(pilot, "#aside").replace("\n", " ")
        await press(pilot, "escape")
        (stage.folder / "account" / "requests.log").rmdir()
        await press(pilot, "L")
        table = screen_of(pilot).query_one(ItemList)
        assert str(table.placeholder).startswith("Nothing was sent yet.")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, LogScreen)


async def test_a_hundred_thousand_requests_are_read_and_the_newest_is_shown(stage: Stage) -> None:
    app = stage.app("docs")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        path = stage.watched.requests
        one = line_of(sent(MODIFY_ENTITY, "/provisioning/1/entities/last", 204), "worker", NOW)
        path.write_bytes(one.replace(b"last", b"shop") * 100_000 + one)
        await press(pilot, "L")
        screen = await shown(pilot, 100_000)
        assert screen.entry is not None
        assert screen.entry.path.endswith("/last")
        assert said(pilot, "#title") == f"Requests to the platform, the newest {thousands(100_000)}"


def sent(
    operation: Operation,
    target: str,
    status: int | None,
    *,
    ms: int = 41,
    body: bytes | None = None,
    failure: str = "",
    attempt: int = 1,
    retry_after: float | None = None,
    signed: str = "App",
) -> Sent:
    return Sent(
        operation, operation.method, target, body, signed, attempt, ms / 1000, status, failure, retry_after
    )


PICTURED = (
    ("app", sent(GET_ENTITIES, "/provisioning/1/entities?page=0&size=1000", 200, ms=312)),
    ("app", sent(GET_API_KEYS, "/settings/2/api-keys?page=0&size=100", 403, signed="Basic")),
    ("cli", sent(GET_ENTITIES, "/provisioning/1/entities?page=1&size=1000", 429, retry_after=2, ms=9)),
    ("cli", sent(GET_ENTITIES, "/provisioning/1/entities?page=1&size=1000", 200, attempt=2, ms=288)),
    ("worker", sent(DELETE_ENTITY, "/provisioning/1/entities/caf%C3%A9%20corner", 204)),
    (
        "worker",
        sent(
            DELETE_ENTITY,
            "/provisioning/1/entities/big-cola-europe-and-the-rest",
            None,
            failure="no answer came within 30 s",
            ms=30_000,
        ),
    ),
    (
        "worker",
        sent(CREATE_SUBSCRIPTION, "/subscriptions/1/subscription/ZALO", 201, body=b'{"profile":{}}', ms=77),
    ),
    (
        "worker",
        sent(
            CREATE_ENTITY,
            "/provisioning/1/entities",
            201,
            body='{"entityId":"café corner","entityName":"It\'s the \u202ecorner"}'.encode(),
            ms=58,
        ),
    ),
)


def write(path: Path) -> None:
    """The log of the pictures, in the place of what the app has sent."""
    path.unlink()
    LogFile(path).write(b"".join(line_of(each, who, NOW) for who, each in PICTURED))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("keys", [("up", "up"), ("enter",)], ids=["log", "request"])
def test_scene(keys: tuple[str, ...], size: tuple[int, int], snap_compare: Compare, stage: Stage) -> None:
    async def play(pilot: Pilot[int]) -> None:
        await settled(pilot)
        write(stage.watched.requests)
        await press(pilot, "L")
        await shown(pilot, len(PICTURED))
        await press(pilot, *keys)

    assert snap_compare(stage.app("demo"), terminal_size=size, run_before=play)
