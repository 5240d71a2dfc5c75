"""No test sees the developer's machine: no accounts and keys of theirs, no proxies, no clock."""

from __future__ import annotations

import gc
import os
import signal
import time
from itertools import count
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Where the published documents are is said to the tests, not to the program.
_FOR_TESTS = frozenset({"ENTITREE_PLATFORM_SPEC"})
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})


@pytest.fixture(scope="session", autouse=True)
def _nobody_s_machine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in tuple(os.environ):
            if (name.startswith("ENTITREE_") and name not in _FOR_TESTS) or name.lower() in _PROXIES:
                patch.delenv(name)
        patch.setenv("TZ", "UTC")
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        # Who starts the tests in the background may have them ignored, and then what they start ignores them.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="session", autouse=True)
def _garbage_can_wait() -> None:
    """What was imported is never looked through again, and the rest more seldom: a sixteenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def keyring_entries(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A session that has a keyring, and what is in it by service and name."""
    from keyring import core
    from keyring.backend import KeyringBackend

    entries: dict[tuple[str, str], str] = {}

    class Memory(KeyringBackend):
        priority = 5

        def get_password(self, service: str, username: str) -> str | None:
            return entries.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            entries[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del entries[service, username]

    monkeypatch.setattr(core, "_keyring_backend", Memory())  # type: ignore[no-untyped-call]
    return entries


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ENTITREE_HOME of this test alone; it does not exist before something is written."""
    folder = next(_homes)
    monkeypatch.setenv("ENTITREE_HOME", str(folder))
    return folder
