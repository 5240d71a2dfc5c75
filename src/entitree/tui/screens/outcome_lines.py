"""What became of a job, as lines to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.changes.jobs import StepState
from entitree.text import visible
from entitree.tui.widgets.found_pane import PLURAL, thousands
from entitree.tui.widgets.report import ReportLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.changes.impact import Impact
    from entitree.changes.jobs import StepRecord
    from entitree.changes.worker import JobResult
    from entitree.inventory.model import Kind

_SECTIONS = (
    (StepState.FAILED, "FAILED", "problem"),
    (StepState.UNKNOWN, "MAY OR MAY NOT HAVE HAPPENED", "problem"),
    (StepState.INFLIGHT, "MAY OR MAY NOT HAVE BEEN SENT", "problem"),
    (StepState.SKIPPED, "LEFT ALONE", "reset"),
    (StepState.PLANNED, "NOT SENT", "reset"),
    (StepState.DONE, "DONE", "addition"),
)


def outcome_lines(result: JobResult, steps: Sequence[StepRecord]) -> list[ReportLine]:
    """Every step under what became of it, what needs attention first."""
    lines: list[ReportLine] = []
    if result.reason:
        lines.append(ReportLine("section", ("PAUSED", visible(result.reason)), "problem"))
    for state, title, tone in _SECTIONS:
        found = [each for each in steps if each.state is state]
        if found:
            if lines:
                lines.append(ReportLine("blank"))
            lines.append(ReportLine("section", (f"{title} {len(found)}",), tone))
            lines += _rows(found)
    return lines


def deleted(kind: Kind, steps: Sequence[StepRecord], shown: Impact) -> str:
    """The sentence for a deletion that went well."""
    # What was detached or moved before goes without saying.
    gone = [each for each in steps if each.step.id is not None]
    absent = sum(1 for each in gone if each.sentence)
    items = f"{thousands(len(gone))} {kind.value if len(gone) == 1 else PLURAL[kind]}"
    count = len(shown.removals)
    them = "it" if len(gone) == 1 else "them"
    also = f", and {thousands(count)} configuration{'' if count == 1 else 's'} with {them}" if count else ""
    already = f" {thousands(absent)} of them had gone before." if absent else ""
    return f"{items}{also}.{already}"


def _rows(found: Iterable[StepRecord]) -> Iterable[ReportLine]:
    for each in found:
        yield ReportLine("row", (visible(each.step.title), visible(each.sentence)))
