"""What a terminal would obey in a stream of bytes: control sequences by form, whatever numbers they hold."""

from __future__ import annotations

import base64
import re
import unicodedata

_PIECE = re.compile(
    r"\x1b\[(?P<private>[<-?]*)(?P<numbers>[0-9;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b(?P<string>[\]PX^_k])(?P<said>.*?)(?:\x07|\x1b\\|\x9c)"
    r"|\x1b(?P<escape>[ -/]*[0-~])"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<control>.)",
    re.DOTALL,
)
_MODES = frozenset("hl")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_COPIES = re.compile(rb"\x1b\]52;c;(.*?)(?:\x07|\x1b\\)")


def forms(data: bytes) -> set[str]:
    """Every form of control sequence in it, every control character, and every character that is none to see.

    Of mode switches and operating system commands the number belongs to the form.
    """
    found: set[str] = set()
    for piece in _PIECE.finditer(data.decode("utf-8", "surrogateescape")):
        if piece["final"]:
            numbers = piece["numbers"] if piece["final"] in _MODES else ""
            found.add(f"CSI {piece['private']}{numbers}{piece['between']}{piece['final']}")
        elif piece["string"]:
            found.add(f"ESC {piece['string']}{re.split('[;?]', piece['said'])[0][:20]}")
        elif piece["escape"]:
            found.add(f"ESC {piece['escape']}")
        elif piece["text"]:
            found |= odd(piece["text"])
        else:
            found.add(_named(piece["control"]))
    return found


def odd(text: str) -> set[str]:
    """The characters of it that are none to see: controls, marks that turn the order, halves of pairs."""
    return {_named(each) for each in set(text) if unicodedata.category(each) in _UNSEEN}


def copied(data: bytes) -> list[bytes]:
    """What was put on the clipboard."""
    return [base64.b64decode(each, validate=True) for each in _COPIES.findall(data)]


def _named(char: str) -> str:
    return f"U+{ord(char):04X}"
