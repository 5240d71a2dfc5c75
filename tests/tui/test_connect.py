"""Connecting an account by keys: what is typed where, and what stays when the platform says no."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.widgets import Button

from entitree.accounts import Draft
from entitree.demos.scenario import settled, typed
from entitree.errors import ForbiddenError, UnauthorizedError
from entitree.tui.modals.connect import ConnectDialog
from entitree.tui.widgets.entry import Entry
from entitree.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.tui.conftest import Stage
    from textual.pilot import Pilot

    from entitree.settings.profile import Profile
    from entitree.tui.app import EntitreeApp

FIELDS = (
    "name",
    "base-url",
    "api-key",
    "user",
    "password",
    "session",
    "client-id",
    "client-secret",
    "read-only",
)


@dataclass
class Form:
    """The open dialog, and what it handed in; every draft is answered with `error`."""

    pilot: Pilot[int]
    dialog: ConnectDialog
    drafts: list[Draft] = field(default_factory=list)
    error: UnauthorizedError | ForbiddenError = field(
        default_factory=lambda: UnauthorizedError("The platform says no.", status=401)
    )

    async def add(self, draft: Draft) -> Profile:
        self.drafts.append(draft)
        raise self.error

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await settled(self.pilot)

    async def at_once(self, *keys: str) -> None:
        """Keys that all are there before the first of them acts."""
        for key in keys:
            self.pilot.app.post_message(Key(key, key if len(key) == 1 else " " if key == "space" else None))
        for _ in keys:
            await settled(self.pilot)

    @property
    def focused(self) -> str | None:
        return self.dialog.focused.id if self.dialog.focused is not None else None


async def opened(stage: Stage, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> AsyncIterator[Form]:
    app: EntitreeApp = stage.app("docs")
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for key in ("colon", *typed("connect"), "enter"):
            await pilot.press(key)
            await settled(pilot)
        assert isinstance(app.screen, ConnectDialog)
        form = Form(pilot, app.screen)
        monkeypatch.setattr(app.accounts, "add", form.add)
        yield form


@pytest.fixture
async def form(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Form]:
    async for each in opened(stage, monkeypatch, (80, 24)):
        yield each


async def test_tab_goes_from_field_to_field_and_round(form: Form) -> None:
    round_trip = [form.focused]
    for _ in range(len(FIELDS) + 2):
        await form.press("tab")
        round_trip.append(form.focused)
    assert round_trip == [*FIELDS, "cancel", "submit", "name"]
    await form.press("shift+tab", "shift+tab", "shift+tab", "shift+tab")
    assert form.focused == "client-secret"


async def test_every_field_goes_into_the_draft(form: Form) -> None:
    keys: list[str] = []
    for name in FIELDS:
        keys += ["space"] if name in ("session", "read-only") else list(name.replace("-", ""))
        keys.append("tab")
    # In one go, as a slow line delivers them.
    await form.at_once(*keys[:-1], "enter")
    assert form.drafts == [
        Draft(
            "name",
            "baseurl",
            "apikey",
            "user",
            "password",
            client_id="clientid",
            client_secret="clientsecret",
            session=True,
            read_only=True,
        )
    ]


async def test_enter_submits_from_every_field(form: Form) -> None:
    for name in FIELDS:
        form.drafts.clear()
        form.dialog.query_one(f"#{name}").focus()
        await form.press("enter")
        assert form.drafts == [Draft("", "")], f"{name}, and ticks nothing"


@pytest.mark.parametrize("tick", ["session", "read-only"])
async def test_enter_on_a_tick_does_not_undo_what_space_did(form: Form, tick: str) -> None:
    await form.press(*["tab"] * FIELDS.index(tick), "space", "enter")
    (draft,) = form.drafts
    assert (draft.session, draft.read_only) == (tick == "session", tick == "read-only")


@pytest.mark.parametrize(
    ("filled", "at_fault", "error"),
    [
        (("api-key", "user", "password", "client-id", "client-secret"), "api-key", UnauthorizedError),
        (("user", "password", "client-id", "client-secret"), "password", UnauthorizedError),
        (("client-id", "client-secret"), "client-secret", ForbiddenError),
    ],
)
async def test_what_was_refused_is_asked_for_where_it_stands(
    form: Form, filled: tuple[str, ...], at_fault: str, error: type[UnauthorizedError | ForbiddenError]
) -> None:
    form.error = error("The platform says no.", status=401)
    for name in FIELDS:
        await form.press(*("o" if name in filled else ()), "tab")
    await form.press(*["tab"] * 2, "enter")
    assert len(form.drafts) == 1
    assert form.focused == at_fault
    await form.press("n")
    for name in filled:
        assert form.dialog.value(name) == ("n" if name == at_fault else "o"), "what was typed stays"


async def test_ticks_survive_a_failure(form: Form) -> None:
    await form.press(*["tab"] * FIELDS.index("session"), "space", "enter")
    assert form.dialog.query_one("#session", Tick).value
    await form.press("enter")
    assert [draft.session for draft in form.drafts] == [True, True]


async def test_no_secret_is_drawn(form: Form) -> None:
    for _ in FIELDS:
        await form.press(*typed("zq"), "tab")
    lines = ["".join(part.text for part in line) for line in form.dialog._compositor.render_strips()]
    drawn = [name for name, label in _LABELS.items() if any(label in each and "zq" in each for each in lines)]
    assert drawn == ["name", "base-url", "user", "client-id"]


_LABELS = {
    "name": "Name ",
    "base-url": "Base URL ",
    "api-key": "API key ",
    "user": "User ",
    "password": "Password ",
    "client-id": "Client ID ",
    "client-secret": "Client secret ",
}


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (60, 18)], ids=str)
async def test_all_of_it_is_in_view(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async for form in opened(stage, monkeypatch, size):
        form.dialog.say("word " * 60, kind="problem")
        await settled(form.pilot)
        for widget in form.dialog.query("Entry, Tick, Label, Button, #message").results():
            shown = form.dialog.find_widget(widget)
            assert shown.visible_region == shown.region, widget
            assert shown.region.size, widget
        for tick in form.dialog.query(Tick):
            assert "…" not in "".join(strip.text for strip in tick.render_lines(tick.size.region))


async def test_where_it_does_not_fit_it_scrolls_to_the_focus(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async for form in opened(stage, monkeypatch, (60, 9)):
        for name in FIELDS:
            assert form.focused == name
            widget = form.dialog.query_one(
                f"#{name}", Entry if name not in ("session", "read-only") else Tick
            )
            assert form.dialog.find_widget(widget).visible_region == widget.region, name
            for button in form.dialog.query(Button):
                assert form.dialog.find_widget(button).visible_region == button.region
            await form.press("tab")


async def test_asking_is_broken_off_and_may_be_done_again(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()
    ended: list[str] = []

    async def silent(draft: Draft) -> Profile:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(draft.name)
        raise AssertionError

    with monkeypatch.context() as slow:
        slow.setattr(form.pilot.app.accounts, "add", silent)  # type: ignore[attr-defined] # it is ours
        await form.press(*typed("shop"))
        await form.pilot.press("enter")
        await asked.wait()
        await form.press("escape")
    assert ended == ["shop"]
    assert not form.dialog.busy
    assert form.pilot.app.screen is form.dialog
    await form.press("enter")
    assert [each.name for each in form.drafts] == ["shop"]
    await form.press("escape")
    assert form.pilot.app.screen is not form.dialog
