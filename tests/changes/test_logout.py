"""Whether this host ends a worker at logout is read where logind has it, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entitree.changes.worker.logout import SENTENCE, ends_at_logout

if TYPE_CHECKING:
    from pathlib import Path

SESSION = {"XDG_SESSION_ID": "3"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    (tmp_path / "etc/systemd/logind.conf.d").mkdir(parents=True)
    return tmp_path


def told(root: Path, *, said: str = "", user: str = "me") -> str | None:
    return ends_at_logout(SESSION, root=root, ask=lambda: said, user=user)


def test_what_logind_says_counts_before_its_files(root: Path) -> None:
    (root / "etc/systemd/logind.conf").write_text("[Login]\nKillUserProcesses=yes\n")
    assert told(root) == SENTENCE
    assert told(root, said="KillUserProcesses=no\n") is None
    assert told(root, said="KillUserProcesses=yes\nKillExcludeUsers=root me\n") is None
    assert told(root, said="KillUserProcesses=yes\nKillOnlyUsers=you\n") is None
    assert told(root, said="KillUserProcesses=yes\nKillOnlyUsers=me you\n") == SENTENCE


def test_the_files_are_read_in_their_order(root: Path) -> None:
    assert told(root) is None
    (root / "etc/systemd/logind.conf").write_text("#KillUserProcesses=yes\n")
    assert told(root) is None
    lower = root / "usr/lib/systemd/logind.conf.d"
    lower.mkdir(parents=True)
    (lower / "20-a.conf").write_text("[Login]\nKillUserProcesses = yes\n")
    assert told(root) == SENTENCE
    (root / "etc/systemd/logind.conf.d/30-b.conf").write_text("[Login]\nKillUserProcesses=no\n")
    assert told(root) is None
    (root / "etc/systemd/logind.conf.d/30-b.conf").write_text("")
    (root / "etc/systemd/logind.conf.d/20-a.conf").write_text("")
    assert told(root) is None, "it stands in for the one below"


def test_elsewhere_there_is_nothing_to_tell(tmp_path: Path, root: Path) -> None:
    (root / "etc/systemd/logind.conf").write_text("KillUserProcesses=yes\n")
    assert ends_at_logout({}, root=root, ask=lambda: "KillUserProcesses=yes") is None
    assert ends_at_logout(SESSION, root=tmp_path / "none", ask=lambda: "KillUserProcesses=yes") is None
    assert told(root, user="root") is None


def test_a_host_without_loginctl_is_no_trouble(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    (root / "etc/systemd/logind.conf").write_text("KillUserProcesses=yes\n")
    assert ends_at_logout(SESSION, root=root, user="me") == SENTENCE
