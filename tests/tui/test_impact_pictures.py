"""The impact screen in states of its own, as pictures; updated only after somebody looked at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.test_pictures import BIGCOLA, FORBIDDEN, SIZES, Compare, State, picture

from entitree.demos.scenario import typed

if TYPE_CHECKING:
    from tests.tui.conftest import Stage

    from entitree.api.transport import Reply, Request

US = ("2", "slash", *typed("bigcola-us"), "enter", "d")
END = ("pagedown",) * 3


def closed(request: Request) -> Reply | None:
    """Numbers, keys, strategies, inbound configurations and all but one of the logs may not be read."""
    doors = ("numbers", "api-keys", "sending-strategies", "inbound-message", "sms/3/logs", "email/1/logs")
    return FORBIDDEN if any(door in request.target for door in doors) else None


STATES = (
    State("impact-end", (*US, *END)),
    State("impact-refused", (*US, *END), options={"fault": closed}),
    State("impact-of-many", (*BIGCOLA, "asterisk", "d")),
    State("impact-not-in-use", ("2", "slash", *typed("bigcola-ca"), "enter", "i", *END)),
    State("impact-walked", (*US, "shift+tab", "enter", "ctrl+f", *typed("inbound"))),
)


ON_DEMAND = frozenset({"impact-of-many", "impact-walked"})


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "state",
    [
        pytest.param(each, id=each.name, marks=[pytest.mark.long] if each.name in ON_DEMAND else [])
        for each in STATES
    ],
)
def test_impact(state: State, size: tuple[int, int], snap_compare: Compare, stage: Stage) -> None:
    assert picture(state, size, snap_compare, stage, "entitree-dark")
