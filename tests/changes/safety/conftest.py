from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.changes.safety.forks import Workers
from tests.changes.safety.rig import Rig
from tests.changes.safety.served import Platform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.changes.safety.rig import End


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform in a process of its own, which survives whatever happens to those who ask it."""
    opened = Platform(tmp_path_factory.mktemp("platform"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """What forks workers, and has loaded what they need."""
    opened = Workers()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def rig(platform: Platform, workers: Workers, tmp_path_factory: pytest.TempPathFactory) -> Rig:
    return Rig(platform, workers, tmp_path_factory.mktemp("rig"))


@pytest.fixture(scope="session")
def undisturbed(rig: Rig) -> End:
    """What comes of the job if nothing happens."""
    attempt = rig.begin()
    assert attempt.work() == (0, 0)
    return attempt.agrees()


@pytest.fixture
def traced(workers: Workers) -> None:
    """Only where system calls can be followed."""
    if not workers.traceable:
        pytest.skip("strace is not there, or may not trace")
