"""What ails a database decides what is advised: removing it only where that can help."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from entitree.disk import storage_error

if TYPE_CHECKING:
    from pathlib import Path


def trouble_with(file: Path, *statements: str) -> Exception:
    try:
        with closing(sqlite3.connect(file)) as db:
            for statement in statements:
                db.execute(statement)
    except sqlite3.Error as error:
        return error
    raise AssertionError("nothing went wrong")


def advice(error: Exception) -> str:
    return str(storage_error("/data/x.db", error, if_damaged="Remove it."))


def test_a_file_that_is_no_database_is_to_be_removed(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"notes" * 999)
    assert advice(trouble_with(tmp_path / "x", "SELECT * FROM sqlite_schema")).endswith("Remove it.")


def test_a_database_without_its_tables_or_text_is_to_be_removed(tmp_path: Path) -> None:
    assert advice(trouble_with(tmp_path / "x", "SELECT * FROM entity")).endswith("Remove it.")
    assert advice(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")).endswith("Remove it.")
    with closing(sqlite3.connect(":memory:")) as db, pytest.raises(sqlite3.Error) as torn:
        db.execute("SELECT CAST(x'ff' AS TEXT)").fetchone()
    assert advice(torn.value).endswith("Remove it.")


def test_on_a_full_disk_space_is_to_be_freed(tmp_path: Path) -> None:
    full = trouble_with(tmp_path / "x", "PRAGMA max_page_count = 1", "CREATE TABLE t (x)")
    for error in (full, OSError(errno.ENOSPC, "No space left on device", "/data/x.db")):
        assert advice(error).endswith("Free some space on its disk.")


def test_without_the_right_to_it_the_rights_are_to_be_mended(tmp_path: Path) -> None:
    locked = trouble_with(tmp_path / "x", "PRAGMA query_only = 1", "CREATE TABLE t (x)")
    nowhere = trouble_with(tmp_path / "no" / "folder", "SELECT 1")
    for error in (locked, nowhere, PermissionError(errno.EACCES, "Permission denied", "/data/x.db")):
        assert "rights" in advice(error)


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOSPC, errno.EISDIR])
def test_the_sentence_names_the_path_once_and_no_number(number: int) -> None:
    said = advice(OSError(number, os.strerror(number), "/data/x.db"))
    assert said.startswith(f"/data/x.db cannot be used: {os.strerror(number)}.")
    assert said.count("/data/x.db") == 1
    assert "Errno" not in said
    assert "Remove" not in said


def test_a_mistake_of_ours_advises_to_remove_nothing(tmp_path: Path) -> None:
    assert "Remove" not in advice(trouble_with(tmp_path / "x", "SELEKT"))
