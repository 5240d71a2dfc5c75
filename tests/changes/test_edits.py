from __future__ import annotations

import pytest

from entitree.changes.edits import Finding, Severity, check_alias, check_id
from entitree.inventory.model import Kind


def told(findings: list[Finding], severity: Severity) -> list[str]:
    return [each.text for each in findings if each.severity is severity]


def test_a_plain_id_has_nothing_against_it() -> None:
    assert check_id(Kind.ENTITY, "shop-17_a.b~C") == []
    assert check_id(Kind.ENTITY, "x" * 50) == []


@pytest.mark.parametrize(
    ("item_id", "text"),
    [
        ("", "The entity id is empty."),
        (" \t", "The entity id is blank."),
        (".", "The entity id cannot be “.”: no request could name it afterwards."),
        ("..", "The entity id cannot be “..”: no request could name it afterwards."),
        ("x" * 256, "The entity id is 256 characters long; 255 are the most."),
        ("a\ud800", "The entity id holds half a character, which cannot be sent."),
        ("cola", "There is already an entity “cola”."),
    ],
)
def test_what_cannot_be_an_id(item_id: str, text: str) -> None:
    assert told(check_id(Kind.ENTITY, item_id, {"cola"}), Severity.ERROR) == [text]


def test_what_an_id_may_be_but_better_is_not() -> None:
    long, odd = check_id(Kind.APPLICATION, "x" * 50 + "/"), check_id(Kind.APPLICATION, "a b/c b\u202e")
    assert told(long, Severity.WARNING)[0] == (
        "The application id is 51 characters long; older SMS sends take 50 at most."
    )
    assert "( /‹U+202E›)" in told(odd, Severity.WARNING)[0]
    assert told(long, Severity.ERROR) == told(odd, Severity.ERROR) == []


def test_an_alias_may_be_anything_of_255_characters() -> None:
    assert check_alias(None) == check_alias("") == check_alias("é [red]" + "x" * 248) == []
    assert told(check_alias("x" * 256), Severity.ERROR) == [
        "The alias is 256 characters long; 255 are the most."
    ]
    assert told(check_alias("\udfff"), Severity.ERROR) == [
        "The alias holds half a character, which cannot be sent."
    ]
