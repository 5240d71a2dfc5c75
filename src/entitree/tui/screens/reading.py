"""How a screen reads the account: the whole of it, a family, or what one item is tied to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from entitree.changes.jobs import JobState, StepState
from entitree.errors import EntitreeError
from entitree.inventory.model import Family, Item
from entitree.text import visible
from entitree.tui.commands.command import CommandScreen
from entitree.tui.widgets.found_pane import thousands

if TYPE_CHECKING:
    from collections.abc import Collection

    from entitree.account import Account
    from entitree.tui.app import EntitreeApp


class ReadingScreen(CommandScreen[None]):
    """A screen over an account. What was read is in the mirror; `show_state` says how far it is."""

    app: EntitreeApp

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        self.reading = ""
        """What is being read right now, in a few words; empty if nothing is."""

    def show_state(self) -> None:
        """Brings counts, placeholders and the status line up to date."""
        raise NotImplementedError

    @work(group="start")
    async def open_the_way(self) -> None:
        self.show_state()
        if self.account.store.recovered:
            self.notify(visible(self.account.store.recovered), severity="warning", timeout=20)
        try:
            await self.account.connect()
        except EntitreeError as error:
            self.app.complain(error)
            return
        self.show_keys()
        self.refresh_all()
        await self._say_unfinished()

    async def _say_unfinished(self) -> None:
        """Ends what an earlier start left behind, and says once what came of it. There is no resuming yet."""
        desk = self.account.desk
        for job in await desk.jobs():
            if job.state not in (JobState.INTERRUPTED, JobState.PAUSED):
                continue
            settled = await desk.settle(job.id)
            how = "was interrupted" if job.state is JobState.INTERRUPTED else "was paused"
            done = job.done + sum(1 for each in settled if each.state is StepState.DONE)
            words = [f"{job.title} {how}: {done} of {job.steps} done, {job.left} not sent and given up."]
            words += [f"{each.step.title}: {each.sentence}" for each in settled if each.sentence]
            self.notify(visible(" ".join([*words, job.reason])), severity="warning", timeout=30)

    def refresh_all(self) -> None:
        self.read(tuple(Family))

    @work(group="read", exclusive=True)
    async def read(self, families: Collection[Family]) -> None:
        if not self.account.connected:
            return
        self._set_reading("reading …")
        counts: dict[Family, tuple[int, int | None]] = {}

        def progress(family: Family, done: int, total: int | None) -> None:
            counts[family] = (done, total)
            busiest, (read, whole) = max(counts.items(), key=lambda entry: (entry[1][1] or 0) - entry[1][0])
            of = f" of {thousands(whole)}" if whole is not None else ""
            self._set_reading(f"reading {busiest.value} {thousands(read)}{of}")

        try:
            await self.account.refresh(families, progress=progress)
        except EntitreeError as error:
            self.app.complain(error)
        finally:
            self._set_reading("")
        await self._say_problems()

    async def _say_problems(self) -> None:
        states = await self.account.store.families()
        problems = [state.problem for state in states.values() if state.problem]
        if problems:
            # One cause mostly keeps several families from being read: it is told once.
            more = f" ({len(problems) - 1} more lists are not whole either.)" if len(problems) > 1 else ""
            self.notify(visible(problems[0]) + more, severity="error", timeout=10)

    def _set_reading(self, note: str) -> None:
        self.reading = note
        if self.is_attached and not self.app.leaving:
            self.show_state()
            self.show_keys()

    @work(group="read-item", exclusive=True)
    async def refresh_item(self, item: Item) -> None:
        if not (self.account.connected and item.addressable):
            return
        try:
            await self.account.refresh_links(item.kind, (item.id,))
        except EntitreeError as error:
            self.app.complain(error)
