"""A file for the user is new, whole or not there, and nobody else's."""

from __future__ import annotations

import asyncio
import errno
import os
from typing import TYPE_CHECKING

import pytest

from entitree.errors import StorageError
from entitree.exports.files import NewFile, save_rows, write_new

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from entitree.exports.forms import Chunks, Row


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_new_file_is_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with NewFile(tmp_path / "a.csv") as file:
            file.write("é\n")
            assert (tmp_path / "a.csv").read_bytes() == b"", "nobody takes it for the whole"
            assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
            assert len(names(tmp_path)) == 2
            file.write("東\r\n")
    finally:
        os.umask(old)
    assert (tmp_path / "a.csv").read_bytes() == "é\n東\r\n".encode()
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["a.csv"]


def test_what_is_there_stays(tmp_path: Path) -> None:
    there = tmp_path / "a.csv"
    there.write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere")
    for name in ("a.csv", "link.csv"):
        with pytest.raises(StorageError, match=r"There is already a file .*Choose another name"):
            write_new(tmp_path / name, "yours")
    assert there.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_broken_off_nothing_is_left(tmp_path: Path) -> None:
    def interrupted() -> None:
        with NewFile(tmp_path / "a.csv") as file:
            file.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names(tmp_path) == []


@pytest.mark.parametrize("at", ["write", "fsync"])
def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def written() -> None:
        with NewFile(tmp_path / "a.csv") as file:
            if at == "write":
                assert file._file is not None
                monkeypatch.setattr(file._file, "write", full)
            else:
                monkeypatch.setattr(os, "fsync", full)
            file.write("text")

    with pytest.raises(StorageError, match=r"No space left on device. Free some space"):
        written()
    assert names(tmp_path) == []


def test_no_folder_and_no_right_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"its folder does not exist. Make it first"):
        write_new(tmp_path / "none" / "a.csv", "")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"Not a directory. Choose a folder that you may write to"):
        write_new(tmp_path / "file" / "a.csv", "")


def rows(count: int, ready: asyncio.Event) -> Chunks:
    async def chunks() -> AsyncIterator[list[Row]]:
        for at in range(count):
            yield [{"id": f"e{at}"}]
        await ready.wait()

    return chunks


async def test_rows_are_written_as_they_come_and_cancelled_leave_nothing(tmp_path: Path) -> None:
    ready, third = asyncio.Event(), asyncio.Event()

    def told(count: int) -> None:
        if count == 3:
            third.set()

    path = tmp_path / "a.jsonl"
    for wanted in (True, False):
        saving = asyncio.create_task(save_rows(path, ("id",), rows(3, ready), "jsonl", told))
        await third.wait()
        assert path.read_bytes() == b""
        if wanted:
            saving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await saving
            assert names(tmp_path) == []
            third.clear()
        else:
            ready.set()
            assert await saving == path
    assert path.read_text() == '{"id": "e0"}\n{"id": "e1"}\n{"id": "e2"}\n'
    assert names(tmp_path) == ["a.jsonl"]


def test_dropped_before_it_is_opened_it_is_never_made(tmp_path: Path) -> None:
    file = NewFile(tmp_path / "a.csv")
    file.drop()
    file.open()
    file.write("text")
    file.keep()
    assert names(tmp_path) == []
