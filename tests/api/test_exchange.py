"""The request loop, over a platform that answers from a script."""

from __future__ import annotations

import json
from math import inf
from typing import TYPE_CHECKING

import pytest

from entitree.api import operations as ops
from entitree.api.client import PlatformClient
from entitree.api.credentials import Credential
from entitree.api.gate import HeldError
from entitree.api.guard import Guard
from entitree.api.transport import Reply, Request
from entitree.errors import (
    BadReplyError,
    ConflictError,
    EntitreeError,
    NotFoundError,
    RefusedError,
    ServerError,
    SettingsError,
    TooManyRequestsError,
    UnreachableError,
)

if TYPE_CHECKING:
    from entitree.api.operations import Operation

Answer = Reply | EntitreeError | float
"""A float is a send that takes so many seconds and ends without an answer."""

ENTITY = Reply(200, {}, b'{"entityId":"shop-17"}')
BUSY = Reply(429, {}, b"")
BROKEN = Reply(500, {}, b"")
NONSENSE = Reply(200, {}, b"<html>")
LOST = UnreachableError("the connection broke before an answer came", sent=True)
UNSENT = UnreachableError("the connection was refused", sent=False)


class Script:
    """Transport, gate and clock in one: answers in turn, and writes down what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.deadlines: list[float] = []
        self.entered: list[str] = []
        self.held: list[float | None] = []
        self.slept: list[float] = []
        self.closed = 0
        self.now = 0.0
        self.until = 0.0

    async def send(self, request: Request, *, deadline: float) -> Reply:
        self.requests.append(request)
        self.deadlines.append(deadline)
        answer = self.answers.pop(0)
        if isinstance(answer, float):
            self.now += answer
            raise LOST
        if isinstance(answer, EntitreeError):
            raise answer
        return answer

    async def aclose(self) -> None:
        self.closed += 1

    async def enter(self, operation: Operation, patience: float = inf) -> None:
        self.entered.append(operation.name)
        if self.until - self.now > patience:
            raise HeldError(self.until - self.now)
        self.now = max(self.now, self.until)

    def throttled(self, operation: Operation, retry_after: float | None) -> None:
        self.held.append(retry_after)
        self.until = self.now + (1.0 if retry_after is None else retry_after)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def client_of(script: Script, guard: Guard | None = None, *, deadline: float = 30.0) -> PlatformClient:
    return PlatformClient(
        script,
        Credential("key"),
        script,
        guard or Guard(),
        deadline=deadline,
        sleep=script.sleep,
        clock=lambda: script.now,
        jitter=lambda: 1.0,
    )


async def test_a_call_passes_the_gate_and_carries_key_and_body() -> None:
    script = Script(Reply(201))
    await client_of(script).create_entity("shop-17", "Café “17”")
    assert script.entered == ["create-entity"]
    [request] = script.requests
    assert (request.method, request.target) == ("POST", "/provisioning/1/entities")
    assert request.headers == {"Authorization": "App key", "Content-Type": "application/json"}
    assert request.body == '{"entityId":"shop-17","entityName":"Café “17”"}'.encode()


@pytest.mark.parametrize("failure", [LOST, BROKEN, BUSY], ids=["lost", "500", "429"])
async def test_a_read_is_tried_again_up_to_five_times(failure: Answer) -> None:
    script = Script(*[failure] * 4, ENTITY)
    assert (await client_of(script).get_entity("shop-17")).entity_id == "shop-17"
    assert len(script.entered) == len(script.requests) == 5

    script = Script(*[failure] * 9)
    with pytest.raises((UnreachableError, ServerError, TooManyRequestsError)) as caught:
        await client_of(script).get_entity("shop-17")
    assert len(script.requests) == 5
    assert caught.value.hint
    assert "unknown" not in caught.value.hint


async def test_a_platform_that_cannot_be_reached_is_given_up_sooner() -> None:
    script = Script(*[UNSENT] * 9)
    with pytest.raises(UnreachableError, match="Could not read entity “shop-17”: the connection was refused"):
        await client_of(script).get_entity("shop-17")
    assert script.slept == [0.5]


async def test_an_answer_without_sense_is_asked_for_once_more() -> None:
    script = Script(NONSENSE, ENTITY)
    assert (await client_of(script).get_entity("shop-17")).entity_id == "shop-17"
    script = Script(*[NONSENSE] * 9)
    with pytest.raises(BadReplyError, match="Could not read entity “shop-17”"):
        await client_of(script).get_entity("shop-17")
    assert len(script.requests) == 2


async def test_what_the_platform_decided_is_not_asked_again() -> None:
    for status in (400, 401, 403, 404, 409, 418):
        script = Script(Reply(status))
        with pytest.raises(EntitreeError):
            await client_of(script).get_entity("shop-17")
        assert len(script.requests) == 1


async def test_pauses_grow() -> None:
    script = Script(LOST, BROKEN, LOST, LOST, ENTITY)
    await client_of(script).get_entity("shop-17")
    assert script.slept == [0.5, 1.0, 2.0, 4.0]
    assert script.deadlines == [30.0, 29.5, 28.5, 26.5, 22.5]


async def test_after_a_429_the_gate_waits_not_the_client() -> None:
    script = Script(Reply(429, {"retry-after": "7"}), BUSY, ENTITY)
    await client_of(script).get_entity("shop-17")
    assert script.held == [7.0, None]
    assert script.slept == []
    assert script.deadlines == [30.0, 23.0, 22.0]


async def test_a_failing_platform_may_say_when_to_come_back() -> None:
    script = Script(Reply(503, {"retry-after": "9"}), ENTITY)
    await client_of(script).get_entity("shop-17")
    assert script.slept == [9.0]


@pytest.mark.parametrize(("retry_after", "deadline"), [("121", 3600.0), ("30", 30.0)])
async def test_too_long_a_wait_is_told_instead(retry_after: str, deadline: float) -> None:
    script = Script(Reply(429, {"retry-after": retry_after}))
    with pytest.raises(TooManyRequestsError, match=f"Wait {retry_after} s") as caught:
        await client_of(script, deadline=deadline).get_entity("shop-17")
    assert caught.value.retry_after == float(retry_after)
    assert script.held == [float(retry_after)]


async def test_two_minutes_are_waited_for_where_the_deadline_allows() -> None:
    script = Script(Reply(429, {"retry-after": "120"}), ENTITY)
    await client_of(script, deadline=3600.0).get_entity("shop-17")
    assert script.deadlines == [3600.0, 3480.0]


async def test_the_next_call_does_not_wait_for_what_the_platform_forbids() -> None:
    script = Script(Reply(429, {"retry-after": "3600"}), ENTITY)
    client = client_of(script)
    for request in (client.get_entity("shop-17"), client.get_entity("shop-18"), client.delete_entity("x")):
        with pytest.raises(
            TooManyRequestsError, match=r"Wait 3600 s, until .*\d\d:\d\d, and try again"
        ) as caught:
            await request
        assert caught.value.retry_after == 3600.0
    assert len(script.requests) == 1
    script.now += 3599.0
    await client.get_entity("shop-17")


async def test_a_queue_before_the_next_try_uses_up_the_deadline_too() -> None:
    script = Script(BUSY, ENTITY)
    client = client_of(script)

    async def long_queue(operation: Operation, patience: float = inf) -> None:
        script.now += 31.0

    script.enter = long_queue  # type: ignore[method-assign] # a queue for this test alone
    with pytest.raises(TooManyRequestsError):
        await client.get_entity("shop-17")
    assert script.deadlines == [30.0]


async def test_slow_tries_use_up_the_deadline_of_the_whole_call() -> None:
    script = Script(20.0, 9.0, ENTITY)
    with pytest.raises(UnreachableError):
        await client_of(script).get_entity("shop-17")
    assert script.deadlines == [30.0, 9.5]
    assert script.slept == [0.5]


@pytest.mark.parametrize("failure", [LOST, BROKEN, Reply(202), Reply(302)], ids=["lost", "500", "202", "302"])
@pytest.mark.parametrize("operation", ["create-entity", "modify-entity", "delete-entity"])
async def test_a_write_that_may_have_happened_is_sent_once(operation: str, failure: Answer) -> None:
    script = Script(failure)
    path = {} if operation == "create-entity" else {"entityId": "shop-17"}
    with pytest.raises((UnreachableError, ServerError, BadReplyError), match="shop-17") as caught:
        await client_of(script).call(ops.OPERATIONS[operation], path=path, body={"entityId": "shop-17"})
    assert len(script.requests) == 1
    if failure != Reply(302):
        assert "unknown" in caught.value.hint


async def test_a_write_that_never_left_is_not_in_doubt_and_not_repeated_either() -> None:
    script = Script(UNSENT)
    with pytest.raises(UnreachableError) as caught:
        await client_of(script).delete_entity("shop-17")
    assert not caught.value.sent
    assert "unknown" not in caught.value.hint
    assert len(script.requests) == 1


async def test_a_created_object_whose_answer_makes_no_sense_is_in_doubt() -> None:
    script = Script(Reply(201, {}, b"<html>"))
    with pytest.raises(BadReplyError) as caught:
        await client_of(script).create_subscription("SMS", {"subscriptionId": "s"})
    assert "unknown" in caught.value.hint
    assert len(script.requests) == 1


async def test_a_write_is_sent_again_after_a_429_which_was_certainly_not_carried_out() -> None:
    script = Script(BUSY, BUSY, Reply(200))
    await client_of(script).delete_entity("shop-17")
    assert len(script.requests) == 3
    script = Script(BUSY, Reply(409))
    with pytest.raises(ConflictError):
        await client_of(script).create_entity("shop-17")


async def test_the_body_of_a_successful_write_is_nobodys_business() -> None:
    script = Script(Reply(200, {}, b"<html>\xff"))
    await client_of(script).delete_entity("shop-17")


@pytest.mark.parametrize("identifier", ["", ".", "..", "\ud800"])
async def test_ids_no_request_can_name_are_refused_before_the_gate(identifier: str) -> None:
    script = Script()
    client = client_of(script)
    for refused in (
        client.get_entity(identifier),
        client.create_entity(identifier),
        client.create_application(identifier),
        client.modify_application(identifier, "x"),
        client.delete_entity(identifier),
        client.delete_strategy(identifier),
        client.create_subscription("SMS", {"subscriptionId": identifier}),
        client.delete_subscription(identifier, "x"),
        client.delete_subscription("SMS", identifier),
    ):
        with pytest.raises(RefusedError) as caught:
            await refused
        str(caught.value).encode("utf-8")
    assert script.entered == []


@pytest.mark.parametrize("body", [{"entityId": "x", "entityName": "\ud800"}, {"entityId": float("nan")}])
async def test_a_value_no_json_can_carry_is_refused_before_the_gate(body: object) -> None:
    script = Script()
    with pytest.raises(RefusedError, match="JSON"):
        await client_of(script).call(ops.CREATE_ENTITY, body=body)
    assert script.entered == []


async def test_read_only_and_protected_hold_whatever_the_screens_do() -> None:
    script = Script(ENTITY)
    client = client_of(script, Guard(read_only=True))
    await client.get_entity("shop-17")
    with pytest.raises(RefusedError, match="read-only"):
        await client.delete_entity("shop-17")
    with pytest.raises(RefusedError, match="read-only"):
        await client.call(ops.CREATE_ENTITY, body={"entityId": "x"})
    with pytest.raises(RefusedError, match="protected"):
        await client_of(script, Guard(protected=frozenset({"shop-17"}))).delete_entity("shop-17")
    with pytest.raises(RefusedError, match="always exists"):
        await client_of(script).delete_application("default")
    assert len(script.requests) == 1


async def test_without_a_key_nothing_is_sent() -> None:
    script = Script()
    client = PlatformClient(script, Credential(), script)
    with pytest.raises(SettingsError):
        await client.get_entity("shop-17")
    assert script.entered == []


async def test_closing_closes_the_transport() -> None:
    script = Script()
    async with client_of(script) as client:
        pass
    await client.aclose()
    assert script.closed >= 1


async def test_hostile_words_of_the_platform_are_inert_in_the_error() -> None:
    body = json.dumps({"requestError": {"serviceException": {"text": "\x1b]52;c;x\x07\u202e[/]"}}}).encode()
    script = Script(Reply(404, {}, body))
    with pytest.raises(NotFoundError) as caught:
        await client_of(script).get_entity("\x1b[31m\u202e")
    assert not set("\x1b\x07\u202e") & set(str(caught.value))
