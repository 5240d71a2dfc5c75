"""Any queries, and the text of each."""

from __future__ import annotations

from hypothesis import strategies as st

from entitree.inventory.find import (
    AnyTerm,
    Column,
    Comparison,
    Count,
    Field,
    Flag,
    FlagName,
    Has,
    Linked,
    Pattern,
    Query,
    Sort,
    Term,
)

SORTS = st.builds(Sort, st.sampled_from(Column), st.booleans())
_KEYS = {Column.ASSOCIATIONS: "assoc", Column.CONFIGURATIONS: "config", Column.APPLICATIONS: "apps"}
_WORDS = st.sampled_from(
    ["p", "prod", "shop", "1", "é", "ss", "a", "\x00", "acme t", "%", "_", "sms", "number", "x", "orphan"]
)
_SOURCES = st.sampled_from(
    [
        "o",
        "^shop",
        "[0-9]$",
        "acme|PROD",
        "É",
        "ß",
        "^$",
        "^.{2}$",
        r"a\/b",
        r"\\",
        r"[\/]",
        "a b",
        '"',
        "a:b",
    ]
)
_PATTERN_FIELDS = st.sampled_from([Field.ANYWHERE, Field.ID, Field.ALIAS, Field.RESOURCE])


def terms(words: st.SearchStrategy[str] = _WORDS, *, most: int = 3) -> st.SearchStrategy[AnyTerm]:
    """Terms of every kind, those of a text with one of `words`, counts around 0 to `most`."""
    return st.one_of(
        st.builds(Term, st.sampled_from(Field), words.map(str.casefold), st.booleans()),
        st.builds(Pattern, _PATTERN_FIELDS, _SOURCES, st.booleans()),
        st.builds(Has, st.sampled_from(Linked), st.booleans()),
        st.builds(
            Count,
            st.sampled_from(list(_KEYS)),
            st.sampled_from(Comparison),
            st.integers(0, most),
            st.booleans(),
        ),
        st.builds(Flag, st.sampled_from(FlagName), st.booleans()),
    )


def queries(words: st.SearchStrategy[str] = _WORDS, *, most: int = 3) -> st.SearchStrategy[Query]:
    """Up to three `terms`."""
    return st.lists(terms(words, most=most), max_size=3).map(lambda each: Query(tuple(each)))


def text_of(query: Query) -> str:
    """What is typed for it. A text with a quote in it can only be typed where it is one word that does not
    begin with anything that has a meaning.
    """
    return " ".join(("!" if term.negated else "") + _text_of(term) for term in query.terms)


def _text_of(term: AnyTerm) -> str:
    match term:
        case Has():
            return f"has:{term.what.value}"
        case Count():
            return f"{_KEYS[term.column]}:{term.comparison.value}{term.number}"
        case Flag():
            return term.which.value
        case Pattern():
            return f"{_key(term.field)}/{term.source}/"
        case _:
            return _key(term.field) + (term.text if '"' in term.text else f'"{term.text}"')


def _key(field: Field) -> str:
    return "" if field is Field.ANYWHERE else f"{field.value}:"
