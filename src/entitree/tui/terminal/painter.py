"""From what the terminal shows to what it is to show, in as few bytes as can be."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from entitree.tui.terminal.grid import Grid, Row
from entitree.tui.terminal.pen import Pen
from entitree.tui.terminal.styles import INK, PLAIN, Look
from entitree.tui.terminal.widths import is_sure

_ERASE_LINE = 4
"""Blanks up to the end of a row from which on it is shorter to erase them."""
_ERASE = 12
"""The same in the midst of a row, where the cursor has to be moved behind them as well."""
_BRIDGE = 5
"""So many cells that stay as they are may be written again instead of a move."""
_FEW_ROWS = 4
"""Fewer changed rows are not worth a look for what may have scrolled."""


class _Scroll(NamedTuple):
    top: int
    bottom: int
    up: int
    """Rows, downwards if it is negative."""


class _Piece(NamedTuple):
    """Cells to be written, or a row to be erased from there on."""

    y: int
    start: int
    end: int
    look: Look
    erases: bool
    odd: bool = False


class Painter:
    """Keeps what a terminal shows. `fills`: what it erases has the background that is on, as in most.

    Attributes:
        look: what it has on; None where that is not sure.
    """

    def __init__(self, *, fills: bool) -> None:
        self._fills = fills
        self._shown: Grid | None = None
        self._x: int | None = None
        self._y: int | None = None
        self.look: Look | None = None

    def forget(self) -> None:
        """The terminal may show anything: all is drawn anew next time."""
        self._shown = None
        self._x = self._y = self.look = None

    def paint(self, wanted: Grid) -> str:
        """What makes the terminal show `wanted`, which is kept and must not change any more."""
        for row in wanted.rows:
            row.sift()
        shown = self._shown
        if shown is None or (shown.width, shown.height) != (wanted.width, wanted.height):
            pen = Pen(wanted.width, x=None, y=None, look=None)
            shown = self._cleared(pen, wanted)
            self._draw(pen, wanted, shown.rows)
        else:
            pen = self._pen(wanted)
            changed = self._draw(pen, wanted, shown.rows)
            if changed >= _FEW_ROWS and (scroll := _scrolled(wanted.rows, shown.rows)):
                other = self._pen(wanted)
                self._draw(other, wanted, self._scroll(other, scroll, shown))
                if len(other.said.encode()) < len(pen.said.encode()):
                    pen = other
        if shown.cursor != wanted.cursor:
            # Where the caret is: what types into it (an input method) opens there.
            pen.go(*wanted.cursor)
        self._shown = wanted
        self._x, self._y, self.look = pen.x, pen.y, pen.look
        return pen.said

    def _pen(self, wanted: Grid) -> Pen:
        return Pen(wanted.width, x=self._x, y=self._y, look=self.look)

    def _cleared(self, pen: Pen, wanted: Grid) -> Grid:
        """Erases everything with the background that most of it has."""
        grounds = Counter(
            look
            for row in wanted.rows
            for text, look in zip(row.texts, row.looks, strict=True)
            if text == " " and self._erases(look)
        )
        ground = grounds.most_common(1)[0][0] if grounds else PLAIN
        pen.wear(ground)
        pen.raw("\x1b[2J")
        cleared = Grid(wanted.width, 0)
        cleared.rows = [Row.empty(wanted.width, ground) for _ in wanted.rows]
        return cleared

    def _scroll(self, pen: Pen, scroll: _Scroll, shown: Grid) -> list[Row]:
        """Moves rows, and returns what is shown then."""
        pen.wear(PLAIN)
        pen.raw(f"\x1b[{scroll.top + 1};{scroll.bottom + 1}r")
        pen.lose()
        pen.go(0, scroll.top)
        count = "" if abs(scroll.up) == 1 else abs(scroll.up)
        pen.raw(f"\x1b[{count}{'M' if scroll.up > 0 else 'L'}\x1b[r")
        pen.lose()
        moved = shown.rows[scroll.top : scroll.bottom + 1]
        new = [Row.empty(shown.width) for _ in range(abs(scroll.up))]
        moved = [*moved[scroll.up :], *new] if scroll.up > 0 else [*new, *moved[: scroll.up]]
        return [*shown.rows[: scroll.top], *moved, *shown.rows[scroll.bottom + 1 :]]

    def _draw(self, pen: Pen, wanted: Grid, shown: list[Row]) -> int:
        """Draws what differs, row by row or look by look; the number of rows that do."""
        pieces: list[_Piece] = []
        rows = 0
        for y, (row, before) in enumerate(zip(wanted.rows, shown, strict=True)):
            if row != before:
                rows += 1
                pieces += self._pieces(y, row, before)
        other = pen.copy()
        self._write(pen, wanted, pieces)
        if len(pieces) > rows:
            self._write(other, wanted, _by_look(pieces, other.look))
            pen.take_shorter(other)
        return rows

    def _write(self, pen: Pen, wanted: Grid, pieces: list[_Piece]) -> None:
        for piece in pieces:
            pen.go(piece.start, piece.y)
            if piece.erases:
                pen.ground(piece.look)
                pen.raw("\x1b[K")
            else:
                self._cells(pen, piece.y, wanted.rows[piece.y], piece.start, piece.end)

    def _pieces(self, y: int, row: Row, before: Row) -> list[_Piece]:
        """What is to be written of a row."""
        texts, looks = row.texts, row.looks
        width = len(texts)
        odd = row.odd or before.odd
        if odd:
            # Nobody knows what stands where.
            changed = list(range(width))
        else:
            both = zip(texts, before.texts, looks, before.looks, strict=True)
            changed = [x for x, (text, old, look, worn) in enumerate(both) if text != old or look != worn]
        tail = _tail(row)
        behind = [x for x in changed if x >= tail] if tail < width and self._erases(looks[-1]) else []
        if len(behind) < _ERASE_LINE:
            behind = []
        pieces: list[_Piece] = []
        for start, end in _runs(row, changed[: len(changed) - len(behind)]):
            if odd:
                # In their order: one may reach over the next.
                pieces.append(_Piece(y, start, end, looks[start], erases=False, odd=True))
            else:
                pieces += (
                    _Piece(y, at, stop, _seen(row, at, stop), erases=False)
                    for at, stop in _split(row, start, end)
                )
        if behind:
            pieces.append(_Piece(y, behind[0], width, looks[-1], erases=True, odd=odd))
        return pieces

    def _cells(self, pen: Pen, y: int, row: Row, start: int, end: int) -> None:
        """Draws these cells, where the cursor is."""
        texts, looks = row.texts, row.looks
        x = start
        while x < end:
            text, look = texts[x], looks[x]
            stop = x + 1
            if text == " " and not look.attributes & INK:
                while stop < end and texts[stop] == " " and looks[stop] == look:
                    stop += 1
                pen.ground(look, looks[stop] if stop < end else None)
                if stop - x >= _ERASE and self._erases(look):
                    pen.raw(f"\x1b[{stop - x}X")
                    if stop < end:
                        pen.go(stop, y)
                else:
                    pen.write(" " * (stop - x), stop - x)
            elif is_sure(text):
                while stop < end and looks[stop] == look and (not texts[stop] or is_sure(texts[stop])):
                    stop += 1
                pen.wear(look)
                pen.write("".join(texts[x:stop]), stop - x)
            else:
                while stop < end and not texts[stop]:
                    stop += 1
                pen.wear(look)
                # Whatever of its cells it leaves is blank, and what comes next is told its place.
                pen.write(" " * (stop - x), stop - x)
                pen.go(x, y)
                pen.write(text, stop - x)
                pen.x = None
                if stop < end:
                    pen.go(stop, y)
            x = stop

    def _erases(self, look: Look) -> bool:
        """Whether what is erased can look like that."""
        return not look.attributes & INK and (self._fills or not look.ground)


def _by_look(pieces: list[_Piece], worn: Look | None) -> list[_Piece]:
    """The pieces of one look after each other, first of the one that is on; odd rows before all."""
    odd = [piece for piece in pieces if piece.odd]
    groups: dict[Look, list[_Piece]] = {}
    if worn is not None:
        groups[worn] = []
    for piece in pieces:
        if not piece.odd:
            groups.setdefault(piece.look, []).append(piece)
    return [*odd, *(piece for group in groups.values() for piece in group)]


def _seen(row: Row, start: int, end: int) -> Look:
    """The look that letters of these cells need, or their blanks where there are none."""
    at = next((x for x in range(start, end) if row.texts[x] != " "), start)
    return row.looks[at]


def _tail(row: Row) -> int:
    """From where on a row is blank and looks alike."""
    look = row.looks[-1]
    at = len(row.texts)
    if look.attributes & INK:
        return at
    while at and row.texts[at - 1] == " " and row.looks[at - 1] == look:
        at -= 1
    return at


def _runs(row: Row, changed: list[int]) -> list[tuple[int, int]]:
    """Start and end of what is written in one go: changed cells, and a few between that are no longer than a
    move over them."""
    runs: list[tuple[int, int]] = []
    texts, looks = row.texts, row.looks
    for x in changed:
        if runs:
            start, end = runs[-1]
            if x < end:
                continue
            gap = range(end, x)
            worn = looks[end - 1]
            if x == end or (
                len(gap) <= _BRIDGE
                and all(texts[at].isascii() and _goes_with(texts[at], looks[at], worn) for at in gap)
            ):
                runs[-1] = start, _whole(texts, x)
                continue
        runs.append((x, _whole(texts, x)))
    return runs


def _goes_with(text: str, look: Look, worn: Look) -> bool:
    """Whether it may be written without a change of the look that is on."""
    if look == worn:
        return True
    inked = (look.attributes | worn.attributes) & INK
    return text == " " and not inked and look.ground == worn.ground


def _split(row: Row, start: int, end: int) -> list[tuple[int, int]]:
    """These cells in pieces that need one look each."""
    texts, looks = row.texts, row.looks
    pieces: list[tuple[int, int]] = []
    begin, worn = start, looks[start]
    for x in range(start + 1, end):
        if not texts[x] or _goes_with(texts[x], looks[x], worn):
            continue
        if not texts[begin:x].count(" ") < x - begin and _goes_with(" ", worn, looks[x]):
            # Only blanks so far: they go with what follows.
            worn = looks[x]
            continue
        pieces.append((begin, x))
        begin, worn = x, looks[x]
    return [*pieces, (begin, end)]


def _whole(texts: list[str], x: int) -> int:
    """The end of the grapheme that begins there."""
    end = x + 1
    while end < len(texts) and not texts[end]:
        end += 1
    return end


def _scrolled(wanted: list[Row], shown: list[Row]) -> _Scroll | None:
    """How most rows that changed may have moved."""
    half = len(shown[0].texts) // 2 if shown else 0
    places: dict[str, list[int]] = {}
    for y, row in enumerate(shown):
        places.setdefault("".join(row.texts[1:half]), []).append(y)
    moves: Counter[int] = Counter()
    found: dict[int, list[int]] = {}
    for y, row in enumerate(wanted):
        key = "".join(row.texts[1:half])
        if row != shown[y] and not key.isspace():
            for place in places.get(key, ()):
                moves[place - y] += 1
                found.setdefault(place - y, []).append(y)
    moves.pop(0, None)
    if not moves:
        return None
    up = moves.most_common(1)[0][0]
    top, bottom = min(found[up]), max(found[up])
    return _Scroll(min(top, top + up), max(bottom, bottom + up), up)
