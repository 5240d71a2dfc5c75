"""A text handed to the user's own editor, and what comes back."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from entitree.errors import UsageError
from entitree.text import visible
from entitree.tui.widgets.bound import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

_USUAL = "vi"


def editor_of(environment: Mapping[str, str]) -> list[str]:
    """The command that $VISUAL or $EDITOR says, else vi. Raises UsageError where its quotes do not fit."""
    said = environment.get("VISUAL", "").strip() or environment.get("EDITOR", "").strip() or _USUAL
    try:
        return shlex.split(said)
    except ValueError:
        raise UsageError(
            "The editor in $VISUAL or $EDITOR cannot be understood: its quotes do not fit.",
            hint="Set EDITOR to a command, such as vi or “code --wait”.",
        ) from None


def edited(app: App[Any], text: str, *, suffix: str = ".tsv") -> str:
    """`text` as it comes back from the editor, which has the terminal meanwhile.

    The file is this user's alone, and gone afterwards. Raises UsageError where there is no such editor, where
    it failed, and where this terminal cannot be handed over.
    """
    command = editor_of(os.environ)
    descriptor, name = tempfile.mkstemp(prefix="entitree-", suffix=suffix)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
        _run(app, [*command, name])
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    finally:
        path.unlink(missing_ok=True)


def _run(app: App[Any], command: list[str]) -> None:
    shown = visible(command[0])
    try:
        with app.suspend():
            # Nothing may be drawn while the editor has the terminal: this waits for it and holds the loop.
            done = subprocess.run(command, check=False)
    except SuspendNotSupported:
        raise UsageError(
            "This terminal cannot be handed to an editor.", hint="Use e: aliases by a rule."
        ) from None
    except OSError as error:
        raise UsageError(
            f"The editor {shown} could not be started: {error.strerror}.",
            hint="Set EDITOR to one that is there.",
        ) from None
    if done.returncode:
        raise UsageError(
            f"The editor {shown} ended with {done.returncode}, so nothing was taken from it.",
            hint=f"{said('edit-list', 'E')} opens the list again.",
        )
