"""How measurements are written down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement: the median of `values` against the median of `floors`, both in milliseconds."""

    what: str
    values: tuple[float, ...]
    floors: tuple[float, ...]
    bar: float | None = None
    """The ratio it should not exceed."""
    per_second: bool = False
    """Shown as how often a second it goes; the ratio remains one of times."""


def median(values: tuple[float, ...]) -> float:
    return sorted(values)[len(values) // 2]


def table(lines: list[Line]) -> str:
    """The lines as a Markdown table."""
    head = "| what | value | floor | ratio | bar |\n|---|---|---|---|---|"
    rows = [
        f"| {line.what} | {_shown(line.values, line)} | {_shown(line.floors, line)} "
        f"| {median(line.values) / median(line.floors):.2f} | {'' if line.bar is None else line.bar} |"
        for line in lines
    ]
    return "\n".join([head, *rows])


def _shown(values: tuple[float, ...], line: Line) -> str:
    return f"{1_000 / median(values):,.0f}/s" if line.per_second else f"{median(values):.2f} ms"
