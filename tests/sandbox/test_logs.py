"""Logs: every filter, the bounds, 48 hours, newest first, in steps, and what a linked key sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from tests.sandbox.injected import NOW, inject, linked, sent

if TYPE_CHECKING:
    from tests.sandbox.conftest import Answer, AskAt, Asker, OpenIt

SMS, EMAIL = "/sms/3/logs", "/email/1/logs"
NEWER = {
    SMS: "SMS",
    "/apple-mfb/1/logs": "APPLE_MB",
    "/instagram/1/logs": "INSTAGRAM_DM",
    "/messenger/1/logs": "MESSENGER",
}
LOGS = {**NEWER, EMAIL: "EMAIL"}


@pytest.fixture
def ask(open_it: OpenIt, ask_at: AskAt) -> Asker:
    """Asks an account without messages, at a moment that stands still."""
    return ask_at(open_it(seed="empty", clock=lambda: NOW))


def ids(answer: Answer) -> list[str]:
    return [one["messageId"] for one in answer.results()]


FULL: dict[str, Any] = {
    "messageId": "full",
    "sender": "Sender",
    "destination": "385910000001",
    "applicationId": "marketing",
    "entityId": "big-cola",
    "bulkId": "bulk",
    "campaignReferenceId": "summer",
    "status": "EXPIRED",
    "agoSeconds": 60,
}
BOTH = [
    ("applicationId=marketing", "applicationId=Marketing"),
    ("entityId=big-cola", "entityId=big"),
    ("applicationId=marketing&entityId=big-cola", "applicationId=marketing&entityId=other"),
    ("bulkId=bulk", "bulkId=bul"),
    ("messageId=full", "messageId=FULL"),
    ("campaignReferenceId=summer", "campaignReferenceId=winter"),
    ("generalStatus=EXPIRED", "generalStatus=DELIVERED"),
    ("sentSince=2024-09-01T09:58:59.999%2B0000", "sentSince=2024-09-01T09:59:00.000%2B0000"),
    ("sentSince=2024-09-01T11:58:59.999%2B02:00", "sentSince=2024-09-01T09:59:00Z"),
    ("sentUntil=2024-09-01T09:59:00.001Z", "sentUntil=2024-09-01T09:59:00.000Z"),
    ("sentUntil=2024-09-01T09:59:00.0001Z", "sentSince=2024-09-01T09:59:00.0001Z"),
    ("nobody=knows", "applicationId="),
]
NEW = [
    ("sender=Sender", "sender=sender"),
    ("destination=385910000001", "destination=38591"),
    ("bulkId=other,bulk", "bulkId=other,another"),
    ("bulkId=other&bulkId=bulk", "bulkId=other&bulkId=another"),
    ("messageId=one,full", "messageId="),
    ("campaignReferenceId=summer,winter", "campaignReferenceId=winter,spring"),
]
OLD = [("from=Sender", "from=S"), ("to=385910000001", "to=1"), ("bulkId=bulk", "bulkId=other,bulk")]


@pytest.mark.parametrize(
    ("path", "found", "missed"),
    [(path, *pair) for path in LOGS for pair in [*BOTH, *(OLD if path == EMAIL else NEW)]],
)
def test_each_filter_lets_through_what_it_names(ask: Asker, path: str, found: str, missed: str) -> None:
    sent(ask, channel=LOGS[path], **FULL)
    assert ids(ask("GET", f"{path}?{found}")) == ["full"]
    assert ids(ask("GET", f"{path}?{missed}")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mcc=219", ["three", "two"]),
        ("mcc=219&mnc=10", ["two"]),
        ("mcc=219&mnc=101", ["three"]),
        ("mcc=310&mnc=10", []),
        ("mcc=21", []),
    ],
)
def test_sms_are_found_by_their_network(ask: Asker, query: str, found: list[str]) -> None:
    sent(ask, messageId="none")
    sent(ask, messageId="two", mccMnc="21910")
    sent(ask, messageId="three", mccMnc="219101")
    assert ids(ask("GET", f"{SMS}?{query}")) == found


@pytest.mark.parametrize("path", LOGS)
def test_filters_of_other_families_are_nobodys(ask: Asker, path: str) -> None:
    sent(ask, channel=LOGS[path], messageId="one")
    foreign = "sender=x&destination=x" if path == EMAIL else "from=x&to=x"
    assert ids(ask("GET", f"{path}?{foreign}")) == ["one"]
    if path != SMS:
        assert ids(ask("GET", f"{path}?mcc=219&mnc=10")) == ["one"]


@pytest.mark.parametrize("path", LOGS)
def test_each_channel_has_its_own_and_what_came_in_is_in_none(ask: Asker, path: str) -> None:
    for channel in ("SMS", "MMS", "EMAIL", "APPLE_MB", "INSTAGRAM_DM", "MESSENGER"):
        sent(ask, channel=channel, messageId=channel)
    assert ids(ask("GET", path)) == [LOGS[path]]


def test_inbound_messages_are_not_logged(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(seed="docs", clock=lambda: NOW))
    before = ids(ask("GET", SMS))
    inject(ask, {"inbound": [{"channel": "SMS", "to": "385990000001", "from": "1", "text": "Hi"}]})
    assert ids(ask("GET", SMS)) == before


@pytest.mark.parametrize("path", LOGS)
def test_the_newest_come_first_fifty_unless_told_otherwise(ask: Asker, path: str) -> None:
    for at in range(3):
        sent(ask, channel=LOGS[path], messageId=f"old-{at}", agoSeconds=100)
    sent(ask, channel=LOGS[path], messageId="oldest", agoSeconds=101)
    sent(ask, channel=LOGS[path], messageId="new", agoSeconds=1)
    assert ids(ask("GET", path)) == ["new", "old-2", "old-1", "old-0", "oldest"]
    assert ids(ask("GET", f"{path}?limit=2")) == ["new", "old-2"]
    sent(ask, channel=LOGS[path], count=1100)
    assert len(ids(ask("GET", path))) == 50
    assert len(ids(ask("GET", f"{path}?limit=1000"))) == 1000


@pytest.mark.parametrize("path", LOGS)
def test_logs_are_read_again_for_48_hours(open_it: OpenIt, ask_at: AskAt, path: str) -> None:
    now = [NOW]
    ask = ask_at(open_it(seed="empty", clock=lambda: now[0]))
    sent(ask, channel=LOGS[path], messageId="one")
    for later in (0, 1, 48 * 3600):
        now[0] = NOW + later
        assert ids(ask("GET", path)) == ["one"]
    now[0] += 0.001
    assert ids(ask("GET", path)) == []
    assert ids(ask("GET", f"{path}?messageId=one")) == []


def test_what_is_not_done_has_no_end(ask: Asker) -> None:
    for status in ("ACCEPTED", "PENDING", "UNDELIVERABLE", "DELIVERED", "EXPIRED", "REJECTED"):
        sent(ask, status=status)
    shown = {one["status"]["groupName"]: one for one in ask("GET", SMS).results()}
    assert {name for name, one in shown.items() if "doneAt" not in one} == {"ACCEPTED", "PENDING"}
    assert {name: one["status"]["groupId"] for name, one in shown.items()} == {
        "ACCEPTED": 0,
        "PENDING": 1,
        "UNDELIVERABLE": 2,
        "DELIVERED": 3,
        "EXPIRED": 4,
        "REJECTED": 5,
    }


@pytest.mark.parametrize(
    ("text", "count"), [("a" * 160, 1), ("a" * 161, 2), ("a" * 307, 3), ("ä" * 70, 1), ("ä" * 71, 2), ("", 1)]
)
def test_a_long_sms_is_split(ask: Asker, text: str, count: int) -> None:
    sent(ask, text=text)
    assert [one["messageCount"] for one in ask("GET", SMS).results()] == [count]


@pytest.mark.parametrize("path", NEWER)
def test_a_log_is_read_in_steps(ask: Asker, path: str) -> None:
    for at in range(5):
        sent(ask, channel=NEWER[path], messageId=str(at), agoSeconds=0 if at < 3 else 60)
    sent(ask, channel=NEWER[path], messageId="other", applicationId="other")
    query = f"{path}?useCursor=true&limit=2&applicationId=marketing"
    first = ask("GET", query).json()
    sent(ask, channel=NEWER[path], messageId="meanwhile")
    assert first["cursor"]["limit"] == 2
    steps, step = [first], first
    while "nextCursor" in step["cursor"]:
        step = ask("GET", f"{query}&cursor={quote(step['cursor']['nextCursor'], safe='')}").json()
        steps.append(step)
    shown = [[one["messageId"] for one in step["results"]] for step in steps]
    assert shown == [["2", "1"], ["0", "4"], ["3"]]


def test_a_log_that_ends_with_a_step_has_no_next_one(ask: Asker) -> None:
    for _ in range(2):
        sent(ask)
    assert ask("GET", f"{SMS}?useCursor=true&limit=2").json()["cursor"] == {"limit": 2}


@pytest.mark.parametrize("query", ["", "?useCursor=false", "?useCursor=false&cursor=x", "?cursor=x"])
def test_without_use_of_cursors_there_are_none(ask: Asker, query: str) -> None:
    sent(ask)
    answer = ask("GET", f"{SMS}{query}")
    assert (len(answer.results()), set(answer.json())) == (1, {"results"})


def test_email_has_no_cursors(ask: Asker) -> None:
    sent(ask, channel="EMAIL")
    answer = ask("GET", f"{EMAIL}?useCursor=true&cursor=x&limit=1")
    assert (len(answer.results()), set(answer.json())) == (1, {"results"})


@pytest.mark.parametrize(
    ("query", "property_"),
    [
        ("limit=1001", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit=", "limit"),
        (f"limit={'9' * 5000}", "limit"),
        ("sentSince=2024-09-01", "sentSince"),
        ("sentSince=2024-09-01T10:00:00", "sentSince"),
        ("sentUntil=2024-02-30T10:00:00Z", "sentUntil"),
        ("sentUntil=2024-09-01T10:00:00 0000", "sentUntil"),
        ("sentUntil=1725184800", "sentUntil"),
    ],
)
@pytest.mark.parametrize("rule", ["lenient", "strict"])
def test_what_the_schemas_forbid_is_refused(
    open_it: OpenIt, ask_at: AskAt, rule: str, query: str, property_: str
) -> None:
    ask = ask_at(open_it(rules={"traffic-filters": rule}))
    for path in LOGS:
        refused = ask("GET", f"{path}?{quote(query, safe='=&+:')}")
        assert (refused.status, set(refused.violations())) == (400, {property_})


@pytest.mark.parametrize(
    ("query", "property_"),
    [
        ("generalStatus=LOST", "generalStatus"),
        ("generalStatus=", "generalStatus"),
        ("useCursor=yes", "useCursor"),
    ],
)
def test_what_the_schemas_of_newer_logs_forbid_is_refused(ask: Asker, query: str, property_: str) -> None:
    for path in NEWER:
        refused = ask("GET", f"{path}?{query}")
        assert (refused.status, set(refused.violations())) == (400, {property_})
    assert ask("GET", f"{EMAIL}?{query}").results() == []


def test_all_that_is_wrong_is_told_at_once(ask: Asker) -> None:
    refused = ask("GET", f"{SMS}?limit=x&sentSince=x&sentUntil=x&generalStatus=x&useCursor=x")
    wrong = {"limit", "sentSince", "sentUntil", "generalStatus", "useCursor"}
    assert (refused.status, set(refused.violations())) == (400, wrong)


@pytest.mark.parametrize(
    ("query", "property_", "shown"),
    [
        ("limit=0", "limit", 1),
        ("limit=-7", "limit", 1),
        (f"limit=-{'9' * 30}", "limit", 1),
        ("mnc=10", "mcc", 2),
        (f"messageId=one,{'x' * 2045}", "messageId", 1),
        (f"bulkId=b&bulkId={'x' * 2047}", "bulkId", 2),
        ("useCursor=true&cursor=nowhere", "cursor", 0),
        ("useCursor=true&cursor=", "cursor", 0),
        ("useCursor=true&cursor=%C3%A4", "cursor", 0),
    ],
)
def test_what_only_the_texts_forbid_is_a_rule(
    open_it: OpenIt, ask_at: AskAt, query: str, property_: str, shown: int
) -> None:
    lenient = ask_at(open_it(seed="empty", clock=lambda: NOW, rules={"traffic-filters": "lenient"}))
    sent(lenient, messageId="one", bulkId="b", mccMnc="21910")
    sent(lenient, messageId="two", bulkId="b", mccMnc="31010")
    assert len(lenient("GET", f"{SMS}?{query}").results()) == shown
    strict = ask_at(open_it(clock=lambda: NOW, rules={"traffic-filters": "strict"}))
    refused = strict("GET", f"{SMS}?{query}")
    assert (refused.status, set(refused.violations())) == (400, {property_})


def test_ids_at_the_longest_are_not_too_many(open_it: OpenIt, ask_at: AskAt) -> None:
    strict = ask_at(open_it(seed="empty", clock=lambda: NOW, rules={"traffic-filters": "strict"}))
    sent(strict, messageId="one")
    assert ids(strict("GET", f"{SMS}?messageId=one,{'x' * 2044}")) == ["one"]


def test_ten_thousand_ids_are_asked_for_at_once(ask: Asker) -> None:
    sent(ask, messageId="one")
    assert ids(ask("GET", f"{SMS}?messageId={',' * 40_000}one")) == ["one"]


@pytest.mark.parametrize("rule", ["sensitive", "insensitive"])
def test_ids_differ_in_case_by_rule(open_it: OpenIt, ask_at: AskAt, rule: str) -> None:
    ask = ask_at(open_it(clock=lambda: NOW, rules={"id-case": rule}))
    found = ids(ask("GET", f"{SMS}?applicationId=MARKETING&entityId=Mc-Burger"))
    assert len(found) == (1 if rule == "insensitive" else 0)


@pytest.mark.parametrize(("rule", "kept"), [("kept", True), ("cleared", False)])
@pytest.mark.parametrize("entity", [True, False])
def test_messages_keep_the_ids_of_what_was_deleted_by_rule(
    open_it: OpenIt, ask_at: AskAt, rule: str, kept: bool, entity: bool
) -> None:
    ask = ask_at(open_it(clock=lambda: NOW, rules={"deletion-traffic": rule}))
    deleted = "entities/big-cola" if entity else "applications/marketing"
    assert ask("DELETE", f"/provisioning/1/{deleted}").status == 200
    (one, *_) = ask("GET", f"{SMS}?bulkId=summer-cola").results()
    tag = {"applicationId": "marketing", "entityId": "big-cola"}
    if not kept and entity:
        del tag["entityId"]
    elif not kept:
        tag["applicationId"] = "default"
    assert one["platform"] == tag


LINKS = [("marketing", "big-cola"), ("one-time-pin", None)]


@pytest.fixture
def guide(open_it: OpenIt, ask_at: AskAt) -> Asker:
    """Asks the account of the guide, at a moment that stands still."""
    return ask_at(open_it(seed="docs", clock=lambda: NOW))


def tags(answer: Answer) -> set[tuple[str, str | None]]:
    return {(one["platform"]["applicationId"], one["platform"].get("entityId")) for one in answer.results()}


def test_a_linked_key_sees_its_own_pairs(guide: Asker) -> None:
    key = linked(guide, *LINKS)
    sent(guide, applicationId="one-time-pin", entityId="cost-center-100")
    everything = {("marketing", "mc-burger"), ("default", None), ("one-time-pin", "cost-center-100"), *LINKS}
    assert tags(guide("GET", SMS)) == everything
    assert tags(guide("GET", SMS, authorization=key)) == {("one-time-pin", "cost-center-100"), *LINKS}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("applicationId=marketing", {("marketing", "big-cola")}),
        ("entityId=big-cola", {("marketing", "big-cola")}),
        ("applicationId=one-time-pin", {("one-time-pin", None)}),
        ("applicationId=one-time-pin&entityId=big-cola", set()),
        ("destination=12025550188", {("one-time-pin", None)}),
        ("destination=12025550189", set()),
        ("useCursor=true", {("marketing", "big-cola"), ("one-time-pin", None)}),
    ],
)
def test_a_linked_key_filters_what_it_sees(guide: Asker, query: str, found: set[Any]) -> None:
    assert tags(guide("GET", f"{SMS}?{query}", authorization=linked(guide, *LINKS))) == found


@pytest.mark.parametrize("query", ["applicationId=default", "applicationId=marketing&entityId=mc-burger"])
@pytest.mark.parametrize("path", LOGS)
def test_a_linked_key_is_refused_what_is_not_its_own(guide: Asker, path: str, query: str) -> None:
    refused = guide("GET", f"{path}?{query}", authorization=linked(guide, ("marketing", "big-cola")))
    assert refused.status == 403
    assert ("requestError" in refused.json()) == (path == EMAIL)


def test_a_key_that_lost_all_its_links_sees_nothing(guide: Asker) -> None:
    assert guide("GET", SMS, authorization=linked(guide)).status == 403


def test_a_link_that_forces_its_ids_decides_what_is_shown(guide: Asker) -> None:
    key = linked(guide, ("marketing", "mc-burger"), action="FORCE")
    found = guide("GET", f"{SMS}?applicationId=default&entityId=big-cola", authorization=key)
    assert tags(found) == {("marketing", "mc-burger")}
