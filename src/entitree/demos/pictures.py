"""Takes the pictures of every scenario: `python -m entitree.demos.pictures [FOLDER]`."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from entitree.account import Account
from entitree.accounts import Accounts
from entitree.demos import SCENARIOS
from entitree.demos.scenario import Scenario, drive
from entitree.settings.paths import find_paths
from entitree.settings.profile import AccountKind, Profile
from entitree.tui.app import EntitreeApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SIZE = (100, 30)


def demo_app(folder: Path) -> EntitreeApp:
    """The app as `entitree demo` opens it, but without limits and with its clock stopped at 14:02:11."""
    profile = Profile(name="demo", kind=AccountKind.SANDBOX, limits=None)
    accounts = Accounts(find_paths({"ENTITREE_HOME": str(folder / "home")}), {})
    opener = partial(Account.open, profile, folder / "account", seed="demo", throw_away=True)
    return EntitreeApp(accounts, opener, clock=lambda _: "14:02:11", toast_seconds=3600)


async def take(scenario: Scenario, folder: Path) -> AsyncIterator[tuple[str, str]]:
    """Name and SVG of each picture of `scenario`, the account in `folder`."""
    app = demo_app(folder)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        async for step in drive(pilot, scenario):
            if step.picture:
                yield f"{scenario.name}-{step.picture}", app.export_screenshot(title="entitree")


async def _take_all(target: Path) -> None:
    for scenario in SCENARIOS.values():
        with TemporaryDirectory(prefix="entitree-pictures-") as folder:
            async for name, svg in take(scenario, Path(folder)):
                await asyncio.to_thread((target / f"{name}.svg").write_text, svg, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_take_all(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")))
