"""Untrusted text made inert and readable.

Ids, aliases and error texts of the platform are free text: they may hold terminal control sequences,
line breaks, marks that turn the reading order round, and characters nobody can see. Everything that came
from the platform passes `visible` on its way to a screen, a terminal or a log.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_ZERO_WIDTH_JOINER = "\u200d"
_EMOJI_VARIATION = "\ufe0f"
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
"""They colour the picture before them; alone no two terminals draw them alike."""
# Letters by category, yet drawn as nothing at all.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Marks by category, yet nothing to see: joiners, Khmer and Mongolian selectors.
_UNSEEN_MARKS = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")
_MOST_MARKS = 4
"""On one character: Hebrew with points and accents has that many, piles of them leave their line."""
_PLAIN = frozenset(map(chr, range(0x20, 0x7F)))


@lru_cache(maxsize=4096)
def visible(text: str) -> str:
    """`text` on one line, without anything a terminal obeys or an eye misses.

    C0 controls and DEL become their pictures (ESC is `␛`, a line feed `␊`). Other controls, bidirectional
    and invisible marks, lone surrogates, private and unassigned characters become `‹U+202E›`. Letters of
    every script, combining marks and emoji stay as they are, but of the marks that pile up on one character
    only the first four. Applying it twice changes nothing more.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    grounded, piled = False, 0
    for at, char in enumerate(text):
        if not _sits(char):
            piece = _shown(text, at)
            grounded, piled = not piece.endswith("›"), 0
        elif piled >= _MOST_MARKS and unicodedata.category(char) != "Mc":
            piece = _named(char)
        else:
            # A mark with nothing to sit on would sit on whatever is drawn before it.
            piece = char if grounded else "\u25cc" + char
            grounded = True
            # Spacing marks stand beside the character: of those, languages use many.
            piled += unicodedata.category(char) != "Mc"
        shown.append(piece)
    return "".join(shown)


def typed(text: str) -> str:
    """`text` without what neither a terminal nor an eye could bear in a field while it is typed or pasted."""
    return "".join(char for char in text if char in (_ZERO_WIDTH_JOINER, _EMOJI_VARIATION) or _harmless(char))


def mended(text: str) -> str:
    """`text` with lone surrogates (legal in JSON, in no encoding) written out as `‹U+D800›`."""
    if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return "".join(_named(char) if "\ud800" <= char <= "\udfff" else char for char in text)


def _shown(text: str, at: int) -> str:
    char = text[at]
    if char in _PLAIN:
        return char
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if char == _ZERO_WIDTH_JOINER and 0 < at < len(text) - 1:
        return char if _joins(text, at - 1) and _pictorial(text[at + 1]) else _named(char)
    if char == _EMOJI_VARIATION:
        return char if at > 0 and _pictorial(text[at - 1]) else _named(char)
    if char in _SKIN_TONES:
        painted = at > 0 and _pictorial(text[at - 1]) and text[at - 1] not in _SKIN_TONES
        return char if painted else _named(char)
    category = unicodedata.category(char)
    if category[0] == "C" or category in ("Zl", "Zp") or _unseen(char, code):
        return _named(char)
    return char


def _sits(char: str) -> bool:
    """Whether it is a mark to be seen on the character before it."""
    return (
        char > "\u02ff"
        and char != _EMOJI_VARIATION
        and unicodedata.category(char)[0] == "M"
        and not _unseen(char, ord(char))
    )


def _unseen(char: str, code: int) -> bool:
    selector = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
    return selector or char in _FILLERS or char in _UNSEEN_MARKS


def _harmless(char: str) -> bool:
    # By itself a mark has nothing to sit on, and gets a circle to do so.
    return visible(char).removeprefix("\u25cc") == char


def _joins(text: str, at: int) -> bool:
    """Whether a picture ends there, with or without its variation selector."""
    return _pictorial(text[at - 1] if at > 0 and text[at] == _EMOJI_VARIATION else text[at])


def _pictorial(char: str) -> bool:
    return ord(char) >= 0x2190 and char not in _FILLERS and unicodedata.category(char) in ("So", "Sk", "Sm")


def _named(char: str) -> str:
    return f"‹U+{ord(char):04X}›"
