"""How measurements are written down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Unit(Enum):
    """What the numbers of a line are."""

    MILLISECONDS = "ms"
    SECONDS = "s"
    MEBIBYTES = "MiB"
    PERCENT = "%"
    COUNT = ""
    BYTES = "B"


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement: the median of `values`, beside the median of `floors` in the same unit."""

    what: str
    values: tuple[float, ...] = ()
    floors: tuple[float, ...] = ()
    """What it is held against, measured in the same run; empty where there is nothing to hold it against."""
    bar: float | None = None
    """The ratio it should not exceed."""
    per_second: bool = False
    """Of milliseconds: shown as how often a second it goes; the ratio remains one of times."""
    unit: Unit = Unit.MILLISECONDS
    against: str = ""
    """What the floor is, or the peer."""
    most: float | None = None
    """What the value itself should not exceed."""
    least: float | None = None
    """What the value itself should reach."""
    note: str = ""
    """Why there is no floor or no value, in a few words."""


def median(values: tuple[float, ...]) -> float:
    return sorted(values)[len(values) // 2]


def table(lines: list[Line]) -> str:
    """The lines as a Markdown table."""
    head = "| what | value | floor or peer | ratio | bar |\n|---|---:|---:|---:|---|"
    return "\n".join([head, *(f"| {' | '.join(_cells(line))} |" for line in lines)])


def missed(line: Line) -> bool:
    """Whether a bar of the line was not met; one that could not be measured misses none."""
    if not line.values:
        return False
    value, ratio = median(line.values), _ratio(line)
    return (
        (line.most is not None and value > line.most)
        or (line.least is not None and value < line.least)
        or (line.bar is not None and ratio is not None and ratio > line.bar)
    )


def _cells(line: Line) -> tuple[str, ...]:
    value = _shown(line.values, line) if line.values else "–"
    floor = " ".join(filter(None, (_shown(line.floors, line) if line.floors else "", line.against)))
    ratio = _ratio(line)
    return (
        line.what,
        value,
        "; ".join(filter(None, (floor, line.note))),
        "" if ratio is None else f"{ratio:.2f}",
        _bar(line),
    )


def _ratio(line: Line) -> float | None:
    if not line.values or not line.floors or not median(line.floors):
        return None
    return median(line.values) / median(line.floors)


def _bar(line: Line) -> str:
    bars = [] if line.bar is None else [f"≤ {line.bar:.3g}×"]
    bars += [] if line.most is None else [f"≤ {line.most:g} {line.unit.value}".rstrip()]
    bars += [] if line.least is None else [f"≥ {line.least:g} {line.unit.value}".rstrip()]
    return ", ".join(bars) + (" **missed**" if missed(line) else "")


def _shown(values: tuple[float, ...], line: Line) -> str:
    middle = median(values)
    if line.per_second:
        return f"{1_000 / middle:,.0f}/s"
    if line.unit is Unit.COUNT:
        return f"{middle:,.0f}"
    if line.unit is Unit.BYTES:
        return f"{middle:,.0f} B"
    return f"{middle:,.{1 if middle >= 100 or line.unit is Unit.PERCENT else 2}f} {line.unit.value}"
