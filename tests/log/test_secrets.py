"""What is in the log after a journey: every request as it went out, and no secret of anybody."""

from __future__ import annotations

import asyncio
import json
import stat
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from entitree.api.client import PlatformClient
from entitree.api.credentials import SignIn
from entitree.api.gate import LocalGate
from entitree.api.models import Association
from entitree.api.transport import Credential, Reply, Request, Transport, open_transport
from entitree.errors import EntitreeError, UnreachableError
from entitree.log.reading import LogTail
from entitree.log.requests import RequestLog
from entitree.sandbox import Sandbox, open_sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOOK = "https://caller:hook-password@hooks.example/in?token=hook-token"
INBOUND = "https://inbound-user:inbound-password@in.example/mo?key=inbound-token"


@dataclass
class Wire:
    """Writes down what passes, and loses or turns away requests."""

    inner: Transport
    passed: list[tuple[str, str, str, int | None]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    faults: list[Reply | EntitreeError] = field(default_factory=list)

    async def send(self, request: Request, *, deadline: float) -> Reply:
        form, _, secret = request.headers.get("Authorization", "").partition(" ")
        self.secrets |= {secret} if secret else set()
        try:
            answer = self.faults.pop(0) if self.faults else None
            if isinstance(answer, EntitreeError):
                raise answer
            reply = answer or await self.inner.send(request, deadline=deadline)
        except EntitreeError:
            self.passed.append((request.method, request.target, form, None))
            raise
        self.passed.append((request.method, request.target, form, reply.status))
        if request.target.startswith("/auth/"):
            self.secrets |= set(_texts(json.loads(reply.body or b"null"), {"token", "access_token"}))
        return reply

    async def aclose(self) -> None:
        await self.inner.aclose()


def _texts(value: Any, names: set[str]) -> Iterator[str]:  # noqa: ANN401 - whatever is in a reply
    for name, each in value.items() if isinstance(value, dict) else ():
        if name in names and isinstance(each, str):
            yield each


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = open_sandbox(tmp_path / "platform.db", seed="docs", limits=None)
    yield sandbox
    sandbox.close()


async def at_once(_seconds: float) -> None:
    """What is tried again is tried at once."""


async def journey(client: PlatformClient, wire: Wire, mark: str) -> None:
    """Something of everything, with refusals, failures and a reply that never comes."""
    entity = f"shop {mark}/ü"
    async for _ in client.entities(2):
        pass
    await client.create_entity(entity, f"Shop {mark}")
    for _ in range(2):
        with suppress(EntitreeError):
            await client.create_entity(entity)
    wire.faults = [Reply(429, {"retry-after": "0"}), Reply(503), UnreachableError("it broke", sent=True)]
    await client.get_entity(entity)
    link = {"applicationId": "staging", "entityId": entity, "action": "FILL"}
    made = await client.create_api_key({"name": f"key {mark}", "platform": [link]})
    wire.secrets.add(made.secret)
    await client.update_api_key(made.key.id, {"enabled": False})
    async for _ in client.api_keys():
        pass
    profile = {"profileId": f"hook-{mark}", "webhook": {"notifyUrl": HOOK}}
    await client.create_subscription(
        "ZALO",
        {
            "subscriptionId": f"sub-{mark}",
            "events": ["DELIVERY"],
            "criteria": [{"entityId": entity}],
            "profile": profile,
        },
    )
    with suppress(EntitreeError):
        await client.set_inbound(
            {
                "channel": "SMS",
                "numberKey": "no-such-number",
                "forwarding": {"type": "HTTP_FORWARD", "url": INBOUND},
            }
        )
    with suppress(EntitreeError):
        await client.delete_association(
            Association(application_id="default", resource_id="x", resource_type="SENDER", channel="SMS")
        )
    await client.delete_subscription("ZALO", f"sub-{mark}")


async def test_every_request_of_a_journey_is_there_and_no_secret(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "logs" / "requests.log"
    credentials = {
        "key": Credential(sandbox.api_key, sandbox.user, sandbox.password),
        "session": Credential(user=sandbox.user, password=sandbox.password, sign_in=SignIn.SESSION),
        "oauth": Credential(client_id=sandbox.client_id, client_secret=sandbox.client_secret),
    }
    secrets = {sandbox.api_key or "", sandbox.password, sandbox.client_secret, sandbox.limited_key or ""}
    secrets |= {"hook-password", "hook-token", "inbound-password", "inbound-token", HOOK, INBOUND}
    passed: list[tuple[str, str, str, int | None]] = []
    for mark, credential in credentials.items():
        wire = Wire(open_transport("http://127.0.0.1", asgi_app=sandbox.app))
        log = RequestLog(path, "app")
        async with PlatformClient(
            wire, credential, LocalGate(None), sleep=at_once, jitter=lambda: 0.0, observe=log
        ) as client:
            await journey(client, wire, mark)
        await asyncio.to_thread(log.close)
        passed += wire.passed
        secrets |= wire.secrets
    entries = LogTail(path).read()
    assert [(each.method, each.path, each.signed, each.status) for each in entries] == passed
    assert {each.signed for each in entries} == {"", "App", "Basic", "IBSSO", "Bearer"}
    assert {each.status for each in entries} >= {None, 200, 201, 429, 503}
    lost = [each for each in entries if each.status is None]
    assert {each.failure for each in lost} == {"it broke"}
    assert [each.attempt for each in entries if "shop%20key" in each.path][:4] == [1, 2, 3, 4]
    assert {each.retry_after for each in entries if each.status == 429} == {0.0}
    kept = {each.operation for each in entries if each.body is not None}
    assert kept == {"create-entity", "delete-resource-association"}
    # Ten above, a created key for each of three, and what stood in the headers.
    assert len(secrets) == 16
    whole = b"".join(each.read_bytes() for each in path.parent.iterdir())
    for secret in secrets:
        assert secret.encode() not in whole
        assert b64encode(secret.encode()).rstrip(b"=") not in whole
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}


async def test_a_request_given_up_is_there_too(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "requests.log"
    log = RequestLog(path, "app")
    asked = asyncio.Event()

    class Silent(Wire):
        async def send(self, request: Request, *, deadline: float) -> Reply:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

    wire = Silent(open_transport("http://127.0.0.1", asgi_app=sandbox.app))
    async with PlatformClient(wire, Credential(sandbox.api_key), LocalGate(None), observe=log) as client:
        asking = asyncio.create_task(client.get_entity("x"))
        await asked.wait()
        asking.cancel()
        await asyncio.wait([asking])
    await asyncio.to_thread(log.close)
    [entry] = LogTail(path).read()
    assert (entry.status, entry.failure) == (None, "given up before an answer came")


def test_what_is_observed_shows_no_body_in_its_repr() -> None:
    from entitree.api.observing import Sent
    from entitree.api.operations import CREATE_SESSION

    sent = Sent(CREATE_SESSION, "POST", "/auth/1/session", b'{"password":"hush"}', "", 1, 0.1)
    assert "hush" not in repr(sent)
