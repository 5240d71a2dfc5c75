"""A refresh of 100,000 entities from a server on loopback, against its own floors and the vendor's client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.benchmarks import peers
from tests.benchmarks.machine import ROOT
from tests.benchmarks.table import Line, Unit

from entitree.settings.environment import API_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTITIES = 100_000
ROUNDS = 5
FLOOR_BAR = 1.5
VENDOR_BAR = 1 / 3
PACED_ENTITIES = 30_000
"""Thirty pages, of which one a second may be asked for."""
RATE_BAR = 97.0


@dataclass(frozen=True, slots=True)
class Served:
    """A sandbox on loopback, in a process of its own."""

    base_url: str
    api_key: str
    folder: Path

    def contender(self, name: str, folder: Path) -> Any:  # noqa: ANN401 - JSON
        """What one of `contenders` says."""
        return self.output(
            [sys.executable, "-m", "tests.benchmarks.contenders", name, self.base_url, str(folder)]
        )

    def output(self, command: list[str]) -> Any:  # noqa: ANN401 - JSON
        environ = {**os.environ, API_KEY: self.api_key}
        done = subprocess.run(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)


@contextmanager
def served(seed: str, limits: str) -> Iterator[Served]:
    with TemporaryDirectory(prefix="entitree-benchmarks-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "entitree", "sandbox", "--port", "0", "--seed", seed]
        command += ["--limits", limits, "--state", str(folder / "platform.db")]
        # What it says while it makes the account is for people.
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT) as server:
            try:
                assert server.stdout is not None
                said = json.loads(server.stdout.readline())
                yield Served(said["base_url"], said["api_key"], folder)
            finally:
                server.terminate()


def measure(*, quick: bool = False) -> list[Line]:
    with served(f"scale:{ENTITIES}", "off") as server:
        return _against(server, vendor_rounds=1 if quick else ROUNDS)


def _against(server: Served, *, vendor_rounds: int) -> list[Line]:
    ours, again, read, insert, vendor = [], [], [], [], []
    problem = ""
    for round_ in range(ROUNDS):
        with TemporaryDirectory(dir=server.folder) as name:
            folder = Path(name)
            first, second = server.contender("ours", folder)
            ours.append(first)
            again.append(second)
            read += server.contender("read", folder)
            insert += server.contender("insert", folder)
        if round_ < vendor_rounds and not problem:
            try:
                vendor.append(_vendor(server))
            except peers.MissingError as error:
                problem = f"the vendor's client: {error}"
    what = f"sync of {ENTITIES:,} entities"
    floors = tuple(sum(pair) for pair in zip(read, insert, strict=True))
    return [
        Line(
            what,
            tuple(ours),
            floors,
            FLOOR_BAR,
            unit=Unit.SECONDS,
            against="httpx reading the pages, and sqlite3 inserting the rows",
        ),
        Line(
            what,
            tuple(ours),
            tuple(vendor),
            VENDOR_BAR,
            unit=Unit.SECONDS,
            against="the vendor's client, which only lists, 100 a page" if vendor else "",
            note=problem,
        ),
        Line(f"{what}, the same once more", tuple(again), floors, unit=Unit.SECONDS, against="as above"),
        Line(f"floor of it: httpx reading {ENTITIES:,}", tuple(read), unit=Unit.SECONDS),
        Line(f"floor of it: sqlite3 inserting {ENTITIES:,}", tuple(insert), unit=Unit.SECONDS),
    ]


def _vendor(server: Served) -> float:
    script = Path(__file__).with_name("vendor_listing.py")
    took, listed = server.output([peers.vendor_python(), str(script), server.base_url])
    assert listed == ENTITIES, listed
    return float(took)


def measure_paced() -> list[Line]:
    """A refresh at the documented limits, which takes half a minute."""
    with served(f"scale:{PACED_ENTITIES}", "real") as server:
        said = server.contender("paced", server.folder)
    what = f"sync of {PACED_ENTITIES:,} entities at the documented limits"
    return [
        Line(
            f"{what}: share of the allowed rate",
            (said["percent"],),
            unit=Unit.PERCENT,
            least=RATE_BAR,
            note=f"{said['requests']} requests",
        ),
        Line(f"{what}: answers 429", (said["refused"],), unit=Unit.COUNT, most=0),
    ]
