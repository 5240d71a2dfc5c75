from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entitree.settings.paths import Paths, find_paths, private_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Writing = Callable[[Path, str], None]


@pytest.fixture
def paths(home: Path) -> Paths:
    return find_paths({"ENTITREE_HOME": str(home)})


@pytest.fixture
def write() -> Writing:
    """Writes a file as its owner would: for nobody else."""

    def writing(file: Path, text: str) -> None:
        private_folder(file.parent)
        file.touch(mode=0o600)
        file.write_text(text, "utf-8")

    return writing
