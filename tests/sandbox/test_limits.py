"""Rates: windows of an injected clock, counted in the file that several openings share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entitree.errors import UsageError

if TYPE_CHECKING:
    from tests.sandbox.conftest import AskAt, Asker, OpenIt

APPLICATIONS = "/provisioning/1/applications"
ENTITIES = "/provisioning/1/entities"
STRATEGIES = "/provisioning/2/sending-strategies"


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.25

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limited(open_it: OpenIt, ask_at: AskAt, clock: Clock) -> Asker:
    return ask_at(open_it(limits=1.0, clock=clock))


def test_one_a_second(limited: Asker, clock: Clock) -> None:
    assert limited("GET", ENTITIES).status == 200
    refused = limited("GET", ENTITIES)
    assert refused.status == 429
    assert refused.json() == {
        "requestError": {"serviceException": {"messageId": "TOO_MANY_REQUESTS", "text": "Too many requests"}}
    }
    clock.now += 1
    assert [limited("GET", ENTITIES).status for _ in range(2)] == [200, 429]


def test_a_refused_request_does_nothing(limited: Asker) -> None:
    before = limited.sandbox.dump()
    assert limited("DELETE", f"{ENTITIES}/nobody").status == 404
    assert limited("DELETE", f"{ENTITIES}/big-cola").status == 429
    assert limited.sandbox.dump() == before


def test_waiting_is_enough_however_often_one_asked_meanwhile(limited: Asker, clock: Clock) -> None:
    limited("GET", ENTITIES)
    for _ in range(20):
        clock.now += 0.03
        assert limited("GET", ENTITIES).status == 429
    clock.now += 0.4
    assert limited("GET", ENTITIES).status == 200


def test_each_operation_counts_for_itself(limited: Asker) -> None:
    assert limited("GET", ENTITIES).status == 200
    assert limited("GET", f"{ENTITIES}/big-cola").status == 200
    assert limited("GET", APPLICATIONS).status == 200
    assert limited("POST", ENTITIES, {"entityId": "new"}).status == 201
    assert limited("GET", f"{ENTITIES}/mc-burger").status == 429


@pytest.mark.parametrize(("choice", "then"), [("yes", 429), ("no", 200)])
def test_refused_requests_count(open_it: OpenIt, ask_at: AskAt, clock: Clock, choice: str, then: int) -> None:
    limited = ask_at(open_it(limits=1.0, clock=clock, rules={"refused-counts": choice}))
    for status, id_, key in (
        (403, "big-cola", limited.sandbox.limited_key),
        (404, "nobody", limited.sandbox.api_key),
    ):
        clock.now += 1
        assert limited("GET", f"{ENTITIES}/{id_}", authorization=f"App {key}").status == status
        assert limited("GET", f"{ENTITIES}/big-cola").status == then
        assert limited("GET", f"{ENTITIES}/big-cola").status == 429


def test_who_has_no_account_uses_up_nobodys_rate(limited: Asker) -> None:
    for authorization in (None, "App wrong", "Basic eDp5", "Bearer x"):
        assert limited("GET", ENTITIES, authorization=authorization).status == 401
    assert [limited("GET", ENTITIES).status for _ in range(2)] == [200, 429]


def test_a_wrong_key_is_told_so_even_when_the_window_is_full(limited: Asker) -> None:
    limited("GET", ENTITIES)
    assert limited("GET", ENTITIES, authorization="App wrong").status == 401


def test_what_is_no_operation_counts_for_none(limited: Asker) -> None:
    assert limited("GET", f"{ENTITIES}/").status == 404
    assert limited("PATCH", ENTITIES).status == 405
    assert limited("GET", ENTITIES).status == 200


def test_strategies_say_it_in_their_shape(limited: Asker) -> None:
    limited("GET", STRATEGIES)
    assert limited("GET", STRATEGIES).json()["errorCode"] == "E429"


def test_subscriptions_have_no_declared_rate(limited: Asker) -> None:
    assert {limited("GET", "/subscriptions/1/subscription/SMS").status for _ in range(5)} == {200}


def test_two_openings_share_the_window(open_it: OpenIt, ask_at: AskAt, clock: Clock) -> None:
    one, other = (ask_at(open_it(limits=1.0, clock=clock)) for _ in range(2))
    assert one("GET", ENTITIES).status == 200
    assert other("GET", ENTITIES).status == 429
    clock.now += 1
    assert other("GET", ENTITIES).status == 200
    assert one("GET", ENTITIES).status == 429


@pytest.mark.parametrize(("factor", "seconds", "most"), [(10.0, 1.0, 10), (0.5, 2.0, 1), (2.5, 0.8, 2)])
def test_a_factor_scales_the_rate(
    open_it: OpenIt, ask_at: AskAt, clock: Clock, factor: float, seconds: float, most: int
) -> None:
    ask = ask_at(open_it(limits=factor, clock=clock))
    clock.now = 1000.5 * seconds
    for _ in range(2):
        statuses = [ask("GET", ENTITIES).status for _ in range(most + 2)]
        assert statuses == [200] * most + [429, 429]
        clock.now += seconds


def test_off_is_off(open_it: OpenIt, ask_at: AskAt, clock: Clock) -> None:
    ask = ask_at(open_it(limits=None, clock=clock))
    assert {ask("GET", ENTITIES).status for _ in range(20)} == {200}


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan"), float("inf")])
def test_a_factor_is_above_zero(open_it: OpenIt, factor: float) -> None:
    with pytest.raises(UsageError):
        open_it(limits=factor)


def test_a_clock_that_was_set_back_shuts_no_bucket(limited: Asker, clock: Clock) -> None:
    numbers = "/numbers/1/numbers"
    assert [limited("GET", numbers).status for _ in range(3)] == [200, 200, 429]
    clock.now -= 3600
    assert limited("GET", numbers).status == 429
    clock.now += 1
    assert limited("GET", numbers).status == 200
