"""Delivery reports and inboxes: handed out once, for 48 hours, to those who may see them."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.injected import NOW, inject, linked, sent

if TYPE_CHECKING:
    from tests.sandbox.conftest import Answer, AskAt, Asker, OpenIt

SMS, MMS, EMAIL = "/sms/1/reports", "/mms/2/reports", "/email/1/reports"
SMS_INBOX, MMS_INBOX = "/sms/1/inbox/reports", "/mms/1/inbox/reports"
REPORTS = {SMS: "SMS", MMS: "MMS", EMAIL: "EMAIL"}
INBOXES = {SMS_INBOX: "SMS", MMS_INBOX: "MMS"}
QUEUES = {**REPORTS, **INBOXES}
NUMBER = "12025550103"


@pytest.fixture
def ask(open_it: OpenIt, ask_at: AskAt) -> Asker:
    """Asks the account of the guide, all of its reports and inboxes read, at a moment that stands still."""
    asker = ask_at(open_it(seed="docs", clock=lambda: NOW))
    for path in QUEUES:
        assert asker("GET", f"{path}?limit=1000").results()
    return asker


def came(ask: Asker, path: str, **message: Any) -> None:  # noqa: ANN401 - fields of a message
    """Puts something into the queue that the path hands out."""
    tag = {"applicationId": "marketing", "entityId": "big-cola"}
    if path in REPORTS:
        sent(ask, channel=QUEUES[path], **tag | message)
    else:
        whole = {"channel": QUEUES[path], "to": NUMBER, "from": "1", "text": "Hi", **tag, **message}
        inject(ask, {"inbound": [whole]})


def ids(answer: Answer) -> list[str]:
    return [one["messageId"] for one in answer.results()]


@pytest.mark.parametrize("path", QUEUES)
def test_each_item_is_handed_out_once(ask: Asker, path: str) -> None:
    came(ask, path, messageId="one", agoSeconds=5)
    came(ask, path, messageId="two")
    assert ids(ask("GET", path)) == ["two", "one"]
    assert ids(ask("GET", path)) == []
    came(ask, path, messageId="three")
    assert ids(ask("GET", path)) == ["three"]


@pytest.mark.parametrize("path", QUEUES)
def test_the_newest_are_handed_out_first_fifty_unless_told_otherwise(ask: Asker, path: str) -> None:
    came(ask, path, count=60, agoSeconds=10)
    came(ask, path, messageId="new", agoSeconds=1)
    assert ids(ask("GET", f"{path}?limit=1")) == ["new"]
    assert [len(ids(ask("GET", path))) for _ in range(3)] == [50, 10, 0]


@pytest.mark.parametrize("path", QUEUES)
def test_nobody_waits_for_longer_than_48_hours(open_it: OpenIt, ask_at: AskAt, path: str) -> None:
    now = [NOW]
    ask = ask_at(open_it(seed="docs", clock=lambda: now[0]))
    ask("GET", path)
    came(ask, path, messageId="one")
    came(ask, path, messageId="two", agoSeconds=1)
    now[0] += 48 * 3600
    assert ids(ask("GET", path)) == ["one"]


@pytest.mark.parametrize("path", QUEUES)
def test_handing_out_is_a_change_of_the_account(ask: Asker, path: str) -> None:
    came(ask, path, messageId="one")
    before = ask.sandbox.dump()
    ask("GET", path)
    after = ask.sandbox.dump()
    assert {family for family in after if before[family] != after[family]} == {"messages"}
    changed = [one for one in after["messages"] if one not in before["messages"]]
    assert [(one["messageId"], one["reported"]) for one in changed] == [("one", True)]
    with ask.sandbox._state.transaction(writes=False) as db:
        effect = db.execute("SELECT * FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    assert (effect["kind"], effect["id"], effect["key"]) == ("message", "one", "key full")
    assert [json.loads(effect[side])["reported"] for side in ("before", "after")] == [False, True]


@pytest.mark.parametrize("path", REPORTS)
def test_what_is_under_way_has_no_report_yet(ask: Asker, path: str) -> None:
    for status in ("ACCEPTED", "PENDING", "UNDELIVERABLE", "DELIVERED", "EXPIRED", "REJECTED"):
        came(ask, path, status=status)
    groups = {one["status"]["groupName"] for one in ask("GET", path).results()}
    assert groups == {"UNDELIVERABLE", "DELIVERED", "EXPIRED", "REJECTED"}


def test_a_log_is_there_after_its_report_was_handed_out(ask: Asker) -> None:
    came(ask, SMS, messageId="one")
    for _ in range(2):
        assert ids(ask("GET", "/sms/3/logs?messageId=one")) == ["one"]
        ask("GET", SMS)


@pytest.mark.parametrize(
    ("field", "value", "paths"),
    [
        ("applicationId", "other", tuple(QUEUES)),
        ("entityId", "other", tuple(QUEUES)),
        ("bulkId", "bulk", tuple(REPORTS)),
        ("messageId", "one", tuple(REPORTS)),
        ("campaignReferenceId", "summer", (*REPORTS, SMS_INBOX)),
    ],
)
def test_a_filter_hands_out_what_it_names_and_leaves_the_rest(
    ask: Asker, field: str, value: str, paths: tuple[str, ...]
) -> None:
    for path in paths:
        came(ask, path, **{field: value})
        came(ask, path)
        named, missed = f"{path}?{field}={value}", f"{path}?{field}=nothing"
        assert [len(ids(ask("GET", query))) for query in (missed, named, named, path)] == [0, 1, 0, 1]


def test_an_inbox_tells_how_many_are_left(ask: Asker) -> None:
    came(ask, SMS_INBOX, count=3)
    came(ask, SMS_INBOX, applicationId="other", entityId=None)
    queries = ("?applicationId=other", "?limit=2", "?limit=2", "")
    inboxes = [ask("GET", SMS_INBOX + query).json() for query in queries]
    counts = [(inbox["messageCount"], inbox["pendingMessageCount"]) for inbox in inboxes]
    assert counts == [(1, 0), (2, 1), (1, 0), (0, 0)]
    assert set(ask("GET", MMS_INBOX).json()) == {"results"}


@pytest.mark.parametrize("path", QUEUES)
def test_a_linked_key_is_handed_out_its_own(ask: Asker, path: str) -> None:
    key = linked(ask, ("marketing", "big-cola"))
    came(ask, path, messageId="own")
    came(ask, path, messageId="other", entityId="mc-burger")
    assert ids(ask("GET", path, authorization=key)) == ["own"]
    assert ask("GET", f"{path}?entityId=mc-burger", authorization=key).status == 403
    assert ids(ask("GET", path)) == ["other"]


@pytest.mark.parametrize("path", QUEUES)
def test_a_refusal_hands_out_nothing(ask: Asker, path: str) -> None:
    came(ask, path, messageId="one")
    for query, status in (("limit=x", 400), ("limit=1.0", 400)):
        refused = ask("GET", f"{path}?{query}")
        assert (refused.status, set(refused.violations())) == (status, {"limit"})
    assert ask("GET", path, authorization="App nobody").status == 401
    assert ids(ask("GET", path)) == ["one"]


@pytest.mark.parametrize(
    ("path", "status"), [*((path, 400) for path in REPORTS), *((path, 200) for path in INBOXES)]
)
def test_over_a_thousand_is_refused_where_the_schema_says_so(ask: Asker, path: str, status: int) -> None:
    assert ask("GET", f"{path}?limit=1001").status == status
    assert ask("GET", f"{path}?limit=1000").status == 200


@pytest.mark.parametrize("limit", [1001, 0, -1])
def test_a_limit_that_only_the_texts_forbid_is_a_rule(open_it: OpenIt, ask_at: AskAt, limit: int) -> None:
    for rule, status in (("lenient", 200), ("strict", 400)):
        ask = ask_at(open_it(seed="docs", rules={"traffic-filters": rule}))
        for path in INBOXES:
            assert ask("GET", f"{path}?limit={limit}").status == status


def test_a_thousand_are_handed_out_at_once(ask: Asker) -> None:
    came(ask, SMS, count=1001)
    first, second, third = (set(ids(ask("GET", f"{SMS}?limit=1000"))) for _ in range(3))
    assert (len(first), len(second), len(third)) == (1000, 1, 0)
    assert all(not one & other for one, other in pairwise((first, second, third)))


def test_what_was_sent_along_comes_back(ask: Asker) -> None:
    along = {"callbackData": "order 17", "campaignReferenceId": "summer"}
    came(ask, SMS, mccMnc="21910", **along)
    came(ask, MMS, mccMnc="21910", **along)
    came(ask, SMS_INBOX, **along)
    for path in (SMS, MMS, SMS_INBOX):
        (one,) = ask("GET", path).results()
        assert one.items() >= along.items()
        assert ("mccMnc" in one) == (path in REPORTS)


def test_an_mms_holds_its_text_as_parts(ask: Asker) -> None:
    came(ask, MMS_INBOX, text='Hello "Ann" 🍔')
    (one,) = ask("GET", MMS_INBOX).results()
    assert [part["value"] for part in json.loads(one["message"])["mms_parts"]] == ['Hello "Ann" 🍔']
