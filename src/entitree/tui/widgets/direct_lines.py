"""Lines that go to the screen as their widget draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.strip import Strip
    from textual.widget import Widget
else:
    # Textual takes styles from the first of the bases that is a widget.
    Widget = object


class DirectLines(Widget):
    """To be put before a widget whose `render_line` gives each line whole and in its final colours: one that
    has neither border nor padding. It is drawn without what Textual does for those, which takes longer than
    most of the lines.
    """

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - that of any widget
        self._drawn: dict[int, Strip] = {}
        super().__init__(*args, **options)

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.opacity != 1:
            return super().render_lines(crop)
        drawn, width = self._drawn, self.size.width
        strips: list[Strip] = []
        for y in crop.line_range:
            strip = drawn.get(y)
            if strip is None:
                strip = drawn[y] = self.render_line(y)
            strips.append(strip)
        background = self.background_colors[1]
        for each in self.get_line_filters():
            strips = [strip.apply_filter(each, background) for strip in strips]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _set_dirty(self, *regions: Region) -> None:
        super()._set_dirty(*regions)
        if not regions:
            self._drawn.clear()
        for region in regions:
            for y in region.line_range:
                self._drawn.pop(y, None)
