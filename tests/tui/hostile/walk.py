"""Every screen and dialog of an account, hostile or not, in whatever terminal this is started in.

`python -m tests.tui.hostile.walk benign|hostile FOLDER short|whole frugal|plain` writes to FOLDER/raw what
the app wrote to its driver, and to FOLDER/seen which screens were on show and what a click runs there.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.changes.safety.mixed import HASTY
from tests.stillness import Stillness
from tests.tui.hostile.grammar import odd
from tests.tui.hostile.strings import STRINGS
from tests.tui.hostile.twisted import TwistedTransport

from entitree.account import Account
from entitree.accounts import Accounts
from entitree.demos.scenario import settled
from entitree.settings.environment import DRIVER
from entitree.settings.paths import find_paths
from entitree.settings.profile import SANDBOX_PROFILE, Profile
from entitree.tui.app import EntitreeApp
from entitree.tui.commands.program import Quit
from entitree.tui.screens import impact_lines, plan_lines
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.plan import PlanScreen
from entitree.tui.tabs import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.driver import Driver
    from textual.pilot import Pilot

    from entitree.api.transport import Credential, Transport

INSIDE, SHORTLY = ("down", "down", "pagedown", "tab", "tab", "end", "up"), ("pagedown",)
"""What is pressed on whatever a command has opened."""
PARTS_OF_TREE = ("t", *("right", "down") * 4, "end", "escape")


class HostileAccount(Account):
    def _open_way(self) -> tuple[Transport, Credential]:
        transport, credential = super()._open_way()
        return TwistedTransport(transport), credential


class Walk:
    """What was on show, which characters of it are none to see, and what a click there would run."""

    def __init__(self, pilot: Pilot[int]) -> None:
        self._pilot = pilot
        self.shown: Counter[str] = Counter()
        self.actions: set[str] = set()
        self.odd: set[str] = set()

    @property
    def app(self) -> EntitreeApp:
        app: Any = self._pilot.app
        assert isinstance(app, EntitreeApp)
        return app

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self._pilot.press(key)
            await settled(self._pilot)
            self._look()

    async def home(self) -> None:
        for _ in range(12):
            if isinstance(self.app.screen, MainScreen):
                break
            await self.press("escape")
        else:
            raise AssertionError(f"Escape does not leave {self.app.screen}.")
        await self.press("escape")

    def _look(self) -> None:
        screen = self.app.screen
        self.shown[type(screen).__name__] += 1
        for strip in screen._compositor.render_strips():
            for segment in strip:
                if not segment.text.isprintable():
                    self.odd |= odd(segment.text)
                meta = segment.style.meta if segment.style else {}
                self.actions |= {f"{name}={action}" for name, action in meta.items() if name.startswith("@")}

    async def tab(self, key: str) -> None:
        """The list of one tab from end to end, and a tree."""
        await self.press(key, "end", "home", "pagedown", "s", "S", "right", "left", "down", *PARTS_OF_TREE)

    async def commands(self, key: str, inside: Sequence[str], *marks: str) -> None:
        """What every command opens on one tab, a screen down from its beginning."""
        await self.press(key, "home", "pagedown", "down", *marks)
        for opener in self._openers():
            await self.press(opener, *inside)
            await self.home()
            if not self._at(key):
                await self.press(key)
        await self.press("u")

    def _at(self, key: str) -> bool:
        screen = self.app.screen
        assert isinstance(screen, MainScreen)
        return key_of(screen.shown.id or "") == key

    def _openers(self) -> Iterable[str]:
        return [each.keys[0] for each in MainScreen.OFFERED if each.keys and each is not Quit]

    async def carry_out(self) -> None:
        """Types what a plan or an impact on show asks for, and looks at what comes of it."""
        screen = self.app.screen
        words = ""
        if isinstance(screen, ImpactScreen):
            words = impact_lines.confirmation(screen._ids)
        elif isinstance(screen, PlanScreen) and screen._removes:
            words = plan_lines.confirmation(screen.plan)
        await self.press(*(("space" if char == " " else char) for char in words))
        await self.press(*(["enter"] if words else ["tab", "enter"]))
        await self.press("down", "down")

    async def changes(self, *, whole: bool) -> None:
        """Deletes, gives aliases, undoes, and looks at every step of it."""
        await self.press("2", "home", "pagedown")
        await self.press("space", "space", "space", "d")
        await self.carry_out()
        await self.home()
        if whole:
            await self.press("u", "space", "space", "d", "tab", "tab", "enter")
            await self.carry_out()
            await self.home()
        await self.press("u", "space", "space", "space", "space", "e", *"{id}", "enter")
        await self.carry_out()
        await self.home()
        await self.press("5", "enter", "down", "end", "exclamation_mark", "exclamation_mark", "escape", "U")
        await self.carry_out()
        await self.home()

    async def typed(self) -> None:
        """What is pasted is hostile too."""
        from textual.events import Paste

        for keys in (("slash",), ("n",), ("N",), ("colon",)):
            await self.press("2", *keys)
            for text in STRINGS[::7]:
                self.app.post_message(Paste(text[:200]))
            await self.press("tab", "enter")
            await self.home()

    async def everything(self, *, whole: bool) -> None:
        await settled(self._pilot)
        for key in "12345" if whole else "3":
            await self.tab(key)
        if whole:
            for key in "12345":
                await self.commands(key, INSIDE)
                await self.commands(key, INSIDE, "space", "down", "space", "space")
        else:
            await self.commands("2", SHORTLY)
        await self.changes(whole=whole)
        await self.typed()


def teed(driver: type[Driver], raw: Path) -> type[Driver]:
    """The driver, but what is written to it goes into a file as well."""
    file = raw.open("wb", buffering=0)

    def write(self: Driver, data: str) -> None:
        file.write(data.encode("utf-8", "surrogatepass"))
        driver.write(self, data)

    return type("Teed", (driver,), {"write": write})


def main() -> int:
    which, folder, extent, driver = sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    Account.pace = replace(HASTY, look=0.01, idle=0.01)
    kind = HostileAccount if which == "hostile" else Account
    profile: Profile = replace(SANDBOX_PROFILE, limits=None)
    opener = partial(kind.open, profile, folder / "account", seed="demo", throw_away=True)
    app = EntitreeApp(
        Accounts(find_paths({"ENTITREE_HOME": str(folder / "home")}), {DRIVER: driver}),
        opener,
        clock=lambda _: "14:02:11",
        toast_seconds=3600,
    )
    app.driver_class = teed(app.driver_class, folder / "raw")

    async def play(pilot: Pilot[Any]) -> None:
        walk = Walk(pilot)
        await walk.everything(whole=extent == "whole")
        told = {"shown": walk.shown, "actions": sorted(walk.actions), "odd": sorted(walk.odd)}
        (folder / "seen").write_text(json.dumps(told), encoding="utf-8")
        pilot.app.exit(0)

    with pytest.MonkeyPatch.context() as patch:
        stillness = Stillness()
        stillness.watch(patch)
        stillness.hold_paint(patch)
        app.run(auto_pilot=play)
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
