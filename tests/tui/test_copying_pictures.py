"""What copying and exporting look like; updated only after somebody looked at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tui.planning import keys
from tests.tui.test_bulk_pictures import PARTLY
from tests.tui.test_pictures import SMALL, Compare, State, picture

if TYPE_CHECKING:
    from tests.tui.conftest import Stage

FILE = ("end", "ctrl+u", *keys("/srv/exports/bigcola.csv"))


@pytest.mark.parametrize(
    "state",
    [State("export", (*PARTLY, "W", *FILE)), State("no-clipboard", (*PARTLY, "Y"))],
    ids=lambda state: state.name,
)
def test_at_80x24(state: State, snap_compare: Compare, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    assert picture(state, SMALL, snap_compare, stage, "entitree-dark")
