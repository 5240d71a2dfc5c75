"""Messages put into the account: what they make on the way, what is refused, all of it or nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st
from tests.sandbox.conftest import Asker
from tests.sandbox.injected import NOW, inject, sent

from entitree.sandbox import open_sandbox
from entitree.sandbox.account.messages import OUTCOMES, SENT_CHANNELS, parsed_moment, shown_moment
from entitree.sandbox.account.records import insert
from entitree.sandbox.account.traffic import MOST
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, OpenIt

NUMBER = "385990000002"
SMS: dict[str, Any] = {"channel": "SMS", "sender": "S", "destination": "1"}
CAME: dict[str, Any] = {"channel": "SMS", "to": NUMBER, "from": "1", "text": "Hi"}


@pytest.fixture
def ask(open_it: OpenIt, ask_at: AskAt) -> Asker:
    """Asks the account of the guide, at a moment that stands still."""
    return ask_at(open_it(seed="docs", clock=lambda: NOW))


def log(ask: Asker, query: str = "") -> list[dict[str, Any]]:
    return ask("GET", f"/sms/3/logs?{query}").results()


def violations(ask: Asker, body: dict[str, Any]) -> set[str]:
    """What is wrong with it; nothing of it is there afterwards."""
    before = ask.sandbox.dump()
    with pytest.raises(ProblemError) as refused:
        inject(ask, body)
    assert refused.value.status == 400
    assert ask.sandbox.dump() == before
    return set(refused.value.violations)


def test_what_was_put_in_is_told(ask: Asker) -> None:
    told = inject(
        ask,
        {
            "sent": [
                {**SMS, "destination": None, "destinations": ["1", "2"], "count": 2, "entityId": "new"},
                {**SMS, "messageId": "own"},
            ],
            "inbound": [{**CAME, "messageId": "came"}],
        },
    )
    ids = told.pop("messageIds")
    assert told == {"sent": 5, "inbound": 1, "applications": [], "entities": ["new"]}
    assert ids[4:] == ["own", "came"]
    assert len(set(ids)) == 6
    shown = {one["messageId"]: one["to"] for one in ask.sandbox.dump()["messages"]}
    assert [shown[id_] for id_ in ids] == ["1", "2", "1", "2", "1", NUMBER]


def test_nothing_is_no_error(ask: Asker) -> None:
    nothing = {"sent": 0, "inbound": 0, "messageIds": [], "applications": [], "entities": []}
    assert inject(ask, {}) == inject(ask, {"sent": [], "inbound": None}) == nothing


def test_those_of_one_request_share_a_bulk(ask: Asker) -> None:
    ids = sent(ask, destination=None, destinations=["1", "2"], count=2)
    sent(ask)
    bulks = [one["bulkId"] for one in log(ask, f"messageId={','.join(ids)}")]
    assert len(bulks) == 4
    assert len(set(bulks)) == 1
    assert len(log(ask, f"bulkId={bulks[0]}")) == 4


def test_what_is_not_said_is_delivered_now(ask: Asker) -> None:
    (id_,) = inject(ask, {"sent": [SMS]})["messageIds"]
    (shown,) = log(ask, f"messageId={id_}")
    assert shown["sentAt"] == "2024-09-01T10:00:00.000+0000"
    assert (shown["status"]["groupName"], shown["content"]) == ("DELIVERED", {"text": ""})


@pytest.mark.parametrize("at", ["2024-09-01T09:00:00.250+0000", "2024-09-01T11:00:00.25+02:00"])
def test_a_message_may_have_a_moment(ask: Asker, at: str) -> None:
    sent(ask, messageId="one", at=at)
    (shown,) = log(ask, "messageId=one")
    assert shown["sentAt"] == "2024-09-01T09:00:00.250+0000"


def test_a_moment_may_be_longer_ago_than_is_shown(ask: Asker) -> None:
    sent(ask, messageId="one", agoSeconds=48 * 3600 + 1)
    assert log(ask, "messageId=one") == []


@pytest.mark.parametrize(("rule", "there"), [("on", True), ("off", False)])
def test_an_unknown_entity_is_created_by_rule(open_it: OpenIt, ask_at: AskAt, rule: str, there: bool) -> None:
    ask = ask_at(open_it(clock=lambda: NOW, rules={"auto-create-entity": rule}))
    told = inject(ask, {"sent": [{**SMS, "messageId": "one", "entityId": "shop 17"}]})
    assert told["entities"] == (["shop 17"] if there else [])
    created = ask("GET", "/provisioning/1/entities/shop%2017")
    assert created.status == (200 if there else 404)
    if there:
        assert created.json() == {"entityId": "shop 17", "entityName": "shop 17"}
    (shown,) = log(ask, "entityId=shop%2017")
    assert shown["platform"] == {"entityId": "shop 17", "applicationId": "default"}


@pytest.mark.parametrize(("rule", "there"), [("carried", False), ("created", True)])
def test_an_unknown_application_is_carried_by_rule(
    open_it: OpenIt, ask_at: AskAt, rule: str, there: bool
) -> None:
    ask = ask_at(open_it(clock=lambda: NOW, rules={"unknown-application": rule}))
    told = inject(ask, {"sent": [{**SMS, "messageId": "one", "applicationId": "new"}]})
    assert told["applications"] == (["new"] if there else [])
    assert ask("GET", "/provisioning/1/applications/new").status == (200 if there else 404)
    assert [one["platform"] for one in log(ask, "messageId=one")] == [{"applicationId": "new"}]


@pytest.mark.parametrize(("rule", "shown"), [("default", {"applicationId": "default"}), ("none", None)])
def test_a_message_without_ids_is_of_the_default_application_by_rule(
    open_it: OpenIt, ask_at: AskAt, rule: str, shown: dict[str, str] | None
) -> None:
    ask = ask_at(open_it(clock=lambda: NOW, rules={"untagged-message": rule}))
    inject(ask, {"sent": [{**SMS, "messageId": "one"}]})
    (one,) = log(ask, "messageId=one")
    assert one.get("platform") == shown
    assert log(ask, "messageId=one&applicationId=default") == [one]


def test_ids_are_those_of_the_account_where_case_does_not_matter(open_it: OpenIt, ask_at: AskAt) -> None:
    ask = ask_at(open_it(clock=lambda: NOW, rules={"id-case": "insensitive"}))
    tag = {"applicationId": "MARKETING", "entityId": "Big-Cola"}
    assert inject(ask, {"sent": [{**SMS, **tag, "messageId": "one"}]})["entities"] == []
    (shown,) = log(ask, "messageId=one")
    assert shown["platform"] == {"entityId": "big-cola", "applicationId": "marketing"}


def test_a_deleted_entity_comes_back_with_a_message(ask: Asker) -> None:
    ask("DELETE", "/provisioning/1/entities/big-cola")
    assert inject(ask, {"sent": [{**SMS, "entityId": "big-cola"}]})["entities"] == ["big-cola"]


@pytest.mark.parametrize(
    ("rule", "choice", "entity"), [("recreation", "refused", "big-cola"), ("most-objects", "1000", "new")]
)
def test_where_none_may_be_created_the_message_still_carries_the_id(
    open_it: OpenIt, ask_at: AskAt, rule: str, choice: str, entity: str
) -> None:
    ask = ask_at(open_it(clock=lambda: NOW, rules={rule: choice}))
    ask("DELETE", "/provisioning/1/entities/big-cola")
    with ask.sandbox._state.transaction(writes=True) as db:
        db.executemany("INSERT INTO entities (id) VALUES (?)", [(f"e{at}",) for at in range(1000)])
    assert inject(ask, {"sent": [{**SMS, "entityId": entity}]})["entities"] == []
    assert len(log(ask, f"applicationId=default&entityId={entity}")) == 1


def test_what_came_in_has_the_ids_of_its_number(ask: Asker) -> None:
    numbers = {one["number"]: one for one in ask.sandbox.dump()["numbers"]}
    ask("GET", "/sms/1/inbox/reports")
    inject(ask, {"inbound": [{**CAME, "to": number} for number in numbers]})
    came = ask("GET", "/sms/1/inbox/reports").results()
    assert len(came) == len(numbers)
    for one in came:
        link = numbers[one["to"]]
        assert (one["applicationId"], one.get("entityId")) == (link["applicationId"], link["entityId"])


def configured(ask: Asker, keyword: str | None, application: str, entity: str | None = None) -> None:
    """Gives the number an inbound configuration for SMS."""
    with ask.sandbox._state.transaction(writes=True) as db:
        key = db.execute("SELECT number_key FROM numbers WHERE number = ?", (NUMBER,)).fetchone()[0]
        place = {"key": f"C-{keyword}", "channel": "SMS", "resource_key": key, "keyword": keyword}
        tag = {"application_id": application, "entity_id": entity}
        insert(db, "inbound_configurations", {**place, **tag, "body": "{}"})


@pytest.mark.parametrize(
    ("text", "tag", "keyword", "clean"),
    [
        ("Hello", ("production", None), None, "Hello"),
        ("QUIZ Paris  or Rome", ("staging", "cost-center-100"), "QUIZ", "Paris  or Rome"),
        ("QUIZ", ("staging", "cost-center-100"), "QUIZ", ""),
        ("QUIZZES", ("production", None), None, "QUIZZES"),
        ("BUY NOW two", ("alerts", None), "BUY NOW", "two"),
        ("BUY two", ("production", None), None, "BUY two"),
        (None, ("production", None), None, ""),
    ],
)
def test_what_came_in_is_tagged_by_the_configuration_that_it_meets(
    ask: Asker, text: str | None, tag: tuple[str, str | None], keyword: str | None, clean: str
) -> None:
    configured(ask, None, "production")
    configured(ask, "QUIZ", "staging", "cost-center-100")
    configured(ask, "BUY NOW", "alerts")
    inject(ask, {"inbound": [{**CAME, "text": text}]})
    (one, *_) = ask("GET", "/sms/1/inbox/reports").results()
    assert (one["applicationId"], one.get("entityId")) == tag
    assert (one.get("keyword"), one["cleanText"], one["text"]) == (keyword, clean, text or "")


def test_what_came_in_may_be_told_its_ids_and_creates_nothing(ask: Asker) -> None:
    before = ask.sandbox.dump()
    inject(ask, {"inbound": [{**CAME, "applicationId": "a", "entityId": "e"}]})
    (one, *_) = ask("GET", "/sms/1/inbox/reports").results()
    assert (one["applicationId"], one["entityId"]) == ("a", "e")
    assert ask.sandbox.dump()["entities"] == before["entities"]


@pytest.mark.parametrize(
    ("change", "property_"),
    [
        ({"channel": None}, "channel"),
        ({"channel": "PIGEON"}, "channel"),
        ({"sender": None}, "sender"),
        ({"sender": ""}, "sender"),
        ({"destination": None}, "destination"),
        ({"destination": None, "destinations": []}, "destinations"),
        ({"destination": None, "destinations": ["1", ""]}, "destinations"),
        ({"destination": None, "destinations": [1]}, "destinations[0]"),
        ({"destinations": ["2"]}, "destination"),
        ({"applicationId": " "}, "applicationId"),
        ({"entityId": "x" * 256}, "entityId"),
        ({"entityId": 7}, "entityId"),
        ({"status": "LOST"}, "status"),
        ({"text": "x" * 32_001}, "text"),
        ({"bulkId": ""}, "bulkId"),
        ({"messageId": "x", "count": 2}, "messageId"),
        ({"mccMnc": "2191"}, "mccMnc"),
        ({"mccMnc": "croatia"}, "mccMnc"),
        ({"count": 0}, "count"),
        ({"count": MOST + 1}, "count"),
        ({"count": True}, "count"),
        ({"agoSeconds": -1}, "agoSeconds"),
        ({"agoSeconds": 1.5}, "agoSeconds"),
        ({"agoSeconds": 1, "at": "2024-09-01T09:00:00Z"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2024-09-01T10:00:00.001Z"}, "at"),
        ({"at": "1990-01-01T00:00:00Z"}, "at"),
        ({"aplicationId": "marketing"}, "aplicationId"),
        ({"to": "1"}, "to"),
    ],
)
def test_what_is_wrong_with_a_sent_message(ask: Asker, change: dict[str, Any], property_: str) -> None:
    body = {"sent": [{**SMS, "entityId": "new"}, {**SMS, **change}]}
    assert violations(ask, body) == {f"sent[1].{property_}"}


@pytest.mark.parametrize(
    ("change", "property_"),
    [
        ({"channel": "EMAIL"}, "channel"),
        ({"to": None}, "to"),
        ({"to": "385999999999"}, "to"),
        ({"from": None}, "from"),
        ({"status": "DELIVERED"}, "status"),
        ({"sender": "x"}, "sender"),
        ({"count": "2"}, "count"),
    ],
)
def test_what_is_wrong_with_an_inbound_message(ask: Asker, change: dict[str, Any], property_: str) -> None:
    body = {"sent": [SMS], "inbound": [{**CAME, **change}]}
    assert violations(ask, body) == {f"inbound[0].{property_}"}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"send": []}, {"send"}),
        ({"sent": {}}, {"sent"}),
        ({"sent": [1], "inbound": "x"}, {"sent[0]", "inbound"}),
        ({"sent": [{}], "inbound": [{}]}, {"sent[0].channel", "sent[0].sender", "sent[0].destination"}
         | {"inbound[0].channel", "inbound[0].to", "inbound[0].from"}),
        ({"sent": [{**SMS, "count": MOST}] * 5000}, {"sent"}),
        ({"sent": [{**SMS, "destination": None, "destinations": ["1"] * MOST, "count": MOST}]}, {"sent"}),
        ({"inbound": [{**CAME, "count": MOST}, CAME]}, {"inbound"}),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_told_at_once(ask: Asker, body: dict[str, Any], found: set[str]) -> None:
    assert violations(ask, body) == found


def test_the_control_plane_takes_messages(ask: Asker) -> None:
    admin = f"Bearer {ask.sandbox.admin_key}"
    path = "/_sandbox/traffic"
    told = ask("POST", path, {"sent": [{**SMS, "messageId": "one"}]}, authorization=admin)
    assert (told.status, told.json()["messageIds"]) == (200, ["one"])
    assert len(log(ask, "messageId=one")) == 1
    refused = ask("POST", path, {"sent": [{**SMS, "entityId": "new"}, {}]}, authorization=admin)
    assert (refused.status, "sent[1].channel" in refused.violations()) == (400, True)
    assert ask("GET", "/provisioning/1/entities/new").status == 404


def test_what_is_put_in_is_in_the_audit_log(ask: Asker) -> None:
    inject(ask, {"sent": [{**SMS, "messageId": "one", "entityId": "new"}]})
    with ask.sandbox._state.transaction(writes=False) as db:
        rows = db.execute("SELECT kind, id, key, operation FROM audit ORDER BY seq").fetchall()
    assert [tuple(row) for row in rows] == [
        ("entity", "new", "admin", "traffic"),
        ("message", "one", "admin", "traffic"),
    ]


@pytest.mark.parametrize("seed", ["docs", "demo"])
def test_a_new_account_has_messages_of_the_last_two_days(
    open_it: OpenIt, ask_at: AskAt, tmp_path: Path, seed: str
) -> None:
    ask = ask_at(open_it(seed=seed, clock=lambda: NOW))
    other = open_it(seed=seed, clock=lambda: NOW + 1e6, state=tmp_path / "other.db")
    account = ask.sandbox.dump()
    assert account == other.dump()
    known = {
        "applicationId": {one["applicationId"] for one in account["applications"]},
        "entityId": {None, *(one["entityId"] for one in account["entities"])},
    }
    for one in account["messages"]:
        for field, ids in known.items():
            assert one.get(field) in ids
    for channel in SENT_CHANNELS:
        assert any(one["channel"] == channel for one in account["messages"])
    numbers = {one["number"] for one in account["numbers"]}
    came = [one for one in account["messages"] if one["direction"] == "inbound"]
    assert {one["to"] for one in came} <= numbers
    moments = [one["sentAt"] for one in log(ask, "limit=1000")]
    assert all("2024-08-30T10:00" <= moment <= "2024-09-01T10:00" for moment in moments)
    in_sms = [one for one in account["messages"] if one["channel"] == "SMS" and one["direction"] == "sent"]
    assert len(moments) == len(in_sms) >= 5


def test_demo_has_messages_of_many_customers_and_outcomes(open_it: OpenIt) -> None:
    messages = open_it(seed="demo").dump()["messages"]
    went = [one for one in messages if one["direction"] == "sent"]
    assert len(went) >= 300
    assert len({one.get("entityId") for one in went}) >= 100
    assert {one["status"] for one in went} >= set(OUTCOMES) - {"ACCEPTED"}
    assert len({one["messageId"] for one in messages}) == len(messages)


MOMENTS = st.integers(-(10**12), 10**14)


@given(MOMENTS)
def test_a_moment_that_is_shown_can_be_read(ms: int) -> None:
    assert parsed_moment(shown_moment(ms)) == ms * 1000


@given(st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()) | st.text())
def test_any_text_is_a_moment_or_none(text: str) -> None:
    try:
        parsed_moment(text)
    except ValueError:
        return


FIELDS = st.sampled_from(
    [
        *("channel", "sender", "destination", "destinations", "to", "from", "text", "applicationId"),
        *("entityId", "status", "at", "agoSeconds", "count", "bulkId", "messageId", "mccMnc", "other"),
    ]
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=3)
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.lists(TEXT)
    | st.sampled_from(["SMS", "MMS", NUMBER, "DELIVERED", "2024-09-01T09:00:00Z"])
)  # fmt: skip
MESSAGES = st.lists(st.dictionaries(FIELDS, VALUES) | VALUES, max_size=3)


@pytest.fixture(scope="module")
def ask_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    state = tmp_path_factory.mktemp("sandbox") / "state.db"
    sandbox = open_sandbox(state, seed="docs", limits=None, clock=lambda: NOW)
    with asyncio.Runner() as runner:
        yield Asker(sandbox, runner)
    sandbox.close()


@settings(max_examples=100, deadline=None)
@given(body=st.dictionaries(st.sampled_from(["sent", "inbound"]), MESSAGES | VALUES))
def test_any_body_is_taken_or_refused(ask_on: Asker, body: dict[str, Any]) -> None:
    try:
        told = inject(ask_on, body)
    except ProblemError:
        return
    assert len(told["messageIds"]) == told["sent"] + told["inbound"]
    assert ask_on("GET", "/sms/3/logs?limit=1000").status == 200
