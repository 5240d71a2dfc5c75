"""Where files live, and that nobody else can look into what was made for them."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from entitree.errors import SettingsError, StorageError
from entitree.settings.paths import find_paths, private_folder

if TYPE_CHECKING:
    from pathlib import Path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_one_folder_holds_it_all(tmp_path: Path) -> None:
    paths = find_paths({"ENTITREE_HOME": f" {tmp_path} "})
    for each in (
        paths.config_file,
        paths.profiles_file,
        paths.secrets_file,
        paths.sandbox,
        paths.account("a"),
    ):
        assert each.is_relative_to(tmp_path)
    assert paths.config_file == tmp_path / "config" / "config.toml"
    assert paths.account("acme-1") != paths.account("acme-2")
    assert list(tmp_path.iterdir()) == [], "asking where makes nothing"


def test_a_relative_home_counts_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_paths({"ENTITREE_HOME": "here"}).data == tmp_path / "here" / "data"


def test_without_it_the_folders_of_the_desktop_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    for environ in ({}, {"ENTITREE_HOME": " "}):
        paths = find_paths(environ)
        assert paths.config_file == tmp_path / "config" / "entitree" / "config.toml"
        assert paths.sandbox == tmp_path / "share" / "entitree" / "sandbox"


def test_a_user_who_is_not_there() -> None:
    with pytest.raises(SettingsError, match="ENTITREE_HOME is '~nobody-by-this-name'"):
        find_paths({"ENTITREE_HOME": "~nobody-by-this-name"})


def test_every_folder_that_is_made_is_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = private_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)
    assert [mode(each) for each in (made, made.parent, made.parent.parent)] == [0o700] * 3


def test_a_folder_that_is_there_is_the_user_s(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    assert private_folder(tmp_path) == tmp_path
    assert mode(tmp_path) == 0o750


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(StorageError, match=r"The folder .*home/config cannot be made: .*ENTITREE_HOME"):
        private_folder(tmp_path / "home" / "config")
