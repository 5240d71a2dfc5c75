from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, strategies as st

from entitree.changes.edits import Alias, Associate, Create, Delete, Dissociate
from entitree.changes.edits.lists import Listed, Verb, read_list, summary
from entitree.changes.edits.tables import Form, LineError, decoded, table
from entitree.inventory.model import AssociationRow, Kind

ENTITY = Kind.ENTITY


def create(source: str | bytes) -> Listed:
    return read_list(Verb.CREATE, source, ENTITY)


def alias(source: str | bytes) -> Listed:
    return read_list(Verb.ALIAS, source, ENTITY)


def delete(source: str | bytes) -> Listed:
    return read_list(Verb.DELETE, source, ENTITY)


def errors(found: Listed) -> list[tuple[int, str]]:
    return [(each.line, each.text) for each in found.errors]


@pytest.mark.parametrize(
    ("source", "understood"),
    [
        ("a,A\nb,\nc\n", "CSV"),
        ("a\tA\nb\t\nc", "Tab-separated"),
        ("a;A\r\nb;\r\nc\r\n", "CSV with semicolons"),
        ("a | A\nb |\nc\n", "Columns between |"),
        ("\ufeffid,alias\na,A\nb,\nc", "CSV, with a header: id, alias"),
        ("Alias;Entity ID\nA;a\n;b\n;c\n", "CSV with semicolons, with a header: alias, id"),
        ("\r\n\r\nentityName\tentityId\rA\ta\r\r\tb\r\tc", "Tab-separated, with a header: alias, id"),
        ('"a","A"\n"b",""\n"c"\n', "CSV"),
        ('["a", {"id": "x"}]', None),
        ('[{"id": "a", "alias": "A"}, {"id": "b", "alias": null}, "c"]', "A JSON array"),
        ('[\n ["a", "A"],\n ["b", null],\n ["c", ""]\n]\n', "A JSON array"),
        ('[["id", "alias"], ["a", "A"], ["b", ""], ["c", ""]]', "A JSON array, with a header: id, alias"),
        (
            '{"entityId": "a", "entityName": "A"}\n\n{"entityId": "b"}\r\n{"id": "c", "name": ""}',
            "JSON lines",
        ),
    ],
)
def test_a_list_is_read_however_it_is_written(source: str, understood: str | None) -> None:
    for form in (source, source.encode(), source.encode("utf-8-sig"), source.encode("utf-16")):
        found = create(form)
        assert found.errors == ()
        if understood is not None:
            assert found.understood == understood
            assert found.edits == (Create(ENTITY, "a", "A"), Create(ENTITY, "b"), Create(ENTITY, "c"))


def test_ids_one_a_line() -> None:
    found = delete('a b, c\n\n  d;e \n"f""g"\nh\ti\n')
    assert found.edits == tuple(Delete(ENTITY, each) for each in ("a b, c", "d;e", 'f"g', "h\ti"))
    assert found.lines == (1, 3, 4, 5)
    assert found.understood == "One a line"


def test_a_deletion_takes_the_id_of_a_whole_export() -> None:
    found = delete('id,alias,applications,associations,configurations\na,"A, Inc.",1,2,3\nb,,0,0,–\n')
    assert found.edits == (Delete(ENTITY, "a"), Delete(ENTITY, "b"))
    assert found.errors == ()
    rows = '[{"id": "a", "alias": "A", "applications": 1, "other": [1]}, {"id": "b", "alias": null}]'
    assert delete(rows).edits == found.edits
    only_counts = delete("entity_id,applications\na,1\n")
    assert only_counts.edits == (Delete(ENTITY, "a"),)


def test_without_a_header_a_deletion_never_takes_a_part_of_a_line() -> None:
    assert delete("shop,north\nshop,south\n").edits == (
        Delete(ENTITY, "shop,north"),
        Delete(ENTITY, "shop,south"),
    )


def test_all_errors_are_told_by_line_and_good_lines_kept() -> None:
    found = create(
        f'good,One\n..,x\n,no id\nlong,{"x" * 256}\ngood,again\nmany,a,b\n"open,never\nlast,"a\nb"\n"x"y,z\n'
    )
    assert found.edits == (Create(ENTITY, "good", "One"), Create(ENTITY, "last", "a\nb"))
    assert found.lines == (1, 8)
    assert errors(found) == [
        (2, "The entity id cannot be “..”: no request could name it afterwards."),
        (3, "It has no id."),
        (4, "The alias is 256 characters long; 255 are the most."),
        (5, "It is there already, on line 1."),
        (
            6,
            "It has 3 cells, which are too many for id and alias:"
            " put quotes around a cell that holds the delimiter.",
        ),
        (7, "Its quotes do not fit: ',' expected after '\"'."),
        (10, "Its quotes do not fit: ',' expected after '\"'."),
    ]


def test_an_alias_that_is_missing_is_not_one_that_is_empty() -> None:
    found = alias("a,A\nb,\nc\n")
    assert found.edits == (Alias(ENTITY, "a", "A"), Alias(ENTITY, "b", None))
    assert errors(found) == [(3, "It has no alias; leave the cell empty to take the alias away.")]
    objects = alias('[{"id": "a", "alias": null},\n {"id": "b"}]')
    assert objects.edits == (Alias(ENTITY, "a", None),)
    assert errors(objects) == [(2, "It has no alias; leave the cell empty to take the alias away.")]


def test_a_name_that_nobody_knows_loses_nothing_in_silence() -> None:
    found = create("id,allias\na,A\n")
    assert found.edits == (Create(ENTITY, "a"),)
    assert errors(found) == [(1, "Nothing is known of the column “allias”; it is left out.")]
    assert errors(create('{"id": "a", "allias": "A"}\n{"id": "b"}')) == [(1, "Nothing is known of “allias”.")]
    assert errors(create("id,alias,colour\na,A,red\n")) == [
        (1, "Nothing is known of the column “colour”; it is left out.")
    ]
    assert errors(create("id,name,alias\na,A,B\n")) == [(1, "The column “alias” is there twice.")]
    assert errors(create('{"id": "a", "entityId": "b"}')) == [(1, "“entityId” is there twice.")]


@pytest.mark.parametrize(
    ("source", "told", "good"),
    [
        ('["a",\n "b"\n "c"]', [(3, "A comma or the end of the array is missing here.")], 2),
        ('["a",\n\n oops]', [
            (3, "It is not JSON, at character 2: Expecting value. What follows was not read.")
        ], 1),
        ('["a", 5, ["b", 5], {"id": 5}, "c"]', [
            (1, "It is neither a text, nor a list, nor an object."),
            (1, "Its alias is not a text."),
            (1, "Its id is not a text."),
        ], 2),
        ('["a",\n"\\ud800"]', [(2, "Its id holds half a character, which cannot be sent.")], 1),
        ('["a"] x', [(1, "Something follows the end of the array.")], 1),
        ('["a"', [(1, "A comma or the end of the array is missing here.")], 1),
        ('["a",', [(1, "It is not JSON, at character 6: Expecting value. What follows was not read.")], 1),
        ('{"id": "a"}\n{"id": }\n{"id": "c"}', [(2, "It is not JSON, at character 8: Expecting value.")], 2),
        ('{"id": "a"}\n[1]', [(2, "Its id is not a text.")], 1),
        ("a,b\nc,\xff\n".encode("latin-1"), [(2, "Its alias is not UTF-8 text.")], 1),
        ("a\n\x00b\n", [], 2),
    ],
)  # fmt: skip
def test_what_is_wrong_with_one_record_leaves_the_others(
    source: str | bytes, told: list[tuple[int, str]], good: int
) -> None:
    found = create(source)
    assert errors(found) == told
    assert len(found.edits) == good


def test_nests_and_long_numbers_are_told() -> None:
    deep = "[" * 100_000
    assert len(create('{"id": ' + deep + '\n{"id": "b"}').errors) == 1
    assert len(create('["a", ' + deep).errors) == 1
    assert len(create('{"id": ' + "9" * 5000 + '}\n{"id": "b"}').edits) == 1


def test_an_empty_list_asks_for_nothing() -> None:
    for source in ("", "\n\n", "[]", "id,alias\n", b"\xef\xbb\xbf"):
        assert create(source).edits == ()
        assert create(source).errors == ()


ROW = AssociationRow("NUMBER", "SMS", "prod", "shop", "K1")


@pytest.mark.parametrize(
    "source",
    [
        "resource_type,channel,application_id,entity_id,resource_id\n"
        "NUMBER,SMS,prod,shop,K1\nNUMBER,SMS,prod,,K1\n",
        "Channel\tResource type\tResource\tApplication\tEntity\n"
        "SMS\tNUMBER\tK1\tprod\tshop\nSMS\tNUMBER\tK1\tprod\t",
        "NUMBER;SMS;prod;shop;K1\nNUMBER;SMS;prod;;K1\n",
        '[{"resourceType":"NUMBER","channel":"SMS","applicationId":"prod","entityId":"shop","resourceId":"K1"},'
        '{"resourceType":"NUMBER","channel":"SMS","applicationId":"prod","entityId":null,"resourceId":"K1"}]',
    ],
)
def test_associations(source: str) -> None:
    alone = AssociationRow("NUMBER", "SMS", "prod", None, "K1")
    found = read_list(Verb.ASSOCIATE, source)
    assert (found.edits, found.errors) == ((Associate(ROW), Associate(alone)), ())
    assert read_list(Verb.DISSOCIATE, source).edits == (Dissociate(ROW), Dissociate(alone))


def test_what_an_association_lacks_is_told() -> None:
    found = read_list(
        Verb.ASSOCIATE,
        "resource_type,channel,application_id,entity_id,resource_id\nNUMBER,,prod,shop,K1\n,SMS,prod,,\n"
        f"NUMBER,SMS,prod,,{'x' * 256}\nNUMBER,SMS,prod,shop,K1\nNUMBER,SMS,prod,shop,K1\n",
    )
    assert errors(found) == [
        (2, "It has no channel."),
        (3, "It has no resource type."),
        (4, "The resource is longer than 255 characters."),
        (6, "It is there already, on line 5."),
    ]
    assert found.edits == (Associate(ROW),)


def test_the_same_kind_of_thing_for_applications() -> None:
    found = read_list(Verb.CREATE, "applicationId,applicationName\nprod,Production\n", Kind.APPLICATION)
    assert found.edits == (Create(Kind.APPLICATION, "prod", "Production"),)


def test_errors_are_summed_up() -> None:
    found = [LineError(number, "Wrong.") for number in range(1, 30)]
    assert summary(found, 2) == ["line 1: Wrong.", "line 2: Wrong.", "and 27 more"]
    assert summary(found[:1]) == ["line 1: Wrong."]


# Whatever is written

_IDS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\r\n\ufeff"), min_size=1, max_size=8
).filter(lambda text: text == text.strip() and text not in (".", ".."))
_ALIASES = st.none() | _IDS
_ROWS = st.lists(st.tuples(_IDS, _ALIASES), unique_by=lambda row: row[0], min_size=1, max_size=8)


@given(_ROWS, st.sampled_from("\t,;|"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_a_spreadsheet_writes_is_read(
    rows: list[tuple[str, str | None]], delimiter: str, end: str, marked: bool
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "alias"])
    writer.writerows([[item_id, alias or ""] for item_id, alias in rows])
    found = create(out.getvalue().encode("utf-8-sig" if marked else "utf-8"))
    assert found.errors == ()
    assert [(each.id, each.alias) for each in found.edits if isinstance(each, Create)] == rows


@given(_ROWS, st.sampled_from([None, 1]), st.booleans())
def test_what_json_holds_is_read(rows: list[tuple[str, str | None]], indent: int | None, lines: bool) -> None:
    values = [{"id": item_id, "alias": alias} for item_id, alias in rows]
    text = "\n".join(map(json.dumps, values)) if lines else json.dumps(values, indent=indent)
    found = create(text)
    assert found.errors == ()
    assert [(each.id, each.alias) for each in found.edits if isinstance(each, Create)] == rows


@given(st.text() | st.binary(), st.sampled_from(list(Verb)))
def test_every_line_is_an_edit_or_an_error_and_none_is_both(source: str | bytes, verb: Verb) -> None:
    found = read_list(verb, source, ENTITY)
    assert len(found.edits) == len(found.lines)
    assert list(found.lines) == sorted(found.lines)
    text = decoded(source) if isinstance(source, bytes) else source
    taken = table(text, most=1)
    if taken.form in (Form.JSON, Form.JSON_LINES):
        return
    count = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    told = [each.line for each in found.errors]
    assert all(1 <= line <= count for line in [*found.lines, *told])
    assert not set(found.lines) & set(told)


@given(st.lists(st.sampled_from(['a"', '"', "a", ",", "\n", '""', "x,y", " "]), max_size=60))
def test_quotes_never_swallow_good_lines_after_them(parts: list[str]) -> None:
    found = create("".join(parts) + "\n" * 101 + "zz-last,Z\n")
    assert Create(ENTITY, "zz-last", "Z") in found.edits or Create(ENTITY, "zz-last,Z") in found.edits
