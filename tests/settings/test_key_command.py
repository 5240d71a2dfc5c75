"""A program that knows the key is asked without a shell, for a while, and what it says is not repeated."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import pytest

from entitree.errors import SettingsError
from entitree.settings.key_command import LONGEST, ask

if TYPE_CHECKING:
    from pathlib import Path


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


async def wrong(*argv: str, seconds: float = 60.0) -> str:
    with pytest.raises(SettingsError) as caught:
        await ask(argv, seconds)
    said = str(caught.value)
    assert "SECRET" not in said
    assert caught.value.__cause__ is None
    return said


async def test_the_first_line_is_the_key() -> None:
    assert await ask(["/bin/echo", " key "]) == "key"
    assert await ask(["/bin/echo", "$HOME; exit 1"]) == "$HOME; exit 1", "no shell reads it"
    assert await ask(shell("printf 'key\\r\\nlogin: me\\n'")) == "key"
    assert await ask(shell("printf key")) == "key"
    assert await ask(shell("echo key; head -c 1000000 /dev/zero")) == "key", "however much comes after it"


async def test_it_has_no_terminal_and_nothing_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPG_TTY", "/dev/pts/1")
    monkeypatch.setenv("PASSWORD_STORE_DIR", "/its/own")
    script = "cat; (: > /dev/tty) 2> /dev/null || echo none $GPG_TTY $PASSWORD_STORE_DIR"
    assert await ask(shell(script)) == "none /its/own"


async def test_what_it_leaves_behind_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    script = f"(read line < {tmp_path / 'never'}) & echo key"
    assert await ask(shell(script)) == "key"
    with (tmp_path / "never").open("w") as stream:
        stream.write("end\n")


async def test_how_it_failed_is_told_without_what_it_said() -> None:
    mend = "Run it yourself to see what it says."
    told = "The program '/bin/sh'"
    assert await wrong(*shell("echo SECRET; echo SECRET >&2; exit 3")) == (
        f"{told} ended with exit code 3, so there is no key. {mend}"
    )
    assert await wrong(*shell("echo SECRET; kill -TERM $$")) == (
        f"{told} was ended by signal 15, so there is no key. {mend}"
    )
    assert await wrong("/bin/true", "SECRET") == f"The first line of '/bin/true' holds no key. {mend}"
    assert "holds no key" in await wrong(*shell("printf 'SECRET\\377\\n'"))
    assert "is too long for a key" in await wrong(*shell(f"head -c {4 * LONGEST} /dev/zero | tr '\\0' x"))
    assert await wrong("/nowhere/pass", "SECRET") == (
        "The program '/nowhere/pass' cannot be run: No such file or directory. Mend it."
    )


async def test_it_is_ended_with_all_that_it_started_when_time_is_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "held")
    reading = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
    script = f"exec 9> {tmp_path / 'held'}; tail -f /dev/null & wait"
    assert await wrong(*shell(script), seconds=0.2) == (
        "The program '/bin/sh' gave no key within 0.2 seconds. Run it yourself to see what it says."
    )
    # Nobody holds it open any more.
    os.set_blocking(reading, True)
    assert await asyncio.to_thread(os.read, reading, 1) == b""
    os.close(reading)


async def test_it_is_ended_when_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pid")
    asking = asyncio.create_task(ask(shell(f"echo $$ > {tmp_path / 'pid'}; exec tail -f /dev/null")))
    pid = int(await asyncio.to_thread((tmp_path / "pid").read_text))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
