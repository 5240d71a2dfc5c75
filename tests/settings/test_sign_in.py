"""An account is connected by whichever way to sign in is there, and opens by the same one next time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from entitree.accounts import Accounts, Draft
from entitree.api import transport
from entitree.errors import SettingsError, UnauthorizedError
from entitree.sandbox import Sandbox, open_sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from entitree.api.transport import ASGIApp, Reply, Request, Transport
    from entitree.settings.paths import Paths
    from entitree.settings.profile import Profile

URL = "https://acme.example"
CHECK = "/provisioning/1/applications?page=0&size=1"
SESSION, TOKEN = "/auth/1/session", "/auth/1/oauth2/token"


@dataclass
class Platform:
    """The sandbox that answers at every base URL, and what was asked of it: path and form of sign-in."""

    sandbox: Sandbox
    asked: list[tuple[str, str]]
    bodies: list[str]

    def profile_typed(self, way: str, **changes: str | bool) -> Draft:
        given: dict[str, dict[str, str | bool]] = {
            "basic": {"user": self.sandbox.user, "password": self.sandbox.password},
            "session": {"user": self.sandbox.user, "password": self.sandbox.password, "session": True},
            "client": {
                "client_id": f" {self.sandbox.client_id}",
                "client_secret": f"{self.sandbox.client_secret}\n",
            },
        }
        return Draft("acme", URL, **(given[way] | changes))  # type: ignore[arg-type]  # fields of Draft


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    sandbox = open_sandbox(tmp_path / "elsewhere.db", limits=None)
    found = Platform(sandbox, [], [])
    real = transport.open_transport

    def opening(base_url: str, *, asgi_app: ASGIApp | None = None) -> Transport:
        inner = real("http://127.0.0.1", asgi_app=asgi_app or sandbox.app)

        class Watched:
            async def send(self, request: Request, *, deadline: float) -> Reply:
                form = request.headers.get("Authorization", "").split(" ")[0]
                found.asked.append((f"{request.method} {request.target}", form))
                found.bodies.append(str(request.headers) + repr(request.body))
                return await inner.send(request, deadline=deadline)

            async def aclose(self) -> None:
                await inner.aclose()

        return Watched()

    monkeypatch.setattr(transport, "open_transport", opening)
    yield found
    sandbox.close()


async def connected(paths: Paths, name: str | None = None) -> Profile:
    """The profile as it is once its account is connected, as after the next start."""
    accounts = Accounts(paths, {})
    async with await accounts.open(accounts.choose(name)) as account:
        await account.connect()
        return account.profile


FIRST = {
    "basic": [(f"GET {CHECK}", "Basic")],
    "session": [(f"POST {SESSION}", ""), (f"GET {CHECK}", "IBSSO"), (f"DELETE {SESSION}", "IBSSO")],
    "client": [(f"POST {TOKEN}", ""), (f"GET {CHECK}", "Bearer")],
}


@pytest.mark.parametrize("way", FIRST)
async def test_one_way_to_sign_in_is_enough(paths: Paths, platform: Platform, way: str) -> None:
    accounts = Accounts(paths, {})
    profile = await accounts.add(platform.profile_typed(way))
    assert platform.asked == FIRST[way], "one request to check it, and no session is left behind"
    assert profile.secrets.api_key is None
    assert await connected(paths) == profile, "at the next start too"
    assert profile.sign_in == ("session" if way == "session" else "basic")
    platform.asked.clear()
    async with await accounts.open(profile) as account:
        await account.connect()
        assert (await anext(account.client.api_keys())).results, "what no API key may read"
    forms = {form for target, form in platform.asked if "/api-keys" in target}
    assert forms == {FIRST[way][-1][1]}


async def test_the_password_goes_once_where_a_session_is_asked_for(paths: Paths, platform: Platform) -> None:
    password = platform.sandbox.password
    await Accounts(paths, {}).add(platform.profile_typed("session"))
    assert [password in body for body in platform.bodies] == [True, False, False]


async def test_the_environment_decides_how_a_saved_user_signs_in(paths: Paths, platform: Platform) -> None:
    await Accounts(paths, {}).add(platform.profile_typed("basic"))
    accounts = Accounts(paths, {"ENTITREE_SIGN_IN": "session"})
    platform.asked.clear()
    async with await accounts.open(accounts.choose()) as account:
        await account.connect()
        await anext(account.client.applications(size=1))
    assert platform.asked == FIRST["session"]


async def test_a_client_out_of_the_environment(paths: Paths, platform: Platform) -> None:
    environ = {
        "ENTITREE_BASE_URL": URL,
        "ENTITREE_CLIENT_ID": platform.sandbox.client_id,
        "ENTITREE_CLIENT_SECRET": platform.sandbox.client_secret,
    }
    accounts = Accounts(paths, environ)
    async with await accounts.open(accounts.choose()) as account:
        await account.connect()
        await anext(account.client.applications(size=1))
    assert platform.asked == FIRST["client"]
    assert not paths.config.exists()


@pytest.mark.parametrize(
    ("way", "wrong"), [("session", "password"), ("basic", "password"), ("client", "client_secret")]
)
async def test_what_the_platform_does_not_take_is_not_saved(
    paths: Paths, platform: Platform, way: str, wrong: str
) -> None:
    with pytest.raises(UnauthorizedError) as caught:
        await Accounts(paths, {}).add(platform.profile_typed(way, **{wrong: "wrong-SECRET"}))
    assert "SECRET" not in str(caught.value)
    assert len(platform.asked) == 1
    assert not paths.config.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": ""},
        {"client_secret": " "},
        {"client_secret": "SECRET\x00"},
        {"client_id": "SECRET\x1b"},
        {"user": "SECRET"},
    ],
)
async def test_what_cannot_be_right_is_not_even_asked(
    paths: Paths, platform: Platform, changes: dict[str, str]
) -> None:
    typed = platform.profile_typed("client", **changes)
    with pytest.raises(SettingsError) as caught:
        await Accounts(paths, {}).add(typed)
    assert "SECRET" not in str(caught.value) + repr(typed)
    assert platform.asked == []
    assert not paths.config.exists()


async def test_a_wrong_client_is_named_by_variables_or_by_file_and_keys(paths: Paths) -> None:
    half = {"ENTITREE_BASE_URL": URL, "ENTITREE_API_KEY": "k", "ENTITREE_CLIENT_ID": "x-SECRET"}
    whole = half | {"ENTITREE_CLIENT_SECRET": "x-SECRET\x00"}
    for environ in (half, whole):
        with pytest.raises(SettingsError) as caught:
            Accounts(paths, environ).choose()
        said = str(caught.value)
        assert said.startswith("ENTITREE_CLIENT_ID, ENTITREE_CLIENT_SECRET: ")
        assert "x-SECRET" not in said
    paths.config.mkdir(parents=True)
    paths.config_file.write_text(f'[profile.acme]\nbase_url = "{URL}"')
    paths.secrets_file.touch(0o600)
    paths.secrets_file.write_text(
        f'[acme]\nbase_url = "{URL}"\napi_key = "k"\nclient_secret = "x-SECRET"\nuser = "u"\npassword = "p"'
    )
    with pytest.raises(SettingsError) as caught:
        await connected(paths, "acme")
    assert str(caught.value).startswith(f"{paths.secrets_file}: acme.client_id, acme.client_secret: Id and ")
    assert "x-SECRET" not in str(caught.value)


async def test_what_config_says_otherwise_is_not_even_asked(paths: Paths, platform: Platform) -> None:
    paths.config.mkdir(parents=True)
    paths.config_file.write_text(f'[profile.acme]\nbase_url = "{URL}"')
    with pytest.raises(SettingsError, match="with another way to sign in"):
        await Accounts(paths, {}).add(platform.profile_typed("session"))
    assert platform.asked == []
