"""The TOML files: `config.toml` is the user's and only read; the others are the app's own, written whole."""

from __future__ import annotations

import os
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entitree.errors import SettingsError, StorageError
from entitree.settings.paths import private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_toml(file: Path) -> dict[str, Any]:
    """The tables of `file`, or none where it does not exist. Raises SettingsError with file and line."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise SettingsError(f"{file} cannot be read: {reason}.") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Its message carries line and column, never a value of the file.
        raise SettingsError(f"{file} is not TOML: {error}.", hint="Mend that line.") from error


def write_toml(file: Path, tables: Mapping[str, Any]) -> None:
    """Replaces `file` in one step, mode 0600 from its first byte on. Raises StorageError and keeps the old."""
    import tomli_w

    folder = private_folder(file.parent)
    try:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{file.name}.")
    except OSError as error:
        raise _unwritable(file, error) from error
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(tomli_w.dumps(tables).encode())
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{file} cannot be written: {error.strerror}.",
        hint="Free some space, mend its rights, or set ENTITREE_HOME to another place.",
    )
