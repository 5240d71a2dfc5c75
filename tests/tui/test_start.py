"""What a start does first, and what it leaves for later."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from tests.tui.journeys import main
from textual.color import Color

from entitree import garbage
from entitree.account import Account
from entitree.demos.scenario import settled
from entitree.errors import StorageError
from entitree.inventory.model import Kind
from entitree.inventory.store import Store
from entitree.tui.place import Place
from entitree.tui.screens import reading
from entitree.tui.screens.main import MainScreen
from entitree.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from tests.tui.conftest import Stage

    from entitree.inventory.listing import Listing


@pytest.fixture
def collecting() -> Iterator[None]:
    yield
    garbage.release()
    gc.unfreeze()
    assert gc.isenabled()


async def test_connecting_waits_for_a_useful_frame(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage.app().run_test() as pilot:
        await settled(pilot)
    painted: list[MainScreen] = []
    seen: list[str] = []
    paint, connect = MainScreen._compositor_refresh, Account.connect

    def watched(self: MainScreen) -> None:
        paint(self)
        if not self.app._batch_count and self.is_current:
            painted.append(self)

    async def connecting(self: Account) -> None:
        (screen, *_) = painted
        assert screen.pane.rows is not None
        seen.extend(f"{tab.label} {tab.note}" for tab in screen.query_one(TabLine).tabs)
        await connect(self)

    monkeypatch.setattr(MainScreen, "_compositor_refresh", watched)
    monkeypatch.setattr(Account, "connect", connecting)
    async with stage.app().run_test() as pilot:
        await settled(pilot)
        assert stage.watched.connected
        assert seen[:2] == ["Applications 12", "Entities 240"]


async def test_rows_and_counts_come_with_the_first_paint(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.app().run_test() as pilot:
        await settled(pilot)
    answered = []
    paint = MainScreen._compositor_refresh

    def watched(self: MainScreen) -> None:
        if not self.app._batch_count and self is self.app.screen:
            answered.append(self.answered.is_set())
        paint(self)

    monkeypatch.setattr("entitree.tui.app._MOMENT", 30.0)
    monkeypatch.setattr(MainScreen, "_compositor_refresh", watched)
    async with stage.app().run_test() as pilot:
        await settled(pilot)
        assert answered
        assert all(answered)


async def test_the_other_tabs_are_made_after_the_first_frame(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    framed = MainScreen.framed

    async def watched(self: MainScreen) -> None:
        drawn.append([pane.is_attached for pane in self.panes])
        await framed(self)

    monkeypatch.setattr(MainScreen, "framed", watched)
    app = stage.app()
    async with app.run_test() as pilot:
        await settled(pilot)
        assert drawn == [[True, False, False, False]]
        assert all(pane.table.is_attached for pane in main(app).panes)


async def test_what_is_typed_before_the_other_tabs_are_made_waits_for_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def early(self: MainScreen) -> None:
        self.call_later(self.show_tab, "entity")

    monkeypatch.setattr(MainScreen, "framed", early)
    app = stage.app()
    async with app.run_test() as pilot:
        await settled(pilot)
        pane = main(app).pane
        assert pane is main(app).pane_of(Kind.ENTITY)
        assert pane.display
        assert pane.table.has_focus
        assert pane.rows is not None


async def test_a_place_asked_for_before_its_tab_is_made_is_gone_to(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.app("demo").run_test() as pilot:
        await settled(pilot)

    async def early(self: MainScreen) -> None:
        self.go_to(Place(Kind.ENTITY, "bigcola-us"))

    monkeypatch.setattr(MainScreen, "framed", early)
    app = stage.app("demo")
    async with app.run_test() as pilot:
        await settled(pilot)
        item = main(app).pane_of(Kind.ENTITY).item
        assert item is not None
        assert item.id == "bigcola-us"


async def test_a_list_that_cannot_be_read_keeps_nobody_from_connecting(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> AsyncGenerator[Listing, None]:
        raise StorageError("mirror.db cannot be read.")
        yield

    monkeypatch.setattr(reading, "_PATIENCE", 0.01)
    monkeypatch.setattr("entitree.tui.app._MOMENT", 0.01)
    monkeypatch.setattr(Store, "search", broken)
    app = stage.app()
    async with app.run_test() as pilot:
        await settled(pilot)
        assert not main(app).answered.is_set()
        assert stage.watched.connected


async def test_an_account_that_cannot_be_opened_is_said_and_ends_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object, **__: object) -> Account:
        raise StorageError("mirror.db is of a newer version.")

    monkeypatch.setattr(Account, "open", broken)
    app = stage.app()
    async with app.run_test() as pilot:
        await pilot.pause()
    assert app.return_code == 2
    assert "mirror.db is of a newer version." in capsys.readouterr().err


async def test_garbage_is_looked_for_again_once_the_account_is_shown(stage: Stage, collecting: None) -> None:
    garbage.hold()
    assert not gc.isenabled()
    async with stage.app().run_test() as pilot:
        await settled(pilot)
        assert gc.isenabled()


def test_nothing_is_frozen_where_nothing_was_held() -> None:
    before = gc.get_freeze_count()
    garbage.release()
    assert gc.get_freeze_count() == before
    assert gc.isenabled()


async def test_the_theme_asked_for_is_the_one_of_the_first_frame(stage: Stage) -> None:
    app = stage.app(theme="entitree-light")
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.screen.styles.background == Color.parse(app.get_css_variables()["background"])
        assert app.theme_switch.use("entitree-dark") == []
        await pilot.pause()
        assert app.theme == "entitree-dark"
        assert app.screen.styles.background == Color.parse(app.get_css_variables()["background"])
