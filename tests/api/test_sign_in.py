"""Tokens of users and OAuth2 clients: got once, renewed in time, and ended."""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING

import pytest
from tests.api.signing import SIGN_IN, Answer, Clock, Setting, form_of

from entitree.api.credentials import SignIn
from entitree.api.failures import in_doubt
from entitree.api.transport import Credential, Reply, Request
from entitree.errors import (
    PlatformError,
    TooManyRequestsError,
    UnauthorizedError,
    UnreachableError,
)
from entitree.sandbox import open_sandbox

if TYPE_CHECKING:
    from pathlib import Path


async def test_one_token_serves_everything(setting: Setting, signing: Credential) -> None:
    client, wire = setting.client(signing)
    async with client:
        await client.create_entity("shop-17")
        await client.get_entity("shop-17")
        keys = [row async for page in client.api_keys() for row in page.results]
    assert keys
    assert wire.signed_in() == 1
    assert {form for _, path, form, _ in wire.passed if path not in SIGN_IN} == {form_of(signing)}


async def test_many_at_once_sign_in_once(setting: Setting, signing: Credential) -> None:
    client, wire = setting.client(signing)
    async with client:
        await asyncio.gather(*(client.get_entity("big-cola") for _ in range(20)))
    assert wire.signed_in() == 1
    assert len(wire.passed) == 21 + (form_of(signing) == "IBSSO")


async def test_who_is_cancelled_while_signing_in_takes_nobody_along(
    setting: Setting, signing: Credential
) -> None:
    client, wire = setting.client(signing)
    async with client:
        tasks = [asyncio.create_task(client.get_entity("big-cola")) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes[1:])
    assert wire.signed_in() == 1


async def test_a_token_is_renewed_before_it_ends(setting: Setting, signing: Credential) -> None:
    client, wire = setting.client(signing)
    async with client:
        await client.get_entity("big-cola")
        setting.clock.now += 3500
        await client.get_entity("big-cola")
        assert wire.signed_in() == 1
        setting.clock.now += 50
        await client.get_entity("big-cola")
        assert wire.signed_in() == 2
    assert all(status == 200 for *_, status in wire.passed)


async def test_a_token_that_ends_early_is_renewed_and_the_write_done_once(
    setting: Setting, signing: Credential
) -> None:
    client, wire = setting.client(signing)
    async with client:
        await client.get_entity("big-cola")
        wire.refuse_once("/provisioning/1/entities", 401)
        await client.create_entity("shop-17")
    assert wire.signed_in() == 2
    entities = [entity["entityId"] for entity in setting.sandbox.dump()["entities"]]
    assert entities.count("shop-17") == 1


async def test_a_token_that_ended_unnoticed_is_renewed(setting: Setting, signing: Credential) -> None:
    """As on a machine that slept: its clock stood still, that of the platform did not."""
    client, wire = setting.client(signing)
    client._desk._clock = lambda: 0.0
    async with client:
        await client.get_entity("big-cola")
        setting.clock.now += 3601
        await client.create_entity("shop-17")
    answered = [status for _, path, _, status in wire.passed if path == "/provisioning/1/entities"]
    assert answered == [401, 201]
    assert wire.signed_in() == 2


async def test_a_platform_that_hands_out_the_old_session_again_is_asked_on(tmp_path: Path) -> None:
    clock = Clock()
    sandbox = open_sandbox(tmp_path / "same.db", limits=None, clock=clock, rules={"second-session": "same"})
    setting = Setting(sandbox, clock)
    client, wire = setting.client(setting.session())
    async with client:
        await client.get_entity("big-cola")
        first = wire.tokens[-1]
        clock.now += 3560
        await client.get_entity("big-cola")
        assert wire.tokens[-1] == first
        clock.now += 60
        await client.get_entity("big-cola")
        assert wire.tokens[-1] != first
    assert wire.signed_in() == 3
    sandbox.close()


async def test_many_whose_token_ended_early_sign_in_once_more(setting: Setting, signing: Credential) -> None:
    client, wire = setting.client(signing)
    async with client:
        await client.get_entity("big-cola")
        ended = wire.tokens[-1]
        wire.instead.append(
            lambda request: Reply(401) if request.headers.get("Authorization") == ended else None
        )
        await asyncio.gather(*(client.get_entity("big-cola") for _ in range(10)))
    assert wire.signed_in() == 2


async def test_a_platform_that_takes_no_token_is_asked_twice_and_no_more(
    setting: Setting, signing: Credential
) -> None:
    client, wire = setting.client(signing)
    wire.instead.append(lambda request: Reply(401) if request.target.startswith("/provisioning") else None)
    async with client:
        with pytest.raises(UnauthorizedError, match=r"does not accept the (session|token) of the"):
            await client.get_entity("big-cola")
    assert wire.signed_in() == 2
    assert sum(path.startswith("/provisioning") for _, path, _, _ in wire.passed) == 2


async def test_a_refusal_of_key_or_password_is_final(setting: Setting) -> None:
    user = Credential(user=setting.sandbox.user, password="wrong")
    for credential, what in ((Credential("0a1b-wrong"), "API key"), (user, "user name or password")):
        client, wire = setting.client(credential)
        async with client:
            with pytest.raises(UnauthorizedError, match=f"does not accept the {what}"):
                await client.get_entity("big-cola")
        assert len(wire.passed) == 1


@pytest.mark.parametrize("refusal", ["400", "401"])
async def test_a_wrong_password_is_a_plain_sentence_and_one_attempt(tmp_path: Path, refusal: str) -> None:
    sandbox = open_sandbox(tmp_path / "refusing.db", limits=None, rules={"sign-in-refusal": refusal})
    setting = Setting(sandbox, Clock())
    user = Credential(user=sandbox.user, password="hushhush", sign_in=SignIn.SESSION)
    oauth = Credential(client_id=sandbox.client_id, client_secret="hushhush")
    for credential, what in ((user, "the user name or the password"), (oauth, "the OAuth2 client")):
        client, wire = setting.client(credential)
        async with client:
            outcomes = await asyncio.gather(
                *(client.create_entity(f"shop-{at}") for at in range(5)), return_exceptions=True
            )
        assert len(wire.passed) == 1
        for outcome in outcomes:
            assert isinstance(outcome, UnauthorizedError)
            assert outcome.what == f"The platform does not accept {what}."
            assert not in_doubt(outcome)
            assert "hushhush" not in "".join(traceback.format_exception(outcome))
    sandbox.close()


@pytest.mark.parametrize(
    "answer",
    [
        Reply(500),
        Reply(404),
        Reply(200, {}, b"<html>"),
        Reply(200, {}, b'{"token":"a\\r\\nX-Evil: 1","access_token":7}'),
        Reply(302, {"location": "https://evil.example"}),
        UnreachableError("the connection broke before an answer came", sent=True),
    ],
)
async def test_a_write_whose_sign_in_fails_was_certainly_not_sent(
    setting: Setting, signing: Credential, answer: Answer
) -> None:
    client, wire = setting.client(signing)
    wire.instead.append(lambda request: answer if request.target in SIGN_IN else None)
    async with client:
        with pytest.raises(PlatformError, match="sign in") as caught:
            await client.create_entity("shop-17")
    assert not in_doubt(caught.value)
    assert isinstance(caught.value, UnreachableError)
    assert all(path in SIGN_IN for _, path, _, _ in wire.passed)


async def test_a_sign_in_that_fails_once_is_tried_again(setting: Setting, signing: Credential) -> None:
    client, wire = setting.client(signing)
    for path in SIGN_IN:
        wire.refuse_once(path, 500)
        wire.refuse_once(path, 429)
    async with client:
        assert (await client.get_entity("big-cola")).entity_name == "BigCola"


async def test_a_sign_in_that_is_throttled_says_so(setting: Setting, signing: Credential) -> None:
    client, wire = setting.client(signing)
    busy = Reply(429, {"retry-after": "600"})
    wire.instead.append(lambda request: busy if request.target in SIGN_IN else None)
    async with client:
        with pytest.raises(TooManyRequestsError, match="Could not sign in"):
            await client.create_entity("shop-17")


async def test_a_short_lived_token_is_renewed_in_time(setting: Setting) -> None:
    client, wire = setting.client(setting.oauth())
    short = Reply(200, {}, b'{"access_token":"%s","expires_in":10}' % setting.sandbox.api_key.encode())
    wire.instead.append(
        lambda request: short if request.target in SIGN_IN else Reply(200, {}, b'{"entityId":"x"}')
    )
    async with client:
        for passed, signed_in in ((0, 1), (8.9, 1), (0.2, 2)):
            setting.clock.now += passed
            await client.get_entity("x")
            assert wire.signed_in() == signed_in


async def test_the_session_ends_with_the_client_and_only_once(setting: Setting) -> None:
    client, wire = setting.client(setting.session())
    await client.get_entity("big-cola")
    header = wire.tokens[-1]
    await client.aclose()
    await client.aclose()
    assert wire.passed[-1] == ("DELETE", "/auth/1/session", "IBSSO", 200)
    assert sum(method == "DELETE" for method, *_ in wire.passed) == 1
    later, again = setting.client(Credential("0a1b"))
    reply = await again.send(
        Request("GET", "/provisioning/1/entities", {"Authorization": header}), deadline=5
    )
    assert reply.status == 401
    await later.aclose()


async def test_a_session_that_cannot_be_ended_does_not_keep_the_client_open(setting: Setting) -> None:
    client, wire = setting.client(setting.session())
    await client.get_entity("big-cola")
    lost = UnreachableError("no answer came within 2 s", sent=True)
    wire.instead.append(lambda request: lost if request.method == "DELETE" else None)
    await client.aclose()
    assert wire.closed == 1
