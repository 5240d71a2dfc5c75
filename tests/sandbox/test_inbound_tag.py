"""Whose an inbound message is: by the configuration that it meets, or by the link of what it came to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from entitree.sandbox.account.inbound_tag import met, same_keyword, tag_of
from entitree.sandbox.rules import Rules

if TYPE_CHECKING:
    from tests.sandbox.conftest import OpenIt

    from entitree.sandbox import Sandbox

LINKED = "6F0C0D9E2B7A41D3A1F0000000000001"
"""A number of marketing and big-cola."""
KEYWORDS = (None, "stop", "stop all", "Straße")
SENSITIVE = Rules({"inbound-keyword-case": "sensitive"})


def configured(
    sandbox: Sandbox, keyword: str | None, ids: tuple[str | None, str | None], channel: str = "SMS"
) -> None:
    with sandbox._state.transaction(writes=True) as db:
        db.execute(
            "INSERT INTO inbound_configurations"
            " (key, channel, resource_key, keyword, application_id, entity_id, body)"
            " VALUES (?, ?, ?, ?, ?, ?, '{}')",
            (json.dumps([channel, keyword]), channel, LINKED, keyword, *ids),
        )


def tagged(
    sandbox: Sandbox, text: str | None, resource: str = LINKED, channel: str = "SMS"
) -> tuple[str, str | None]:
    with sandbox._state.transaction(writes=False) as db:
        return tag_of(db, channel, resource, text)


@pytest.fixture
def sandbox(open_it: OpenIt) -> Sandbox:
    """The account of the guide without its configurations."""
    opened = open_it(seed="docs")
    with opened._state.transaction(writes=True) as db:
        db.execute("DELETE FROM inbound_configurations")
    return opened


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("Stop", "stop"),
        ("  STOP\nplease", "stop"),
        ("stop all of it", "stop all"),
        ("stop  ALL", "stop all"),
        ("stopping", None),
        ("please stop", None),
        ("STRASSE 7", "Straße"),
        ("", None),
        (None, None),
    ],
)
def test_a_text_meets_the_longest_keyword_that_it_begins_with(text: str | None, keyword: str | None) -> None:
    assert met(KEYWORDS, text, Rules()) == keyword
    assert met(reversed(KEYWORDS), text, Rules()) == keyword


def test_keywords_may_tell_large_letters_from_small() -> None:
    assert met(KEYWORDS, "Stop", SENSITIVE) is None
    assert met(KEYWORDS, "stop", SENSITIVE) == "stop"
    assert [same_keyword("stop", "STOP", rules) for rules in (Rules(), SENSITIVE)] == [True, False]
    assert [same_keyword(None, one, Rules()) for one in (None, "stop")] == [True, False]


def test_the_platform_of_the_configuration_that_is_met_wins(sandbox: Sandbox) -> None:
    configured(sandbox, None, ("staging", None))
    configured(sandbox, "pin", ("one-time-pin", "mc-burger"))
    assert tagged(sandbox, "PIN 1234") == ("one-time-pin", "mc-burger")
    assert tagged(sandbox, "hello") == ("staging", None)
    assert tagged(sandbox, None) == ("staging", None)


@pytest.mark.parametrize("ids", [(None, None), ("default", None)])
def test_a_configuration_without_platform_leaves_it_to_the_number(
    sandbox: Sandbox, ids: tuple[str | None, str | None]
) -> None:
    configured(sandbox, None, ("staging", None))
    configured(sandbox, "pin", ids)
    assert tagged(sandbox, "pin") == ("marketing", "big-cola"), "not to the configuration for all else"


def test_an_entity_alone_is_one_of_the_default_application(sandbox: Sandbox) -> None:
    configured(sandbox, None, (None, "mc-burger"))
    assert tagged(sandbox, "hello") == ("default", "mc-burger")


def test_configurations_of_others_are_not_met(sandbox: Sandbox) -> None:
    configured(sandbox, None, ("staging", None), channel="MMS")
    assert tagged(sandbox, "hello") == ("marketing", "big-cola")
    assert tagged(sandbox, "hello", channel="MMS") == ("staging", None)
    assert tagged(sandbox, "hello", resource="6F0C0D9E2B7A41D3A1F0000000000005") == ("default", None)


def test_a_domain_has_a_link_of_its_own_and_a_sender_none(sandbox: Sandbox) -> None:
    with sandbox._state.transaction(writes=True) as db:
        db.execute("UPDATE domains SET application_id = 'marketing', entity_id = 'big-cola'")
        (sender,) = db.execute("SELECT key FROM senders").fetchone()
    assert tagged(sandbox, "hello", "mail.bigcola.example", "EMAIL") == ("marketing", "big-cola")
    assert tagged(sandbox, "hello", sender, "RCS") == ("default", None)
