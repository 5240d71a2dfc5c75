"""Lean: from the settings, by the command, and kept."""

from __future__ import annotations

import tomllib
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import Mock

from entitree.accounts import Accounts, open_demo
from entitree.demos.scenario import settled
from entitree.settings.paths import find_paths
from entitree.tui.app import EntitreeApp
from entitree.tui.screens.beside import REST
from entitree.tui.screens.main import MainScreen
from entitree.tui.widgets.item_list import ItemList

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def demo(folder: Path, **environ: str) -> EntitreeApp:
    accounts = Accounts(find_paths({"ENTITREE_HOME": str(folder)}), environ)
    return EntitreeApp(accounts, partial(open_demo, folder / "demo"), clock=lambda _: "14:02:11")


def looks(app: EntitreeApp) -> set[tuple[bool, int]]:
    """Of all tables: whether the cursor is in the gutter, and the cells of the scrollbar."""
    return {(each.in_gutter, each.scrollbar_size_vertical) for each in app.screen.query(ItemList)}


async def test_by_command_and_kept(tmp_path: Path) -> None:
    app = demo(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        theme = app.theme
        assert looks(app) == {(False, 1)}
        await app.screen.run_action("command('lean')")
        await settled(pilot)
        assert looks(app) == {(True, 0)}
        assert app.theme == "entitree-16"
        table = app.screen.query(ItemList).first()
        assert table.row_line(0).cell_length == table.size.width
        await app.workers.wait_for_complete()
        assert tomllib.loads(app.accounts.paths.profiles_file.read_text("utf-8"))["lean"] is True
        await app.screen.run_action("command('lean')")
        await settled(pilot)
        assert looks(app) == {(False, 1)}
        assert app.theme == theme


async def test_from_the_environment(tmp_path: Path) -> None:
    app = demo(tmp_path, ENTITREE_LEAN="1")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert looks(app) == {(True, 0)}
        assert app.theme == "entitree-16"
        # The tree would cost more than the list for every key that moves the cursor.
        side, panes = app.screen.query_one("#side"), app.screen.query_one("#panes")
        assert not side.display
        await pilot.press("t")
        await settled(pilot)
        assert side.display
        assert not panes.display
        await pilot.press("t")
        await settled(pilot)
        assert panes.display
        assert not side.display


async def test_where_bytes_cost_the_tree_follows_a_cursor_that_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rested: list[float] = []

    def set_timer(_: MainScreen, after: float, __: object) -> Mock:
        rested.append(after)
        return Mock()

    monkeypatch.setattr(MainScreen, "set_timer", set_timer)
    app = demo(tmp_path, ENTITREE_DRIVER="frugal")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, MainScreen)
        before = screen.link_tree.subject
        await pilot.press("down", "down")
        await settled(pilot)
        assert rested[-2:] == [REST, REST]
        assert screen.link_tree.subject == before
        # Whoever goes there sees what the cursor is on.
        await pilot.press("t")
        await settled(pilot)
        assert screen.link_tree.subject == screen.pane.subject != before


def test_over_ssh_the_driver_is_frugal(tmp_path: Path) -> None:
    from entitree.tui.driver import FrugalDriver

    ssh = "192.0.2.1 50000 192.0.2.2 22"
    assert demo(tmp_path, SSH_CONNECTION=ssh).driver_class is FrugalDriver
    assert demo(tmp_path, ENTITREE_DRIVER="frugal").driver_class is FrugalDriver
    assert demo(tmp_path).driver_class is not FrugalDriver
    assert demo(tmp_path, SSH_CONNECTION=ssh, ENTITREE_DRIVER="plain").driver_class is not FrugalDriver
