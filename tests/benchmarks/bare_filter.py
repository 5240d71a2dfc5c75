"""The floor of a filter: an input over lines that all say what is in it. Nothing is sought."""

from __future__ import annotations

import os

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")

from rich.segment import Segment
from textual import on
from textual.app import App, ComposeResult
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Input


class Lines(ScrollView):
    said = ""

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(f" line-{y} {self.said} ".ljust(self.size.width), self.rich_style)])


class BareFilter(App[None]):
    def compose(self) -> ComposeResult:
        yield Input()
        yield Lines()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        lines = self.query_one(Lines)
        lines.said = event.value
        lines.refresh()


if __name__ == "__main__":
    BareFilter().run()
