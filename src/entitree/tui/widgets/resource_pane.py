"""The tab of the resources: numbers, senders and domains, each with the pairs it serves and its own link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.model import Family, FamilyState, Kind, ResourceLine
from entitree.inventory.subjects import ResourceTies
from entitree.text import visible
from entitree.tui.place import Place, ResourceName
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.marking_pane import MarkingPane
from entitree.tui.widgets.resource_source import ResourceShelf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entitree.inventory.store import Store

RESOURCES = "resources"
"""Name of the tab."""


class ResourcePane(MarkingPane[ResourceName, ResourceLine]):
    """What can send or receive: what the account owns, and what associations name beside that."""

    no_new = "Applications and entities are made in their own tabs, 1 and 2."
    no_change = "This is for applications and entities: they are in their own tabs, 1 and 2."
    families = (Family.ASSOCIATIONS, Family.NUMBERS, Family.SENDERS, Family.DOMAINS)
    """What is read for this tab."""
    selected: tuple[str, ...] = ()
    """No applications or entities are selected here."""

    def __init__(self, store: Store, *, id: str = RESOURCES) -> None:
        super().__init__(ResourceShelf(store), id=id)

    @property
    def kind(self) -> Kind:
        """Raises LookupError: there is none here. Ask `no_new` or `no_change` first."""
        raise LookupError(self.no_change)

    @property
    def place(self) -> Place | None:
        """Where the cursor is."""
        return Place(None, self.row.resource.id, self.row.resource.type) if self.row is not None else None

    @property
    def subject(self) -> ResourceTies | None:
        """What the tree shows."""
        return ResourceTies(*self.shelf.name(self.row)) if self.row is not None else None

    def told(self, name: ResourceName) -> str:
        return visible(name[1])


def resources_placeholder(
    states: Mapping[Family, FamilyState], *, filtered: bool, total: int, reading: bool
) -> str:
    """What stands in the list where there are no rows."""
    if filtered and total:
        return "No resources match the filter. Escape clears it."
    if reading:
        return "Reading the resources …"
    of = [states[family] for family in ResourcePane.families if family in states]
    problems = [state.problem for state in of if state.problem]
    if problems:
        return f"The resources could not be read. {visible(problems[0])} {said('refresh', 'r')} tries again."
    if not any(state.read_at for state in of):
        return f"The resources were never read. {said('refresh', 'r')} reads them."
    return "No resources: the account owns none, and no association names any."
