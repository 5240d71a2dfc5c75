from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from entitree.changes.edits import Alias
from entitree.changes.edits.editor import read_sheet, sheet
from entitree.inventory.model import Item, Kind

COLA = Item(Kind.ENTITY, "cola", "Cola")
BARE = Item(Kind.ENTITY, "bare")
ITEMS = (COLA, BARE)


def body(text: str) -> list[str]:
    return [line for line in text.split("\n") if line and not line.startswith("# ")]


def test_ids_and_aliases_stand_a_line_each() -> None:
    assert body(sheet(ITEMS)) == ["cola\tCola", "bare\t"]
    odd = (
        Item(Kind.ENTITY, " a", "b\tc"),
        Item(Kind.ENTITY, "#!", '"'),
        Item(Kind.ENTITY, "x\u202ey", ""),
        Item(Kind.ENTITY, "é", "日本 🍔"),
    )
    assert body(sheet(odd)) == [
        '" a"\t"b\\tc"',
        '"#!"\t"\\""',
        '"x\\u202ey"\t""',
        "é\t日本 🍔",
    ]


def test_what_was_changed_becomes_edits_and_the_rest_stays() -> None:
    text = sheet(ITEMS).replace("\tCola", "\tCola Inc.  ").replace("bare\t", "bare\t Bare")
    found = read_sheet(text, ITEMS)
    assert found.edits == (Alias(Kind.ENTITY, "cola", "Cola Inc."), Alias(Kind.ENTITY, "bare", "Bare"))
    assert (found.errors, found.text) == ((), text)
    assert read_sheet("bare\t\n", ITEMS).edits == ()
    assert read_sheet("cola\t\n", ITEMS).edits == (Alias(Kind.ENTITY, "cola", None),)
    assert read_sheet('\ufeffcola\t"a\\tb"\r\n', ITEMS).edits == (Alias(Kind.ENTITY, "cola", "a\tb"),)
    assert read_sheet("", ITEMS).edits == ()


@pytest.mark.parametrize("alias", ["x" * 300, "half \ud800", ""], ids=["long", "torn", "empty"])
def test_an_alias_that_could_not_be_written_may_stay(alias: str) -> None:
    odd = (Item(Kind.ENTITY, "odd", alias),)
    assert read_sheet(sheet(odd), odd).errors == ()
    assert read_sheet(sheet(odd), odd).edits == ()


def test_an_alias_that_is_too_long_may_not_become_another_such() -> None:
    odd = (Item(Kind.ENTITY, "odd", "x" * 300),)
    (error,) = read_sheet(sheet(odd).replace("xxx", "yxx", 1), odd).errors
    assert "300 characters long" in error.text


def test_bad_lines_come_back_marked_and_nothing_is_lost() -> None:
    text = "\n".join(
        ["# mine", "cola\tNew", "nobody\tx", "bare", "cola\tagain", 'bare\t"x', "bare\ta\tb", ""]
    )
    found = read_sheet(text, ITEMS)
    assert found.edits == (Alias(Kind.ENTITY, "cola", "New"),)
    assert [each.line for each in found.errors] == [3, 4, 5, 6, 7]
    assert found.text.split("\n") == [
        "# mine",
        "cola\tNew",
        "#! “nobody” is none of the ids that were opened.",
        "nobody\tx",
        "#! There is no tab after the id: to take the alias away, leave the tab.",
        "bare",
        "#! “cola” is there already, further up.",
        "cola\tagain",
        "#! The quotes of the alias do not fit.",
        'bare\t"x',
        '#! There is more than one tab: in an alias a tab is written as "\\t", in quotes.',
        "bare\ta\tb",
        "",
    ]
    again = read_sheet(found.text, ITEMS)
    assert again.text == found.text
    mended = found.text.replace("nobody\tx\n", "").replace("bare\n", "bare\tB\n").split("\n")[:6]
    fixed = read_sheet("\n".join(mended), ITEMS)
    assert fixed.edits == (Alias(Kind.ENTITY, "cola", "New"), Alias(Kind.ENTITY, "bare", "B"))
    assert fixed.text == "# mine\ncola\tNew\nbare\tB"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("bare\ta\tb", 'There is more than one tab: in an alias a tab is written as "\\t", in quotes.'),
        ('bare\t"x', "The quotes of the alias do not fit."),
        ('bare\t"x" y', "The quotes of the alias do not fit."),
        ('"bare\tx', "The quotes of the id do not fit."),
        (f"bare\t{'x' * 256}", "The alias is 256 characters long; 255 are the most."),
        ('bare\t"\\ud800"', "The alias holds half a character, which cannot be sent."),
        ("be\x1b[2Jare\tx", "“be␛[2Jare” is none of the ids that were opened."),
    ],
)
def test_what_is_wrong_with_a_line(line: str, text: str) -> None:
    (error,) = read_sheet(line, ITEMS).errors
    assert error.text == text


_TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=10)


@given(st.dictionaries(_TEXTS, st.none() | _TEXTS, max_size=6))
def test_a_text_that_nobody_touched_asks_for_nothing(rows: dict[str, str | None]) -> None:
    items = [Item(Kind.ENTITY, item_id, alias) for item_id, alias in rows.items()]
    found = read_sheet(sheet(items), items)
    assert (found.edits, found.errors) == ((), ())
    assert found.text == sheet(items)


@given(st.text())
def test_whatever_comes_back_is_kept(text: str) -> None:
    found = read_sheet(text, ITEMS)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = [line for line in lines if not line.startswith("#! ")]
    assert [line for line in found.text.split("\n") if not line.startswith("#! ")] == kept
    assert len({each.id for each in found.edits}) == len(found.edits)
