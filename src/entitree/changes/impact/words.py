"""What both faces say of an impact in the same words. Ids in them are raw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.model import Family

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from entitree.changes.impact.model import Impact, InUse, Unwalked, Use

    Clock = Callable[[datetime], str]

RECREATION = "Messages still sent with an id may create it again, empty, with the id as alias."

_NAMES = {
    Family.KEYS: "API keys",
    Family.NUMBERS: "numbers' own link",
}


def not_checked(impact: Impact) -> Iterator[tuple[str, str]]:
    """What could not be looked at, and why with how to change that, but for what `unwalked` says."""
    logs = impact.in_use.not_checked if impact.in_use is not None else ()
    for each in (*impact.not_checked, *logs):
        yield _NAMES.get(each.family, each.what) if each.family is not None else each.what, each.why


def unwalked(left: Unwalked, clock: Clock) -> tuple[str, str]:
    """The inbound configurations that were not looked at, and why."""
    what = f"inbound configurations of {_counted(left.resources, 'resource')}"
    why = "no list holds them, and they are not of numbers tied to these ids"
    if left.tied:
        why = f"no list holds them; {thousands(left.tied)} are numbers tied to these ids"
    when = "never all read" if left.walked_at is None else f"all read at {clock(left.walked_at)}"
    return what, f"{when}; {why}"


def messages(use: Use, clock: Clock) -> str:
    """How much, and when last: `1,204 messages in 48 h, the last at 14:02`."""
    count = f"{thousands(use.messages)}{'+' if use.more else ''}"
    noun = "message" if use.messages == 1 and not use.more else "messages"
    last = "" if use.last is None else f", the last at {clock(use.last)}"
    return f"{count} {noun} in 48 h{last}"


def sampled(use: InUse) -> str:
    """Which ids were looked at, where not all were."""
    looked = f"{thousands(len(use.sampled))} of {thousands(use.of)}"
    return f"looked at {looked} ids, those with the most tied to them"


def _counted(count: int, noun: str) -> str:
    return f"{thousands(count)} {noun}{'' if count == 1 else 's'}"


def thousands(number: int) -> str:
    """`number` with its thousands apart."""
    return f"{number:,}".replace(",", " ")
