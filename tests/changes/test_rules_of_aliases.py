from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from entitree.changes.edits import Alias
from entitree.changes.edits.rules import Case, Replace, Rule, RuleError, Template, edits, preview
from entitree.inventory.model import Item, Kind

COLA = Item(Kind.ENTITY, "big-cola", "Big Cola US")
BARE = Item(Kind.ENTITY, "bare")


def after(rule: Rule, item: Item = COLA) -> str | None:
    (one,) = preview([rule], [item])
    assert one.item == item
    return one.alias


@pytest.mark.parametrize(
    ("rule", "alias"),
    [
        (Template("{id}"), "big-cola"),
        (Template("{alias} ({id})"), "Big Cola US (big-cola)"),
        (Template("{{{id}}} {{alias}}"), "{big-cola} {alias}"),
        (Template("fixed"), "fixed"),
        (Template(""), None),
        (Replace("cola", "x"), "Big Cola US"),
        (Replace("cola", "x", any_case=True), "Big x US"),
        (Replace(r"(\w+) (\w+)", r"\2 \1"), "Cola Big US"),
        (Replace(r"(?<first>\w+).*", r"\g<first>!\\"), "Big!\\"),
        (Replace(r"(Big)|(US)", r"\2"), " Cola US"),
        (Replace(r".*", ""), None),
        (Replace(r"\s+", r"\t"), "Big\tCola\tUS"),
        (Replace(r" US$", r" \g<0>\g<0>"), "Big Cola  US US"),
        (Case.LOWER, "big cola us"),
        (Case.UPPER, "BIG COLA US"),
        (Case.TITLE, "Big Cola Us"),
        (Case.SENTENCE, "Big Cola US"),
    ],
)
def test_what_a_rule_does(rule: Rule, alias: str | None) -> None:
    assert after(rule) == alias


def test_without_an_alias_there_is_nothing_to_replace_or_write_otherwise() -> None:
    assert after(Replace("^", "x"), BARE) is None
    assert after(Case.UPPER, BARE) is None
    assert after(Template("{alias}"), BARE) is None
    assert after(Template("[{alias}]"), BARE) == "[]"


def test_titles_know_apostrophes_and_sentences_leave_the_rest() -> None:
    assert after(Case.TITLE, Item(Kind.ENTITY, "x", "o'neill’s 3rd ÉCOLE, mcburger")) == (
        "O'neill’s 3rd École, Mcburger"
    )
    assert after(Case.SENTENCE, Item(Kind.ENTITY, "x", "mcBurger UK")) == "McBurger UK"


def test_rules_follow_each_other() -> None:
    chain: list[Rule] = [Template("{id}"), Replace("-", " "), Case.TITLE]
    assert [each.alias for each in preview(chain, [COLA, BARE])] == ["Big Cola", "Bare"]


def test_only_what_changes_and_can_be_becomes_an_edit() -> None:
    torn = Item(Kind.ENTITY, "torn", "x", addressable=False)
    long = Item(Kind.ENTITY, "y" * 250, "x")
    same = Item(Kind.ENTITY, "z", "new z")
    found = list(preview([Template("new {id}")], [COLA, torn, long, same]))
    assert [(each.changes, each.problems) for each in found[1:]] == [
        (True, ("No request can name this entity.",)),
        (
            True,
            (),
        ),
        (False, ()),
    ]
    assert edits(found)[0] == Alias(Kind.ENTITY, "big-cola", "new big-cola")
    assert len(edits(found)) == 2
    (too_long,) = preview([Template("{id}{id}")], [long])
    assert too_long.problems == ("The alias is 500 characters long; 255 are the most.",)
    assert edits([too_long]) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Template("{name}"), "at “{name}”"),
        (Template("{id"), "at “{”"),
        (Template("id}"), "at “}”"),
        (Template("{\x1b}"), "at “{␛}”"),
        (Template("x" * 1001), "too long"),
        (Replace("(", ""), "cannot be understood"),
        (Replace("((a{1000}){1000}){1000}", ""), "repeats too much"),
        (Replace("a", r"\1"), "no group “1”"),
        (Replace("(a)", r"\g<name>"), "no group “name”"),
        (Replace("a", "\\q"), "at “\\q”"),
        (Replace("a", "x\\"), "at “\\”"),
        (Replace("a", "x" * 1001), "too long"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_is_tried(rule: Rule, text: str) -> None:
    with pytest.raises(RuleError) as told:
        preview([rule], [])
    assert text in told.value.what


def test_an_expression_that_takes_for_ever_is_given_up() -> None:
    slow = Item(Kind.ENTITY, "x", "a" * 250 + "!")
    with pytest.raises(RuleError, match="takes too long"):
        list(preview([Replace(r"^(a|a)*$", "")], [slow]))


_ALIASES = st.none() | st.text(max_size=20)


@given(st.text(max_size=20), _ALIASES, st.text(max_size=20))
def test_a_template_without_fields_is_what_it_says(item_id: str, alias: str | None, text: str) -> None:
    written = text.replace("{", "{{").replace("}", "}}")
    assert after(Template(written), Item(Kind.ENTITY, item_id, alias)) == (text or None)


@given(_ALIASES, st.text(min_size=1, max_size=3), st.text(max_size=5))
def test_a_plain_expression_replaces_as_text_does(alias: str | None, old: str, new: str) -> None:
    import regex

    rule = Replace(regex.escape(old, special_only=True, literal_spaces=True), new.replace("\\", "\\\\"))
    expected = None if alias is None else alias.replace(old, new) or None
    assert after(rule, Item(Kind.ENTITY, "x", alias)) == expected


@given(st.lists(st.sampled_from([Template("{alias}"), Case.UPPER, Replace("A", "b")]), max_size=4), _ALIASES)
def test_an_alias_is_taken_away_and_never_empty(rules: list[Rule], alias: str | None) -> None:
    (one,) = preview(rules, [Item(Kind.ENTITY, "x", alias)])
    assert one.alias != ""
