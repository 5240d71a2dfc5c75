"""The TOML files: `config.toml` is the user's and only read; the others are the app's own, written whole."""

from __future__ import annotations

import os
import re
import shlex
import stat
import tomllib
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entitree.errors import SettingsError, StorageError
from entitree.settings.paths import WAYS_OUT, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LARGEST = 1 << 20
"""Bytes. What is larger was not written by hand."""

_PLACE = re.compile(r"\(at [^()]*\)$")


def read_toml(file: Path, *, secret: bool = False) -> dict[str, Any]:
    """The tables of `file`, or none where it does not exist.

    Raises SettingsError with file and line, never with what stands there, and for what is no ordinary file or
    larger than `LARGEST`; of a `secret` file also if it is a symbolic link, somebody else's, or anybody else
    may read it or put another file in its place.
    """
    return parsed(file, read_text(file, secret=secret), secret=secret)


def read_text(file: Path, *, secret: bool = False) -> str:
    """What stands in `file`, nothing where it does not exist. Raises SettingsError, as `read_toml` does."""
    try:
        return _read(file, secret=secret).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise SettingsError(f"{file} cannot be read: it is not UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from error


def parsed(file: Path, text: str, *, secret: bool = False) -> dict[str, Any]:
    """The tables of `text`, which stands in `file`. Raises SettingsError, as `read_toml` does."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise SettingsError(f"{file} cannot be read: it is nested too deeply.") from None
    except tomllib.TOMLDecodeError as error:
        # Its message may name a key, and in a file of secrets who knows what was pasted as one.
        place = _PLACE.search(str(error))
        said = str(error) if not secret else place[0] if place else "somewhere"
        raise SettingsError(f"{file} is not TOML: {said}.", hint="Mend that line.") from None


def write_toml(file: Path, tables: Mapping[str, Any]) -> None:
    """Replaces `file` in one step, mode 0600 from its first byte. Raises StorageError and keeps the old."""
    import tempfile

    import tomli_w

    content = tomli_w.dumps(tables).encode()
    folder = private_folder(file.parent)
    fresh: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{file.name}.")
        fresh = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
    except BaseException as error:
        if fresh is not None:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StorageError(f"{file} cannot be written: {error.strerror}.", hint=WAYS_OUT) from error
        raise


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keeps others that also ask out of `folder`: what is read inside is still so when it is written back.

    Raises StorageError.
    """
    import fcntl

    try:
        handle = os.open(private_folder(folder), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be used: {error.strerror}.", hint=WAYS_OUT) from error
    try:
        # Some network file systems know no locks; there it is as good as it was.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _check_folder(file: Path) -> None:
    """Raises SettingsError where others could put another file in its place."""
    folder = file.parent
    try:
        state = folder.stat()
    except OSError:
        # There is no file in it either, or what is wrong is told when it is opened.
        return
    named = shlex.quote(str(folder))
    if state.st_uid not in (os.geteuid(), 0):
        raise SettingsError(
            f"{folder}, where {file.name} is kept, belongs to another user.",
            hint=f"Run: sudo chown {os.geteuid()} {named}",
        )
    if state.st_mode & 0o022:
        raise SettingsError(
            f"{folder}, where {file.name} is kept, can be changed by others.", hint=f"Run: chmod go-w {named}"
        )


def _unlinking(link: Path) -> str:
    """What puts the file itself where the link is."""
    here = shlex.quote(str(link))
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return f"rm {here}"
    return f"mv {shlex.quote(str(target))} {here}"


def _read(file: Path, *, secret: bool) -> bytes:
    # Looked at and read through one descriptor: nobody can put another file there in between. Without
    # O_NONBLOCK a pipe would wait for its writer.
    if secret:
        _check_folder(file)
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        handle = os.open(file, flags | os.O_NOFOLLOW if secret else flags)
    except OSError:
        if secret and file.is_symlink():
            raise SettingsError(
                f"{file} holds keys, but it is a symbolic link.", hint=f"Run: {_unlinking(file)}"
            ) from None
        raise
    try:
        state = os.fstat(handle)
        mode = state.st_mode
        if not stat.S_ISREG(mode):
            raise SettingsError(f"{file} cannot be read: it is no ordinary file.")
        if secret and state.st_uid != os.geteuid():
            raise SettingsError(
                f"{file} holds keys, but it belongs to another user.",
                hint=f"Run: sudo chown {os.geteuid()} {shlex.quote(str(file))}",
            )
        if secret and mode & 0o077:
            raise SettingsError(
                f"{file} holds keys, but others can read it.",
                hint=f"Run: chmod 600 {shlex.quote(str(file))}",
            )
        with os.fdopen(handle, "rb", closefd=False) as stream:
            content = stream.read(LARGEST + 1)
    finally:
        os.close(handle)
    if len(content) > LARGEST:
        raise SettingsError(f"{file} cannot be read: it is larger than {LARGEST:,} bytes.")
    return content
