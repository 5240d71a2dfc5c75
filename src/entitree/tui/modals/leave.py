"""The question before leaving while a job runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from entitree.tui.modals.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget


class LeaveDialog(Dialog[bool | None]):
    """Answers whether to leave and stop the job."""

    heading = "A job is running"
    submit_label = "Stop it and leave"

    def fields(self) -> Iterable[Widget]:
        yield Static(
            Content(
                "Leaving stops it after what has already been sent. What was done stays done, and the "
                "journal keeps what was not."
            )
        )

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#cancel").focus()

    def submit(self) -> None:
        self.dismiss(True)
