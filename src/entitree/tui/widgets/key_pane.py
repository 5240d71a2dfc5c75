"""The tab of the API keys: what each is bound to, whether it may be used and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.model import Family, FamilyState, KeyRow, Kind
from entitree.inventory.subjects import KeyTies
from entitree.text import visible
from entitree.tui.place import KEY, Place
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.key_source import KeyShelf
from entitree.tui.widgets.marking_pane import MarkingPane

if TYPE_CHECKING:
    from entitree.inventory.store import Store

KEYS = "keys"
"""Name of the tab."""


class KeyPane(MarkingPane[str, KeyRow]):
    """API keys, by name."""

    no_new = "Keys are made in the portal: a key shows its secret only once."
    no_change = "This is for applications and entities: they are in their own tabs, 1 and 2."
    families = (Family.KEYS,)
    """What is read for this tab."""
    selected: tuple[str, ...] = ()
    """No applications or entities are selected here."""

    def __init__(self, store: Store, *, id: str = KEYS) -> None:
        super().__init__(KeyShelf(store), id=id)

    @property
    def kind(self) -> Kind:
        """Raises LookupError: there is none here. Ask `no_new` or `no_change` first."""
        raise LookupError(self.no_change)

    @property
    def place(self) -> Place | None:
        """Where the cursor is."""
        return Place(None, self.row.id, KEY) if self.row is not None else None

    @property
    def subject(self) -> KeyTies | None:
        """What the tree shows."""
        return KeyTies(self.row.id) if self.row is not None else None


def keys_placeholder(state: FamilyState, *, filtered: bool, total: int, reading: bool) -> str:
    """What stands in the list where there are no rows."""
    if filtered and total:
        return "No keys match the filter. Escape clears it."
    if reading:
        return "Reading the API keys …"
    if state.refused:
        return (
            "This profile may not read API keys (403): no key may, only a user or an OAuth2 client with the"
            " right role. Add a user and password to the profile: :connect, or config.toml."
        )
    if state.problem:
        return f"The API keys could not be read. {visible(state.problem)} {said('refresh', 'r')} tries again."
    if state.read_at is None:
        return f"The API keys were never read. {said('refresh', 'r')} reads them."
    return "No API keys: the account has none."
