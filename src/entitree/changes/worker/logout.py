"""Whether this host ends a worker when its user logs out: logind does where it is told to."""

from __future__ import annotations

import getpass
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SENTENCE = (
    "This host ends everything that a user runs when they log out (KillUserProcesses of logind), the worker"
    " too: a job stops then, and goes on when it is resumed."
)

_FILES = ("etc/systemd/logind.conf", "run/systemd/logind.conf", "usr/lib/systemd/logind.conf")
_TIME_OUT = 2.0
_YES = frozenset({"yes", "true", "on", "1"})


def ends_at_logout(
    environ: Mapping[str, str] = os.environ,
    *,
    root: Path = Path("/"),
    ask: Callable[[], str] | None = None,
    user: str | None = None,
) -> str | None:
    """What to tell a user whose worker ends with the session; None where it goes on, or nothing tells.

    Asks logind, which takes a moment, and reads its files where that does not answer. Blocks.
    """
    if "XDG_SESSION_ID" not in environ or not (root / "run/systemd/system").is_dir():
        return None
    settings = _written(root) | _said((ask or _ask)())
    if settings.get("KillUserProcesses", "no").lower() not in _YES:
        return None
    name = getpass.getuser() if user is None else user
    only = settings.get("KillOnlyUsers", "").split()
    excluded = settings.get("KillExcludeUsers", "root").split()
    return None if name in excluded or (only and name not in only) else SENTENCE


def _ask() -> str:
    names = ("KillUserProcesses", "KillOnlyUsers", "KillExcludeUsers")
    command = ["loginctl", "show-session", *(f"--property={name}" for name in names)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIME_OUT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return ""
    return done.stdout


def _written(root: Path) -> dict[str, str]:
    """The settings of the files: a main file, the first there is, and what lies in folders beside them."""
    main = next((root / name for name in _FILES if (root / name).is_file()), None)
    found = {} if main is None else _said(_text(main))
    parts: dict[str, Path] = {}
    # Of two with the same name the one further up counts, whichever the folder, then all in order of names.
    for name in reversed(_FILES):
        folder = root / f"{name}.d"
        if folder.is_dir():
            parts |= {each.name: each for each in folder.glob("*.conf")}
    for each in sorted(parts):
        found |= _said(_text(parts[each]))
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""


def _said(text: str) -> dict[str, str]:
    pairs = (line.strip().split("=", 1) for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs if not name.startswith(("#", ";"))}
