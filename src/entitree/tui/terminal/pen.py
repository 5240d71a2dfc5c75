"""What writes to the terminal: it knows where the cursor is and which look is on, and spares words."""

from __future__ import annotations

from entitree.tui.terminal.styles import INK, Look, codes_between, codes_from_nothing


class Pen:
    """Gathers what is to be written to a terminal `width` cells wide that does not wrap its lines.

    Attributes:
        x, y: the cursor, from 0; None where that is not sure.
        look: what text would look like; None where that is not sure.
    """

    def __init__(self, width: int, *, x: int | None, y: int | None, look: Look | None) -> None:
        self._width = width
        self._said: list[str] = []
        self.x, self.y, self.look = x, y, look

    @property
    def said(self) -> str:
        return "".join(self._said)

    def copy(self) -> Pen:
        other = Pen(self._width, x=self.x, y=self.y, look=self.look)
        other._said = self._said.copy()
        return other

    def take_shorter(self, other: Pen) -> None:
        """Becomes `other`, where that says less."""
        if len(other.said.encode()) < len(self.said.encode()):
            self._said, self.x, self.y, self.look = other._said, other.x, other.y, other.look

    def raw(self, codes: str) -> None:
        """Adds what moves no cursor and changes no look."""
        self._said.append(codes)

    def lose(self) -> None:
        """The cursor may be anywhere."""
        self.x = self.y = None

    def go(self, x: int, y: int) -> None:
        """Moves the cursor there."""
        if (self.x, self.y) != (x, y):
            self._said.append(min(self._ways(x, y), key=len))
            self.x, self.y = x, y

    def wear(self, look: Look) -> None:
        """Whatever is written next looks like that."""
        if self.look is None:
            self._said.append(codes_from_nothing(look))
        elif self.look != look:
            self._said.append(codes_between(self.look, look))
        self.look = look

    def ground(self, blank: Look, soon: Look | None = None) -> None:
        """Blanks that are written or erased next look like that; letters that come after them like `soon`."""
        if self.look is not None and self.look.ground == blank.ground and not self.look.attributes & INK:
            return
        if soon is not None and soon.ground == blank.ground and not soon.attributes & INK:
            self.wear(soon)
        elif self.look is None:
            self.wear(blank)
        else:
            self.wear(
                Look(
                    self.look.attributes & ~INK,
                    self.look.ink,
                    blank.ground,
                )
            )

    def write(self, text: str, cells: int) -> None:
        """Writes text of so many cells, all of them on this row."""
        self._said.append(text)
        if self.x is not None:
            # In the last column it may stand still or wait behind it: terminals differ.
            self.x = self.x + cells if self.x + cells < self._width else None

    def _ways(self, x: int, y: int) -> list[str]:
        ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"]
        if self.y is None:
            return ways
        down = y - self.y
        vertical = ["" if not down else _step("B" if down > 0 else "A", abs(down))]
        if self.x == x:
            ways += vertical
        if not x:
            ways += [f"\r{each}" for each in vertical]
            if down == 1:
                # Never on the last row, so nothing scrolls.
                ways.append("\r\n")
        elif not down:
            ways.append(f"\x1b[{x + 1}G")
        if self.x is not None and x != self.x:
            right = x - self.x
            level = _step("C" if right > 0 else "D", abs(right))
            if right < 0:
                level = min(level, "\b" * -right, key=len)
            ways += [each + level for each in vertical]
        return ways


def _step(final: str, count: int) -> str:
    return f"\x1b[{final}" if count == 1 else f"\x1b[{count}{final}"
