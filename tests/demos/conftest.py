from __future__ import annotations

import pytest
from tests.stillness import Stillness


@pytest.fixture(autouse=True)
def _stillness(monkeypatch: pytest.MonkeyPatch) -> None:
    stillness = Stillness()
    stillness.watch(monkeypatch)
    stillness.hold_paint(monkeypatch)
