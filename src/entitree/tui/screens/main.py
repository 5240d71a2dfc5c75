"""The main screen: tabs, filter, list, tree, footer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from entitree.errors import EntitreeError
from entitree.inventory.links import tree
from entitree.inventory.model import Family, FamilyState, Item, Kind
from entitree.inventory.sync import refresh, refresh_links
from entitree.text import visible
from entitree.tui.commands.command import CommandScreen
from entitree.tui.commands.table import MAIN_COMMANDS
from entitree.tui.place import Place
from entitree.tui.screens import news
from entitree.tui.widgets.item_pane import PLURAL, ItemPane, thousands
from entitree.tui.widgets.key_bar import KeyBar
from entitree.tui.widgets.link_tree import LinkTree
from entitree.tui.widgets.status_line import StatusLine
from entitree.tui.widgets.tab_line import Tab, TabLine

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual.app import ComposeResult

    from entitree.account import Account
    from entitree.changes.edits import Alias, Create
    from entitree.tui.app import EntitreeApp

SANDBOX_NOTICE = "No account yet: this is a sandbox, kept between starts. :connect opens yours."
UNREAD_LINKS = "Not all that may be tied to it could be read."
DEMO_NOTICE = "A demo on a throw-away sandbox, at ten times the real limits. Nothing is real."


class MainScreen(CommandScreen[None]):
    """Everything of one account at a glance."""

    OFFERED = MAIN_COMMANDS
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-wide")]  # noqa: RUF012 - Textual reads it as a default

    app: EntitreeApp

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        self.reading = False
        self.trail: list[Place] = []
        self._families: dict[Family, FamilyState] = {}
        self._reading_note = ""
        self._stale = False

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield TabLine()
        yield Static(id="notice")
        with Horizontal(id="body"):
            with ContentSwitcher(initial=Kind.APPLICATION.value, id="panes"):
                for kind in Kind:
                    yield ItemPane(kind, self.account.store, id=kind.value)
            with Vertical(id="side"):
                yield LinkTree()
                yield Static(id="whole-node")
        yield KeyBar()

    def on_mount(self) -> None:
        profile = self.account.profile
        status = self.query_one(StatusLine)
        status.profile = visible(profile.name)
        status.badges = news.badges(profile)
        notice = self.query_one("#notice", Static)
        notice.display = profile.base_url is None
        notice.update(Content(DEMO_NOTICE if self.account.throw_away else SANDBOX_NOTICE))
        self._unsubscribe = self.account.store.subscribe(self._mirror_changed)
        self.show_keys()
        self.show_kind(Kind.APPLICATION)
        self._start()

    def on_unmount(self) -> None:
        self._unsubscribe()

    # What is on show

    def pane_of(self, kind: Kind) -> ItemPane:
        return self.query_one(f"#{kind.value}", ItemPane)

    @property
    def pane(self) -> ItemPane:
        """The tab on show."""
        return self.pane_of(Kind(self.query_one(ContentSwitcher).current or Kind.APPLICATION.value))

    @property
    def link_tree(self) -> LinkTree:
        return self.query_one(LinkTree)

    def show_kind(self, kind: Kind) -> None:
        """Brings a tab to the front."""
        self.query_one(ContentSwitcher).current = kind.value
        self.query_one(TabLine).active = kind.value
        self.remove_class("-tree")
        self.pane.table.focus()
        self.pane.reload()
        self._show_links()
        self.show_keys()

    @on(TabLine.Chosen)
    def _tab_chosen(self, message: TabLine.Chosen) -> None:
        self.show_kind(Kind(message.name))

    def toggle_tree(self) -> None:
        """To the tree, or back to the list; where only one of them fits, shows the other."""
        if self.link_tree.has_focus or (self.has_class("-narrow") and self.has_class("-tree")):
            self.remove_class("-tree")
            self.pane.table.focus()
        else:
            self.add_class("-tree")
            self.link_tree.focus()

    @work(exclusive=True, group="status")
    async def _show_state(self) -> None:
        store = self.account.store
        self._families = await store.families()
        counts = await store.counts()
        known = {
            Kind.APPLICATION: self._families[Family.APPLICATIONS],
            Kind.ENTITY: self._families[Family.ENTITIES],
        }
        self.query_one(TabLine).show(
            [
                Tab(
                    kind.value,
                    PLURAL[kind].capitalize(),
                    str(number),
                    thousands(counts[kind]) if counts[kind] or known[kind].read_at else "–",
                )
                for number, kind in enumerate(Kind, start=1)
            ]
        )
        for kind in Kind:
            pane = self.pane_of(kind)
            pane.show_placeholder(
                news.placeholder(
                    kind, known[kind], filtered=pane.filtered, total=counts[kind], reading=self.reading
                )
            )
        self.query_one(StatusLine).show_news(
            news.segments(
                self.account.profile,
                self._families,
                reading=self._reading_note,
                job=self.app.job_note,
                clock=self.app.clock,
            )
        )

    def show_state(self) -> None:
        """Brings counts, placeholders and the status line up to date."""
        self._show_state()

    @on(ItemPane.Highlighted)
    def _highlighted(self, message: ItemPane.Highlighted) -> None:
        if message.pane is self.pane:
            self._show_links()
            self.show_keys()

    @on(ItemPane.Listed)
    def _listed(self) -> None:
        self.show_state()

    @on(ItemPane.Marked)
    def _marked(self, message: ItemPane.Marked) -> None:
        if message.pane is self.pane:
            self._show_links()
            self.show_keys()

    @work(exclusive=True, group="links")
    async def _show_links(self) -> None:
        pane = self.pane
        ids = pane.selected
        view = self.link_tree
        if not ids:
            view.placeholder = Content("")
            view.show("", ())
            return
        links = await self.account.store.links(pane.kind, ids)
        if len(ids) == 1:
            item = await self.account.store.item(pane.kind, ids[0])
            title, note = visible(ids[0]), visible(item.alias or "") if item else ""
        else:
            title, note = f"{thousands(len(ids))} marked {PLURAL[pane.kind]}", ""
        view.placeholder = Content("Nothing is tied to it." if self._links_known() else UNREAD_LINKS)
        view.show(title, tree(pane.kind, ids, links), note=note)

    def on_descendant_focus(self) -> None:
        self.set_class(self.link_tree.has_focus, "-in-tree")

    def _links_known(self) -> bool:
        linking = (Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS)
        return all(family in self._families and self._families[family].read_at for family in linking)

    def _mirror_changed(self) -> None:
        # Pages arrive faster than anybody reads: one look at the mirror a frame is enough.
        if not self._stale:
            self._stale = True
            self.call_after_refresh(self._catch_up)

    def _catch_up(self) -> None:
        self._stale = False
        for kind in Kind:
            self.pane_of(kind).reload()
        self._show_links()
        self.show_state()

    # Jumping

    @on(ItemPane.Chosen)
    def _row_chosen(self, message: ItemPane.Chosen) -> None:
        self.add_class("-tree")
        self.link_tree.focus()
        item = message.pane.highlighted
        if item is not None:
            self._refresh_item(item)

    @on(LinkTree.Highlighted)
    def _node_highlighted(self, message: LinkTree.Highlighted) -> None:
        # The tree is narrow, and what it cuts has to be whole somewhere.
        node = message.node
        told = "  ".join(visible(each) for each in (node.label, node.detail) if each) if node else ""
        self.query_one("#whole-node", Static).update(Content(told))

    @on(LinkTree.Jump)
    def _jump(self, message: LinkTree.Jump) -> None:
        self.go_to(*message.target)

    def go_to(self, kind: Kind, id: str) -> None:
        """Shows an application or entity, and remembers where that was asked."""
        here = self.pane.highlighted
        if here is not None:
            self.trail.append(Place(here.kind, here.id))
        self.show_kind(kind)
        self.pane.go_to(id)

    def go_back(self) -> None:
        place = self.trail.pop()
        self.show_kind(place.kind)
        self.pane.go_to(place.id)

    # Reading from the platform

    @work(group="start")
    async def _start(self) -> None:
        self.show_state()
        try:
            await self.account.connect()
        except EntitreeError as error:
            self.app.complain(error)
            return
        self.show_keys()
        self.refresh_all()

    def refresh_all(self) -> None:
        self._read(tuple(Family))

    def refresh_shown(self) -> None:
        """What the tab shows, or with the keys in the tree what is tied to the highlighted item."""
        item = self.pane.highlighted
        if self.link_tree.has_focus and item is not None:
            self._refresh_item(item)
            return
        own = Family.APPLICATIONS if self.pane.kind is Kind.APPLICATION else Family.ENTITIES
        self._read((own,))

    @work(group="read", exclusive=True)
    async def _read(self, families: Collection[Family]) -> None:
        if not self.account.connected:
            return
        self._set_reading("reading …")
        counts: dict[Family, tuple[int, int | None]] = {}

        def progress(family: Family, done: int, total: int | None) -> None:
            counts[family] = (done, total)
            busiest, (read, whole) = max(counts.items(), key=lambda entry: (entry[1][1] or 0) - entry[1][0])
            of = f" of {thousands(whole)}" if whole is not None else ""
            self._set_reading(f"reading {busiest.value} {thousands(read)}{of}")

        try:
            await refresh(self.account.client, self.account.store, families, progress=progress)
        except EntitreeError as error:
            self.app.complain(error)
        finally:
            self._set_reading("")
        await self._say_problems()

    async def _say_problems(self) -> None:
        states = await self.account.store.families()
        problems = [state.problem for state in states.values() if state.problem]
        if problems:
            # One cause mostly keeps several families from being read: it is told once.
            more = f" ({len(problems) - 1} more could not be read either.)" if len(problems) > 1 else ""
            self.notify(visible(problems[0]) + more, severity="error", markup=False, timeout=10)

    def _set_reading(self, note: str) -> None:
        self._reading_note = note
        self.reading = bool(note)
        self.show_state()
        self.show_keys()

    @work(group="read-item", exclusive=True)
    async def _refresh_item(self, item: Item) -> None:
        if not (self.account.connected and item.addressable):
            return
        try:
            await refresh_links(self.account.client, self.account.store, item.kind, (item.id,))
        except EntitreeError as error:
            self.app.complain(error)

    # Changing

    def open_new(self) -> None:
        from entitree.tui.modals.create import NewDialog

        self.app.push_screen(NewDialog(self.pane.kind, self.account), self._created)

    def _created(self, edit: Create | None) -> None:
        if edit is not None:
            self.notify(f"{visible(edit.id)} is there now.", title="Created", markup=False)
            self.pane_of(edit.kind).go_to(edit.id)

    def open_alias(self) -> None:
        from entitree.tui.modals.alias import AliasDialog

        item = self.pane.highlighted
        if item is not None:
            self.app.push_screen(AliasDialog(item, self.account), self._aliased)

    def _aliased(self, edit: Alias | None) -> None:
        if edit is not None:
            what = f"is now called {visible(edit.alias)}" if edit.alias else "has no alias any more"
            self.notify(f"{visible(edit.id)} {what}.", title="Alias changed", markup=False)

    @work(group="dialog", exclusive=True)
    async def open_impact(self, *, look_only: bool) -> None:
        from entitree.tui.screens.impact import ImpactScreen

        pane = self.pane
        hidden = await pane.hidden_marks()
        screen = ImpactScreen(self.account, pane.kind, pane.selected, hidden=hidden, look_only=look_only)
        self.app.push_screen(screen, partial(self._deleted, pane))

    def _deleted(self, pane: ItemPane, gone: frozenset[str] | None) -> None:
        if gone:
            pane.forget_marks(set(gone))

    # The program

    def open_help(self) -> None:
        from entitree.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    def open_palette(self) -> None:
        from entitree.tui.screens.palette import Palette

        self.app.push_screen(Palette(self), self._from_palette)

    def _from_palette(self, choice: str | Place | None) -> None:
        if isinstance(choice, Place):
            self.go_to(choice.kind, choice.id)
        elif choice is not None:
            self.action_command(choice)

    def open_connect(self) -> None:
        from entitree.tui.modals.connect import ConnectDialog

        self.app.push_screen(ConnectDialog(self.app.accounts), self.app.switch_to)

    def next_theme(self) -> None:
        self.app.next_theme()

    def quit(self) -> None:
        self.app.leave()
