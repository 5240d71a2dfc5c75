"""What a killed run left behind goes; what is in use, just being made, or somebody else's stays."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from entitree.cli import demo
from entitree.cli.throwaway import LOCK, YOUNGEST, throw_away

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Entitree, Start


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_behind(place: Path, name: str = "entitree-demo-abcd_123", *, age: float = 2 * YOUNGEST) -> Path:
    folder = place / name
    folder.mkdir(mode=0o700)
    (folder / "platform.db").touch()
    (folder / LOCK).touch(mode=0o600)
    grow_old(folder, age)
    return folder


def grow_old(folder: Path, age: float = 2 * YOUNGEST) -> None:
    then = time.time() - age
    os.utime(folder / LOCK, (then, then))


def use_another() -> None:
    with throw_away("demo"):
        pass


def test_a_folder_is_private_while_it_is_used_and_gone_after(place: Path) -> None:
    with throw_away("demo") as folder:
        assert folder.parent == place
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "mirror.db").touch()
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("name", ["entitree-demo-abcd_123", "entitree-sandbox-abcd_123"])
def test_what_was_left_behind_goes(place: Path, name: str) -> None:
    folder = left_behind(place, name)
    with throw_away("demo") as fresh:
        assert not folder.exists()
        assert fresh.exists()


def test_what_is_in_use_stays_however_old() -> None:
    with throw_away("demo") as folder:
        grow_old(folder)
        use_another()
        assert (folder / LOCK).exists()


def test_what_is_just_being_made_stays(place: Path) -> None:
    (place / "entitree-demo-00000000").mkdir(mode=0o700)
    left_behind(place, "entitree-demo-11111111", age=YOUNGEST / 2)
    left_behind(place, "entitree-demo-22222222", age=-YOUNGEST)
    before = set(place.iterdir())
    use_another()
    assert set(place.iterdir()) == before


def test_what_is_not_ours_stays(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left_behind(place, "entitree-demo-of-mine")
    left_behind(place, "entitree-demo-shared00").chmod(0o755)
    (left_behind(place, "entitree-demo-unmarked") / LOCK).unlink()
    (place / "entitree-demo-linked00").symlink_to(left_behind(place, "elsewhere"))
    (place / "entitree-demo-file0000").touch()
    before = set(place.iterdir())
    use_another()
    assert set(place.iterdir()) == before
    assert (place / "elsewhere" / "platform.db").exists()
    left_behind(place)
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: -1)
        use_another()
    assert (place / "entitree-demo-abcd_123" / "platform.db").exists()


def test_one_that_another_start_is_removing_is_left_to_it(place: Path) -> None:
    folder = left_behind(place)
    with locked(folder / LOCK):
        use_another()
        assert (folder / "platform.db").exists()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    with file.open("r+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def test_the_demo_throws_away_and_cleans_up(
    entitree: Entitree, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = left_behind(place)
    seen: list[Path] = []
    monkeypatch.setattr(demo, "need_terminal", lambda: None)
    monkeypatch.setattr("entitree.tui.app.EntitreeApp.run", lambda _: seen.extend(place.iterdir()))
    assert entitree("demo") == (0, "", "")
    assert len(seen) == 1
    assert seen[0].name.startswith("entitree-demo-")
    assert folder not in seen
    assert list(place.iterdir()) == []


def test_a_sandbox_that_was_killed_is_cleaned_up_by_the_next(start: Start, place: Path) -> None:
    def serve() -> None:
        served = start("sandbox", "--port", "0", "--seed", "empty", TMPDIR=str(place))
        assert served.stdout is not None
        assert json.loads(served.stdout.readline())["base_url"]
        served.kill()
        served.wait(30)

    serve()
    (killed,) = place.iterdir()
    grow_old(killed)
    serve()
    (other,) = place.iterdir()
    assert other != killed
