"""Keys are found on the lines where they stand, however oddly the file is written."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from hypothesis import given, strategies as st

from entitree.settings.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import DrawFn

    from entitree.settings.lines import Place


def places(value: object, place: Place = ()) -> Iterator[Place]:
    """Every key and every item of a list, as the library reads them."""
    if place:
        yield place
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*place, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from places(each, (*place, number))


texts = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ["", '"', "'", '"""', "'''", "\n", "#", "]", "}", "a.b", "[t]", "\\", "=", "\r\n", "é"]
)
values = st.recursive(
    texts | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(texts, values, max_size=4))
def test_whatever_a_file_holds_is_found(tables: dict[str, Any]) -> None:
    text = tomli_w.dumps(tables, multiline_strings=True)
    found = lines_of(text)
    assert set(found) == set(places(tomllib.loads(text)))
    lines = text.split("\n")
    for place, line in found.items():
        last = place[-1]
        if isinstance(last, str) and last.isalnum() and last.isascii():
            assert last in lines[line - 1]


names = st.sampled_from(["a", "b-c", "d_1", "é", "x y", "", "a.b", "[t]", "#", '"', "'", "="])


@st.composite
def keys(draw: DrawFn) -> tuple[tuple[str, ...], str]:
    """A dotted key: its parts, and one of the ways to write it."""
    parts = draw(st.lists(names, min_size=1, max_size=3))

    def written(part: str) -> str:
        ways = [json.dumps(part, ensure_ascii=True)]
        if part.isascii() and part.replace("-", "").replace("_", "").isalnum():
            ways.append(part)
        if "'" not in part:
            ways.append(f"'{part}'")
        return draw(st.sampled_from(ways))

    dot = draw(st.sampled_from([".", " . ", "\t."]))
    return tuple(parts), dot.join(map(written, parts))


VALUES = [
    "1",
    "true # ] }",
    "1979-05-27T07:32:00Z",
    "1979-05-27 07:32:00",
    "[]",
    "[ # [\n]",
    "[1, 'a]', [2],]",
    "[\n  1, # one\n\n  [2,\n 3],\n]",
    "{}",
    "{ a = 1, 'b' = [1,\n2], c . d = {e = '}'} }",
    '"\\"#"',
    "'#\\'",
    '""""""',
    '"""\n"\n""\\"""\n"""""',
    "'''\n'\n''''",
    '"""\\\n   x"""',
]
BETWEEN = ["", "# [x]\n", "\n\n", "  \t", "\r\n"]


@st.composite
def files(draw: DrawFn) -> tuple[str, dict[Place, int]]:
    """A file that may be TOML, and where its keys and headers were written."""
    text = ""
    wanted: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    for _ in range(draw(st.integers(0, 6))):
        text += draw(st.sampled_from(BETWEEN))
        line = text.count("\n") + 1
        parts, written = draw(keys())
        if draw(st.booleans()):
            wanted[(*table, *parts)] = line
            text += f"{written} ={draw(st.sampled_from(['', ' ']))}{draw(st.sampled_from(VALUES))}\n"
            continue
        inner: Place = ()
        for part in parts[:-1]:
            inner = (*inner, part)
            inner = (*inner, counts[inner]) if inner in counts else inner
        table = (*inner, parts[-1])
        if draw(st.booleans()):
            counts[table] = counts.get(table, -1) + 1
            table = (*table, counts[table])
            text += f"[[ {written} ]]\n"
        else:
            text += f"[{written}]  # ]\n"
        wanted[table] = line
    return text, wanted


@given(files())
def test_each_key_is_on_the_line_where_it_was_written(file: tuple[str, dict[Place, int]]) -> None:
    text, wanted = file
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(tomllib.TOMLDecodeError):
            lines_of(text)
        return
    found = lines_of(text)
    assert set(found) == set(places(tables))
    assert {place: found[place] for place in wanted} == wanted


def test_a_file_as_people_write_it() -> None:
    text = """\
# mine
theme = "dark"

[profile.acme]
base_url = "https://a"  # [profile.other]
protected = [
    "prod",  # this ]
    'test',
]

[profile."b c"]
sub.key = 1

[profile]
x = '''
[profile.no]
'''
"""
    assert lines_of(text) == {
        ("theme",): 2,
        ("profile",): 14,
        ("profile", "acme"): 4,
        ("profile", "acme", "base_url"): 5,
        ("profile", "acme", "protected"): 6,
        ("profile", "acme", "protected", 0): 7,
        ("profile", "acme", "protected", 1): 8,
        ("profile", "b c"): 11,
        ("profile", "b c", "sub"): 12,
        ("profile", "b c", "sub", "key"): 12,
        ("profile", "x"): 15,
    }
