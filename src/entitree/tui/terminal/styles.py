"""How a cell looks, and the codes (SGR) that change one look into another."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

BOLD, DIM, ITALIC, UNDERLINE, REVERSE, STRIKE = 1, 2, 4, 8, 16, 32
INK = UNDERLINE | REVERSE | STRIKE
"""What is seen of a blank, beside its background."""
_ON = {1: BOLD, 2: DIM, 3: ITALIC, 4: UNDERLINE, 7: REVERSE, 9: STRIKE, 21: UNDERLINE}
_OFF = {22: BOLD | DIM, 23: ITALIC, 24: UNDERLINE, 27: REVERSE, 29: STRIKE}
# Nothing blinks, whoever asks for it.
_UNHEARD = frozenset({5, 6, 25})
_CODES = tuple((bit, code) for code, bit in _ON.items() if code != 21)
_KEPT = 4096


class Look(NamedTuple):
    """Attributes, and the codes of the two colours; empty is the terminal's own."""

    attributes: int
    ink: str
    ground: str


PLAIN = Look(0, "", "")
_one: dict[Look, Look] = {}


def _same(look: Look) -> Look:
    """The one of all equal looks that is used: then comparing rows of them compares places in memory."""
    if len(_one) > _KEPT:
        _one.clear()
    return _one.setdefault(look, look)


@lru_cache(_KEPT)
def blank(look: Look) -> Look:
    """What is seen of `look` where there is no letter: the same for all that look alike."""
    return look if look.attributes & INK else _same(Look(0, "", look.ground))


@lru_cache(_KEPT)
def changed(look: Look, codes: str) -> tuple[Look, tuple[str, ...]]:
    """`look` after the codes of one sequence, and the names of those that are not understood."""
    unknown: list[str] = []
    numbers = iter(int(each or 0) for each in codes.split(";"))
    for code in numbers:
        if code == 0:
            look = PLAIN
        elif code in _ON:
            look = look._replace(attributes=look.attributes | _ON[code])
        elif code in _OFF:
            look = look._replace(attributes=look.attributes & ~_OFF[code])
        elif 30 <= code <= 37 or 90 <= code <= 97:
            look = look._replace(ink=str(code))
        elif 40 <= code <= 47 or 100 <= code <= 107:
            look = look._replace(ground=str(code))
        elif code == 39:
            look = look._replace(ink="")
        elif code == 49:
            look = look._replace(ground="")
        elif code in (38, 48):
            rest = _colour(numbers)
            if not rest:
                unknown.append(f"SGR {code}")
            elif code == 38:
                look = look._replace(ink=f"38;{rest}")
            else:
                look = look._replace(ground=f"48;{rest}")
        elif code not in _UNHEARD:
            unknown.append(f"SGR {code}")
    return _same(look), tuple(unknown)


@lru_cache(_KEPT)
def codes_between(before: Look, after: Look) -> str:
    """The shortest sequence that leads from one look to the other; nothing if they are alike."""
    if before == after:
        return ""
    attributes = before.attributes
    ended: list[str] = []
    for code, bits in _OFF.items():
        if attributes & bits & ~after.attributes:
            attributes &= ~bits
            ended.append(str(code))
    begun = [str(code) for bit, code in _CODES if after.attributes & bit & ~attributes]
    inks = [] if before.ink == after.ink else [after.ink or "39"]
    grounds = [] if before.ground == after.ground else [after.ground or "49"]
    step = f"\x1b[{';'.join(ended + begun + inks + grounds)}m"
    whole = codes_from_nothing(after)
    return step if len(step) <= len(whole) else whole


def codes_from_nothing(look: Look) -> str:
    """The sequence that makes it look like `look`, whatever it looked like."""
    codes = [str(code) for bit, code in _CODES if look.attributes & bit]
    codes += [each for each in (look.ink, look.ground) if each]
    # A number that is left out is a zero.
    return f"\x1b[{';'.join(['', *codes]) if codes else ''}m"


def _colour(numbers: Iterator[int]) -> str:
    """The rest of a colour's codes, taken from `numbers`; nothing where it is none."""
    kind = next(numbers, 0)
    length = {5: 1, 2: 3}.get(kind, 0)
    values = list(islice(numbers, length))
    if not length or len(values) < length or max(values) > 255:
        return ""
    return ";".join(map(str, [kind, *values]))
