"""The commands of the main screen, in the order palette and help list them."""

from __future__ import annotations

from entitree.tui.commands import bulk, changing, finding, keys, listing, marking, moving, program

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
    finding.Filter,
    finding.Escape,
    finding.Palette,
    finding.SortNext,
    finding.SortTurn,
    program.Refresh,
    program.RefreshAll,
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
    program.Help,
    program.Connect,
    program.NextTheme,
    program.Repaint,
    program.Quit,
)
