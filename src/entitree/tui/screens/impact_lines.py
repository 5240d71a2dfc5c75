"""An impact in words: what goes and why, what is reset, what stays, what it costs, what has to be typed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from entitree.changes.impact import Because, pair
from entitree.inventory.model import AssociationRow, Kind, StrategyRow, SubscriptionRow
from entitree.text import visible
from entitree.tui.widgets.found_pane import thousands
from entitree.tui.widgets.report import ReportLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.changes.impact import Impact, Removal
    from entitree.changes.plan import Plan

_BLANK = ReportLine("blank")
TYPED_WHOLE = 40
"""Longest id, in characters, that is confirmed by typing it; longer or odder ones by `delete 1`."""


def confirmation(ids: Sequence[str]) -> str:
    """What has to be typed to delete `ids`."""
    if len(ids) == 1 and len(ids[0]) <= TYPED_WHOLE and ids[0].isascii() and ids[0].isprintable():
        return ids[0]
    return f"delete {len(ids)}"


def cost(made: Plan, limits: float | None) -> str:
    """What a plan costs at the allowed rate."""
    what = made.cost(limits)
    reads = f" + {thousands(what.reads)} re-reads" if what.reads else ""
    seconds = math.ceil(what.seconds)
    time = f", ~{seconds} s" if seconds < 120 else f", ~{math.ceil(seconds / 60)} min"
    return f"{thousands(what.writes)} delete{'' if what.writes == 1 else 's'}{reads}{time if seconds else ''}"


def impact_lines(impact: Impact) -> list[ReportLine]:
    """Every line of the screen, in reading order."""
    lines = [*_removed(impact), *_reset(impact), *_stays(impact), *_not_checked(impact)]
    return lines[1:] if lines and lines[0] is _BLANK else lines


def narrowed(lines: Sequence[ReportLine], text: str) -> list[ReportLine]:
    """The rows that hold every word of `text`, under their headings."""
    words = text.casefold().split()
    if not words:
        return list(lines)
    kept: list[ReportLine] = []
    heads: list[ReportLine] = []
    for line in lines:
        if line.look in ("section", "group"):
            # A heading waits until a row of its own is kept.
            heads = (
                [line]
                if line.look == "section"
                else [*[head for head in heads if head.look == "section"], line]
            )
        elif line.look != "blank" and all(word in line.whole.casefold() for word in words):
            kept += [*heads, line]
            heads = []
    return kept


def _removed(impact: Impact) -> Iterable[ReportLine]:
    count = len(impact.removals)
    if not count:
        yield ReportLine("section", ("NOTHING IS TIED TO IT", "no association, strategy or subscription"))
        return
    yield ReportLine("section", (f"WILL BE REMOVED {count}", "what, tied to what, because"), "removal")
    families = (
        ("Resource associations", impact.associations),
        ("Sending strategies", impact.strategies),
        ("Subscriptions", impact.subscriptions),
    )
    for title, removals in families:
        if not removals:
            continue
        yield ReportLine("group", (title, str(len(removals))))
        for removal in removals:
            yield ReportLine(
                "row",
                (_what(removal), _tied(removal, impact), _because(removal, impact)),
                aside=_aside(removal),
            )
            if removal.warning:
                yield ReportLine("warning", (f"! {visible(removal.warning)}",))


def _tied(removal: Removal, impact: Impact) -> str:
    """What it is tied to. Where one id goes, that one is `it`: the other half is what tells rows apart."""
    what = removal.what
    rows = what.criteria if isinstance(what, SubscriptionRow) else (what,)
    own = impact.ids[0] if len(impact.ids) == 1 else None
    is_application = impact.kind is Kind.APPLICATION

    def words(application: str | None, entity: str | None) -> str:
        if own is not None and own == (application if is_application else entity):
            return pair("it", entity) if is_application else pair(application, "it")
        return pair(application, entity)

    return visible(", ".join(words(row.application_id, row.entity_id) for row in rows))


def _because(removal: Removal, impact: Impact) -> str:
    if removal.because is Because.HALF:
        return "half of it goes"
    return "names it" if len(impact.ids) == 1 else visible(removal.reason)


def _what(removal: Removal) -> str:
    match removal.what:
        case AssociationRow(channel=channel, resource_id=resource_id):
            return visible(f"{channel}  {resource_id}")
        case StrategyRow(id=name, channel=channel, country=country):
            to = f"→ {country}" if country else None
            return visible("  ".join(filter(None, (name, " ".join(filter(None, (channel, to)))))))
        case SubscriptionRow(channel=channel, id=name):
            return visible(f"{channel}  {name}")


def _aside(removal: Removal) -> str:
    kind = f"{removal.what.resource_type.lower()}   " if isinstance(removal.what, AssociationRow) else ""
    return visible(f"{', '.join(removal.pairs)}   {kind}{removal.reason}")


def _reset(impact: Impact) -> Iterable[ReportLine]:
    if not impact.resets:
        return
    yield _BLANK
    yield ReportLine(
        "section",
        (
            f"WILL BE RESET {len(impact.resets)}",
            "to the default application: inbound messages lose these ids",
        ),
        "reset",
    )
    for reset in impact.resets:
        channels = ", ".join(map(visible, reset.channels))
        yield ReportLine("row", (visible(reset.resource_id), channels), aside=f"{channels}   {reset.why}")


def _stays(impact: Impact) -> Iterable[ReportLine]:
    yield _BLANK
    yield ReportLine("section", ("STAYS", ", ".join(impact.stays)))


def _not_checked(impact: Impact) -> Iterable[ReportLine]:
    if not impact.not_checked:
        return
    yield _BLANK
    yield ReportLine(
        "section", (f"NOT CHECKED {len(impact.not_checked)}", "may be tied to it as well"), "problem"
    )
    for each in impact.not_checked:
        yield ReportLine("note", (visible(each.what), visible(each.why)))
