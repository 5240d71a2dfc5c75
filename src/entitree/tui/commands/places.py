"""Every place where keys are pressed: the screens, and the parts of them that can have the keyboard.

For whoever must know all of them at once: the settings' keys, the sheet of keys. It imports every screen, and
so nothing imports it before the first frame without need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entitree.tui.app import EntitreeApp
from entitree.tui.modals.associate import AssociateDialog
from entitree.tui.modals.connect import ConnectDialog
from entitree.tui.modals.create import NewDialog
from entitree.tui.modals.create_many import CreateManyDialog
from entitree.tui.modals.dialog import Dialog
from entitree.tui.modals.hidden import HiddenDialog
from entitree.tui.modals.move import MoveDialog
from entitree.tui.modals.planning import PlanningDialog
from entitree.tui.modals.profiles import ProfileChooser
from entitree.tui.modals.theme import ThemeChooser
from entitree.tui.screens.help import HelpScreen
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.job import JobScreen
from entitree.tui.screens.log import LogScreen
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.mirror import MirrorScreen
from entitree.tui.screens.palette import Palette
from entitree.tui.screens.plan import PlanScreen
from entitree.tui.screens.request import RequestScreen
from entitree.tui.screens.shown_text import ShownText
from entitree.tui.widgets.bound import bindings_of, keys_of
from entitree.tui.widgets.filter_line import FilterLine
from entitree.tui.widgets.id_field import IdEntry
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.link_tree import LinkTree
from entitree.tui.widgets.pasted_list import PastedList
from entitree.tui.widgets.profile_list import ProfileList
from entitree.tui.widgets.report import Report
from entitree.tui.widgets.tick import Tick
from entitree.tui.widgets.tree_lines import TreeLines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.dom import DOMNode
    from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Spot:
    """A screen, and what of it can have the keyboard: each from the inside outwards."""

    screen: type[Screen[Any]]
    parts: tuple[tuple[type[DOMNode], ...], ...] = ((),)


LIST, FILTER = (ItemList,), (FilterLine,)

SPOTS = (
    Spot(MainScreen, (LIST, (TreeLines, LinkTree), FILTER, (FilterLine, LinkTree))),
    Spot(MirrorScreen, (LIST,)),
    Spot(PlanScreen, ((), LIST, FILTER)),
    Spot(JobScreen, (LIST, FILTER)),
    Spot(ImpactScreen, ((), (Report,))),
    Spot(LogScreen, (LIST, FILTER)),
    Spot(RequestScreen),
    Spot(ShownText),
    Spot(HelpScreen),
    Spot(Palette),
    Spot(ThemeChooser),
    Spot(ProfileChooser, ((ProfileList,),)),
    Spot(Dialog, ((), LIST, FILTER, (Tick,), (IdEntry,))),
    Spot(ConnectDialog, ((), (Tick,))),
    Spot(NewDialog),
    Spot(CreateManyDialog, ((), (PastedList,))),
    Spot(AssociateDialog, ((), LIST, FILTER, (Tick,), (IdEntry,))),
    Spot(PlanningDialog),
    Spot(MoveDialog, ((), (IdEntry,))),
    Spot(HiddenDialog),
)

_TYPING = (FilterLine, IdEntry, Palette, ThemeChooser, Dialog, PlanScreen, ImpactScreen, Tick, PastedList)
"""Where a field has the keyboard, or takes it with the first letter."""


def grounds() -> list[Mapping[str, tuple[str, ...]]]:
    """What can be pressed at each place at the same time."""
    app = bindings_of(EntitreeApp)
    return [
        {
            name: keys_of(binding)
            for cls in reversed((*part, spot.screen))
            for name, binding in (app | bindings_of(cls)).items()
        }
        for spot in SPOTS
        for part in spot.parts
    ]


def typed() -> frozenset[str]:
    """What is only ever pressed where letters are text, or before any field is asked."""
    typing: set[str] = set()
    free: set[str] = set()
    for spot in SPOTS:
        for part in spot.parts:
            classes: tuple[type[DOMNode], ...] = (*part, spot.screen, EntitreeApp)
            for cls in classes:
                for name, binding in bindings_of(cls).items():
                    (typing if binding.priority or issubclass(cls, _TYPING) else free).add(name)
    return frozenset(typing - free)
