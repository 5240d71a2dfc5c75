"""The tabs of the main screen, and what is said of them: counts, placeholders, the status line."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

from textual import on, work
from textual.widgets import ContentSwitcher

from entitree.inventory import reads
from entitree.inventory.model import Family, FamilyState, Kind
from entitree.inventory.records import ITEMS
from entitree.inventory.totals import Totals
from entitree.tui.commands.command import sign_of
from entitree.tui.pace import Pace
from entitree.tui.screens import news
from entitree.tui.screens.reading import ReadingScreen
from entitree.tui.tabs import COMMANDS, JOBS, key_of
from entitree.tui.widgets.bound import said
from entitree.tui.widgets.found_pane import FoundPane, thousands
from entitree.tui.widgets.item_pane import ItemPane
from entitree.tui.widgets.jobs_pane import JobsPane, note
from entitree.tui.widgets.key_pane import KEYS, KeyPane, keys_placeholder
from entitree.tui.widgets.resource_pane import RESOURCES, ResourcePane, resources_placeholder
from entitree.tui.widgets.status_line import StatusLine
from entitree.tui.widgets.tab_line import Tab, TabLine

if TYPE_CHECKING:
    from sqlite3 import Connection

    from entitree.account import Account
    from entitree.changes.jobs import Job

Pane: TypeAlias = ItemPane | ResourcePane | KeyPane
"""A tab over the mirror."""


class TabbedScreen(ReadingScreen):
    """A screen with a tab for each sort of things, one of them on show."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.families: dict[Family, FamilyState] = {}
        """How well each is known, as far as was told."""
        self._sizes: dict[str, int] = {}
        self._last = Kind.APPLICATION.value
        self._state_wanted = self._state_running = False
        self._state_pace = Pace()
        # Many rows take long to count: meanwhile the widgets are made.
        self._asked: asyncio.Task[tuple[dict[Family, FamilyState], dict[str, int], Totals]] | None
        self._asked = self._ask_state()

        self._items = {kind: ItemPane(kind, account.store, id=kind.value) for kind in Kind}
        self.resources = ResourcePane(account.store)
        self.keys = KeyPane(account.store)
        self.jobs = JobsPane(lambda when: self.app.clock(when), id=JOBS)
        self.tabs_made = False
        """Whether there is more than the first tab: the others are made when the first frame is drawn."""
        self._making = asyncio.Lock()

    def pane_of(self, kind: Kind) -> ItemPane:
        return self._items[kind]

    @property
    def panes(self) -> list[Pane]:
        """Every tab over the mirror, in their order."""
        return [*self._items.values(), self.resources, self.keys]

    async def make_tabs(self) -> None:
        """Makes the tabs that are not there yet."""
        async with self._making:
            missing = [pane for pane in (*self.panes, self.jobs) if not pane.is_attached]
            for pane in missing:
                pane.display = False
            await self.query_one(ContentSwitcher).mount_all(missing)
            await self.make_tree()
            self.tabs_made = True
        self._tell_placeholders()
        self._fill_jobs()

    async def make_tree(self) -> None:
        """Makes what stands beside the tabs, unless it is there."""

    async def framed(self) -> None:
        if self.is_attached and not self.app.leaving:
            await self.make_tabs()

    @property
    def on_jobs(self) -> bool:
        """Whether the tab of the jobs is on show."""
        return self.query_one(ContentSwitcher).current == JOBS

    @property
    def pane(self) -> Pane:
        """The tab over the mirror that is on show, or was before that of the jobs."""
        current = self.query_one(ContentSwitcher).current
        if current is not None and current != JOBS:
            self._last = current
        return next(pane for pane in self.panes if pane.id == self._last)

    @property
    def shown(self) -> Pane | JobsPane:
        """The tab on show."""
        return self.jobs if self.on_jobs else self.pane

    # Jobs

    @property
    def job(self) -> Job | None:
        """What commands for jobs act on: the highlighted one."""
        return self.jobs.thing if self.on_jobs else None

    @property
    def no_job(self) -> str:
        """Why there is none."""
        if self.on_jobs:
            return "There is no job here yet."
        return f"There is no job to do that to. {said(COMMANDS[JOBS], key_of(JOBS))} shows the jobs."

    @property
    def undoable(self) -> Job | None:
        """The job that U plans the undo of: the highlighted one, elsewhere the last that did something."""
        if self.on_jobs:
            return self.jobs.thing
        jobs = self.app.job_watch.jobs if self.app.job_watch is not None else ()
        return next((job for job in jobs if job.going or job.done + job.unknown), None)

    def show_jobs(self) -> None:
        """Brings the tab of the jobs and the status line up to date."""
        self._fill_jobs()
        self.show_state()

    def _fill_jobs(self) -> None:
        if self.tabs_made and self.app.job_watch is not None:
            self.jobs.show_jobs(self.app.job_watch)
            if self.on_jobs:
                self.show_keys()

    def show_state(self) -> None:
        """Brings counts, placeholders and the status line up to date, soon."""
        self._state_wanted = True
        if self.is_attached and not (self.app.leaving or self._state_running):
            self._state_running = True
            self._show_state()

    def _ask_state(self) -> asyncio.Task[tuple[dict[Family, FamilyState], dict[str, int], Totals]]:
        return asyncio.create_task(self.account.store.ask(_state))

    @work(group="status")
    async def _show_state(self) -> None:
        try:
            while self._state_wanted:
                await self._state_pace.rest()
                self._state_wanted = False
                with self._state_pace.work():
                    asked, self._asked = self._asked or self._ask_state(), None
                    self.families, self._sizes, totals = await asked
                self._tell_state()
                self._tell_answered()
                await self.account.store.keep(totals)
        finally:
            self._state_running = False

    def _tell_answered(self) -> None:
        if self._sizes and self.pane.rows is not None:
            self.answered.set()

    def _tell_state(self) -> None:
        tabs = [
            Tab(
                pane.id or "",
                pane.shelf.plural.capitalize(),
                self._key_of(pane.id or ""),
                thousands(self._sizes[pane.id or ""]) if self._known(pane) else "–",
            )
            for pane in self.panes
        ]
        told = "" if self.app.job_watch is None else note(self.app.job_watch)
        self.query_one(TabLine).show([*tabs, Tab(JOBS, "Jobs", self._key_of(JOBS), told)])
        self._tell_placeholders()
        self.query_one(StatusLine).show_news(
            news.segments(
                self.account.profile,
                self.families,
                reading=self.reading,
                job=self.app.job_note,
                clock=self.app.clock,
            )
        )

    def _key_of(self, tab: str) -> str:
        """The key that shows a tab, the user's if there is one."""
        return sign_of(self.app, COMMANDS[tab], key_of(tab))

    def _known(self, pane: Pane) -> bool:
        return self._sizes[pane.id or ""] > 0 or any(self.families[each].read_at for each in pane.families)

    def _tell_placeholders(self) -> None:
        if not self._sizes:
            return
        reading = bool(self.reading)
        for pane in self.panes if self.tabs_made else [self.pane]:
            total = self._sizes[pane.id or ""]
            if pane.unread and not reading:
                names = " and ".join(sorted(family.value for family in pane.unread))
                text = f"Nothing can be told: the {names} were never read."
                if Family.INBOUND not in pane.unread:
                    text += f" {said('refresh-all', 'R')} reads the whole account."
            elif isinstance(pane, ResourcePane):
                text = resources_placeholder(
                    self.families, filtered=pane.filtered, total=total, reading=reading
                )
            elif isinstance(pane, KeyPane):
                text = keys_placeholder(
                    self.families[Family.KEYS], filtered=pane.filtered, total=total, reading=reading
                )
            elif pane.of_missing and not reading:
                text = f"All {pane.shelf.plural} that configurations name exist, or do not match the rest."
            else:
                state = self.families[pane.families[0]]
                text = news.placeholder(
                    pane.kind, state, filtered=pane.filtered, total=total, reading=reading
                )
            pane.show_placeholder(text, known=self._known(pane))

    @on(FoundPane.Listed)
    def _listed(self) -> None:
        self._tell_placeholders()
        self._tell_answered()


def _state(db: Connection) -> tuple[dict[Family, FamilyState], dict[str, int], Totals]:
    """How well each family is known, and how many things each tab has in all."""
    totals = Totals(db)
    sizes = {kind.value: totals.of(family) for kind, family in ITEMS.items()}
    sizes |= {RESOURCES: totals.resources(), KEYS: totals.of(Family.KEYS)}
    return reads.families(db), sizes, totals
