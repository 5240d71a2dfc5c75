"""Programs of others that do some of the same, fetched on demand and kept in a folder of their own.

`ENTITREE_BENCHMARKS` names that folder; without it `~/.cache/entitree-benchmarks`. Where one cannot be had,
its lines say so and the rest is measured all the same.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from functools import cache
from pathlib import Path

VISIDATA = ("visidata==3.4",)
VENDOR = ("infobip-cpaasx==0.0.2", "pydantic<2")
_PATIENCE = 300


class MissingError(Exception):
    """A peer cannot be had here, and why, in a few words."""


def folder() -> Path:
    """Where peers live."""
    named = os.environ.get("ENTITREE_BENCHMARKS", "")
    return Path(named) if named else Path.home() / ".cache" / "entitree-benchmarks"


@cache
def fzf() -> str:
    """The path of fzf; installed by apt-get where that is there and may. Raises MissingError."""
    return _packaged("fzf")


@cache
def midnight_commander() -> str:
    """The path of mc; installed as fzf is. Raises MissingError."""
    return _packaged("mc")


@cache
def visidata() -> str:
    """The path of VisiData's command, in an environment of its own. Raises MissingError."""
    return str(_environment("visidata", VISIDATA) / "bin" / "vd")


@cache
def vendor_python() -> str:
    """A Python that has the platform vendor's own client. Raises MissingError."""
    return str(_environment("vendor", VENDOR) / "bin" / "python")


def _packaged(name: str) -> str:
    found = shutil.which(name)
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        _ran(name, ["apt-get", "install", "-y", "--no-install-recommends", name])
        found = shutil.which(name)
    if found is None:
        raise MissingError(f"no {name} here: install it")
    return found


def _environment(name: str, packages: tuple[str, ...]) -> Path:
    place = folder() / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    ready = place / "ready"
    wanted = " ".join(packages)
    if ready.exists() and ready.read_text("utf-8") == wanted:
        return place
    try:
        venv.create(place, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise MissingError(f"no environment for {name}: {error}") from None
    python = str(place / "bin" / "python")
    _ran(name, [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])
    # What is imported for the first time would be compiled, and measured with it.
    _ran(name, [python, "-m", "compileall", "-q", str(place / "lib")], may_fail=True)
    ready.write_text(wanted, "utf-8")
    return place


def _ran(name: str, command: list[str], *, may_fail: bool = False) -> None:
    try:
        subprocess.run(command, capture_output=True, check=not may_fail, timeout=_PATIENCE)
    except (OSError, subprocess.SubprocessError):
        raise MissingError(f"{name} could not be installed") from None
