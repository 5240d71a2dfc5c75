"""The screen of one job: every step with its state, request, answer and time, as it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from entitree.changes.jobs import JobState
from entitree.errors import EntitreeError
from entitree.text import visible
from entitree.tui.commands.command import Command, CommandScreen, Group
from entitree.tui.commands.copying import CopyJob
from entitree.tui.commands.jobs import JOB_COMMANDS, CancelJob, PauseJob
from entitree.tui.commands.program import Help, Palette, Screenshot
from entitree.tui.job_lines import BAD, STEP_COLUMNS, history, step_line, step_text, step_whole, summary
from entitree.tui.job_steps import JobSteps
from entitree.tui.job_watch import state_words
from entitree.tui.pace import Pace
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.item_list import ItemList
from entitree.tui.widgets.key_bar import KeyBar, KeyHint
from entitree.tui.widgets.word_list import WordList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult

    from entitree.account import Account
    from entitree.changes.jobs import Job, StepRecord
    from entitree.tui.app import EntitreeApp


class _Filter(Command["JobScreen"]):
    name = "filter"
    keys = ("slash", "ctrl+f")
    shown_key = "/"
    label = "Filter"
    sentence = "Show only steps that hold some words: of their state, title, request or answer."
    group = Group.FIND
    rank = 50

    @classmethod
    def run(cls, screen: JobScreen) -> None:
        screen.rows.open_filter()


class _Problem(Command["JobScreen"]):
    name = "next-problem"
    keys = ("exclamation_mark",)
    shown_key = "!"
    label = "Next problem"
    sentence = "Go to the next step that failed, is unknown or was left alone."
    group = Group.FIND
    rank = 45

    @classmethod
    def disabled_reason(cls, screen: JobScreen) -> str | None:
        job = screen.job
        if job is None or not job.failed + job.unknown + job.skipped:
            return "No step has failed, is unknown or was left alone."
        return None

    @classmethod
    def run(cls, screen: JobScreen) -> None:
        screen.next_problem()


class _Close(Command["JobScreen"]):
    name = "close"
    keys = ("escape", "q")
    shown_key = "Esc"
    label = "Back"
    sentence = "Clear the filter, or back to where you were: a job that runs goes on."
    group = Group.MOVE
    rank = 42

    @classmethod
    def run(cls, screen: JobScreen) -> None:
        if not screen.rows.clear_filter():
            screen.dismiss(None)


class JobScreen(CommandScreen[None]):
    """A job as it stands in the journal, whichever process runs it. Left, the job goes on."""

    no_job = "The job is still being read. Try again in a moment."

    OFFERED = (*JOB_COMMANDS, _Problem, _Filter, _Close, CopyJob, Palette, Screenshot, Help)
    CSS_PATH = "job.tcss"
    AUTO_FOCUS = "ItemList"
    app: EntitreeApp

    def __init__(self, account: Account, job_id: int) -> None:
        super().__init__()
        self.account = account
        self.job_id = job_id
        self.job: Job | None = None
        self._pace = Pace()
        self._steps = JobSteps(account.desk, job_id)
        self._wanted = self._reading = False
        self._at_work = False
        """Whether it was seen going; then its end is something new."""
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        with Horizontal(id="head"):
            yield Static(id="what")
            yield Static(id="state")
        yield Static(id="summary")
        yield Static(id="history")
        yield Static(id="aside")
        yield WordList["StepRecord"](
            STEP_COLUMNS,
            lambda record: step_line(record, self.app.clock),
            key=lambda record: str(record.step.number),
            text=step_text,
            nothing="Reading the steps …",
        )
        yield Static(id="whole")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(ItemList).cursor_style = (
            self.account.profile.cursor or self.app.accounts.settings.cursor
        )
        watch = self.app.job_watch
        if watch is not None:
            self._unsubscribe = watch.subscribe(self._news)
            self.job = watch.job(self.job_id)
        self._show_job()
        self._read_soon()

    def on_unmount(self) -> None:
        self._unsubscribe()

    @property
    def rows(self) -> WordList[StepRecord]:
        return self.query_one(WordList)

    @property
    def undoable(self) -> Job | None:
        """The job that U plans the undo of."""
        return self.job

    def in_footer(self) -> Iterable[type[Command[Any]]]:
        # What a job that is over, or that went well, has no use for must not take the place of the way back.
        passing = (PauseJob, CancelJob, _Problem)
        return [each for each in self.OFFERED if each not in passing or self.refusal(each) is None]

    def key_hints(self) -> list[KeyHint]:
        return self.filter_hints() if isinstance(self.focused, Input) else super().key_hints()

    def on_descendant_focus(self) -> None:
        self.show_keys()

    def next_problem(self) -> None:
        """Puts the cursor on the next step that needs attention, from the first again after the last."""
        shown = self.rows.shown
        found = [at for at, record in enumerate(shown) if record.state in BAD]
        after = [at for at in found if at > self.rows.table.cursor]
        if found:
            self.rows.go_to((after or found)[0])

    # News

    def _news(self) -> None:
        watch = self.app.job_watch
        job = None if watch is None else watch.job(self.job_id)
        if job is None or job == self.job:
            return
        self.job = job
        self._at_work = self._at_work or job.going
        self._show_job()
        self._read_soon()

    def _read_soon(self) -> None:
        self._wanted = True
        if self.is_attached and not (self.app.leaving or self._reading):
            self._reading = True
            self._read()

    @work(group="steps")
    async def _read(self) -> None:
        """Reads the steps as often as there is something new, and as often as that is cheap."""
        try:
            while self._wanted:
                await self._pace.rest()
                self._wanted = False
                with self._pace.work():
                    job, steps = await self._steps.read()
                    ended = self._at_work and not job.going
                    self._at_work, self.job = job.going, job
                    self._show_job()
                    self.rows.show(steps)
                if ended:
                    self._end(steps)
        except EntitreeError as error:
            self.app.complain(error)
        finally:
            self._reading = False

    def _end(self, steps: list[StepRecord]) -> None:
        """On the first step that went wrong, so that what happened to it stands below."""
        bad = {record.state for record in steps}.intersection(BAD)
        if bad and not isinstance(self.focused, Input):
            self.rows.go_to(next(at for at, record in enumerate(self.rows.shown) if record.state in bad))

    def _show_job(self) -> None:
        job, watch = self.job, self.app.job_watch
        if job is None or not self.is_attached:
            return
        seconds = 0.0 if watch is None else watch.seconds_left(job)
        self._tell("#what", visible(job.title))
        self._tell("#state", state_words(job))
        self._tell("#summary", summary(job, seconds, self.app.clock))
        self._tell("#history", history(job, self.app.clock))
        told = " ".join(filter(None, (job.reason, job.note)))
        if job.state is JobState.INTERRUPTED:
            told = (
                f"Whoever ran it has gone. {said('pause', 'p')} goes on with it: what may have been sent is"
                " looked at first."
                f" {told}"
            )
        self.query_one("#aside").display = bool(told)
        self._tell("#aside", visible(told.strip()))
        self.show_keys()

    def _tell(self, name: str, text: str) -> None:
        self.query_one(name, Static).update(Content(text))

    @on(WordList.Highlighted)
    def _show_whole(self) -> None:
        """All of the step under the cursor."""
        record = self.rows.thing
        self._tell("#whole", "" if record is None else step_whole(record, self.app.clock))
