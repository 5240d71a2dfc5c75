"""What the status line and the empty list say about the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.inventory.model import Family, FamilyState, Kind
from entitree.text import visible
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.status_line import Badge, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from entitree.settings.profile import Profile

_OF_KIND = {Kind.APPLICATION: Family.APPLICATIONS, Kind.ENTITY: Family.ENTITIES}


def badges(profile: Profile) -> tuple[Badge, ...]:
    """What kind of account it is, as words."""
    is_sandbox = profile.kind.value == "SANDBOX"
    kind = Badge(profile.kind.value, "sandbox" if is_sandbox else "prod")
    return (kind, Badge("READ-ONLY", "readonly")) if profile.read_only else (kind,)


def rate(limits: float | None) -> str:
    """The pace the profile allows itself."""
    return "no limit" if limits is None else f"{limits:.3g}/s"


def segments(
    profile: Profile,
    families: Mapping[Family, FamilyState],
    *,
    reading: str,
    job: str,
    clock: Callable[[datetime], str],
) -> tuple[Segment, ...]:
    """The right end of the status line."""
    listed = [state for state in families.values() if state.family is not Family.INBOUND]
    refused = [state.family.value for state in listed if state.refused]
    unread = [
        state.family.value for state in listed if state.problem and not state.read and not state.refused
    ]
    odd = [state.family.value for state in listed if state.problem and state.read]
    problem = _listed("not read", unread, len(listed)) or _listed("not whole", odd, len(listed))
    expected = [state for state in listed if not state.refused]
    times = [state.read_at for state in expected if state.read_at is not None]
    synced = f"synced {clock(min(times))}" if len(times) == len(expected) and times else ""
    return (
        Segment(job, weight=5),
        Segment(problem, weight=4, problem=True),
        Segment(_listed("not allowed", refused, len(listed)), weight=2),
        Segment(rate(profile.limits), weight=1),
        Segment(reading or synced, weight=3),
    )


def state_of(state: FamilyState) -> str:
    """How well a family is known, in a word or two."""
    if state.refused:
        return "not allowed"
    if state.failed:
        return "failed"
    if state.read_at is None:
        return "never read"
    return "whole" if state.whole else "partial"


def _listed(what: str, names: Sequence[str], most: int) -> str:
    if not names:
        return ""
    return f"{what}: {', '.join(names) if len(names) < 3 else f'{len(names)} of {most}'}"


def placeholder(kind: Kind, state: FamilyState | None, *, filtered: bool, total: int, reading: bool) -> str:
    """What stands in the list where there are no rows."""
    plural = _OF_KIND[kind].value
    if filtered and total:
        return f"No {plural} match the filter. Escape clears it."
    if reading:
        return f"Reading the {plural} …"
    if state is not None and state.problem:
        return f"The {plural} could not be read. {visible(state.problem)} {said('refresh', 'r')} tries again."
    if state is None or state.read_at is None:
        return f"The {plural} were never read. {said('refresh', 'r')} reads them."
    return f"No {plural} yet. {said('new', 'n')} makes one."
