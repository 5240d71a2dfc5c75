"""What a command acts on, with what the filter hides counted first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.inventory import key_reading, reads
from entitree.tui.widgets.item_pane import ItemPane
from entitree.tui.widgets.resource_pane import ResourcePane
from entitree.tui.widgets.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from entitree.inventory.model import KeyRow
    from entitree.inventory.store import Store
    from entitree.tui.place import ResourceName
    from entitree.tui.screens.main import MainScreen
    from entitree.tui.screens.tabbed import Pane

_NOUNS = {"applications": "application", "entities": "entity", "resources": "resource", "keys": "key"}


def picked(pane: Pane) -> Collection[Any]:
    """Names of the marked rows that there are, or of the highlighted one if none is marked."""
    if isinstance(pane, ItemPane):
        return pane.selected
    if pane.marks:
        return tuple(pane.marks)
    place = pane.place
    if place is None:
        return ()
    return ((place.type, place.id),) if isinstance(pane, ResourcePane) else (place.id,)


def with_selection(screen: MainScreen, then: Callable[[Selection[Any]], None]) -> None:
    """Calls `then` with what is selected on the tab on show: at once where it is known what of it nobody
    sees, so that keys that come right after go where they are meant; else as soon as that was counted, unless
    another tab is on show by then.
    """
    pane = screen.pane
    at_once = isinstance(pane, ItemPane) or not pane.marks
    if at_once and pane.hidden_counted:
        _tell(screen, pane, _called(pane), then)
    else:
        screen.run_worker(_select(screen, pane, then), exclusive=True, group="select")


async def _select(screen: MainScreen, pane: Pane, then: Callable[[Selection[Any]], None]) -> None:
    await pane.count_hidden()
    called = _called(pane)
    if isinstance(pane, ResourcePane):
        called |= await resource_names(screen.account.store, picked(pane))
    elif not isinstance(pane, ItemPane):
        called |= {row.id: row.name for row in await key_rows(screen.account.store, picked(pane))}
    if screen.app.screen is screen and pane is screen.pane:
        _tell(screen, pane, called, then)


def _tell(
    screen: MainScreen, pane: Pane, called: dict[Any, str], then: Callable[[Selection[Any]], None]
) -> None:
    names = picked(pane)
    if not names:
        return
    if isinstance(pane, ItemPane) and pane.left_out:
        screen.notify(pane.left_out, severity="warning")
    many = pane.shelf.plural
    then(Selection.of(names, pane.hidden_marks, _NOUNS[many], many, called))


def _called(pane: Pane) -> dict[Any, str]:
    """What people call the highlighted row."""
    if isinstance(pane, ItemPane) or pane.row is None:
        return {}
    if isinstance(pane, ResourcePane):
        resource = pane.row.resource
        return {(resource.type, resource.id): resource.name}
    return {pane.row.id: pane.row.name}


async def resource_names(store: Store, names: Collection[ResourceName]) -> dict[ResourceName, str]:
    """What people call these resources, as far as the mirror has them."""
    found = await store.ask(lambda db: [reads.resource_row_of(db, *name) for name in names])
    lines = await store.resource_window([row for row in found if row is not None])
    return {(line.resource.type, line.resource.id): line.resource.name for line in lines if line is not None}


async def key_rows(store: Store, ids: Collection[str]) -> list[KeyRow]:
    """These API keys, those that the mirror has."""
    found = await store.ask(lambda db: [key_reading.row_of(db, each) for each in ids])
    rows = await store.key_window([row for row in found if row is not None])
    return [row for row in rows if row is not None]
