"""The end of a log, read while others write and turn it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from entitree.log.files import LogFile
from entitree.log.reading import LogTail
from entitree.log.requests import entry_of

if TYPE_CHECKING:
    from pathlib import Path

LINE = {
    "time": "2026-11-26T04:00:00.123+00:00",
    "who": "app",
    "operation": "get-entity",
    "method": "GET",
    "ms": 12,
    "status": 200,
}


def line(number: int) -> bytes:
    return json.dumps({**LINE, "path": f"/{number}"}).encode() + b"\n"


def numbers(tail: LogTail) -> list[int]:
    return [int(entry.path[1:]) for entry in tail.read()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "requests.log"


@pytest.mark.parametrize("step", [1, 3, 7, 50])
def test_everything_is_read_once_in_its_order_while_files_turn(path: Path, step: int) -> None:
    log, tail = LogFile(path, largest=5 * len(line(10)), kept=3), LogTail(path)
    found = numbers(tail)
    assert not tail.changed()
    for at in range(0, 12, step):
        for number in range(at, min(at + step, 12)):
            log.write(line(10 + number))
        assert tail.changed()
        found += numbers(tail)
        assert not tail.changed()
    assert found == list(range(10, 22))
    tail.close()
    assert tail.read() == []
    assert not tail.changed()


def test_the_newest_are_read_from_as_many_files_as_it_takes(path: Path) -> None:
    log = LogFile(path, largest=5 * len(line(10)), kept=3)
    for number in range(10, 30):
        log.write(line(number))
    assert numbers(LogTail(path, most=12)) == list(range(18, 30))
    assert numbers(LogTail(path, most=2)) == [28, 29]
    assert numbers(LogTail(path)) == list(range(10, 30))


def test_a_line_is_read_when_it_is_whole_and_others_are_left_out(path: Path) -> None:
    tail = LogTail(path)
    path.write_bytes(line(1) + b"nonsense\n[]\n\xff\n\n" + line(2)[:9])
    assert numbers(tail) == [1]
    with path.open("ab") as file:
        file.write(line(2)[9:] + line(3))
    assert numbers(tail) == [2, 3]
    assert [entry.number for entry in LogTail(path).read()] == [0, 1, 2]


def test_a_link_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(line(1))
    path.symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic"):
        LogTail(path).read()


@given(
    st.dictionaries(
        st.sampled_from([*LINE, "path", "body", "retry_after", "attempt"]),
        st.none() | st.integers() | st.text() | st.floats() | st.lists(st.none()),
    )
)
def test_any_json_is_an_entry_or_none(value: dict[str, object]) -> None:
    entry = entry_of(json.dumps({**LINE, "path": "/", **value}).encode(), 0)
    assert entry is None or isinstance(entry.path, str)
