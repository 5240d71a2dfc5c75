"""Log files: whole lines, private, small, and no trouble to anybody when they cannot be written."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from entitree.log.files import LogFile, older
from entitree.log.writer import LogWriter

if TYPE_CHECKING:
    from pathlib import Path

WRITERS = """
import sys
from pathlib import Path
from entitree.log.files import LogFile
log = LogFile(Path(sys.argv[1]), largest=4000, kept=40)
for number in range(400):
    log.write(b"%s-%03d %s\\n" % (sys.argv[2].encode(), number, b"x" * (number % 50)))
"""


def lines(path: Path) -> list[bytes]:
    files = [path, *(older(path, number) for number in range(1, 60))]
    return [line for each in reversed(files) if each.exists() for line in each.read_bytes().splitlines()]


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


def test_it_is_private_from_the_first_byte_and_turns_when_it_is_large(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / "deep" / "app.log"
        log = LogFile(path, largest=30, kept=2)
        for number in range(12):
            log.write(b"line %02d ---\n" % number)
        log.close()
    finally:
        os.umask(before)
    assert sorted(each.name for each in path.parent.iterdir()) == ["app.log", "app.log.1", "app.log.2"]
    assert all(each.stat().st_size <= 30 for each in path.parent.iterdir())
    assert lines(path) == [b"line %02d ---" % number for number in range(6, 12)]
    assert modes(path.parent) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_batch_larger_than_a_file_is_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    log = LogFile(path, largest=10, kept=1)
    log.write(b"a long line\n" * 3)
    log.write(b"b\n")
    assert lines(path) == [b"a long line"] * 3 + [b"b"]


def test_what_others_could_read_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.touch(mode=0o644)
    path.chmod(0o644)
    LogFile(path).write(b"line\n")
    assert modes(tmp_path) == {0o600}


def test_a_file_that_was_removed_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    log = LogFile(path)
    log.write(b"one\n")
    path.unlink()
    log.write(b"two\n")
    assert path.read_bytes() == b"two\n"


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    path, victim = tmp_path / "app.log", tmp_path / "victim"
    victim.write_text("mine")
    match kind:
        case "link":
            path.symlink_to(victim)
        case "pipe":
            os.mkfifo(path)
        case _:
            path.mkdir()
    said: list[str] = []
    writer = LogWriter(LogFile(path), said.append)
    writer.put(b"one\n")
    writer.flush()
    writer.put(b"two\n")
    writer.close()
    assert len(said) == 1
    assert str(path) in said[0]
    assert victim.read_text() == "mine"


def test_a_pipe_that_somebody_reads_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(OSError, match="not a file"):
            LogFile(path).write(b"line\n")
        assert os.read(reader, 10) == b""
    finally:
        os.close(reader)


def test_processes_write_whole_lines_in_their_order_while_files_turn(tmp_path: Path) -> None:
    path = tmp_path / "requests.log"
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITERS, str(path), name], stderr=subprocess.PIPE)
        for name in ("a", "b")
    ]
    for each in processes:
        _, error = each.communicate(timeout=60)
        assert (each.returncode, error) == (0, b"")
    found = lines(path)
    assert len(found) == 800
    assert len(list(tmp_path.iterdir())) > 3
    for name in (b"a", b"b"):
        mine = [line for line in found if line.startswith(name)]
        assert mine == [b"%s-%03d %s" % (name, number, b"x" * (number % 50)) for number in range(400)]
    assert modes(tmp_path) == {0o600}


def test_a_full_disk_leaves_no_half_line_and_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "app.log"
    said: list[str] = []
    writer = LogWriter(LogFile(path), said.append)
    writer.put(b"before\n")
    writer.flush()
    write = os.write
    room = [3, 5]

    def little(handle: int, content: bytes) -> int:
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, content[: room.pop()])

    with monkeypatch.context() as full:
        full.setattr(os, "write", little)
        for lost in (b"lost line\n", b"lost too\n"):
            writer.put(lost)
            writer.flush()
    writer.put(b"after\n")
    writer.close()
    writer.put(b"never\n")
    assert path.read_bytes() == b"before\nafter\n"
    assert said == [f"The log {path} cannot be written, so it has gaps: {os.strerror(errno.ENOSPC)}."]


def test_a_folder_that_may_not_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said: list[str] = []
    writer = LogWriter(LogFile(tmp_path / "file" / "logs" / "app.log"), said.append)
    writer.put(b"line\n")
    writer.close()
    assert len(said) == 1


def test_closing_writes_all_that_was_put(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    writer = LogWriter(LogFile(path))
    for number in range(3_000):
        writer.put(b"%d\n" % number)
    writer.close()
    writer.close()
    assert path.read_bytes().split() == [b"%d" % number for number in range(3_000)]
