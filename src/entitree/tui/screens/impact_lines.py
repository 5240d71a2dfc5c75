"""An impact in lines, from what goes and why to what is in use; what it costs, and what has to be typed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from entitree.changes.impact import Because, pair
from entitree.changes.impact.words import RECREATION, messages, not_checked, sampled, unwalked
from entitree.inventory.model import (
    AssociationRow,
    CriterionRow,
    InboundRow,
    Kind,
    LinkRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.text import visible
from entitree.tui.widgets.found_pane import thousands
from entitree.tui.widgets.report import ReportLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entitree.changes.impact import Impact, InUse, Removal, Reset, Stop
    from entitree.changes.impact.words import Clock
    from entitree.changes.plan import Plan

_BLANK = ReportLine("blank")
_SHORT = 8
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
    reads = f" + {thousands(what.reads)} re-read{'' if what.reads == 1 else 's'}" if what.reads else ""
    time = f", {about(what.seconds)}" if math.ceil(what.seconds) else ""
    return f"{thousands(what.writes)} delete{'' if what.writes == 1 else 's'}{reads}{time}"


def about(seconds: float) -> str:
    """How long it takes."""
    whole = math.ceil(seconds)
    return f"~{whole} s" if whole < 120 else f"~{math.ceil(whole / 60)} min"


def impact_lines(impact: Impact, clock: Clock, *, looking: str = "") -> list[ReportLine]:
    """Every line of the screen, in reading order. `looking` is said until it is known what is in use."""
    lines = [
        *_removed(impact),
        *_reset(impact),
        *_stopped(impact),
        *_stays(impact),
        *_not_checked(impact, clock),
        *(_in_use(impact.in_use, clock) if impact.in_use is not None else _looking(looking)),
    ]
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
        yield ReportLine("section", ("NOTHING WILL BE REMOVED", "no association, strategy or subscription"))
        return
    yield ReportLine(
        "section", (f"WILL BE REMOVED {thousands(count)}", "what, tied to what, because"), "removal"
    )
    families = (
        ("Resource associations", impact.associations),
        ("Sending strategies", impact.strategies),
        ("Subscriptions", impact.subscriptions),
    )
    for title, removals in families:
        if not removals:
            continue
        yield ReportLine("group", (title, thousands(len(removals))))
        for removal in removals:
            yield ReportLine(
                "row",
                (_what(removal, impact), _tied(removal, impact), _because(removal, impact)),
                aside=_aside(removal, impact),
            )
            if removal.warning:
                yield ReportLine("warning", (f"! {visible(removal.warning)}",))


def _tied(removal: Removal, impact: Impact) -> str:
    what = removal.what
    return _pairs(what.criteria if isinstance(what, SubscriptionRow) else (what,), impact)


def _pairs(
    rows: Iterable[AssociationRow | StrategyRow | CriterionRow | NumberRow | InboundRow | LinkRow],
    impact: Impact,
) -> str:
    """What it is tied to. Where one id goes, that one is `it`: the other half is what tells rows apart."""
    own = impact.ids[0] if len(impact.ids) == 1 else None
    is_application = impact.kind is Kind.APPLICATION

    def words(application: str | None, entity: str | None) -> str:
        if own is not None and own == (application if is_application else entity):
            return pair("it", entity) if is_application else pair(application, "it")
        return pair(application, entity)

    return visible(", ".join(words(row.application_id, row.entity_id) for row in rows))


def _because(row: Removal | Reset, impact: Impact) -> str:
    if row.because is Because.HALF:
        return "half goes"
    return "names it" if len(impact.ids) == 1 else visible(f"names {', '.join(row.names)}")


def _what(removal: Removal, impact: Impact) -> str:
    match removal.what:
        case AssociationRow(channel=channel, resource_id=resource_id):
            return visible(f"{channel}  {impact.numbers.get(resource_id, resource_id)}")
        case StrategyRow(id=name, channel=channel, country=country):
            to = f"→ {country}" if country else None
            return visible("  ".join(filter(None, (_short(name), " ".join(filter(None, (channel, to)))))))
        case SubscriptionRow(channel=channel, id=name):
            return visible(f"{channel}  {name}")


def _short(name: str) -> str:
    """Of a strategy's 32 letters, which tell people nothing, enough to tell it from others."""
    return name if len(name) <= 2 * _SHORT else f"{name[:_SHORT]}…"


def _aside(removal: Removal, impact: Impact) -> str:
    """Its pairs and why it goes, and what the first column does not say whole."""
    match removal.what:
        case AssociationRow(resource_type=type_, resource_id=id_):
            more = f"{type_.lower()} {id_}" if id_ in impact.numbers else type_.lower()
        case StrategyRow(id=id_):
            more = id_
        case _:
            more = ""
    return visible("   ".join(filter(None, (", ".join(removal.pairs), more, removal.reason))))


def _reset(impact: Impact) -> Iterable[ReportLine]:
    if not impact.resets:
        return
    yield _BLANK
    yield ReportLine(
        "section",
        (f"WILL BE RESET {thousands(len(impact.resets))}", "to the default application, no entity"),
        "reset",
    )
    numbers = [each for each in impact.resets if isinstance(each.what, NumberRow)]
    inbound = [each for each in impact.resets if isinstance(each.what, InboundRow)]
    for title, resets in (("Numbers", numbers), ("Inbound configurations", inbound)):
        if resets:
            yield ReportLine("group", (title, thousands(len(resets))))
        for reset in resets:
            yield ReportLine(
                "row",
                (_which(reset, impact), _pairs((reset.what,), impact), _because(reset, impact)),
                aside=visible(f"{reset.pair}   {reset.reason}"),
            )


def _which(reset: Reset, impact: Impact) -> str:
    match reset.what:
        case NumberRow(number=number, country=country):
            return visible("  ".join(filter(None, (number, country))))
        case InboundRow(channel=channel, resource_id=resource_id, keyword=keyword):
            resource = impact.numbers.get(resource_id, resource_id)
            return visible(f"{channel}  {resource}{f'  {keyword}' if keyword else ''}")


def _stopped(impact: Impact) -> Iterable[ReportLine]:
    ends = [each for each in impact.stops if each.entirely]
    loses = [each for each in impact.stops if not each.entirely]
    for stops, title, tone in ((ends, "WILL STOP WORKING", "removal"), (loses, "WILL LOSE LINKS", "reset")):
        if not stops:
            continue
        yield _BLANK
        yield ReportLine("section", (f"{title} {thousands(len(stops))}", "API keys"), tone)
        for stop in stops:
            yield ReportLine(
                "row",
                (visible(f"key “{stop.what.name}”"), _pairs(stop.lost, impact), _why_stopped(stop)),
                aside=visible("   ".join(filter(None, (stop.reason, stop.note)))),
            )


def _why_stopped(stop: Stop) -> str:
    if stop.note:
        return stop.note
    if not stop.left:
        return "its only link goes" if len(stop.what.links) == 1 else "all its links go"
    return f"{len(stop.lost)} of {len(stop.what.links)} links"


def _stays(impact: Impact) -> Iterable[ReportLine]:
    yield _BLANK
    yield ReportLine("section", ("STAYS", ", ".join(impact.stays)))


def _not_checked(impact: Impact, clock: Clock) -> Iterable[ReportLine]:
    lines = [*not_checked(impact), *((unwalked(impact.unwalked, clock),) if impact.unwalked else ())]
    if not lines:
        return
    yield _BLANK
    yield ReportLine("section", (f"NOT CHECKED {len(lines)}", "may be tied to it as well"), "problem")
    for what, why in lines:
        yield ReportLine("note", (visible(what), visible(why)))


def _in_use(use: InUse, clock: Clock) -> Iterable[ReportLine]:
    yield _BLANK
    logs = ", ".join(use.channels)
    which = f"{sampled(use)}; " if use.is_sample else ""
    if not use.channels:
        yield ReportLine("section", ("IN USE", "not known: no log could be read"), "problem")
    elif not use.used:
        yield ReportLine(
            "section", ("NOT IN USE", f"{which}no message in 48 h, as far as logs of {logs} tell")
        )
    else:
        yield ReportLine(
            "section", (f"IN USE {thousands(len(use.used))}", f"{which}sent by {logs}"), "problem"
        )
    for each in use.used:
        yield ReportLine("note", (visible(each.id), messages(each, clock)))
    if use.used:
        yield ReportLine("warning", (f"! {RECREATION}",))


def _looking(words: str) -> Iterable[ReportLine]:
    if words:
        yield _BLANK
        yield ReportLine("section", ("IN USE", words))
