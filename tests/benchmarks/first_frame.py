"""From the command to the first useful frame, in a terminal, with 100,000 entities in the mirror."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.table import Line

from entitree.inventory.model import Family, FamilyState, Item, Kind
from entitree.inventory.store import Store
from entitree.inventory.writes import Cover

ENTITIES = 100_000
RUNS = 7
PATIENCE = 30.0


async def fill(folder: Path) -> None:
    """A mirror that was read whole."""
    async with Store(folder / "mirror.db") as store:
        for family in Family:
            sweep = await store.begin_sweep(Cover(family))
            if family is Family.APPLICATIONS:
                await store.add_page(sweep, [Item(Kind.APPLICATION, "default")])
            if family is Family.ENTITIES:
                for start in range(0, ENTITIES, 1_000):
                    page = [
                        Item(Kind.ENTITY, f"shop-{at:06}", f"Shop {at}") for at in range(start, start + 1_000)
                    ]
                    await store.add_page(sweep, page)
            await store.end_sweep(sweep, remove=True)
            await store.put_family(FamilyState(family, whole=True, read_at=datetime.now(UTC)))


def until(command: list[str], text: bytes, home: Path) -> float:
    """Milliseconds until the terminal was sent `text`."""
    master, slave = pty.openpty()
    environ = {**os.environ, "ENTITREE_HOME": str(home), "TERM": "xterm-256color"}
    environ |= {"COLUMNS": "120", "LINES": "40"}
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environ)
    os.close(slave)
    seen = b""
    while text not in seen:
        if not select.select([master], [], [], PATIENCE)[0]:
            raise TimeoutError(f"{command} never drew {text!r}")
        seen += os.read(master, 65_536)
    took = (time.perf_counter() - begin) * 1_000
    process.send_signal(signal.SIGKILL)
    process.wait()
    os.close(master)
    return took


def measure() -> list[Line]:
    bare = [sys.executable, "-m", "tests.benchmarks.bare"]
    with TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "data" / "sandbox").mkdir(parents=True)
        asyncio.run(fill(home / "data" / "sandbox"))
        ours = [sys.executable, "-m", "entitree"]
        pairs = [(until(ours, b"100 000", home), until(bare, b"Applications", home)) for _ in range(RUNS)]
    values, floors = zip(*pairs, strict=True)
    return [Line("first useful frame, 100,000 entities", values, floors, 1.3)]
