"""Work that every change asks for is kept to a third of the time."""

from __future__ import annotations

from entitree.tui.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_rests_twice_as_long_as_it_worked() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.wait == 0
    with pace.work():
        clock.now += 3
    assert pace.wait == 6
    clock.now += 4
    assert pace.wait == 2
    clock.now += 100
    assert pace.wait == 0


def test_what_is_broken_off_took_its_time_too() -> None:
    clock = Clock()
    pace = Pace(clock)
    try:
        with pace.work():
            clock.now += 1
            raise KeyError
    except KeyError:
        pass
    assert pace.wait == 2


async def test_nobody_waits_where_nothing_was_done() -> None:
    await Pace(Clock()).rest()
