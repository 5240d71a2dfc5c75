"""The main screen: tabs, filter, list, tree, footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, Input, Static

from entitree.inventory.links import tree
from entitree.inventory.model import Family, FamilyState, Kind
from entitree.text import visible
from entitree.tui.commands.table import MAIN_COMMANDS
from entitree.tui.place import Place
from entitree.tui.screens import news
from entitree.tui.screens.reading import ReadingScreen
from entitree.tui.widgets.found_pane import PLURAL, thousands
from entitree.tui.widgets.item_pane import ItemPane
from entitree.tui.widgets.key_bar import KeyBar, KeyHint
from entitree.tui.widgets.link_tree import LinkTree
from entitree.tui.widgets.status_line import StatusLine
from entitree.tui.widgets.tab_line import Tab, TabLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entitree.account import Account

SANDBOX_NOTICE = "No account yet: this is a sandbox, kept between starts. :connect opens yours."
UNREAD_LINKS = "Not all that may be tied to it could be read."
DEMO_NOTICE = "A demo on a throw-away sandbox, at ten times the real limits. Nothing is real."

TREE_KEYS = [
    KeyHint("Enter", "Jump"),
    KeyHint("←→", "Fold"),
    KeyHint("Esc", "List", action="escape"),
    KeyHint("-", "Back", action="back"),
    KeyHint("r", "Refresh", action="refresh"),
    KeyHint(":", "Go", action="palette"),
    KeyHint("?", "Help", action="help"),
]
FILTER_KEYS = [KeyHint("Enter", "Keep"), KeyHint("Esc", "Clear"), KeyHint("↓", "List")]


class MainScreen(ReadingScreen):
    """Everything of one account at a glance."""

    OFFERED = MAIN_COMMANDS
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-wide")]  # noqa: RUF012 - Textual reads it as a default

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.trail: list[Place] = []
        self._families: dict[Family, FamilyState] = {}
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
        self.open_the_way()

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
                    kind, known[kind], filtered=pane.filtered, total=counts[kind], reading=bool(self.reading)
                )
            )
        self.query_one(StatusLine).show_news(
            news.segments(
                self.account.profile,
                self._families,
                reading=self.reading,
                job=self.app.job_note,
                clock=self.app.clock,
            )
        )

    def show_state(self) -> None:
        """Brings counts, placeholders and the status line up to date."""
        if self.is_attached and not self.app.leaving:
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
        self.show_keys()

    def key_hints(self) -> list[KeyHint]:
        """In the tree its own keys, in the filter line the filter's, else what can be done to the rows."""
        if self.link_tree.has_focus:
            return TREE_KEYS
        if isinstance(self.focused, Input):
            return FILTER_KEYS
        return super().key_hints()

    def _links_known(self) -> bool:
        linking = (Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS)
        return all(family in self._families and self._families[family].read_at for family in linking)

    def _mirror_changed(self) -> None:
        # Pages may arrive faster than the list is found anew: one look at the mirror is enough for several.
        if not self._stale:
            self._stale = True
            self.call_later(self._catch_up)

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
            self.refresh_item(item)

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

    def refresh_shown(self) -> None:
        """What the tab shows, or with the keys in the tree what is tied to the highlighted item."""
        item = self.pane.highlighted
        if self.link_tree.has_focus and item is not None:
            self.refresh_item(item)
            return
        own = Family.APPLICATIONS if self.pane.kind is Kind.APPLICATION else Family.ENTITIES
        self.read((own,))

    # Leaving for another screen

    def open_impact(self, *, look_only: bool) -> None:
        """Shows what deleting the selected items takes with it."""
        from entitree.tui.screens.impact import ImpactScreen

        pane = self.pane
        self.app.push_screen(
            ImpactScreen(
                self.account,
                pane.kind,
                pane.selected,
                hidden=pane.hidden_marks,
                look_only=look_only,
                gone=pane.forget_marks,
            )
        )
