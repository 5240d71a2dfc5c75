"""The dialogs that associate resources with applications and entities, from either side."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal
from textual.widgets import Checkbox, Label

from entitree.api.names import DEFAULT_APPLICATION
from entitree.changes.edits import Associate
from entitree.inventory.model import AssociationRow, Kind
from entitree.tui.modals.planning import PlanningDialog
from entitree.tui.modals.resource_list import ResourceListDialog
from entitree.tui.place import ResourceName
from entitree.tui.widgets.bound import bound
from entitree.tui.widgets.found_pane import FoundPane
from entitree.tui.widgets.id_field import IdField
from entitree.tui.widgets.marking_pane import MarkingPane
from entitree.tui.widgets.resource_pane import ResourcePane
from entitree.tui.widgets.row_source import NameT, thousands
from entitree.tui.widgets.selection import Selection, SelectionLine
from entitree.tui.widgets.tick import Tick

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from textual.binding import BindingType
    from textual.widget import Widget

    from entitree.account import Account
    from entitree.changes.plan import Plan

CHANNELS = {
    "NUMBER": ("SMS", "MMS", "WHATSAPP"),
    "ALPHA": ("SMS",),
    "DOMAIN": ("EMAIL",),
    "RCS_RESOURCE": ("RCS",),
    "APPLE_RESOURCE": ("APPLE",),
}
"""What a resource of each type can be associated for, the usual one first (platform.md 1.2)."""
_EVERY = tuple(dict.fromkeys(channel for channels in CHANNELS.values() for channel in channels))


class _Associating(PlanningDialog[NameT]):
    """Asks for the channels that the chosen resources have in common with what may be."""

    _touched = False

    def _ticks(self) -> Widget:
        ticks = [Tick(each, id=f"channel-{each}", compact=True) for each in _EVERY]
        return Horizontal(Label("Channels"), *ticks, classes="ticks")

    def resources(self) -> Collection[ResourceName]:
        """What is to be associated."""
        raise NotImplementedError

    def pairs(self) -> Iterable[tuple[str, str | None]]:
        """With what: application, and entity or None."""
        raise NotImplementedError

    def offer_channels(self) -> None:
        """Shows what the chosen resources can be associated for; the usual channel is ticked."""
        types = {type_ for type_, _ in self.resources()}
        allowed = {channel for each in types for channel in CHANNELS.get(each, _EVERY)}
        usual = {CHANNELS[each][0] for each in types if each in CHANNELS}
        for channel in _EVERY:
            tick = self.query_one(f"#channel-{channel}", Tick)
            tick.display = channel in allowed
            if not self._touched:
                with tick.prevent(Checkbox.Changed):
                    tick.value = channel in usual

    @on(Checkbox.Changed)
    def _ticked(self) -> None:
        self._touched = True

    def _channels(self) -> list[str]:
        ticks = [(each, self.query_one(f"#channel-{each}", Tick)) for each in _EVERY]
        return [channel for channel, tick in ticks if tick.display and tick.value]

    async def plan(self) -> Plan | None:
        resources, channels = self.resources(), self._channels()
        if not resources:
            self.say("Mark a resource, or put the cursor on one.", kind="problem")
            return None
        if not channels:
            self.say("Tick at least one channel.", kind="problem")
            return None
        if not await self._named_exist():
            return None
        wanted = [
            AssociationRow(type_, channel, application, entity, id_)
            for application, entity in self.pairs()
            for type_, id_ in sorted(resources)
            for channel in channels
            if channel in CHANNELS.get(type_, _EVERY)
        ]
        there = await self._there()
        new = [row for row in wanted if row not in there]
        if len(new) < len(wanted):
            already = len(wanted) - len(new)
            self.notify(f"{thousands(already)} of {thousands(len(wanted))} are associated already.")
        if wanted and not new:
            self.say("All of them are associated already.")
            return None
        return await self.account.desk.plan([Associate(row) for row in new])

    async def _named_exist(self) -> bool:
        """Whether what was typed is there; what was marked is."""
        for field in self.query(IdField):
            if field.value and not await self.demand(field.kind, field.value):
                return False
        return True

    async def _there(self) -> frozenset[AssociationRow]:
        """The associations that there are, of what is to be associated."""
        store, pairs = self.account.store, list(self.pairs())
        entities = {entity for _, entity in pairs if entity is not None}
        applications = {application for application, entity in pairs if entity is None}
        of_entities = await store.links(Kind.ENTITY, entities)
        of_applications = await store.links(Kind.APPLICATION, applications)
        return frozenset((*of_entities.associations, *of_applications.associations))


class AssociateDialog(_Associating[str]):
    """Associates resources, chosen from those of the mirror, with the selected applications or entities."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("space", "mark", "mark", "Mark the resource, or take its mark away."),
        bound("asterisk", "mark_all", "mark-all", "Mark all resources that match the filter."),
        bound("u", "unmark", "unmark", "Take all marks away."),
        bound("slash", "find", "filter", "Filter the resources."),
        bound("f3", "paste_list", "associate-list", "Paste a list of resources, or open one."),
    ]
    big = True

    def __init__(
        self, account: Account, kind: Kind, selection: Selection[str], *, done: Callable[[], None]
    ) -> None:
        super().__init__(account, selection, done=done)
        self._kind = kind

    def title_text(self) -> str:
        return "Associate resources: space marks, Enter shows the plan, F3 takes a list"

    def fields(self) -> Iterable[Widget]:
        yield SelectionLine()
        other = self._kind.other
        yield IdField(
            "Application" if other is Kind.APPLICATION else "Entity",
            other,
            self.account.store,
            id="other",
            value=DEFAULT_APPLICATION if other is Kind.APPLICATION else "",
            placeholder=DEFAULT_APPLICATION if other is Kind.APPLICATION else "none: the whole application",
        )
        yield self._ticks()
        yield ResourcePane(self.account.store, id="picker")

    def on_mount(self) -> None:
        self.picker.reload()
        self.picker.open_filter()

    @property
    def picker(self) -> ResourcePane:
        return self.query_one(ResourcePane)

    def resources(self) -> Collection[ResourceName]:
        pane = self.picker
        if pane.marks:
            return pane.marks
        return () if pane.row is None else (pane.shelf.name(pane.row),)

    def pairs(self) -> Iterable[tuple[str, str | None]]:
        other = self.query_one("#other-field", IdField).value
        for name in self.selection.names if self.selection is not None else ():
            if self._kind is Kind.ENTITY:
                # An entity never stands alone: without another application it is the default one's.
                yield other or DEFAULT_APPLICATION, name
            else:
                yield name, other or None

    @on(FoundPane.Highlighted)
    @on(MarkingPane.Marked)
    def _picked(self) -> None:
        self.offer_channels()

    @on(FoundPane.Chosen)
    def _chosen(self) -> None:
        self.action_submit()

    def action_mark(self) -> None:
        self.picker.toggle_mark()

    def action_mark_all(self) -> None:
        self.picker.mark_all()

    def action_unmark(self) -> None:
        self.picker.clear_marks()

    def action_find(self) -> None:
        self.picker.open_filter()

    def action_paste_list(self) -> None:
        def named(names: frozenset[ResourceName] | None) -> None:
            if names:
                self.picker.marks.update(names)
                self.picker.marks_changed()
                self.set_focus(self.picker.table)

        self.app.push_screen(ResourceListDialog(self.account.store), named)


class ServeDialog(_Associating[ResourceName]):
    """Associates the selected resources with an application, an entity, or a pair of both."""

    heading = "Associate with an application, an entity or both"

    def fields(self) -> Iterable[Widget]:
        yield SelectionLine()
        store = self.account.store
        yield IdField("Application", Kind.APPLICATION, store, id="application", value=DEFAULT_APPLICATION)
        yield IdField("Entity", Kind.ENTITY, store, id="entity", placeholder="none: the whole application")
        yield self._ticks()

    def on_mount(self) -> None:
        self.offer_channels()
        self.query_one("#entity").focus()

    def selection_changed(self) -> None:
        self.offer_channels()

    def resources(self) -> Collection[ResourceName]:
        return self.selection.names if self.selection is not None else ()

    def pairs(self) -> Iterable[tuple[str, str | None]]:
        yield (
            self.query_one("#application-field", IdField).value or DEFAULT_APPLICATION,
            self.query_one("#entity-field", IdField).value or None,
        )
