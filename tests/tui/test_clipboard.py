"""The sequences that carry text to the clipboard, through what stands between."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from hypothesis import given, strategies as st

from entitree.tui.clipboard import (
    LIMIT,
    SCREEN_PIECE,
    clipboard_sequence,
    is_clipboard_sequence,
    reason_against,
    remark,
)

PLAIN = {"TERM": "xterm-256color"}
TMUX = {"TERM": "tmux-256color", "TMUX": "/run/tmux/1000/default,1,0"}
SCREEN = {"TERM": "screen", "STY": "1.pts-0.host"}
PLACES = pytest.mark.parametrize("environ", [PLAIN, TMUX, SCREEN])


def received(sequence: str, environ: dict[str, str]) -> list[str]:
    """What gets to terminals outside, as they read it: through tmux by both ways."""
    if environ is PLAIN:
        carried = [sequence]
    elif environ is SCREEN:
        pieces = re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL)
        assert "".join(f"\x1bP{each}\x1b\\" for each in pieces) == sequence
        carried = ["".join(pieces)]
    else:
        found = re.fullmatch(r"(\x1b\][^\x1b]*\x07)\x1bPtmux;(.*)\x1b\\", sequence, re.DOTALL)
        assert found
        assert not re.search("(?<!\x1b)\x1b(?!\x1b)", found[2]), "every escape is doubled"
        carried = [found[1], found[2].replace("\x1b\x1b", "\x1b")]
    for each in carried:
        assert each.startswith("\x1b]52;c;")
        assert each.endswith("\x07")
    return [b64decode(each[7:-1], validate=True).decode() for each in carried]


@PLACES
@given(text=st.text() | st.text(alphabet="ab\x1b\x07\\", max_size=2000))
def test_whatever_is_copied_arrives_and_nothing_of_it_is_obeyed(text: str, environ: dict[str, str]) -> None:
    sequence = clipboard_sequence(text, environ)
    assert sequence is not None
    assert set(received(sequence, environ)) == {text}
    assert is_clipboard_sequence(sequence)


def test_the_bytes_by_heart() -> None:
    assert clipboard_sequence("héllo", PLAIN) == "\x1b]52;c;aMOpbGxv\x07"
    assert clipboard_sequence("a", TMUX) == "\x1b]52;c;YQ==\x07\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\"
    assert clipboard_sequence("a", SCREEN) == "\x1bP\x1b]52;c;YQ==\x07\x1b\\"
    assert clipboard_sequence("a", {**SCREEN, **TMUX}) == clipboard_sequence("a", TMUX)
    assert remark(PLAIN) == ""
    assert "set-clipboard" in remark(TMUX)
    assert "screen" in remark(SCREEN)


def test_screen_gets_pieces_that_its_buffer_holds() -> None:
    sequence = clipboard_sequence("x" * 5000, SCREEN)
    assert sequence is not None
    pieces = [f"{each}\x1b\\" for each in sequence.split("\x1b\\")[:-1]]
    assert len(pieces) == 9
    assert {len(each) for each in pieces[:-1]} == {SCREEN_PIECE}
    assert received(sequence, SCREEN) == ["x" * 5000]


@PLACES
def test_what_is_too_long_is_not_sent(environ: dict[str, str]) -> None:
    most = LIMIT // 4 * 3
    assert clipboard_sequence("x" * most, environ)
    assert reason_against("x" * most, environ) is None
    assert clipboard_sequence("x" * (most + 3), environ) is None
    assert "too long" in (reason_against("x" * (most + 3), environ) or "")


def test_where_there_is_no_clipboard_nothing_is_sent() -> None:
    for term in ("linux", "dumb"):
        assert clipboard_sequence("a", {"TERM": term}) is None
        assert "no clipboard" in (reason_against("a", {"TERM": term}) or "")
    assert clipboard_sequence("a", {"TERM": "linux", "TMUX": "x"}), "who attaches later may have one"
    assert clipboard_sequence("\ud800", PLAIN) == "\x1b]52;c;XHVkODAw\x07"


@pytest.mark.parametrize(
    "other",
    [
        "",
        "text",
        "\x1b]52;c;a-b\x07",
        "\x1b]52;c;?\x07",
        "\x1b]52;c;YQ==",
        "\x1b]52;p;YQ==\x07",
        "\x1b]52;c;YQ==\x07x",
        "\x1b]52;c;YQ==\x07\x1b]52;c;YQ==\x07",
        "\x1b]52;c;YQ==\x07\x1bPtmux;\x1b\x1b]52;c;Yg==\x07\x1b\\",
        "\x1bP\x1b]52;c;YQ==\x07\x1b\\\x1b[2J",
        "\x1bP\x1b]52;c;YQ==\x07\x1b\\\x1bP\x1b\\",
        "\x1b]0;title\x07",
    ],
)
def test_nothing_else_is_taken_for_it(other: str) -> None:
    assert not is_clipboard_sequence(other)
