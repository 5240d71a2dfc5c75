"""Data for programs is exact, for people harmless, and never more of it in memory than a chunk."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from entitree.cli.output import Told, Value, write_chunks
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from entitree.cli.output import Row

HOSTILE = "[red]\x1b]52;c;x\x07\n\x9b2J‮txt\u2028\x7f東é👍[/]"


def written(form: str, *chunks: Sequence[Row], columns: Sequence[str] = ("id", "count")) -> str:
    """What is printed for `chunks`, in a locale that knows nothing but Latin letters."""

    async def source() -> AsyncIterator[Sequence[Row]]:
        for chunk in chunks:
            yield chunk

    raw = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch, io.TextIOWrapper(raw, "latin-1", newline="\n") as out:
        patch.setattr("sys.stdout", out)
        asyncio.run(write_chunks(columns, source, form))
        out.flush()
        return raw.getvalue().decode("latin-1" if form == "table" else "utf-8")


def one(value: Value, form: str) -> str:
    return written(form, [{"id": value}], columns=("id",))


ROWS: list[Row] = [{"id": "a", "count": 1}, {"id": "b", "count": None}, {"id": "", "count": 0}]


def test_every_form_of_the_same_rows() -> None:
    chunks: tuple[list[Row], ...] = (ROWS[:1], [], ROWS[1:])
    assert written("table", *chunks) == "ID  COUNT\na   1\nb\n    0\n"
    assert written("csv", *chunks) == "id,count\na,1\nb,\n,0\n"
    assert written("jsonl", *chunks) == "".join(json.dumps(row) + "\n" for row in ROWS)
    assert json.loads(written("json", *chunks)) == ROWS
    assert written("json", *chunks).count("\n") == len(ROWS) + 2


def test_every_form_of_nothing() -> None:
    assert written("table") == "ID  COUNT\n"
    assert written("csv") == "id,count\n"
    assert written("jsonl") == ""
    assert written("json") == "[]\n"


def test_what_is_told_differs_for_people_and_programs() -> None:
    told = Told([{"application": "a", "entity": None}], "a, alone")
    assert json.loads(one(told, "jsonl")) == {"id": [{"application": "a", "entity": None}]}
    assert one(told, "csv") == 'id\n"a, alone"\n'
    assert one(told, "table") == "ID\na, alone\n"


@given(st.text(st.characters(codec=None)) | st.just(HOSTILE))
def test_json_is_raw_and_yet_inert(text: str) -> None:
    for form in ("json", "jsonl"):
        printed = one(text, form)
        found = json.loads(printed)
        assert (found[0] if form == "json" else found) == {"id": text}
        assert not set(printed) & set("\x1b\x07\x7f\x9b\u2028\u202e\u2066\ud800")


def test_json_stays_readable() -> None:
    assert one("東京 café 👍", "jsonl") == '{"id": "東京 café 👍"}\n'


@given(st.text(st.characters(codec=None)) | st.just(HOSTILE))
def test_a_table_and_csv_show_text_inert_and_whole(text: str) -> None:
    (_, (cell,)) = csv.reader(io.StringIO(one(text, "csv")))
    assert cell.removeprefix("'") == visible(text).removeprefix("'").encode("utf-8").decode()
    head, line = one(text, "table").splitlines()
    assert line == visible(text).rstrip().encode("latin-1", "backslashreplace").decode("latin-1")
    assert head == "ID"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(start: str) -> None:
    (_, (cell,)) = csv.reader(io.StringIO(one(f"{start}cmd()", "csv")))
    assert cell == f"'{visible(start)}cmd()"
    (_, (cell,)) = csv.reader(io.StringIO(one(Told([], f"{start}cmd()"), "csv")))
    assert cell.startswith("'")
    assert one(f"{start}cmd()", "jsonl") == json.dumps({"id": f"{start}cmd()"}, ensure_ascii=False) + "\n"
    assert one(-1, "csv") == "id\n-1\n", "a number is one"


def test_columns_stand_under_each_other_in_every_script(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[Row] = [{"id": text, "count": 7} for text in ("plain", "東京", "e\u0301", "👩‍👧", "")]
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    monkeypatch.setattr("sys.stdout", out)

    async def source() -> AsyncIterator[Sequence[Row]]:
        yield rows[:3]
        yield rows[3:]

    asyncio.run(write_chunks(("id", "count"), source, "table"))
    out.seek(0)
    assert out.read().splitlines() == [
        "ID     COUNT",
        "plain  7",
        "東京   7",
        "e\u0301      7",
        "👩‍👧     7",
        "       7",
    ]
