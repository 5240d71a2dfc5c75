"""Frames put together from what is seen.

Textual draws each widget of a screen for each frame, also the containers that their children cover wholly and
what lies beside the change, and cuts every line of them into pieces. Over half of the time of a small frame
goes there.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, cast

from textual._compositor import Compositor
from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.strip import Strip

    Pieces = dict[int, Strip | None]
    """What a line is put together from, by the cell where it begins; None is what is not there yet."""


class FrontFirst(Compositor):
    """Asks a widget only for lines of which something is seen inside of what changed. What it puts together
    there is what Textual would.
    """

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> Sequence[Mapping[int, Strip]]:
        lines: list[Pieces] = [dict.fromkeys(cuts[:-1]) for cuts in self.cuts]
        missing = {
            y: [start for start, end in pairwise(cuts) if start < crop.right and end > crop.x]
            for y, cuts in enumerate(self.cuts)
            if crop.y <= y < crop.bottom and is_rendered_line(y)
        }
        # Those in front come first.
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            first, last = seen.column_span
            wanted = [y for y in seen.line_range if any(first <= x < last for x in missing.get(y, ()))]
            if not wanted:
                continue
            top, bottom = wanted[0], wanted[-1] + 1
            strips = widget.render_lines(Region(seen.x - region.x, top - region.y, seen.width, bottom - top))
            for y in wanted:
                _fill(lines[y], strips[y - top], [cut for cut in self.cuts[y] if first <= cut <= last])
                missing[y] = [x for x in missing[y] if lines[y][x] is None]
        # What Textual's says of itself too: outside of `crop` there is None.
        return cast("Sequence[Mapping[int, Strip]]", lines)


def _fill(line: Pieces, strip: Strip, cuts: list[int]) -> None:
    """Puts the pieces of `strip`, which reaches over `cuts`, where there is nothing yet."""
    pieces = strip.divide([cut - cuts[0] for cut in cuts[1:]])
    for cut, piece in zip(cuts, pieces, strict=False):
        if line[cut] is None:
            line[cut] = piece
