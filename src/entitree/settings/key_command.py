"""A program of the user's that knows the key: `key_command` of a profile."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from entitree.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

SECONDS = 60.0
"""How long it may take: somebody may have to touch a hardware key."""
LONGEST = 1 << 16
"""Bytes of its first line."""
_MEND = "Run it yourself to see what it says."


async def ask(argv: Sequence[str], seconds: float = SECONDS) -> str:
    """The first line that the program prints, run without a shell and without a terminal.

    Cancelled, it ends the program. Raises SettingsError with the program and how it ended, never with what it
    was given or what it printed.
    """
    program = f"The program {argv[0]!r}"
    async with _pipe() as (output, end):
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=end,
                stderr=asyncio.subprocess.DEVNULL,
                # A session of its own has no terminal: on this one, something else is drawn.
                start_new_session=True,
                env={name: value for name, value in os.environ.items() if name != "GPG_TTY"},
            )
        except OSError as error:
            raise SettingsError(f"{program} cannot be run: {error.strerror}.", hint="Mend it.") from None
        finally:
            os.close(end)
        try:
            async with asyncio.timeout(seconds):
                line, code = await _told(process, output)
        except TimeoutError:
            raise SettingsError(f"{program} gave no key within {seconds:g} seconds.", hint=_MEND) from None
        finally:
            await _end(process)
    if code:
        how = f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"
        raise SettingsError(f"{program} {how}, so there is no key.", hint=_MEND)
    if line is None:
        raise SettingsError(f"The first line of {argv[0]!r} is too long for a key.", hint=_MEND)
    try:
        key = line.decode().strip()
    except UnicodeDecodeError:
        key = ""
    if not key:
        raise SettingsError(f"The first line of {argv[0]!r} holds no key.", hint=_MEND)
    return key


@asynccontextmanager
async def _pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """What is written to the number can be read; the number is the caller's to close.

    With a pipe of asyncio's own, the end of the program would be told only once everything that it left
    behind has ended too.
    """
    read, write = os.pipe()
    reader = asyncio.StreamReader(limit=LONGEST)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb", 0)
    )
    try:
        yield reader, write
    finally:
        transport.close()


async def _told(
    process: asyncio.subprocess.Process, output: asyncio.StreamReader
) -> tuple[bytes | None, int]:
    """The first line, and the exit code."""
    line = await _first_line(output)
    # Who has more to say must not wait for somebody to read it.
    draining = asyncio.create_task(_drain(output))
    try:
        return line, await process.wait()
    finally:
        draining.cancel()


async def _drain(output: asyncio.StreamReader) -> None:
    while await output.read(LONGEST):
        pass


async def _first_line(output: asyncio.StreamReader) -> bytes | None:
    """None where it is longer than `LONGEST`."""
    try:
        return await output.readline()
    except ValueError:
        return None


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ends the program and what it started, unless it has ended by itself."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
