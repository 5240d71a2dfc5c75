from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from entitree.changes.vault import KEPT_FOR, Vault, fingerprints, references
from entitree.errors import StorageError, UsageError

URL = "https://hook:pass@hooks.example/mo?token=s3cret"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "account")


def test_a_secret_comes_back_and_equal_ones_are_one(vault: Vault) -> None:
    reference = vault.put(URL)
    assert vault.put(URL) == reference == {"$secret": vault.fingerprint(URL)}
    body = {"forwarding": {"type": "HTTP_FORWARD", "url": reference}, "more": [reference, None, 1]}
    assert vault.resolve(body) == {
        "forwarding": {"type": "HTTP_FORWARD", "url": URL},
        "more": [URL, None, 1],
    }
    assert list(references(body)) == [reference["$secret"]] * 2
    assert vault.resolve({"a": {"$secret": 1}, "b": {"$secret": "x", "c": 2}}) == {
        "a": {"$secret": 1},
        "b": {"$secret": "x", "c": 2},
    }


def test_states_speak_of_secrets_too() -> None:
    state = {"forwarding": {"url": "https://x.example/", "fingerprint": "a"}, "more": [{"fingerprint": None}]}
    assert list(fingerprints(state)) == ["a"]
    assert list(fingerprints([{"url": {"$secret": "b"}}, state])) == ["b", "a"]
    assert list(references(state)) == []


def test_another_process_and_another_start_have_the_same_vault(vault: Vault, tmp_path: Path) -> None:
    reference = vault.put(URL)
    again = Vault(tmp_path / "account")
    assert again.resolve({"url": reference}) == {"url": URL}
    assert again.fingerprint(URL) == reference["$secret"]


def test_a_fingerprint_says_nothing_without_its_vault(vault: Vault, tmp_path: Path) -> None:
    mine = vault.fingerprint(URL)
    assert mine != Vault(tmp_path / "another").fingerprint(URL)
    assert not vault.has(mine)
    assert mine != vault.fingerprint(URL + "x")


def test_only_the_owner_may_read_it_and_nothing_shows_it(vault: Vault, tmp_path: Path) -> None:
    vault.put(URL)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "account").iterdir()}
    assert modes == {"vault.json": 0o600, "vault.json.lock": 0o600}
    assert "s3cret" not in repr(vault)


@pytest.mark.parametrize("reference", ["", "00", "no such"])
def test_a_secret_that_is_not_here_is_told(vault: Vault, reference: str) -> None:
    for ask in (lambda: vault.resolve({"url": {"$secret": reference}}), lambda: vault.hold(reference)):
        with pytest.raises(UsageError, match="not kept on this machine"):
            ask()
    vault.put(URL)
    with pytest.raises(UsageError, match="not kept on this machine"):
        vault.resolve({"url": {"$secret": reference}})


def test_what_no_job_uses_goes_after_a_while(tmp_path: Path) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    vault = Vault(tmp_path, clock=lambda: now[0])
    assert vault.sweep(()) == 0
    used, held, fresh, old = (vault.put(f"{URL}{each}")["$secret"] for each in "abcd")
    now[0] += KEPT_FOR + timedelta(seconds=1)
    vault.hold(held)
    vault.put(f"{URL}c")
    assert vault.sweep({used}) == 1
    assert [vault.has(each) for each in (used, held, fresh, old)] == [True, True, True, False]
    assert vault.sweep({used}) == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"version": 1}',
        '{"version": 1, "key": "zz", "secrets": {}}',
        '{"version": 1, "key": "00", "secrets": {"a": {"value": "s3cret", "used": "yesterday"}}}',
        '{"version": 1, "key": "00", "secrets": ["s3cret"]}',
        '{"version": 2, "key": "00", "secrets": {}}',
        "[" * 100_000,
    ],
)
def test_a_file_that_is_none_of_its_own_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "vault.json"
    path.write_text(content)
    vault = Vault(tmp_path)
    for ask in (
        lambda: vault.put(URL),
        lambda: vault.resolve({"url": {"$secret": "a"}}),
        lambda: vault.sweep(()),
    ):
        with pytest.raises(StorageError) as told:
            ask()
        assert "s3cret" not in str(told.value)
    assert path.read_text() == content


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        Vault(tmp_path / "file").put(URL)


def _puts(folder: str, name: str) -> None:
    for number in range(20):
        Vault(Path(folder)).put(f"{name}{number}")


def test_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    context = get_context("spawn")
    others = [context.Process(target=_puts, args=(str(tmp_path), name)) for name in "ab"]
    for each in others:
        each.start()
    _puts(str(tmp_path), "c")
    for each in others:
        each.join()
    vault = Vault(tmp_path)
    assert all(vault.has(vault.fingerprint(f"{name}{number}")) for name in "abc" for number in range(20))
    assert len(json.loads((tmp_path / "vault.json").read_text())["secrets"]) == 60


@given(st.text())
def test_any_text_has_one_fingerprint_of_its_own(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    vault = Vault(tmp_path_factory.getbasetemp() / "one-vault")
    assert vault.fingerprint(text) == vault.fingerprint(text) != vault.fingerprint(text + "x")
