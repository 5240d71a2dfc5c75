"""What a terminal receives for a key and for a screen: by the frugal driver, by Textual's own, by others.

The floor are the cells that changed, read line by line: a byte for each byte of what stands in them, and the
shortest code wherever the colour of one is not that of the one before. Where they are costs nothing. They are
counted in a terminal that shows what was received. A cursor key is held: on a slow line the tree waits until
it rests.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks import peers
from tests.benchmarks.lists import written
from tests.benchmarks.machine import ROOT
from tests.benchmarks.mirrors import home
from tests.benchmarks.table import Line, Unit
from tests.benchmarks.terminal import HEIGHT, WIDTH, Terminal
from tests.tui.terminal.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tui.terminal.emulator import Cell

ROWS = 1_000
BAR = 1.2
KEY, LEAN_KEY = 250, 40
"""Bytes for a key that moves the cursor."""
IDLE = 3.0
QUIET = 0.25
"""Seconds without a byte after which all was drawn."""
DOWN, PAGE, ESCAPE = "\x1b[B", "\x1b[6~", "\x1b"
SCREENS = (
    ("entities", "2"),
    ("resources", "3"),
    ("keys", "4"),
    ("jobs", "5"),
    ("help", "?"),
    ("palette", ":"),
    ("log", "L"),
)
OVER = ("help", "palette", "log")
"""Left by Escape."""


class Sent(NamedTuple):
    """Bytes received, and bytes that the cells that changed cost at the least."""

    received: int
    changed: int


class Wire(Terminal):
    """Counts what comes, and shows it."""

    def __enter__(self) -> Wire:
        self._shown = Emulator(WIDTH, HEIGHT)
        super().__enter__()
        return self

    def sent(self, keys: str = "", quiet: float = QUIET) -> Sent:
        """What came for `keys`, until it was quiet."""
        before = self._shown.cells
        if keys:
            self.type(keys)
        data = b"".join(chunk for _, chunk in self._taken(quiet))
        self._shown.feed(data.decode("utf-8", "replace"))
        return Sent(len(data), _changed(before, self._shown.cells))

    def count(self, keys: str, quiet: float = QUIET) -> int:
        """Only how many bytes came."""
        if keys:
            self.type(keys)
        return sum(len(chunk) for _, chunk in self._taken(quiet))


def _changed(before: list[list[Cell]], after: list[list[Cell]]) -> int:
    count = 0
    worn: Cell | None = None
    for row, fresh in zip(before, after, strict=True):
        for old, new in zip(row, fresh, strict=True):
            if old != new:
                # What is blank has no ink.
                looks = new if new.text.strip() or worn is None else new._replace(ink=worn.ink)
                count += (len(new.text.encode()) or 1) + _code(worn, looks)
                worn = looks
    return count


def _code(worn: Cell | None, wanted: Cell) -> int:
    """Bytes of the code that leads from one look to the other."""
    parts = []
    if worn is None or worn.attributes != wanted.attributes:
        parts.append(1)
    if worn is None or worn.ink != wanted.ink:
        parts.append(_colour(wanted.ink))
    if worn is None or worn.ground != wanted.ground:
        parts.append(_colour(wanted.ground))
    # ESC, a bracket, what there is with semicolons between, and m.
    return sum(parts) + len(parts) + 2 if parts else 0


def _colour(name: str) -> int:
    """Bytes of `38;2;R;G;B`, or of one of the sixteen, which have names."""
    try:
        return 5 + sum(len(str(each)) + 1 for each in bytes.fromhex(name)) - 1
    except ValueError:
        return 2


def measure() -> Iterator[Line]:
    plain = _app({"ENTITREE_DRIVER": "plain"})
    for name, environ, most in (("", {}, KEY), (", lean", {"ENTITREE_LEAN": "1"}, LEAN_KEY)):
        ours = _app({"ENTITREE_DRIVER": "frugal", **environ})
        for what, sent in ours.items():
            values = tuple(float(each.received) for each in sent)
            floors = tuple(float(each.changed) for each in sent)
            key = most if what.startswith("cursor") else 0 if what == "idle" else None
            yield Line(
                f"bytes, {what}{name}",
                values,
                floors,
                None if what.startswith("cursor") or what == "idle" else BAR,
                unit=Unit.BYTES,
                against="in the cells that changed",
                most=key,
                note=f"Textual's driver {_middle(plain[what]):,} B" if not name else "",
            )
    for peer in (_fzf, _visidata, _midnight_commander):
        yield from peer()


def _app(environ: dict[str, str]) -> dict[str, list[Sent]]:
    command = [sys.executable, "-m", "tests.benchmarks.browse"]
    found: dict[str, list[Sent]] = {}
    with Wire(command, {**home(ROWS), **environ}, cwd=ROOT) as wire:
        first = wire.sent(quiet=4.0)
        found["first frame"] = [first]
        for name, key in SCREENS:
            found[name] = [wire.sent(key, 2.0)]
            if name in OVER:
                wire.sent(ESCAPE, 1.0)
        wire.sent("2", 1.0)
        wire.sent("g", 1.0)
        found["cursor down in view"] = [wire.sent(DOWN) for _ in range(12)]
        found["another row and its tree"] = [wire.sent(DOWN, 1.0) for _ in range(5)]
        found["page down"] = [wire.sent(PAGE) for _ in range(7)]
        # Through several edges, each half a page after the one before.
        held = [wire.sent(DOWN) for _ in range(HEIGHT)]
        count = len(held)
        mean = Sent(sum(each.received for each in held) // count, sum(each.changed for each in held) // count)
        found["cursor down, mean over the edges"] = [mean]
        # The tree has followed.
        wire.sent(quiet=1.0)
        found["idle"] = [wire.sent(quiet=IDLE)]
    return found


def _middle(sent: list[Sent]) -> int:
    return sorted(each.received for each in sent)[len(sent) // 2]


def _peer(name: str, command: list[str], environ: dict[str, str], down: str = DOWN) -> Iterator[Line]:
    with Wire(command, environ) as wire:
        first = wire.count("", 2.0)
        keys = [float(wire.count(down)) for _ in range(10)]
        held = [wire.count(down) for _ in range(HEIGHT)]
        pages = [float(wire.count(PAGE)) for _ in range(5)]
    for what, values in (
        ("first frame", (float(first),)),
        ("cursor down in view", tuple(keys)),
        ("cursor down, mean over the edges", (sum(held) / len(held),)),
        ("page down", tuple(pages)),
    ):
        yield Line(f"bytes, {what}, {name}", values, unit=Unit.BYTES)


def _missing(name: str, error: peers.MissingError) -> Line:
    return Line(f"bytes, {name}", unit=Unit.BYTES, note=str(error))


def _fzf() -> Iterator[Line]:
    try:
        command = ["sh", "-c", f'"{peers.fzf()}" --layout=reverse < "{written(ROWS)}"']
    except peers.MissingError as error:
        yield _missing("fzf", error)
    else:
        yield from _peer("fzf", command, {})


def _visidata() -> Iterator[Line]:
    place = peers.folder() / "visidata-home"
    try:
        command = [peers.visidata(), "--motd-url=", "--disp-sidebar=False", str(written(ROWS))]
    except peers.MissingError as error:
        yield _missing("VisiData", error)
    else:
        place.mkdir(parents=True, exist_ok=True)
        yield from _peer("VisiData", command, {"HOME": str(place)})


def _midnight_commander() -> Iterator[Line]:
    try:
        command = peers.midnight_commander()
    except peers.MissingError as error:
        yield _missing("mc", error)
        return
    with TemporaryDirectory() as folder:
        place = Path(folder)
        for number in range(ROWS):
            (place / f"shop-{number:06}").touch()
        # It asks the terminal for the other form of cursor keys.
        yield from _peer("mc", [command, folder, folder], {"HOME": folder}, down="\x1bOB")
