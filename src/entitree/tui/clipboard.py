"""How text gets to the clipboard of the terminal, which may be at the other end of tmux, screen and ssh.

A program asks for it with OSC 52. What stands between decides whether it arrives, and nobody says so:

* tmux takes the plain sequence only with `set-clipboard on`; its own default, `external`, drops it. With
  `allow-passthrough on` (before tmux 3.3 always) it hands on what is wrapped for it. Each drops the other
  form silently and both say the same, so both are sent.
* screen drops the plain one, and hands on what is wrapped, in pieces that its buffer holds.
* Anything else gets the plain one.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT = 74_994
"""Bytes of base64 that terminals take at the least: 100,000 for the whole sequence in some."""
SCREEN_PIECE = 768
"""Bytes that screen hands on at once, those around them counted."""
_BEGIN, _END = "\x1b]52;c;", "\x07"
_DCS, _ST = "\x1bP", "\x1b\\"
_WITHOUT = {
    "linux": "The Linux console has no clipboard",
    "dumb": "This terminal (TERM=dumb) has no clipboard",
}
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")


def clipboard_sequence(text: str, environ: Mapping[str, str]) -> str | None:
    """What to write to the terminal so that `text` gets to its clipboard; None where it cannot.

    Whatever is in `text`, the terminal sees letters and digits of it alone.
    """
    if reason_against(text, environ) is not None:
        return None
    plain = f"{_BEGIN}{_encoded(text)}{_END}"
    if environ.get("TMUX"):
        return plain + _for_tmux(plain)
    return _for_screen(plain) if environ.get("STY") else plain


def reason_against(text: str, environ: Mapping[str, str]) -> str | None:
    """Why `text` cannot get to the clipboard, without a full stop."""
    without = _WITHOUT.get(environ.get("TERM", ""))
    if without is not None and not (environ.get("TMUX") or environ.get("STY")):
        return without
    if len(_encoded(text)) > LIMIT:
        most = LIMIT * 3 // 4 // 1000
        return f"It is too long for a terminal's clipboard, which takes about {most} kB"
    return None


def remark(environ: Mapping[str, str]) -> str:
    """What whoever misses it in the clipboard should know; empty where nothing stands between."""
    if environ.get("TMUX"):
        return " (tmux passes it on only with set-clipboard or allow-passthrough on)"
    return " (screen passes it on to a terminal that allows it)" if environ.get("STY") else ""


def is_clipboard_sequence(written: str) -> bool:
    """Whether this is what `clipboard_sequence` makes, whole, and nothing else."""
    if written.startswith(_DCS + _BEGIN):
        plain = written.removeprefix(_DCS).removesuffix(_ST).replace(_ST + _DCS, "")
        return _is_plain(plain) and written == _for_screen(plain)
    plain, end, rest = written.partition(_END)
    return _is_plain(plain + end) and rest in ("", _for_tmux(plain + end))


def _is_plain(written: str) -> bool:
    within = written.removeprefix(_BEGIN).removesuffix(_END)
    return written == f"{_BEGIN}{within}{_END}" and _ALPHABET.issuperset(within)


def _encoded(text: str) -> str:
    # A lone surrogate is in no encoding.
    return b64encode(text.encode("utf-8", "backslashreplace")).decode("ascii")


def _for_tmux(plain: str) -> str:
    return f"{_DCS}tmux;{plain.replace(chr(27), chr(27) * 2)}{_ST}"


def _for_screen(plain: str) -> str:
    room = SCREEN_PIECE - len(_DCS + _ST)
    return "".join(f"{_DCS}{plain[at : at + room]}{_ST}" for at in range(0, len(plain), room))
