"""Files are whole or as they were, and those with secrets are for one pair of eyes."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from entitree.errors import SettingsError, StorageError
from entitree.settings.files import LARGEST, alone, read_toml, write_toml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import IO

KEY = "0123456789abcdef-SECRET"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "some.toml"


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_what_is_written_is_read_back(file: Path) -> None:
    assert read_toml(file) == {}
    for tables in ({"a.b": {"text": '"\n東\x7f'}}, {"other": 1}):
        write_toml(file, tables)
        assert read_toml(file) == tables
        assert read_toml(file, secret=True) == tables
    assert names(file.parent) == ["some.toml"]


def test_it_is_private_from_its_first_byte(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def fsync(descriptor: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))

    monkeypatch.setattr(os, "fsync", fsync)
    before = os.umask(0)
    try:
        write_toml(file, {"key": KEY})
    finally:
        os.umask(before)
    assert seen == [0o600]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_private_once_written(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("a = 1")
    file.chmod(0o644)
    write_toml(file, {"key": KEY})
    assert read_toml(file, secret=True) == {"key": KEY}


def test_a_link_is_replaced_and_what_it_points_to_is_left_alone(file: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("a = 1")
    file.parent.mkdir()
    file.symlink_to(tmp_path / "theirs")
    write_toml(file, {"key": KEY})
    assert (tmp_path / "theirs").read_text() == "a = 1"
    assert not file.is_symlink()


@pytest.mark.parametrize("step", ["fsync", "replace", "mkstemp"])
def test_a_full_disk_leaves_what_was_there(file: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    write_toml(file, {"old": 1})

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    target = {"fsync": "os.fsync", "replace": "pathlib.Path.replace", "mkstemp": "tempfile.mkstemp"}[step]
    monkeypatch.setattr(target, full)
    with pytest.raises(StorageError) as caught:
        write_toml(file, {"new": KEY})
    assert str(caught.value).startswith(f"{file} cannot be written: No space left on device. Free some space")
    assert KEY not in str(caught.value)
    assert read_toml(file) == {"old": 1}
    assert names(file.parent) == ["some.toml"]


def test_the_real_full_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fdopen
    monkeypatch.setattr(os, "fdopen", lambda descriptor, how: _on_full(real, descriptor, how))
    with pytest.raises(StorageError, match="No space left on device"):
        write_toml(tmp_path / "some.toml", {"a": "x" * 100_000})
    assert names(tmp_path) == []


def _on_full(real: Callable[[int, str], IO[bytes]], descriptor: int, how: str) -> IO[bytes]:
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, descriptor)
    os.close(full)
    return real(descriptor, how)


def test_an_interruption_leaves_nothing_behind(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_toml(file, {"old": 1})

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_toml(file, {"new": KEY})
    assert names(file.parent) == ["some.toml"]
    assert read_toml(file) == {"old": 1}


def test_what_cannot_be_encoded_touches_nothing(file: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_toml(file, {"a": "\ud800"})
    assert not file.parent.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_secret_that_others_can_read_is_refused(file: Path, mode: int) -> None:
    write_toml(file, {"key": KEY})
    file.chmod(mode)
    with pytest.raises(SettingsError, match=r"others can read it\. Run: chmod 600 .*some\.toml") as caught:
        read_toml(file, secret=True)
    assert KEY not in str(caught.value)
    assert read_toml(file) == {"key": KEY}, "other files may be shared"


def refused(file: Path) -> tuple[str, str]:
    """What is wrong with a file of secrets, and the command that is said to mend it."""
    with pytest.raises(SettingsError) as caught:
        read_toml(file, secret=True)
    assert KEY not in str(caught.value)
    return caught.value.what, caught.value.hint.removeprefix("Run: ")


def run(command: str) -> None:
    subprocess.run(command, shell=True, check=True)  # noqa: S602 - as a user would paste it


def test_what_is_said_to_mend_a_file_of_secrets_does(tmp_path: Path) -> None:
    file, real = tmp_path / "a folder" / "some.toml", tmp_path / "its real.toml"
    write_toml(real, {"key": KEY})
    file.parent.mkdir(0o700)
    file.symlink_to(real)
    file.parent.chmod(0o775)
    what, command = refused(file)
    assert what == f"{file.parent}, where some.toml is kept, can be changed by others."
    run(command)
    what, command = refused(file)
    assert what == f"{file} holds keys, but it is a symbolic link."
    run(command)
    assert not file.is_symlink()
    file.chmod(0o644)
    what, command = refused(file)
    assert what == f"{file} holds keys, but others can read it."
    run(command)
    assert read_toml(file, secret=True) == {"key": KEY}
    file.unlink()
    file.symlink_to(tmp_path / "gone")
    run(refused(file)[1])
    assert read_toml(file, secret=True) == {}


def test_a_secret_of_somebody_else_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_toml(file, {"key": KEY})
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    what, command = refused(file)
    where = f"{file.parent}, where some.toml is kept, belongs" if me else f"{file} holds keys, but it belongs"
    assert what == f"{where} to another user."
    assert command == f"sudo chown {me + 1} {file if not me else file.parent}"
    assert read_toml(file) == {"key": KEY}


def test_a_folder_that_others_can_change_holds_no_secret_even_before_there_is_one(file: Path) -> None:
    file.parent.mkdir()
    file.parent.chmod(0o777)
    assert refused(file)[1] == f"chmod go-w {file.parent}"
    assert read_toml(file) == {}


def test_a_secret_that_is_a_pipe_is_refused(file: Path) -> None:
    file.parent.mkdir()
    os.mkfifo(file, 0o600)
    with pytest.raises(SettingsError, match="no ordinary file"):
        read_toml(file, secret=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = 1\nb = = 2", "is not TOML: Invalid value (at line 2, column 5)."),
        (b"\xff\xfe", "cannot be read: it is not UTF-8."),
    ],
)
def test_a_file_that_is_no_toml(file: Path, content: bytes, said: str) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        read_toml(file)
    assert str(caught.value).startswith(f"{file} {said}")
    assert caught.value.__suppress_context__


def test_a_folder_instead_of_a_file(file: Path) -> None:
    file.mkdir(parents=True)
    for secret in (False, True):
        with pytest.raises(SettingsError, match="cannot be read: it is no ordinary file"):
            read_toml(file, secret=secret)


def test_a_pipe_or_a_device_instead_of_a_file(tmp_path: Path) -> None:
    pipe, device = tmp_path / "pipe.toml", tmp_path / "device.toml"
    os.mkfifo(pipe, 0o600)
    device.symlink_to("/dev/zero")
    for file in (pipe, device):
        with pytest.raises(SettingsError) as caught:
            read_toml(file)
        assert str(caught.value) == f"{file} cannot be read: it is no ordinary file."


@pytest.mark.parametrize("secret", [False, True])
def test_a_file_without_end_is_not_read_to_its_end(file: Path, secret: bool) -> None:
    largest = f"a = 1\n#{'x' * (LARGEST - 7)}"
    write_toml(file, {})
    file.write_text(largest)
    assert read_toml(file, secret=secret) == {"a": 1}
    file.write_text(largest + "x")
    with pytest.raises(SettingsError) as caught:
        read_toml(file, secret=secret)
    assert str(caught.value) == f"{file} cannot be read: it is larger than 1,048,576 bytes."


def test_a_link_to_a_file_is_the_file(file: Path, tmp_path: Path) -> None:
    write_toml(file, {"a": 1})
    (tmp_path / "link.toml").symlink_to(file)
    assert read_toml(tmp_path / "link.toml") == {"a": 1}


def test_a_byte_order_mark_is_no_letter(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xef\xbb\xbfa = 1")
    assert read_toml(file) == {"a": 1}


@pytest.mark.parametrize(
    "content",
    [
        f"[acme]\napi_key = {KEY}",
        f"{KEY}",
        f'["{KEY}"]\n["{KEY}"]',
        f'a = {{ "{KEY}" = 1, "{KEY}" = 2 }}',
        f'a = "{KEY}',
        f'a = "{KEY}"\nb = \'{KEY}',
        f'a.b = 1\na.b."{KEY}" = 2',
    ],
)
def test_what_is_wrong_in_a_secret_file_is_told_by_place_alone(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(SettingsError) as caught:
        read_toml(file, secret=True)
    assert KEY not in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert str(file) in str(caught.value)


def test_two_writers_take_turns(tmp_path: Path) -> None:
    import fcntl

    with alone(tmp_path):
        handle = os.open(tmp_path, os.O_RDONLY)
        try:
            with pytest.raises(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(handle)
    with alone(tmp_path):
        pass
