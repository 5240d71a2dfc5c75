"""The tree beside the tabs: what is tied to the selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from entitree.inventory.model import Family
from entitree.text import visible
from entitree.tui.screens.tabbed import TabbedScreen
from entitree.tui.widgets.line_list import LEAN

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from entitree.account import Account
    from entitree.inventory.links import Node
    from entitree.tui.widgets.link_tree import LinkTree

REST = 0.4
"""Seconds after which a cursor is taken to rest."""
UNREAD_LINKS = "Not all that may be tied to it could be read."


class BesideScreen(TabbedScreen):
    """Tabs with a tree beside them, which is made when the first frame is drawn."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._tree: LinkTree | None = None
        self._resting: Timer | None = None

    async def make_tabs(self) -> None:
        await super().make_tabs()
        self.show_links()

    async def make_tree(self) -> None:
        if self._tree is None:
            from entitree.tui.widgets.link_tree import LinkTree

            tree = LinkTree(self.account.store)
            await self.query_one("#side").mount(tree, before=0)
            self._tree = tree

    def when_made(self, then: Callable[[], None]) -> None:
        """Does `then` once there is more than the first tab: keys may be typed faster than that is made."""
        if self.tabs_made:
            then()
        else:
            self.call_later(self._make_and, then)

    async def _make_and(self, then: Callable[[], None]) -> None:
        await self.make_tabs()
        then()

    @property
    def link_tree(self) -> LinkTree:
        """There once the tabs are made; LookupError before."""
        if self._tree is None:
            raise LookupError("The tree is not made yet.")
        return self._tree

    @property
    def in_tree(self) -> bool:
        """Whether the tree has the keyboard."""
        return self._tree is not None and self._tree.has_keys

    def toggle_tree(self) -> None:
        """To the tree, or back to the list; where only one of them fits, shows the other."""
        one_only = self.has_class("-narrow") or self.app.has_class(LEAN)
        if self.in_tree or (one_only and self.has_class("-tree")):
            self.remove_class("-tree")
            self.set_focus(self.pane.table)
        else:
            self.when_made(self.enter_tree)

    def enter_tree(self) -> None:
        """To the tree, also where only the list is shown."""
        self.show_links()
        self.add_class("-tree")
        self.set_focus(self.link_tree.lines)

    def show_links(self) -> None:
        """Shows in the tree what is tied to the selection."""
        if self._tree is not None:
            self._tree.look_at(self.pane.subject)
            self._tell_of_links()

    def follow(self) -> None:
        """Shows in the tree what is tied to the row that the cursor has come to. On a slow line, on which the
        tree costs as much as the list, it waits for the cursor to rest.
        """
        if self._resting is not None:
            self._resting.stop()
        if self.app.spares_bytes:
            self._resting = self.set_timer(REST, self.show_links)
        else:
            self.show_links()

    def reload_links(self) -> None:
        """Asks the mirror again for what is tied to the selection."""
        if self._tree is not None:
            self._tree.reload()
            self._tell_of_links()

    def _tell_of_links(self) -> None:
        told = "Nothing is tied to it." if self._links_known() else UNREAD_LINKS
        self.link_tree.placeholder = Content(told if self.link_tree.subject is not None else "")

    def _links_known(self) -> bool:
        linking = (Family.ASSOCIATIONS, Family.STRATEGIES, Family.SUBSCRIPTIONS)
        return all(family in self.families and self.families[family].read_at for family in linking)

    def on_descendant_focus(self) -> None:
        self.set_class(self.in_tree, "-in-tree")
        if self._tree is not None:
            self._tell_whole(self._tree.node)
        self.show_keys()

    # By its name: the class of the tree comes after the first frame.
    def on_link_tree_highlighted(self, message: LinkTree.Highlighted) -> None:
        self._tell_whole(message.node)

    def _tell_whole(self, node: Node | None) -> None:
        """The tree is narrow: what it cuts has to be whole somewhere, while the tree has the keys."""
        told = "  ".join(visible(each) for each in (node.label, node.detail) if each) if node else ""
        if self.in_tree:
            # Its height is that of what it says, and so this costs a layout.
            self.query_one("#whole-node", Static).update(Content(told))
