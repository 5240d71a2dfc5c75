"""The commands of the main screen, in the order palette and help list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.tui.commands import bulk, changing, copying, finding, keys, listing, marking, moving, program
from entitree.tui.commands.command import Group

if TYPE_CHECKING:
    from entitree.tui.commands.command import Command

MAIN_COMMANDS = (
    changing.New,
    listing.NewList,
    changing.Alias,
    listing.EditList,
    changing.Delete,
    changing.Impact,
    bulk.Associate,
    bulk.Dissociate,
    moving.Move,
    keys.Bind,
    keys.Enable,
    copying.Copy,
    copying.CopyRows,
    copying.Export,
    finding.Filter,
    finding.Escape,
    program.Palette,
    finding.SortNext,
    finding.SortTurn,
    program.Refresh,
    program.RefreshAll,
    program.StopReading,
    program.Mirror,
    marking.Mark,
    marking.MarkRange,
    marking.MarkAll,
    marking.Invert,
    marking.Unmark,
    finding.ShowApplications,
    finding.ShowEntities,
    finding.ShowResources,
    finding.ShowKeys,
    finding.Tree,
    finding.Back,
    finding.Forward,
    program.Log,
    program.Help,
    program.ChooseProfile,
    program.Connect,
    program.Theme,
    program.Lean,
    program.Screenshot,
    program.Repaint,
    program.Quit,
)


def belongs(command: type[Command[Any]], *, on_jobs: bool, on_keys: bool) -> bool:
    """Whether the footer offers it: on the tab of the jobs what is for jobs, on that of the keys what is for
    keys, on the others the rest; what changes nothing everywhere but with the jobs.
    """
    if on_jobs or command.group is Group.JOBS:
        return on_jobs and command.for_jobs
    return command.group is not Group.CHANGE or issubclass(command, keys.OnKeys) is on_keys
