"""What Textual writes, taken apart: cells to draw, and the sequences that switch the terminal's modes.

The grammar is closed. A frame holds text, looks (SGR), places (CUP) and line feeds, and nothing else. What
switches modes, rings, or fills the clipboard comes alone, as Textual writes it: in the midst of a frame it
can only have come with somebody's text. Whatever else there is goes no further, and its kind is told.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from rich.cells import cell_len

from entitree.tui.clipboard import is_clipboard_sequence
from entitree.tui.terminal.styles import PLAIN, changed
from entitree.tui.terminal.widths import pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from entitree.tui.terminal.grid import Grid

SYNC_BEGIN, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"

_SWITCH = re.compile(
    # Mouse, focus, paste, size in band, line wrap, cursor, the other screen; questions after two of them.
    r"\x1b\[\?(?:1000|1003|1004|1006|1015|1016|1049|2004|2048|25|7)[hl]"
    r"|\x1b\[\?(?:2026|2048)\$p"
    # Kitty's keys.
    r"|\x1b\[>[0-9]{1,2}u|\x1b\[<u"
    r"|(?P<bell>\x07)"
    r"|(?P<pointer>\x1b\]22;[a-z-]{1,20}\x07)"
)
_MAYBE_CLIPBOARD = ("\x1b]52;", "\x1bP")
"""How it begins, also on its way through a multiplexer."""
_PART = re.compile(
    r"\x1b\[(?P<look>[0-9;]*)m"
    r"|\x1b\[(?P<line>[0-9]{1,4});(?P<column>[0-9]{1,4})H"
    r"|(?P<home>\x1b\[H)"
    r"|(?P<feed>\n)"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    # Whole, so that what it says is not taken for text. A string ends where the next sequence begins at last.
    r"|(?P<alien>(?:\x1b\[|\x9b)(?P<prefix>[<-?]?)[0-?]*[ -/]*(?P<final>[@-~]?)"
    r"|(?P<string>\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])(?P<number>[0-9]*)[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x1f\x7f-\x9f])"
)
_STRINGS = {"]": "OSC", "P": "DCS", "X": "SOS", "^": "PM", "_": "APC"}
_STRINGS |= {"\x90": "DCS", "\x98": "SOS", "\x9d": "OSC", "\x9e": "PM", "\x9f": "APC"}


class Control(Enum):
    """A sequence that comes alone. Of one kind but `MODE` only the last counts."""

    MODE = ""
    BELL = "bell"
    CLIPBOARD = "clipboard"
    POINTER = "pointer"


def control_of(data: str) -> Control | None:
    """What `data` is, if it is one sequence that may come alone."""
    match = _SWITCH.fullmatch(data)
    if match is not None:
        return Control(match.lastgroup or "")
    return Control.CLIPBOARD if data.startswith(_MAYBE_CLIPBOARD) and is_clipboard_sequence(data) else None


def read(data: str, grid: Grid, dropped: Callable[[str], None]) -> None:
    """Draws a frame into `grid`. `dropped` is told the kind of each sequence that went no further."""
    x = y = 0
    look = PLAIN
    at, end = 0, len(data)
    placed = False
    while at < end:
        part = _PART.match(data, at)
        if part is None:
            # No pattern leaves anything out.
            raise AssertionError("a part that nothing matches")
        at = part.end()
        kind = part.lastgroup
        placed = kind in ("column", "home")
        if (text := part["text"]) is not None:
            if text.isascii():
                x = grid.write_plain(x, y, text, look)
            else:
                found, bad = pieces(text)
                for name in bad:
                    dropped(name)
                x = grid.write(x, y, found, look)
        elif (codes := part["look"]) is not None:
            look, unknown = changed(look, codes)
            for name in unknown:
                dropped(name)
        elif part["line"] is not None:
            y, x = max(1, int(part["line"])) - 1, max(1, int(part["column"])) - 1
        elif kind == "home":
            x = y = 0
        elif kind == "feed":
            # As a terminal takes it: but nothing ever scrolls for it.
            x, y = 0, y + 1
        else:
            dropped(_name(part))
            # Textual took it for text, and kept cells for what can be seen of it.
            x = grid.write_plain(x, y, " " * cell_len(part["alien"]), look)
    if placed:
        # Where the caret is comes last.
        grid.cursor = min(x, grid.width - 1), min(y, grid.height - 1)


def _name(part: re.Match[str]) -> str:
    """The kind of a sequence, without anything it says."""
    if (opening := part["string"]) is not None:
        return " ".join(filter(None, (_STRINGS[opening[-1]], part["number"][:4])))
    alien = part["alien"]
    if part["final"] is not None:
        return " ".join(filter(None, ("CSI", part["prefix"], part["final"] or "cut off")))
    if len(alien) > 1:
        return f"ESC {alien[-1]}"
    return f"U+{ord(alien):04X}"
