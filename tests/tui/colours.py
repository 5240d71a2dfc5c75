"""How colours look: contrast as WCAG 2 has it, and distances as eyes without one kind of cone see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.color import Color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.theme import Theme

# Machado, Oliveira and Fernandes (2009), severity 1.0, of linear RGB.
CONES: dict[str, Sequence[Sequence[float]]] = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def variables(theme: Theme) -> dict[str, str]:
    """What styles see under `theme`."""
    return {**theme.to_color_system().generate(), **theme.variables}


def linear(color: Color) -> list[float]:
    return [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]


def luminance(color: Color) -> float:
    """Relative luminance as WCAG 2 defines it."""
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lab(color: Color, cones: str) -> list[float]:
    """CIELAB of what eyes see of `color` that have only these cones."""
    rgb = linear(color)
    red, green, blue = (
        min(1.0, max(0.0, sum(part * share for part, share in zip(rgb, row, strict=True))))
        for row in CONES[cones]
    )
    white = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in white)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def distance(one: str, other: str, cones: str) -> float:
    """CIE76: 2 is just noticeable, 10 seen at a glance."""
    pairs = zip(lab(Color.parse(one), cones), lab(Color.parse(other), cones), strict=True)
    return float(sum((here - there) ** 2 for here, there in pairs) ** 0.5)
