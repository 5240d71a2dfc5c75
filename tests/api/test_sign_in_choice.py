"""Which of what an account has is used for what, and that none of it is shown."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from entitree.api import operations as ops
from entitree.api.gate import LocalGate
from entitree.api.guard import Guard
from entitree.api.transport import Credential, Reply
from entitree.errors import (
    ForbiddenError,
    RefusedError,
    ServerError,
    SettingsError,
)

if TYPE_CHECKING:
    from tests.api.signing import Setting


@pytest.mark.parametrize("kind", ["key", "basic", "oauth", "unused session"])
async def test_nothing_else_is_ended(setting: Setting, kind: str) -> None:
    basic = Credential(user=setting.sandbox.user, password=setting.sandbox.password)
    credential = {
        "key": Credential(setting.sandbox.api_key),
        "basic": basic,
        "oauth": setting.oauth(),
        "unused session": setting.session(),
    }[kind]
    client, wire = setting.client(credential)
    if kind != "unused session":
        await client.get_entity("big-cola")
    await client.aclose()
    assert all(method != "DELETE" for method, *_ in wire.passed)


async def test_keys_are_managed_by_the_user_and_the_rest_is_asked_with_the_key(setting: Setting) -> None:
    sandbox = setting.sandbox
    both = Credential(sandbox.api_key, sandbox.user, sandbox.password)
    client, wire = setting.client(both)
    async with client:
        await client.get_entity("big-cola")
        await anext(client.api_keys())
    assert [(path, form) for _, path, form, _ in wire.passed] == [
        ("/provisioning/1/entities/big-cola", "App"),
        ("/settings/2/api-keys", "Basic"),
    ]


async def test_what_no_key_may_do_is_not_even_sent_with_one(setting: Setting) -> None:
    client, wire = setting.client(Credential(setting.sandbox.api_key))
    async with client:
        with pytest.raises(RefusedError, match=r"can only be read by a user or OAuth2 client\. Add one"):
            await anext(client.api_keys())
        with pytest.raises(RefusedError, match="can only be changed by"):
            await client.create_api_key({"name": "shop-17"})
        with pytest.raises(RefusedError):
            await client.call(ops.DESTROY_SESSION)
    assert wire.passed == []


async def test_with_nothing_at_all_there_is_a_sentence(setting: Setting) -> None:
    client, wire = setting.client(Credential())
    async with client:
        with pytest.raises(SettingsError, match="no API key"):
            await client.get_entity("big-cola")
    assert wire.passed == []


async def test_a_read_only_profile_signs_in_and_searches_and_writes_nothing(
    setting: Setting, signing: Credential
) -> None:
    before = setting.sandbox.dump()
    client, wire = setting.client(signing, Guard(read_only=True))
    async with client:
        found = [row async for page in client.resources("NUMBER") for row in page.results]
        with pytest.raises(RefusedError):
            await client.update_number(found[0].number_key or "", "default")
        with pytest.raises(RefusedError):
            await client.create_api_key({"name": "x"})
        with pytest.raises(RefusedError):
            await client.call(ops.GET_SMS_REPORTS)
    assert found
    assert all(status == 200 for *_, status in wire.passed)
    assert setting.sandbox.dump() == before


async def test_signing_in_passes_the_gate(setting: Setting, signing: Credential) -> None:
    entered: list[str] = []

    class Noting(LocalGate):
        async def enter(self, operation: ops.Operation, patience: float = float("inf")) -> None:
            entered.append(operation.name)

    client, _ = setting.client(signing, gate=Noting())
    async with client:
        await client.get_entity("big-cola")
    assert entered[0] in ("create-session", "create-oauth2-token")
    assert entered[1:] == ["get-entity"]


async def test_the_scope_that_is_missing_is_told_of_whom_it_is(setting: Setting, signing: Credential) -> None:
    client, wire = setting.client(signing)
    wire.instead.append(lambda request: Reply(403) if request.target.startswith("/provisioning") else None)
    async with client:
        with pytest.raises(
            ForbiddenError, match=r"This (user|OAuth2 client) may not .*application-entity:manage"
        ):
            await client.get_entity("big-cola")


async def test_no_secret_is_in_any_repr_or_error(setting: Setting, signing: Credential) -> None:
    client, wire = setting.client(signing)
    async with client:
        await client.get_entity("big-cola")
        wire.instead.append(lambda _: Reply(500))
        with pytest.raises(ServerError) as caught:
            await client.get_entity("big-cola")
        token = wire.tokens[-1].split(" ")[1]
        desk = client._desk
        shown = "".join(traceback.format_exception(caught.value))
        shown += repr(client) + repr(desk) + repr(desk._held) + repr(signing) + repr(vars(desk))
    for secret in (token, setting.sandbox.password, setting.sandbox.client_secret, setting.sandbox.user):
        assert secret not in shown
