"""Everything goes wrong, again and again: at the end journal and platform agree all the same."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from tests.changes.safety.apps import App
from tests.changes.safety.many import prepared
from tests.changes.safety.mixed import HASTY
from tests.changes.safety.rig import Rig
from tests.changes.safety.served import Platform

from entitree.changes.worker import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.changes.safety.forks import Workers

    Note = Callable[[str, object], None]

SEVERED = 0.03
"""Of requests, by a connection that breaks: before or after the effect, or in the middle of the answer."""
SHARE = 0.022
"""Of requests, by each of the faults below that may happen as often as they like: with those that are severed
and the rest, a fifth of all.
"""
PACE = Pace(quiet=1.2, first=0.01, longest=0.02, network=1.0, failures=HASTY.failures, look=0.02, idle=0.02)
"""Whatever was still under way when its worker died, or waited no longer, has landed within that time."""


def faults(steps: int) -> list[dict[str, Any]]:
    """Thirteen, of eight kinds. What has to be waited out happens so often at most as fits the job."""
    each = {"probability": SHARE}
    gentle, unanswered, later = max(1, steps // 100), max(1, steps // 40), max(1, steps // 20)
    return [
        {"kind": "no-answer", "times": unanswered, **each},
        {"kind": "no-answer", "after_effect": True, "times": unanswered, **each},
        {"kind": "status", "status": 500, **each},
        {"kind": "status", "status": 500, "after_effect": True, **each},
        {"kind": "status", "status": 503, "after_effect": True, **each},
        {"kind": "status", "status": 503, "retry_after": 1, "times": later, **each},
        {"kind": "bad-json", "after_effect": True, **each},
        {"kind": "html", "status": 502, **each},
        {"kind": "html", "after_effect": True, **each},
        {"kind": "empty", "after_effect": True, **each},
        {"kind": "delay", "seconds": 0.05, **each},
        {"kind": "status", "status": 429, "retry_after": 1, "times": gentle, **each},
        {"kind": "status", "status": 429, "times": gentle, **each},
    ]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    opened = Platform(tmp_path_factory.mktemp("demo"), seed="demo")
    yield opened
    opened.close()


@pytest.fixture
def demo(served: Platform) -> Platform:
    served.reset()
    return served


def test_a_short_storm(demo: Platform, workers: Workers, tmp_path: Path, record_property: Note) -> None:
    rig = Rig(demo, workers, tmp_path, partial(prepared, steps=60))
    record_property("faults", _storm(rig, 1, kills=4, hang_ups=2, restarts=1))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_storm(demo: Platform, workers: Workers, tmp_path: Path, seed: int, record_property: Note) -> None:
    rig = Rig(demo, workers, tmp_path, partial(prepared, steps=1000))
    record_property("faults", _storm(rig, seed, kills=50, hang_ups=10, restarts=3))


def _storm(rig: Rig, seed: int, *, kills: int, hang_ups: int, restarts: int) -> list[int]:
    """Returns how often each of the faults was met."""
    demo = rig.platform
    undisturbed = rig.begin()
    assert undisturbed.work() == (0, 0)
    wanted = undisturbed.agrees()
    attempt = rig.begin()
    steps = attempt.job().steps
    demo.go_wrong(*faults(steps), seed=seed)
    demo.sever(SEVERED, seed=seed)
    accidents = sorted(
        [
            *((steps * (at + 1) // (kills + 1), "kill") for at in range(kills)),
            *((steps * (at + 1) // (hang_ups + 1), "hang up") for at in range(hang_ups)),
            *((steps * (at + 1) // (restarts + 1), "restart") for at in range(restarts)),
        ]
    )
    killed: set[int] = set()
    worker: int | None = None
    app = App(demo.profile, attempt.folder, PACE, impatient=True)
    told = app.told()
    while (said := next(told, None)) is not None:
        worker = said["worker"] or worker
        if not accidents or said["done"] < accidents[0][0]:
            continue
        _, what = accidents[0]
        if what == "kill":
            if worker is None or worker in killed:
                # The next one has not said yet who it is.
                continue
            killed.add(worker)
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        elif what == "hang up":
            app.hang_up(len(accidents))
            app = App(demo.profile, attempt.folder, PACE, impatient=True)
            told = app.told()
        else:
            demo.kill()
            demo.start()
            demo.sever(SEVERED, seed=seed + len(accidents))
        del accidents[0]
    app.close()
    demo.sever(0.0, seed=0)
    demo.idle()
    met = demo.went_wrong()
    demo.go_wrong()
    assert not accidents
    assert len(killed) == kills
    assert sum(each > 0 for each in met) >= min(len(met), steps // 10), met
    found = attempt.agrees(wanted)
    assert len(found.audit) == len(wanted.audit)
    return met
