"""How measurements are written down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement: the median of `values` against the median of `floors`, both in milliseconds."""

    what: str
    values: tuple[float, ...]
    floors: tuple[float, ...]
    bar: float
    """The ratio it should not exceed."""


def median(values: tuple[float, ...]) -> float:
    return sorted(values)[len(values) // 2]


def table(lines: list[Line]) -> str:
    """The lines as a Markdown table."""
    head = "| what | ms | floor ms | ratio | bar |\n|---|---|---|---|---|"
    rows = [
        f"| {line.what} | {median(line.values):.2f} | {median(line.floors):.2f} "
        f"| {median(line.values) / median(line.floors):.2f} | {line.bar} |"
        for line in lines
    ]
    return "\n".join([head, *rows])
