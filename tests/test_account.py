"""An account is opened, connected and closed; one that is added was tried first."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import sqlite3
import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from keyring import core
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from entitree import accounts as module
from entitree.account import Account
from entitree.accounts import DEMO_LIMITS, Accounts, Draft, open_demo
from entitree.api import exchange, transport
from entitree.api.gate import HeldError
from entitree.api.operations import GET_ENTITIES
from entitree.changes.edits import Create
from entitree.changes.worker.process import Process
from entitree.changes.worker.runner import InProcess
from entitree.errors import (
    EntitreeError,
    ForbiddenError,
    RefusedError,
    SettingsError,
    StorageError,
    UnauthorizedError,
    UnreachableError,
    UsageError,
)
from entitree.handover import Handover, read, written
from entitree.inventory.model import Kind
from entitree.inventory.store import Store
from entitree.inventory.sync import refresh
from entitree.sandbox import Sandbox, open_sandbox
from entitree.settings.paths import Paths, find_paths
from entitree.settings.profile import SANDBOX_PROFILE, AccountKind, Profile, Secrets
from entitree.way import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from entitree.api.client import PlatformClient
    from entitree.api.transport import ASGIApp, Reply, Request, Transport

URL = "https://acme.example"
QUICK = replace(SANDBOX_PROFILE, limits=None)


@pytest.fixture
def paths(home: Path) -> Paths:
    return find_paths({"ENTITREE_HOME": str(home)})


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """The platform that answers at every base URL, in process."""
    opened = open_sandbox(tmp_path / "elsewhere.db", limits=None)
    yield opened
    opened.close()


@pytest.fixture
def asked(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What was asked of the platform."""
    requests: list[Request] = []
    real = transport.open_transport

    def opening(base_url: str, *, asgi_app: ASGIApp | None = None) -> Transport:
        inner = real("http://127.0.0.1", asgi_app=asgi_app or sandbox.app)

        class Watched:
            async def send(self, request: Request, *, deadline: float) -> Reply:
                requests.append(request)
                return await inner.send(request, deadline=deadline)

            async def aclose(self) -> None:
                await inner.aclose()

        return Watched()

    monkeypatch.setattr(transport, "open_transport", opening)
    return requests


def files_open(folder: Path) -> list[str]:
    """Files below `folder` that this process holds open, where the system tells."""
    found = []
    for descriptor in Path("/proc/self/fd").glob("*"):
        with contextlib.suppress(OSError):
            found.append(str(descriptor.readlink()))
    return [name for name in found if name.startswith(str(folder))]


# Opening and closing


async def test_the_mirror_is_there_before_the_way_is(tmp_path: Path) -> None:
    async with await Account.open(QUICK, tmp_path / "a", seed="docs") as account:
        assert await account.store.counts() == {Kind.APPLICATION: 0, Kind.ENTITY: 0}
        assert not account.connected
        for way in ("client", "desk"):
            with pytest.raises(UsageError, match="not connected yet"):
                getattr(account, way)
        await account.connect()
        assert account.connected
        await refresh(account.client, account.store)
        assert (await account.store.counts())[Kind.APPLICATION] == 5
        assert (await account.desk.impact(Kind.ENTITY, ["big-cola"])).removals
    assert files_open(tmp_path) == []
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in (tmp_path / "a").iterdir()} == {0o600}


async def test_opening_the_way_asks_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as platform:
        platform.setblocking(False)
        url = f"http://127.0.0.1:{platform.getsockname()[1]}"
        async with await Account.open(
            Profile("acme", url, Secrets("k")), find_paths(os.environ).account("acme"), seed="docs"
        ) as account:
            await account.connect()
            with pytest.raises(BlockingIOError):
                platform.accept()


async def test_connecting_at_once_and_again_opens_one_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = counted(monkeypatch)
    async with await Account.open(QUICK, tmp_path, seed="docs") as account:
        await asyncio.gather(*(account.connect() for _ in range(3)))
        client = account.client
        await account.connect()
        assert account.client is client
    assert len(opened) == 1


async def test_closing_twice_and_closing_what_was_never_connected(tmp_path: Path) -> None:
    account = await Account.open(QUICK, tmp_path, seed="docs")
    await asyncio.gather(account.close(), account.close())
    await account.close()
    with pytest.raises(UsageError, match="is closed"):
        await account.connect()
    assert files_open(tmp_path) == []


def counted(monkeypatch: pytest.MonkeyPatch, gate: threading.Event | None = None) -> list[Sandbox]:
    """The sandboxes that are opened from now on; none before `gate`."""
    opened: list[Sandbox] = []

    def opening(state: Path, *, seed: str, limits: float | None) -> Sandbox:
        if gate is not None:
            gate.wait(30)
        opened.append(open_sandbox(state, seed=seed, limits=limits))
        return opened[-1]

    monkeypatch.setattr("entitree.sandbox.open_sandbox", opening)
    return opened


async def test_connecting_cancelled_in_the_middle_leaks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    opened = counted(monkeypatch, gate)
    account = await Account.open(QUICK, tmp_path, seed="docs")
    connecting = asyncio.create_task(account.connect())
    await asyncio.sleep(0)
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    assert not account.connected
    closing = asyncio.create_task(account.close())
    await asyncio.sleep(0)
    gate.set()
    await closing
    assert len(opened) == 1
    assert files_open(tmp_path) == []


async def test_what_one_waiter_gave_up_the_next_one_gets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    opened = counted(monkeypatch, gate)
    async with await Account.open(QUICK, tmp_path, seed="docs") as account:
        first = asyncio.create_task(account.connect())
        await asyncio.sleep(0)
        first.cancel()
        gate.set()
        await account.connect()
        assert first.cancelled() or first.cancelling()
        assert len(opened) == 1


async def test_closing_cancelled_in_the_middle_finishes_first(tmp_path: Path) -> None:
    account = await Account.open(QUICK, tmp_path, seed="docs")
    await account.connect()
    closing = asyncio.create_task(account.close())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert files_open(tmp_path) == []


async def test_opening_cancelled_in_the_middle_closes_the_mirror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Store] = []
    real = Store.aclose

    async def aclose(self: Store) -> None:
        await real(self)
        closed.append(self)

    monkeypatch.setattr(Store, "aclose", aclose)
    opening = asyncio.create_task(Account.open(QUICK, tmp_path, seed="docs"))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert len(closed) == 1, "not left to the garbage collector"
    assert files_open(tmp_path) == []


async def test_a_way_that_cannot_be_opened_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"no database, but long enough for a broken one" * 20)
    async with await Account.open(QUICK, tmp_path, seed="docs") as account:
        for _ in range(2):
            with pytest.raises(StorageError, match=r"journal\.db cannot be used"):
                await account.connect()
            assert not account.connected
            assert not [name for name in files_open(tmp_path) if "platform.db" in name]
        (tmp_path / "journal.db").unlink()
        await account.connect()


async def test_a_mirror_that_is_none(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "mirror.db").execute("PRAGMA user_version = 999").connection.close()
    with pytest.raises(StorageError, match="newer version"):
        await Account.open(QUICK, tmp_path, seed="docs")
    assert files_open(tmp_path) == []


async def test_what_a_profile_forbids_is_refused_below_every_screen(tmp_path: Path) -> None:
    profile = replace(QUICK, read_only=True, protected=frozenset({"big-cola"}))
    async with await Account.open(profile, tmp_path / "a", seed="docs") as account:
        assert account.protected(Kind.APPLICATION) == {"big-cola", "default"}
        assert account.protected(Kind.ENTITY) == {"big-cola"}
        await account.connect()
        with pytest.raises(RefusedError, match="read-only"):
            await account.client.create_entity("x")
    async with await Account.open(replace(profile, read_only=False), tmp_path / "b", seed="docs") as account:
        await account.connect()
        with pytest.raises(RefusedError, match="protected"):
            await account.client.delete_entity("big-cola")
        await account.client.create_entity("x")


async def test_the_demo_is_full_fast_and_in_its_own_folder(tmp_path: Path, paths: Paths) -> None:
    async with await open_demo(tmp_path, seed="docs") as account:
        await account.connect()
        assert account.throw_away
        assert account.profile.limits == DEMO_LIMITS
        assert account.profile.base_url is None
        assert (tmp_path / "platform.db").exists()
    assert not paths.data.exists()
    assert module.DEMO_SEED == "demo"


async def test_jobs_of_a_throw_away_account_end_with_it_and_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entitree.changes.worker.logout.ends_at_logout", lambda: "It ends.")
    async with await Account.open(QUICK, tmp_path / "kept", seed="docs") as kept:
        await kept.connect()
        assert isinstance(kept.desk._runner, Process)
        assert kept.ends_at_logout == "It ends."
        assert kept.desk._runner.pid is None, "whoever only reads starts nothing"
    async with await open_demo(tmp_path / "demo", seed="docs") as demo:
        await demo.connect()
        assert isinstance(demo.desk._runner, InProcess)
        assert demo.ends_at_logout is None
        assert (await demo.desk.apply(await demo.desk.plan([Create(Kind.ENTITY, "made")]))).ok
        assert await demo.store.item(Kind.ENTITY, "made") is not None


async def test_a_worker_is_made_ready_before_it_is_needed(tmp_path: Path) -> None:
    async with await Account.open(replace(QUICK, read_only=True), tmp_path / "a", seed="docs") as reader:
        await reader.connect()
        await reader.desk.warm()
        assert isinstance(reader.desk._runner, Process)
        assert reader.desk._runner.pid is None, "it may write nothing"
    account = await Account.open(QUICK, tmp_path / "b", seed="docs")
    await account.connect()
    await account.desk.warm()
    assert isinstance(account.desk._runner, Process)
    pid = account.desk._runner.pid
    assert pid is not None
    await account.desk.warm()
    assert account.desk._runner.pid == pid
    await account.close()
    await asyncio.to_thread(os.waitpid, pid, 0)


# Choosing


def test_choosing_names_the_variable_that_is_wrong(paths: Paths) -> None:
    cases = [
        ({"ENTITREE_API_KEY": "two SECRETS"}, "ENTITREE_API_KEY: The API key holds blanks"),
        ({"ENTITREE_API_KEY": "k", "ENTITREE_USER": "SECRET"}, "ENTITREE_USER, ENTITREE_PASSWORD: "),
        ({"ENTITREE_USER": "a:SECRET", "ENTITREE_PASSWORD": "p"}, "ENTITREE_USER, ENTITREE_PASSWORD: "),
    ]
    for environ, said in cases:
        with pytest.raises(SettingsError) as caught:
            Accounts(paths, {"ENTITREE_BASE_URL": URL, **environ}).choose()
        assert str(caught.value).startswith(said)
        assert "SECRET" not in str(caught.value)


async def connected(accounts: Accounts, name: str | None = None) -> Profile:
    """The profile as it is once its account is connected."""
    async with await accounts.open(accounts.choose(name)) as account:
        await account.connect()
        return account.profile


async def test_connecting_names_the_file_and_key_that_are_wrong(paths: Paths) -> None:
    paths.config.mkdir(parents=True)
    paths.config_file.write_text(f'[profile.acme]\nbase_url = "{URL}"')
    paths.secrets_file.touch(0o600)
    paths.secrets_file.write_text(f'[acme]\nbase_url = "{URL}"\napi_key = "SE CRET"')
    with pytest.raises(SettingsError) as caught:
        await connected(Accounts(paths, {}), "acme")
    assert str(caught.value).startswith(f"{paths.secrets_file}: acme.api_key: The API key holds blanks")
    assert "CRET" not in str(caught.value)


async def test_accounts_live_apart(paths: Paths) -> None:
    accounts = Accounts(paths, {})
    folders = set()
    for profile in (SANDBOX_PROFILE, Profile("a", URL), Profile("a", "https://b.example"), Profile("b", URL)):
        async with await accounts.open(profile) as account:
            folders |= {each.parent for each in paths.data.rglob("mirror.db")}
            assert account.profile is profile
            assert not account.throw_away
    assert len(folders) == 4
    assert paths.sandbox in folders


def with_program(paths: Paths, *argv: str) -> Accounts:
    """An account whose key a program knows."""
    paths.config.mkdir(parents=True)
    paths.config_file.write_text(
        f'default = "acme"\n[profile.acme]\nbase_url = "{URL}"\nkey_command = {list(argv)}\n'
    )
    return Accounts(paths, {})


async def test_the_key_of_a_program_is_handed_to_who_runs_the_jobs(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = []

    def noting(handover: Handover, client: PlatformClient, store: Store, *, here: bool) -> object:
        handed.append(written(handover))
        return desk_of(handover, client, store, here=here)

    monkeypatch.setattr("entitree.account.desk_of", noting)
    accounts = with_program(paths, "/bin/echo", "its-key")
    async with await accounts.open(accounts.choose()) as account:
        assert not account.profile.secrets, "nobody is asked before"
        await account.connect()
    (line,) = handed
    assert read(line).profile.secrets == Secrets("its-key")


async def test_closing_does_not_wait_for_a_program_that_waits_for_somebody(
    paths: Paths, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pid")
    accounts = with_program(paths, "/bin/sh", "-c", f"echo $$ > {tmp_path / 'pid'}; exec tail -f /dev/null")
    account = await accounts.open(accounts.choose())
    connecting = asyncio.create_task(account.connect())
    pid = int(await asyncio.to_thread((tmp_path / "pid").read_text))
    await account.close()
    with pytest.raises(UsageError, match=r"The account is closed\."):
        await connecting
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_program_that_failed_is_asked_again(paths: Paths, tmp_path: Path) -> None:
    key = tmp_path / "key"
    accounts = with_program(paths, "/bin/cat", str(key))
    async with await accounts.open(accounts.choose()) as account:
        with pytest.raises(SettingsError, match="ended with exit code 1"):
            await account.connect()
        key.write_text("its-key")
        await account.connect()
        assert account.profile.secrets.api_key == "its-key"


async def test_profiles_of_one_account_keep_one_pace(paths: Paths) -> None:
    accounts = Accounts(paths, {})
    profiles = [
        Profile(name, f"https://{host}.example", Secrets("KEY"), limits=None)
        for name, host in (("mine", "acme"), ("ours", "acme"), ("other", "zoo"))
    ]
    async with contextlib.AsyncExitStack() as stack:
        gates = []
        for profile in profiles:
            account = await stack.enter_async_context(await accounts.open(profile))
            await account.connect()
            gates.append(account.client._gate)
        mine, ours, other = gates
        mine.throttled(GET_ENTITIES, 60.0)
        with pytest.raises(HeldError):
            # Asked in the same order as it was told.
            await mine.enter(GET_ENTITIES, 1.0)
        with pytest.raises(HeldError):
            await ours.enter(GET_ENTITIES, 1.0)
        await other.enter(GET_ENTITIES, 1.0)
    folder = paths.data / "pace"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(each.stat().st_mode) for each in folder.glob("*.db")] == [0o600, 0o600]


# Adding


def draft(sandbox: Sandbox, **changes: object) -> Draft:
    made = Draft("acme", " ACME.example/ ", f" {sandbox.api_key}\n", read_only=True)
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of Draft, by the tests below


async def test_adding_asks_once_then_saves(paths: Paths, sandbox: Sandbox, asked: list[Request]) -> None:
    accounts = Accounts(paths, {})
    profile = await accounts.add(draft(sandbox))
    assert [(each.method, each.target) for each in asked] == [
        ("GET", "/provisioning/1/applications?page=0&size=1")
    ]
    assert (profile.name, profile.base_url, profile.read_only) == ("acme", URL, True)
    assert await connected(accounts) == profile, "known at once"
    assert await connected(Accounts(paths, {})) == profile, "and at the next start"
    assert profile.secrets.api_key == sandbox.api_key


async def test_a_key_is_kept_where_it_was_said(
    paths: Paths, sandbox: Sandbox, asked: list[Request], keyring_entries: dict[tuple[str, str], str]
) -> None:
    accounts = Accounts(paths, {})
    assert await accounts.has_keyring()
    profile = await accounts.add(draft(sandbox, in_keyring=True))
    assert not paths.secrets_file.exists()
    assert sandbox.api_key in keyring_entries["entitree", f"acme@{URL}"]
    assert await connected(Accounts(paths, {})) == profile
    await accounts.add(draft(sandbox, api_key="", user=sandbox.user, password=sandbox.password))
    assert sandbox.password in paths.secrets_file.read_text()
    assert keyring_entries == {}, "it would be taken first"
    assert (await connected(Accounts(paths, {}))).secrets.user == sandbox.user


async def test_who_cannot_unlock_the_keyring_keeps_the_key_in_the_file(
    paths: Paths, sandbox: Sandbox, asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Locked(KeyringBackend):
        priority = 5

        def get_password(self, service: str, username: str) -> str | None:
            raise KeyringLocked(username)

        def set_password(self, service: str, username: str, password: str) -> None:
            raise KeyringLocked(password)

    monkeypatch.setattr(core, "_keyring_backend", Locked())  # type: ignore[no-untyped-call]
    accounts = Accounts(paths, {})
    with pytest.raises(StorageError) as caught:
        await accounts.add(draft(sandbox, in_keyring=True))
    assert sandbox.api_key not in str(caught.value)
    assert not paths.secrets_file.exists(), "not without being asked to"
    profile = await accounts.add(draft(sandbox))
    assert await connected(Accounts(paths, {})) == profile


async def test_a_keyring_that_is_gone_is_told_and_nothing_is_saved(
    paths: Paths, sandbox: Sandbox, asked: list[Request]
) -> None:
    accounts = Accounts(paths, {})
    assert not await accounts.has_keyring()
    with pytest.raises(StorageError, match=r"^There is no keyring in this session any more\."):
        await accounts.add(draft(sandbox, in_keyring=True))
    assert not paths.config.exists()


async def test_the_rules_of_the_environment_hold_for_what_was_added(
    paths: Paths, sandbox: Sandbox, asked: list[Request]
) -> None:
    environ = {"ENTITREE_READ_ONLY": "1", "ENTITREE_API_KEY": "another"}
    profile = await Accounts(paths, environ).add(draft(sandbox, read_only=False))
    assert profile.read_only
    assert profile.secrets.api_key == sandbox.api_key, "what was typed and tried"
    assert not Accounts(paths, {}).choose().read_only, "which is nothing to save"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "a b"},
        {"name": "sandbox"},
        {"base_url": ""},
        {"base_url": "https://u:SECRET@a.example"},
        {"api_key": ""},
        {"api_key": "SECRET key"},
        {"user": "SECRET"},
        {"password": "SECRET"},
    ],
)
async def test_what_cannot_be_right_is_not_even_asked(
    paths: Paths, sandbox: Sandbox, asked: list[Request], changes: dict[str, object]
) -> None:
    with pytest.raises(SettingsError) as caught:
        await Accounts(paths, {}).add(draft(sandbox, **changes))
    assert "SECRET" not in str(caught.value)
    assert asked == []
    assert not paths.config.exists()


@pytest.mark.parametrize("expected", [UnauthorizedError, ForbiddenError])
async def test_a_key_that_the_platform_refuses_is_not_saved(
    paths: Paths, sandbox: Sandbox, asked: list[Request], expected: type[EntitreeError]
) -> None:
    key = "wrong" if expected is UnauthorizedError else sandbox.limited_key
    with pytest.raises(expected):
        await Accounts(paths, {}).add(draft(sandbox, api_key=key))
    assert len(asked) == 1
    assert not paths.config.exists()


async def test_a_platform_that_is_not_there_is_not_saved(
    paths: Paths, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Trying again takes a while, and is proved elsewhere.
    monkeypatch.setattr(exchange, "UNSENT_TRIES", 1)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    with pytest.raises(UnreachableError):
        await Accounts(paths, {}).add(draft(sandbox, base_url=url))
    assert not paths.config.exists()


async def test_a_disk_that_is_full_says_so_and_nothing_opens_by_itself(
    paths: Paths, sandbox: Sandbox, asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    accounts = Accounts(paths, {})
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"secrets\.toml cannot be written: No space left on device"):
        await accounts.add(draft(sandbox))
    assert accounts.choose() == SANDBOX_PROFILE
    assert list(paths.config.iterdir()) == []


def test_a_draft_shows_nothing_that_was_typed() -> None:
    typed = Draft("acme", "https://SECRET@x", "SECRET", "SECRET", "SECRET")
    assert "SECRET" not in repr(typed) + str(typed)


def test_settings_show_nothing_of_the_environment(paths: Paths) -> None:
    accounts = Accounts(paths, {"ENTITREE_BASE_URL": URL, "ENTITREE_API_KEY": "SECRET"})
    shown: Callable[[object], str] = repr
    assert "SECRET" not in shown(accounts) + shown(accounts.settings) + shown(accounts.choose())


def test_an_account_on_loopback_is_a_sandbox_and_any_other_is_not() -> None:
    key = "key"
    here = Draft(name="here", base_url="http://127.0.0.1:8090", api_key=key)
    there = Draft(name="there", base_url="https://abc123.api.infobip.com", api_key=key)
    assert here.profile().kind is AccountKind.SANDBOX
    assert there.profile().kind is AccountKind.PROD
