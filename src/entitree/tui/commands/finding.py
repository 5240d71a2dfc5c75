"""Commands that find: filter, sort, tabs, the palette, the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.model import Kind
from entitree.tui import tabs
from entitree.tui.commands.command import Command, Group

if TYPE_CHECKING:
    from entitree.tui.screens.main import MainScreen


class Filter(Command["MainScreen"]):
    name = "filter"
    keys = ("slash",)
    shown_key = "/"
    label = "Filter"
    sentence = "Show only what matches: words, app:, entity:, channel:, has:, assoc:>5, orphan, /re/, !not."
    group = Group.FIND
    for_jobs = True
    rank = 50

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.shown.open_filter()


class Escape(Command["MainScreen"]):
    name = "escape"
    keys = ("escape",)
    shown_key = "Esc"
    label = "Out"
    sentence = "Out of the tree to the list; on the list, clear the filter."
    group = Group.FIND
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        if screen.in_tree:
            screen.toggle_tree()
        elif screen.shown.filter_line.value:
            screen.shown.clear_filter()


class SortNext(Command["MainScreen"]):
    name = "sort"
    keys = ("s",)
    label = "Sort"
    sentence = "Sort by the next column."
    group = Group.FIND
    rank = 80

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.pane.sort_by_next()


class SortTurn(Command["MainScreen"]):
    name = "sort-turn"
    keys = ("S", "upper_s")
    label = "Turn round"
    sentence = "Turn the sorting round."
    group = Group.FIND

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.pane.turn_sort()


class ShowApplications(Command["MainScreen"]):
    name = "applications"
    keys = (tabs.key_of(tabs.APPLICATIONS),)
    label = "Applications"
    sentence = "Show the applications."
    group = Group.MOVE
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.show_kind(Kind.APPLICATION)


class ShowEntities(Command["MainScreen"]):
    name = "entities"
    keys = (tabs.key_of(tabs.ENTITIES),)
    label = "Entities"
    sentence = "Show the entities."
    group = Group.MOVE
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.show_kind(Kind.ENTITY)


class ShowResources(Command["MainScreen"]):
    name = "resources"
    keys = (tabs.key_of(tabs.RESOURCES),)
    label = "Resources"
    sentence = "Show the resources: numbers, senders and domains."
    group = Group.MOVE
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.show_kind(None)


class ShowKeys(Command["MainScreen"]):
    name = "keys"
    keys = (tabs.key_of(tabs.KEYS),)
    label = "Keys"
    sentence = "Show the API keys: what each is bound to, and until when it may be used."
    group = Group.MOVE
    for_jobs = True

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.show_tab(tabs.KEYS)


class Tree(Command["MainScreen"]):
    name = "tree"
    keys = ("t",)
    label = "Tree"
    sentence = "Move between list and tree; where there is no room for both, show or hide the tree."
    group = Group.MOVE
    rank = 70

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.toggle_tree()


class Back(Command["MainScreen"]):
    name = "back"
    keys = ("minus",)
    shown_key = "-"
    label = "Back"
    sentence = "Go back to where you were before a jump."
    group = Group.MOVE
    for_jobs = True

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        return (
            None
            if screen.trail
            else "There is nowhere to go back to yet: Enter on a line of the tree jumps there."
        )

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.go_back()


class Forward(Command["MainScreen"]):
    name = "forward"
    keys = ("plus", "equals_sign")
    shown_key = "+"
    label = "Forward"
    sentence = "Go forward again, to where you went back from."
    group = Group.MOVE
    for_jobs = True

    @classmethod
    def disabled_reason(cls, screen: MainScreen) -> str | None:
        return None if screen.ahead else "There is nowhere to go forward to: you did not go back."

    @classmethod
    def run(cls, screen: MainScreen) -> None:
        screen.go_forward()
