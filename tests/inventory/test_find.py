from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, strategies as st
from tests.inventory.queries import queries, text_of

from entitree.inventory.find import (
    MATCH_SECONDS,
    AnyTerm,
    Column,
    Comparison,
    Count,
    Field,
    FilterError,
    Flag,
    FlagName,
    Has,
    Linked,
    Pattern,
    Query,
    Term,
    Unfinished,
    compiled,
    parse,
    unfinished,
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("  Acme ", [Term(Field.ANYWHERE, "acme")]),
        ("acme !test", [Term(Field.ANYWHERE, "acme"), Term(Field.ANYWHERE, "test", negated=True)]),
        ("id:Shop-1 app:prod", [Term(Field.ID, "shop-1"), Term(Field.APPLICATION, "prod")]),
        ("ALIAS:x !entity:y", [Term(Field.ALIAS, "x"), Term(Field.ENTITY, "y", negated=True)]),
        ("channel:SMS type:number", [Term(Field.CHANNEL, "sms"), Term(Field.TYPE, "number")]),
        ("resource:1415 !type:x", [Term(Field.RESOURCE, "1415"), Term(Field.TYPE, "x", negated=True)]),
        ('"two words"', [Term(Field.ANYWHERE, "two words")]),
        ('alias:"two words" z', [Term(Field.ALIAS, "two words"), Term(Field.ANYWHERE, "z")]),
        ('!"a b"', [Term(Field.ANYWHERE, "a b", negated=True)]),
        ('"urn:x"', [Term(Field.ANYWHERE, "urn:x")]),
        ("id:a:b", [Term(Field.ID, "a:b")]),
        ('ab"cd', [Term(Field.ANYWHERE, 'ab"cd')]),
        ("Straße", [Term(Field.ANYWHERE, "strasse")]),
        ('! id: "" alias:"', []),
        ('"open quote', [Term(Field.ANYWHERE, "open quote")]),
        ('has:strategy !has:"KEY"', [Has(Linked.STRATEGY), Has(Linked.KEY, negated=True)]),
        ("has:strategies has:keys", [Has(Linked.STRATEGY), Has(Linked.KEY)]),
        ("has:sub has:str has:Num", [Has(Linked.SUBSCRIPTION), Has(Linked.STRATEGY), Has(Linked.NUMBER)]),
        ("has:association has:inb", [Has(Linked.ASSOCIATION), Has(Linked.INBOUND)]),
        ("assoc:>5", [Count(Column.ASSOCIATIONS, Comparison.MORE, 5)]),
        ("config:>=5", [Count(Column.CONFIGURATIONS, Comparison.AT_LEAST, 5)]),
        ("!apps:<5", [Count(Column.APPLICATIONS, Comparison.LESS, 5, negated=True)]),
        ("ENTS:<=05", [Count(Column.APPLICATIONS, Comparison.AT_MOST, 5)]),
        ("assoc:=0", [Count(Column.ASSOCIATIONS, Comparison.EQUAL, 0)]),
        ("assoc:12", [Count(Column.ASSOCIATIONS, Comparison.EQUAL, 12)]),
        (f"assoc:<{'9' * 5000}", [Count(Column.ASSOCIATIONS, Comparison.LESS, 10**18)]),
        ("orphan !UNUSED", [Flag(FlagName.ORPHAN), Flag(FlagName.UNUSED, negated=True)]),
        ("unowned", [Flag(FlagName.UNOWNED)]),
        ('"orphan" orphans', [Term(Field.ANYWHERE, "orphan"), Term(Field.ANYWHERE, "orphans")]),
        ("id:orphan", [Term(Field.ID, "orphan")]),
        ("/^Shop-[0-9]+$/", [Pattern(Field.ANYWHERE, "^Shop-[0-9]+$")]),
        (
            r"!alias:/a b\/c:d/ x",
            [Pattern(Field.ALIAS, r"a b\/c:d", negated=True), Term(Field.ANYWHERE, "x")],
        ),
        ("id:/x/ resource:/y/", [Pattern(Field.ID, "x"), Pattern(Field.RESOURCE, "y")]),
        (r"/a\\/b", [Pattern(Field.ANYWHERE, r"a\\"), Term(Field.ANYWHERE, "b")]),
        ("/open ended", [Pattern(Field.ANYWHERE, "open ended")]),
        ('"/x/" a/b', [Term(Field.ANYWHERE, "/x/"), Term(Field.ANYWHERE, "a/b")]),
    ],
)
def test_a_text_means_these_terms(text: str, terms: list[AnyTerm]) -> None:
    assert parse(text) == Query(tuple(terms))


@pytest.mark.parametrize(
    ("piece", "taken", "opener"),
    [
        ("has:", "", ""),
        ("!has:st", "", ""),
        ('has:"', "", '"'),
        ("assoc:", "", ""),
        ("apps:>", "", ""),
        ("ents:<=", "", ""),
        ("!", "", ""),
        ("id:", "", ""),
        ('""', "", ""),
        ("/", "", "/"),
        ("//", "", ""),
        ("alias:/", "", "/"),
        ("/(x", "", "/"),
        ("/x[", "", "/"),
        ("/x\\", "", "/"),
        ("/" + "(" * 2000, "", "/"),
        ("/(a{1000}){1000}", "", "/"),
        ("id:/x y", "x y", "/"),
        ("/a\\/", r"a\/", "/"),
        ('!alias:"A b', "A b", '"'),
        ('has:"number', "number", '"'),
    ],
)
def test_what_is_still_being_typed_is_no_error(piece: str, taken: str, opener: str) -> None:
    assert unfinished(f"shop {piece}") == ((piece, Unfinished(taken, opener)),)
    assert len(parse(f"shop {piece}").terms) == (2 if taken else 1)


@pytest.mark.parametrize(
    "text", ['"two words" a"b app:"x"', "has:str assoc:>5 orphan", r"/a\/b/ !id:/x/", "a /x/ b"]
)
def test_what_is_whole_is_not_unfinished(text: str) -> None:
    assert unfinished(text) == ()


@pytest.mark.parametrize(
    ("text", "at", "known"),
    [
        ("acme foo:x", 5, "Known are id:"),
        ("!foo:x", 1, "has:, assoc:, config:, apps: and ents:"),
        ("foo:", 0, "Put quotes around"),
        (":x", 0, "Known are id:"),
        ("a/b:c", 0, "Known are id:"),
        ("has:zebra", 4, "has:strategy, has:subscription, has:association"),
        ("!has:strx y", 8, "has:number, has:inbound and has:key"),
        ('has:"sx"', 6, "has:strategy"),
        ("has:aßx", 6, "has:strategy"),
        ("has:z", 4, "has:strategy"),
        ("assoc:>x", 7, ">, >=, <, <= or ="),
        ("config:5x", 8, ">, >=, <, <= or ="),
        ("apps:=>5", 6, ">, >=, <, <= or ="),
        ("ents:-1", 5, ">, >=, <, <= or ="),
        ("assoc:٣", 6, ">, >=, <, <= or ="),
        ("app:/x/", 4, "id:, alias: or resource:"),
        ("a has:/", 6, "id:, alias: or resource:"),
        ("assoc:/5/", 6, "id:, alias: or resource:"),
        ("/(/", 2, "backslash"),
        ("shop /a)b/", 7, "backslash"),
        ("id:/*/ x", 4, "backslash"),
        (r"/\p{nothing}/", 12, "backslash"),
        ("/(?a)x(?u)/", 1, "backslash"),
        ("/" + "(" * 2000 + "/", 1, "backslash"),
        ("/((a{1000}){1000}){1000}/", 12, "smaller numbers"),
        ("/(?:ab){99999999999999999999}/", 8, "smaller numbers"),
        ("/" + "a" * 2001 + "/", 2001, "2000 characters"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_is_known(text: str, at: int, known: str) -> None:
    for ask in (parse, unfinished):
        with pytest.raises(FilterError) as error:
            ask(text)
        assert error.value.at == at
        assert known in error.value.hint
        assert error.value.what.endswith(".")


_SIGNS = st.sampled_from([*'!":/ <>=()[]{}*\\5aß', "has:", "assoc:", "id:", "str", "orphan", "\ud800", "\t"])


@given(st.text() | st.lists(_SIGNS, max_size=12).map("".join))
def test_any_text_is_a_query_or_an_error_inside_it(text: str) -> None:
    at = -1
    terms: tuple[AnyTerm, ...] = ()
    try:
        terms = parse(text).terms
    except FilterError as error:
        at = error.at
    assert at < len(text)
    assert all(term.text and term.text == term.text.casefold() for term in terms if isinstance(term, Term))
    for term in terms:
        if isinstance(term, Pattern):
            assert compiled(term) is compiled(term)


_typed = st.text(min_size=1).map(lambda text: text.replace('"', "'"))


@given(queries(_typed, most=10**18))
def test_a_query_that_is_typed_is_that_query(query: Query) -> None:
    assert parse(text_of(query)) == query
    assert unfinished(text_of(query)) == ()


@given(queries(), st.integers(0, 40))
def test_no_error_is_seen_while_a_query_is_typed(query: Query, at: int) -> None:
    parse(text_of(query)[:at])


def test_words_may_be_written_in_any_order_between_any_blanks() -> None:
    assert set(parse("a\tb").terms) == set(parse("b\n a ").terms)


def test_a_pattern_is_case_blind_and_can_be_stopped() -> None:
    assert compiled(Pattern(Field.ID, "^shop")).search("SHOP-1")
    assert not compiled(Pattern(Field.ID, "^shop")).search("my shop")
    assert not compiled(Pattern(Field.ID, "(e|e)*x$")).search("e" * 255, timeout=MATCH_SECONDS)
    for endless in ("(a+)+$", "(?R)"):
        with pytest.raises(TimeoutError):
            compiled(Pattern(Field.ID, endless)).search("a" * 10_000 + "b", timeout=MATCH_SECONDS)


def test_the_engine_of_patterns_is_loaded_only_by_one() -> None:
    code = (
        "import sys; from entitree.inventory.find import parse\n"
        "parse('a id:b has:key assoc:>5 orphan'); print('regex' in sys.modules)\n"
        "parse('/a/'); print('regex' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
