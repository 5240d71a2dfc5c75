"""The floor of the first frame: a Textual app with tabs, header, footer and an empty table."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header, TabbedContent, TabPane


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Header()
        with TabbedContent(), TabPane("Applications"):
            yield DataTable[str]()
        yield Footer()


if __name__ == "__main__":
    Bare().run()
