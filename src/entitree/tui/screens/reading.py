"""How a screen reads the account: whole families, what is on screen, or what one item is tied to."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import on, work
from textual.events import ScreenResume

from entitree import garbage
from entitree.errors import EntitreeError, KeylessError
from entitree.inventory.model import Family
from entitree.text import visible
from entitree.tui.breaking_off import break_off
from entitree.tui.commands.command import CommandScreen
from entitree.tui.screens.reading_time import lasting, seconds_left
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.found_pane import thousands

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from textual.notifications import SeverityLevel
    from textual.worker import Worker

    from entitree.account import Account
    from entitree.inventory.model import FamilyState, Item, Kind, Resource
    from entitree.tui.app import EntitreeApp

_MINUTE = 60.0
_PATIENCE = 1.0
"""Seconds. The mirror may not answer at all; then what is read may help."""


class ReadingScreen(CommandScreen[None]):
    """A screen over an account. What was read is in the mirror; `show_state` says how far it is."""

    app: EntitreeApp

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        self.progress: dict[Family, tuple[int, int | None]] = {}
        """What is being read right now: rows so far, and how many there are if that is known."""
        self.on_news: Callable[[], None] | None = None
        """Called, too, when there is something new to say: by a screen that lies on top."""
        self.answered = asyncio.Event()
        """Set once the mirror has answered all that the first useful frame shows."""
        self._begun = asyncio.Event()
        self._connecting = True
        """Whether the way to the platform is being opened, which is the first thing that is done."""
        self._due = False
        self._walking: Worker[None] | None = None

    @property
    def reading(self) -> str:
        """What is being read, in a few words; empty if nothing is."""
        if not self.progress:
            return ""
        family, (read, whole) = max(self.progress.items(), key=lambda entry: (entry[1][1] or 0) - entry[1][0])
        if not read and whole is None:
            return "reading …"
        of = f" of {thousands(whole)}" if whole is not None else ""
        left = seconds_left(self.progress, self.account.profile.limits)
        return f"reading {family.value} {thousands(read)}{of}{f', {lasting(left)}' if left >= 1 else ''}"

    def show_state(self) -> None:
        """Brings counts, placeholders and the status line up to date."""
        raise NotImplementedError

    def begin(self) -> None:
        """Draws what is there. Whatever else a start has to do comes after that."""
        self.refresh()
        self._begun.set()

    async def framed(self) -> None:
        """The first useful frame is drawn, or is waited for no longer: makes what it does not show."""

    async def _useful_frame(self) -> None:
        await self._begun.wait()
        await self.answered.wait()
        drawn = asyncio.Event()
        self.call_after_refresh(drawn.set)
        await drawn.wait()

    def _compositor_refresh(self) -> None:
        # Textual renders what it will not show while updates are held back, and everything once more after.
        if not self.app._batch_count:  # noqa: SLF001 - it tells nobody else
            super()._compositor_refresh()

    @work(group="start")
    async def open_the_way(self) -> None:
        """Connects, and reads the account: both once the first rows are drawn, as they take the interpreter's
        time from whatever draws.
        """
        self.show_state()
        if self.account.store.recovered:
            self.notify(visible(self.account.store.recovered), severity="warning", timeout=20)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._useful_frame(), _PATIENCE)
        await self.framed()
        garbage.release()
        await self._connect()

    def _try_again(self) -> None:
        if not self._connecting:
            self._connecting = True
            self._connect_again()

    @work(group="start")
    async def _connect_again(self) -> None:
        await self._connect()

    async def _connect(self) -> None:
        saying = self.set_timer(_PATIENCE, self._say_waiting)
        try:
            await self.account.connect()
        except KeylessError as error:
            self._ask_for_key(error)
            return
        except EntitreeError as error:
            self.app.complain(error)
            return
        finally:
            saying.stop()
            self._connecting = False
        await self.app.watch_jobs(self.account)
        self.show_keys()
        self.refresh_all()
        if minutes := self.account.profile.refresh_minutes:
            self.set_interval(minutes * _MINUTE, self.refresh_when_free)
        self._say_unfinished()

    def _say_waiting(self) -> None:
        if program := self.account.profile.key_command:
            words = f"Waiting for {program[0]} to tell the key, for at most a minute."
            self.notify(visible(words), timeout=10)

    def _ask_for_key(self, error: KeylessError) -> None:
        """What was read before can be looked at; for more there has to be a key."""
        from entitree.tui.modals.connect import ConnectDialog

        dialog = ConnectDialog(self.app.accounts, self.account.profile, why=error.what)
        self.app.push_screen(dialog, self.app.switch_to)

    def _say_unfinished(self) -> None:
        """Offers to go on with what an earlier start left behind."""
        resting = [] if self.app.job_watch is None else self.app.job_watch.resting
        if not resting:
            return
        show, resume = said("jobs", "5"), said("pause", "p")
        if len(resting) > 1:
            words = f"{len(resting)} jobs are not finished. {show} shows them, {resume} goes on with one."
        else:
            job = resting[0]
            how = "is paused" if job.state.value == "paused" else "was interrupted"
            words = (
                f"{job.title} {how}: {job.done} of {job.steps} done, {job.left + job.inflight} to go."
                f" {job.reason} {show} shows it, then {resume} goes on with it."
            )
        self.notify(visible(words), severity="warning", timeout=30)

    # Whole families

    def refresh_all(self) -> None:
        """Reads all that can be listed whole; what is being read already goes on."""
        self.read(tuple(family for family in Family if family is not Family.INBOUND))

    def refresh_when_free(self) -> None:
        """As `refresh_all`, but never under a dialog: then as soon as it is closed."""
        if self.app.screen is self:
            self._due = False
            self.refresh_all()
        else:
            self._due = True

    @on(ScreenResume)
    def _free_again(self, event: ScreenResume) -> None:
        if not self._begun.is_set():
            # All of it was made and styled just now.
            event.refresh_styles = False
        if self._due:
            self.refresh_when_free()

    def read(self, families: Collection[Family]) -> None:
        """Reads these families, as far as they are not being read already. Where the account could not be
        connected, that is tried again, and then all is read.
        """
        if not self.account.connected:
            self._try_again()
            return
        new = tuple(family for family in families if family not in self.progress)
        if new:
            self.progress.update(dict.fromkeys(new, (0, None)))
            self._read(new)

    @work(group="read")
    async def _read(self, families: Collection[Family]) -> None:
        def progress(family: Family, done: int, total: int | None) -> None:
            self.progress[family] = (done, total)
            self._tell_progress()

        before = await self.account.store.families()
        self.tell()
        try:
            states = await self.account.refresh(families, progress=progress)
        except EntitreeError as error:
            self.app.complain(error)
        else:
            self._say_problems(before, states)
        finally:
            for family in families:
                self.progress.pop(family, None)
            self.tell()

    def stop_reading(self) -> None:
        """Breaks off all that is being read; read again soon, it goes on there."""
        self.workers.cancel_group(self, "read")
        if self._walking is not None:
            break_off(self._walking)

    def _say_problems(self, before: dict[Family, FamilyState], now: dict[Family, FamilyState]) -> None:
        # What is not allowed stays so: it is told once, and stands in the status line.
        problems = [
            state.problem
            for family, state in now.items()
            if state.problem and not (state.refused and before[family].refused)
        ]
        if problems:
            # One cause mostly keeps several families from being read: it is told once.
            more = f" ({len(problems) - 1} more lists are not whole either.)" if len(problems) > 1 else ""
            refused = all(state.refused for state in now.values() if state.problem)
            severity: SeverityLevel = "warning" if refused else "error"
            self.notify(visible(problems[0]) + more, severity=severity, timeout=10)

    # All inbound configurations

    @property
    def walking(self) -> bool:
        """Whether inbound configurations are being read, resource by resource."""
        return Family.INBOUND in self.progress

    def walk(self) -> None:
        """Reads all inbound configurations, or stops doing so: the next walk goes on there."""
        if self._walking is not None:
            break_off(self._walking)
        elif self.account.connected:
            self.progress[Family.INBOUND] = (0, None)
            self._walking = self._walk()

    @work(group="walk")
    async def _walk(self) -> None:
        def progress(done: int, total: int) -> None:
            self.progress[Family.INBOUND] = (done, total)
            self._tell_progress()

        self.tell()
        try:
            state = await self.account.walk_inbound(progress)
            if state.problem:
                self.notify(visible(state.problem), severity="error", timeout=10)
        except EntitreeError as error:
            self.app.complain(error)
        finally:
            self._walking = None
            self.progress.pop(Family.INBOUND, None)
            self.tell()

    # What is on screen

    @work(group="read-rows", exclusive=True)
    async def refresh_rows(self, kind: Kind, ids: Collection[str]) -> None:
        """Reads just these applications or entities again, ahead of all else."""
        if not self.account.connected:
            self._try_again()
            return
        if not ids:
            return
        try:
            reading = await self.account.refresh_rows(kind, ids)
        except EntitreeError as error:
            self.app.complain(error)
            return
        requests = "1 request" if reading.requests == 1 else f"{reading.requests} requests"
        problems = [each.why for each in reading.not_checked]
        self.notify(
            visible(problems[0]) if problems else f"Read again what is shown, with {requests}.",
            severity="error" if problems else "information",
            timeout=4,
        )

    @work(group="read-item", exclusive=True)
    async def refresh_item(self, item: Item) -> None:
        """Reads one item and what is tied to it again, ahead of all else."""
        if self.account.connected and item.addressable:
            try:
                await self.account.look_at(item.kind, item.id)
            except EntitreeError as error:
                self.app.complain(error)

    @work(group="read-item", exclusive=True)
    async def refresh_resource(self, resource: Resource) -> None:
        """Reads what a resource is configured for again, ahead of all else."""
        if self.account.connected:
            try:
                await self.account.look_at_resource(resource)
            except EntitreeError as error:
                self.app.complain(error)

    def tell(self) -> None:
        """Shows what is new: that reading began or ended, and so what can be done."""
        if self.is_attached and not self.app.leaving:
            self.show_keys()
        self._tell_progress()

    def _tell_progress(self) -> None:
        if self.is_attached and not self.app.leaving:
            self.show_state()
            if self.on_news is not None:
                self.on_news()
