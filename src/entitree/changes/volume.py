"""Which kind of file system a folder is on: SQLite's WAL needs one that no other machine shares."""

from __future__ import annotations

import os
from pathlib import Path

_SHARED = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "lustre", "gpfs",
     "beegfs", "orangefs", "ocfs2", "gfs2", "davfs", "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs"}
)  # fmt: skip
_MOUNTS = Path("/proc/self/mountinfo")


def is_local(folder: Path, mounts: Path = _MOUNTS) -> bool:
    """Whether `folder`, which need not be there yet, is on a file system of this machine alone.

    Where nothing tells, it is taken to be one.
    """
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return True
    where = os.path.realpath(folder)
    longest, found = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ", 1)[0]
        if len(fields) < 5:
            continue
        point = _unescaped(fields[4])
        # Of two mounted on the same point the later one is seen.
        inside = where == point or where.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= longest:
            longest, found = len(point), kind
    return found not in _SHARED


def _unescaped(point: str) -> str:
    for code in ("040", "011", "012", "134"):
        point = point.replace("\\" + code, chr(int(code, 8)))
    return point
