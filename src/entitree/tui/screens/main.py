"""The main screen: tabs, filter, list, tree, footer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, Input, Static

from entitree.inventory.model import Kind
from entitree.text import visible
from entitree.tui.commands.jobs import JOB_COMMANDS, OpenJob, ShowJobs
from entitree.tui.commands.table import MAIN_COMMANDS, belongs
from entitree.tui.place import KEY
from entitree.tui.screens import news
from entitree.tui.screens.beside import BesideScreen
from entitree.tui.tabs import JOBS, KEYS, RESOURCES
from entitree.tui.widgets.found_pane import FoundPane
from entitree.tui.widgets.item_pane import ItemPane
from entitree.tui.widgets.key_bar import KeyBar, KeyHint
from entitree.tui.widgets.key_pane import KeyPane
from entitree.tui.widgets.line_list import LineList
from entitree.tui.widgets.marking_pane import MarkingPane
from entitree.tui.widgets.resource_pane import ResourcePane
from entitree.tui.widgets.status_line import StatusLine
from entitree.tui.widgets.tab_line import TabLine
from entitree.tui.widgets.word_list import WordList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

    from entitree.account import Account
    from entitree.inventory.store import Store
    from entitree.tui.commands.command import Command
    from entitree.tui.place import Place
    from entitree.tui.widgets.link_tree import LinkTree

SANDBOX_NOTICE = "No account yet: this is a sandbox, kept between starts. :connect opens yours."
DEMO_NOTICE = "A demo on a throw-away sandbox, at ten times the real limits. Nothing is real."


class MainScreen(BesideScreen):
    """Everything of one account at a glance."""

    OFFERED = (*MAIN_COMMANDS, ShowJobs, OpenJob, *JOB_COMMANDS)
    DEFAULT_CSS = "MainScreen.-jobs #side { display: none; }"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-wide")]  # noqa: RUF012 - Textual reads it as a default

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.trail: list[Place] = []
        """Where jumps began, the last one at the end; `ahead` is where one went back from."""
        self.ahead: list[Place] = []
        self.kept_sheets: dict[frozenset[str], str] = {}
        """What came back from the editor and is not handed in yet, by the ids that it is about."""
        self._changed = False

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield TabLine()
        yield Static(id="notice")
        with Horizontal(id="body"):
            with ContentSwitcher(initial=Kind.APPLICATION.value, id="panes"):
                yield self.panes[0]
            with Vertical(id="side"):
                yield Static(id="whole-node")
        yield KeyBar()

    def on_mount(self) -> None:
        profile = self.account.profile
        status = self.query_one(StatusLine)
        status.profile = visible(profile.name)
        status.colour = profile.colour
        status.badges = news.badges(profile)
        notice = self.query_one("#notice", Static)
        notice.display = profile.base_url is None
        notice.update(Content(DEMO_NOTICE if self.account.throw_away else SANDBOX_NOTICE))
        self._tell_cursor()
        self._unsubscribe = self.account.store.subscribe(self._mirror_changed)
        self.show_keys()
        self.show_kind(Kind.APPLICATION)
        self.open_the_way()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _tell_cursor(self) -> None:
        for each in self.query(LineList):
            each.cursor_style = self.account.profile.cursor or self.app.accounts.settings.cursor

    async def make_tabs(self) -> None:
        await super().make_tabs()
        self._tell_cursor()

    # What is on show

    def show_kind(self, kind: Kind | None) -> None:
        """Brings a tab to the front; None is that of the resources."""
        self.show_tab(RESOURCES if kind is None else kind.value)

    def show_tab(self, name: str) -> None:
        """Brings the tab with that id to the front."""
        if not self.tabs_made and name != self.shown.id:
            # Typed faster than the other tabs were made.
            self.when_made(partial(self.show_tab, name))
            return
        self.query_one(ContentSwitcher).current = name
        self.query_one(TabLine).active = name
        self.remove_class("-tree")
        self.set_class(name == JOBS, "-jobs")
        # At once, here and below: `focus()` comes late, and would take the keys from a filter opened then.
        self.set_focus(self.shown.table)
        self.pane.reload()
        self.show_links()
        self.show_keys()

    @on(TabLine.Chosen)
    def _tab_chosen(self, message: TabLine.Chosen) -> None:
        self.show_tab(message.name)

    @on(FoundPane.Highlighted)
    def _highlighted(self, message: FoundPane.Highlighted) -> None:
        if message.pane is self.pane:
            # Where something is marked the tree is of that, wherever the cursor is.
            if not message.pane.marks:
                self.follow()
            self.show_keys()

    @on(MarkingPane.Marked)
    def _marked(self, message: MarkingPane.Marked) -> None:
        if message.pane is self.pane:
            self.show_links()
            self.show_keys()

    def key_hints(self) -> list[KeyHint]:
        """In the tree its own keys, in the filter line the filter's, else what can be done to the rows."""
        if self.in_tree:
            return self._tree_hints()
        if isinstance(self.focused, Input):
            return self.filter_hints()
        return super().key_hints()

    def _tree_hints(self) -> list[KeyHint]:
        return [
            self.hint("tree-jump", "Enter", "Jump"),
            self.hint("dissociate", "x", "Untie"),
            self.hint("tree-open", "←→", "Fold"),
            self.hint("tree-filter", "/", "Filter"),
            self.hint("escape", "Esc", "List"),
            self.hint("back", "-", "Back"),
            self.hint("refresh", "r", "Refresh"),
            self.hint("palette", ":", "Go"),
            self.help_hint,
        ]

    def in_footer(self) -> Iterable[type[Command[Any]]]:
        """What can be done to the rows of the tab on show."""
        on_keys = isinstance(self.pane, KeyPane)
        return [each for each in self.OFFERED if belongs(each, on_jobs=self.on_jobs, on_keys=on_keys)]

    def refusal(self, command: type[Command[Any]]) -> str | None:
        if self.on_jobs and not command.for_jobs:
            return "That is for the lists, on tabs 1 to 4. Here are jobs."
        return super().refusal(command)

    @on(WordList.Highlighted)
    def _job_highlighted(self) -> None:
        self.show_keys()

    @on(WordList.Chosen)
    def _job_chosen(self) -> None:
        if self.job is not None:
            self.app.open_job(self.job.id)

    def _mirror_changed(self) -> None:
        # Told by whoever wrote: what follows is done in the screen's own turn, once for several changes.
        if not self._changed:
            self._changed = True
            self.call_later(self._catch_up)

    def _catch_up(self) -> None:
        self._changed = False
        self.pane.reload()
        self.reload_links()
        self.show_state()

    # Jumping

    @on(FoundPane.Chosen)
    def _row_chosen(self) -> None:
        self.when_made(self.enter_tree)
        self._refresh_row()

    def _refresh_row(self) -> None:
        """Reads again what is tied to the highlighted row."""
        pane = self.pane
        if isinstance(pane, ResourcePane):
            if pane.row is not None:
                self.refresh_resource(pane.row.resource)
        elif isinstance(pane, KeyPane):
            self.read(pane.families)
        elif pane.item is not None:
            self.refresh_item(pane.item)

    def on_link_tree_jump(self, message: LinkTree.Jump) -> None:
        self.go_to(message.target)

    @property
    def searched(self) -> Store | None:
        return self.account.store

    def go_to(self, place: Place) -> None:
        """Shows an application, entity, resource or key, and remembers where that was asked."""
        self._leave_for(place, self.trail)
        self.ahead.clear()

    def go_back(self) -> None:
        self._leave_for(self.trail.pop(), self.ahead)

    def go_forward(self) -> None:
        self._leave_for(self.ahead.pop(), self.trail)

    def _leave_for(self, place: Place, trail: list[Place]) -> None:
        here = self.pane.place
        if here is not None:
            trail.append(here)
        self._bring(place)

    def _bring(self, place: Place) -> None:
        if not self.tabs_made:
            self.when_made(partial(self._bring, place))
            return
        if place.type == KEY:
            self.keys.go_to(place.id)
            self.show_tab(KEYS)
            return
        if place.kind is None:
            self.resources.go_to((place.type, place.id))
        else:
            self.pane_of(place.kind).go_to(place.id)
        self.show_kind(place.kind)

    def refresh_shown(self) -> None:
        """What the tab shows, or with the keys in the tree what is tied to the highlighted item."""
        pane = self.pane
        if self.in_tree:
            self._refresh_row()
        elif isinstance(pane, ItemPane) and (ids := pane.ids_on_screen):
            self.refresh_rows(pane.kind, ids)
        else:
            self.read(pane.families)
