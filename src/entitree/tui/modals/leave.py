"""The questions before leaving while a job runs, and before a job is ended for good."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from entitree.text import visible
from entitree.tui.modals.dialog import Dialog
from entitree.tui.widgets.row_source import thousands

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entitree.changes.jobs import Job


class Leaving(Enum):
    """How to leave."""

    AS_IT_IS = "leave it running; where it cannot, stop it"
    PAUSE = "pause it first"


class LeaveDialog(Dialog["Leaving | None"]):
    """Answers how to leave; None: not at all. Opens on staying."""

    heading = "A job is running"

    def __init__(self, title: str, *, stops: bool, ends: str | None) -> None:
        """`title` of the job; with `stops` it cannot go on alone. `ends`: what ends it when one logs out."""
        super().__init__()
        self._title = title
        self._stops = stops
        self._ends = ends

    def fields(self) -> Iterable[Widget]:
        if self._title:
            yield Static(Content(visible(self._title)), id="whole-id")
        if self._stops:
            told = (
                "This is a demo: leaving stops it after what has already been sent. What was done stays done,"
                " and the journal keeps what was not."
            )
        else:
            told = (
                "It goes on without the app, and the next start shows where it is. Paused, it sends nothing"
                " more until somebody resumes it."
            )
        yield Static(Content(told))
        if self._ends and not self._stops:
            yield Static(Content(f"\n{self._ends}"))

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#cancel", Button).label = "Stay"
        self.query_one("#submit", Button).label = "Stop it and leave" if self._stops else "Leave it running"
        if not self._stops:
            self.query_one("#buttons", Horizontal).mount(
                Button("Pause it and leave", id="pause", compact=True), before="#submit"
            )
        self.set_focus(self.query_one("#cancel"))

    def submit(self) -> None:
        self.dismiss(Leaving.AS_IT_IS)

    @on(Button.Pressed, "#pause")
    def _paused(self) -> None:
        self.dismiss(Leaving.PAUSE)


class EndJobDialog(Dialog["bool | None"]):
    """Answers whether a job is to be ended for good. Opens on keeping it."""

    heading = "End this job?"
    submit_label = "End the job"

    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job

    def fields(self) -> Iterable[Widget]:
        job = self._job
        yield Static(Content(visible(job.title)), id="whole-id")
        yield Static(
            Content(
                f"{thousands(job.done)} of {thousands(job.steps)} steps are done and stay so;"
                f" {thousands(job.left)} will not be sent. It cannot be resumed then, only tried again (f)."
            )
        )

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#cancel", Button).label = "Keep it"
        self.set_focus(self.query_one("#cancel"))

    def submit(self) -> None:
        self.dismiss(True)
