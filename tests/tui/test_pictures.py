"""Every screen and state, as pictures. They are updated only after somebody looked at them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.tui.journeys import unowned

from entitree.api.transport import Reply, Request
from entitree.demos.scenario import settled, typed
from entitree.errors import UnreachableError

if TYPE_CHECKING:
    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

SMALL, LARGE, TINY = (80, 24), (120, 40), (60, 20)
SIZES = (
    pytest.param(SMALL, id="80x24"),
    # What may be cut or crowded is seen where there is little room; a picture takes more than a second.
    pytest.param(LARGE, id="120x40", marks=pytest.mark.long),
)

Compare = Callable[..., bool]
Then = Callable[["Pilot[int]"], Awaitable[None]]


def out_of_reach(request: Request) -> Exception:
    return UnreachableError("The platform is out of reach.", hint="Is the network up?", sent=False)


FAILED = Reply(
    500,
    {"content-type": "application/json"},
    b'{"requestError":{"serviceException":{"messageId":"GENERAL_ERROR","text":"Something went wrong."}}}',
)


def no_creation(request: Request) -> Reply | None:
    return FAILED if request.method == "POST" else None


def no_deletion(request: Request) -> Reply | None:
    """The platform fails at every second deletion."""
    if request.method == "DELETE" and "bigcola-f" not in request.target:
        return FAILED
    return None


FORBIDDEN = Reply(
    403,
    {"content-type": "application/json"},
    b'{"errorCode":"E403","description":"Forbidden.","action":"","violations":[],"resources":[]}',
)


def no_strategies(request: Request) -> Reply | None:
    return FORBIDDEN if "sending-strategies" in request.target else None


def no_senders(request: Request) -> Reply | None:
    """Senders may not be read, and the domains cannot be."""
    if request.target.startswith("/resources/1/resources"):
        return FORBIDDEN
    return FAILED if request.target.startswith("/email/") else None


def no_answer(request: Request) -> asyncio.Event:
    """The platform takes its time: what is asked for is on its way for ever."""
    return asyncio.Event()


@dataclass(frozen=True)
class State:
    """What was opened, and what was pressed."""

    name: str
    keys: tuple[str, ...] = ()
    seed: str = "demo"
    options: Mapping[str, Any] = field(default_factory=dict)


ENTITIES = ("2",)
BIGCOLA = (*ENTITIES, "slash", *typed("bigcola"), "enter")

STATES = (
    State("applications"),
    State("entities", ("2", "down", "down", "down")),
    State("awkward-aliases", ("2", "s", "S")),
    State("awkward-markup", ("2", "slash", *typed("markup"), "enter")),
    State(
        "awkward-controls", ("2", "slash", *typed("!-air !cola !burger"), "enter", "s", "S", *("down",) * 7)
    ),
    State("long-alias", ("2", "slash", *typed("long-alias"), "enter")),
    State("filtered", BIGCOLA),
    State("filter-finds-nothing", ("2", "slash", *typed("no such thing"))),
    State("filter-not-understood", ("2", "slash", *typed("colour:red"))),
    State("marked", (*BIGCOLA, "space", "space", "down", "space")),
    State("tree", ("down", "down", "t", "down", "right", "down", "down")),
    State("no-entities", ENTITIES, seed="empty"),
    State("nothing-reached", ENTITIES, options={"fault": out_of_reach}),
    State("not-allowed", ENTITIES, options={"key": "limited"}),
    State("wrong-key", options={"key": "wrong"}),
    State("partly-read", options={"fault": no_strategies}),
    State("read-only", ("d",), options={"read_only": True}),
    State("default-is-protected", ("home", "d")),
    State("help", ("question_mark",)),
    State("palette", ("colon",)),
    State("palette-narrowed", ("colon", *typed("bigcola-f"))),
    State("new", ("n",)),
    State("new-doubtful", ("2", "n", *typed("big cola/1"))),
    State("new-taken", ("2", "n", *typed("bigcola-fr"))),
    State(
        "new-failed", ("n", *typed("fresh"), "tab", *typed("Kept"), "enter"), options={"fault": no_creation}
    ),
    State("alias", (*BIGCOLA, "e")),
    State("connect", ("colon", *typed("connect"), "enter")),
    State("connect-refused", ("colon", *typed("connect"), "enter", *typed("acme"), "enter")),
    State("resources", ("3", "slash", *typed("!type:number"), "enter", "down", "space", "down")),
    State("resources-tree", ("3", "down", "t", "down", "right", "down")),
    State("resources-loading", ("3",), options={"fault": no_answer}),
    State("resources-none", ("3",), seed="empty"),
    State("resources-partly", ("3", "slash", *typed("unowned")), options={"fault": no_senders}),
    State("resources-read-only", ("3", "d"), options={"read_only": True}),
    State("mirror", ("M", "G", "w")),
    State("mirror-loading", ("M",), options={"fault": no_answer}),
    State("mirror-of-nothing", ("M",), seed="empty", options={"read_only": True}),
    State("mirror-partly", ("M", *("down",) * 6), options={"fault": no_senders}),
    State(
        "ghosts",
        ("2", "slash", *typed("orphan"), "enter", "space", "n"),
        options={"rows": unowned("kiosk-1", "kiosk-2")},
    ),
    State("impact", ("2", "slash", *typed("bigcola-fr"), "enter", "d")),
    State("impact-whole-line", ("2", "slash", *typed("bigcola-fr"), "enter", "d", "down", "down")),
    State("impact-typing", ("2", "slash", *typed("bigcola-fr"), "enter", "d", *typed("bigc"))),
    State("impact-typed-wrong", ("2", "slash", *typed("bigcola-fr"), "enter", "d", *typed("x"), "enter")),
    State("impact-narrowed", ("2", "slash", *typed("bigcola-fr"), "enter", "d", "ctrl+f", *typed("voice"))),
    State("impact-of-nothing", ("2", "slash", *typed("bigcola-ca"), "enter", "d")),
    State("impact-look-only", ("down", "i")),
    State("impact-hidden-marks", (*BIGCOLA, "asterisk", "slash", *typed("-f"), "enter", "d")),
    State("impact-of-application", ("slash", *typed("marketing"), "enter", "d")),
    State(
        "deletion-failed",
        (*BIGCOLA, "down", "down", "down", "space", "space", "space", "d", *typed("delete 3"), "enter"),
        options={"fault": no_deletion},
    ),
)
ON_DEMAND = frozenset(
    {
        "awkward-aliases",
        "awkward-controls",
        "awkward-markup",
        "connect",
        "connect-refused",
        "default-is-protected",
        "deletion-failed",
        "entities",
        "filter-finds-nothing",
        "filter-not-understood",
        "filtered",
        "impact-look-only",
        "impact-narrowed",
        "impact-of-application",
        "impact-of-nothing",
        "impact-typed-wrong",
        "impact-typing",
        "impact-whole-line",
        "long-alias",
        "mirror-loading",
        "mirror-of-nothing",
        "mirror-partly",
        "new",
        "new-doubtful",
        "new-failed",
        "new-taken",
        "no-entities",
        "not-allowed",
        "nothing-reached",
        "palette-narrowed",
        "partly-read",
        "read-only",
        "resources-loading",
        "resources-none",
        "resources-partly",
        "resources-read-only",
        "resources-tree",
        "wrong-key",
    }
)
"""What differs from another picture in a line or two, or is one at 60x20 too, and has tests of its own."""
IN_LIGHT = ("entities", "impact", "new-doubtful", "help")
IN_60 = ("entities", "tree", "impact", "new-doubtful", "resources", "mirror")


async def at_rest(pilot: Pilot[int], state: State) -> None:
    """As `settled`; where the platform never answers, nobody waits for that."""
    if state.options.get("fault") is not no_answer:
        await settled(pilot)
        return
    await pilot.pause()
    while running := [each for each in pilot.app.workers if not (each.is_finished or each.group == "read")]:
        await asyncio.gather(*(worker.wait() for worker in running), return_exceptions=True)
        await pilot.pause()
    await pilot.pause()


def picture(state: State, size: tuple[int, int], compare: Compare, stage: Stage, theme: str) -> bool:
    async def play(pilot: Pilot[int]) -> None:
        await at_rest(pilot, state)
        for key in state.keys:
            await pilot.press(key)
            await at_rest(pilot, state)

    app = stage.app(state.seed, theme=theme, **state.options)
    return compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "state",
    [
        pytest.param(each, id=each.name, marks=[pytest.mark.long] if each.name in ON_DEMAND else [])
        for each in STATES
    ],
)
def test_state(state: State, size: tuple[int, int], snap_compare: Compare, stage: Stage) -> None:
    assert picture(state, size, snap_compare, stage, "entitree-dark")


@pytest.mark.parametrize("state", [each for each in STATES if each.name in IN_LIGHT], ids=lambda s: s.name)
def test_in_light(state: State, snap_compare: Compare, stage: Stage) -> None:
    assert picture(state, SMALL, snap_compare, stage, "entitree-light")


@pytest.mark.parametrize("state", [each for each in STATES if each.name in IN_60], ids=lambda s: s.name)
def test_at_60x20(state: State, snap_compare: Compare, stage: Stage) -> None:
    assert picture(state, TINY, snap_compare, stage, "entitree-dark")
