"""What is wrong with a local database, in one sentence and with what helps against it."""

from __future__ import annotations

import errno
import re
import sqlite3
from enum import Enum
from typing import TYPE_CHECKING

from entitree.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_SQLITE_BASE = 0xFF
"""The low byte of an extended result code is the plain one."""
_MISSING = re.compile(r"no such (table|column)|already exists|malformed|Could not decode")
_TABLE = re.compile(r"CREATE TABLE (\w+)")


class Ailment(Enum):
    DAMAGED = "it is damaged, or no database of this program"
    FULL = "there is no space left, or the disk fails"
    RIGHTS = "it may not be read and written"
    BUSY = "another program keeps it locked"
    OTHER = ""


_BY_RESULT = {
    sqlite3.SQLITE_CORRUPT: Ailment.DAMAGED,
    sqlite3.SQLITE_NOTADB: Ailment.DAMAGED,
    sqlite3.SQLITE_FULL: Ailment.FULL,
    sqlite3.SQLITE_IOERR: Ailment.FULL,
    sqlite3.SQLITE_READONLY: Ailment.RIGHTS,
    sqlite3.SQLITE_CANTOPEN: Ailment.RIGHTS,
    sqlite3.SQLITE_PERM: Ailment.RIGHTS,
    sqlite3.SQLITE_AUTH: Ailment.RIGHTS,
    sqlite3.SQLITE_BUSY: Ailment.BUSY,
    sqlite3.SQLITE_LOCKED: Ailment.BUSY,
}
_BY_ERRNO = {
    errno.ENOSPC: Ailment.FULL,
    errno.EDQUOT: Ailment.FULL,
    errno.EIO: Ailment.FULL,
    errno.EACCES: Ailment.RIGHTS,
    errno.EPERM: Ailment.RIGHTS,
    errno.EROFS: Ailment.RIGHTS,
}
_HELP = {
    Ailment.FULL: "Free some space on its disk.",
    Ailment.RIGHTS: "Mend the rights of the file and of its folder.",
    Ailment.BUSY: "Try again in a while.",
    Ailment.OTHER: "Check the file and its folder.",
}


def ailment(error: Exception) -> Ailment:
    """What an exception of SQLite, of the file system, or of reading what is stored says about the file."""
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0, Ailment.OTHER)
    if isinstance(error, sqlite3.Error):
        known = _BY_RESULT.get(getattr(error, "sqlite_errorcode", 0) & _SQLITE_BASE, Ailment.OTHER)
        return Ailment.DAMAGED if known is Ailment.OTHER and _MISSING.search(str(error)) else known
    return Ailment.DAMAGED


def storage_error(what: str, error: Exception, *, if_damaged: str) -> StorageError:
    """The error to raise. `what` names the file with its path, `if_damaged` the hint for that case only."""
    ails = ailment(error)
    said = error.strerror if isinstance(error, OSError) else None
    reason = said or ails.value or str(error)
    hint = if_damaged if ails is Ailment.DAMAGED else _HELP[ails]
    return StorageError(f"{what} cannot be used: {reason}.", hint=hint)


def demand_tables(connection: sqlite3.Connection, migrations: Iterable[str]) -> None:
    """Raise sqlite3.DatabaseError where a table that the migrations make is not there."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for script in migrations:
        for name in _TABLE.findall(script):
            if name not in there:
                raise sqlite3.DatabaseError(f"no such table: {name}")
