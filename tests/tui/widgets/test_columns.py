from hypothesis import given, strategies as st

from entitree.tui.widgets.columns import GAP, Column, share

ID = Column("ID", weight=3, minimum=12)
ALIAS = Column("Alias", weight=2, minimum=6)
APPS = Column("Apps", "right")
COLUMNS = (ID, ALIAS, APPS)


def used(widths: tuple[int, ...]) -> int:
    shown = [width for width in widths if width]
    return sum(shown) + GAP * (len(shown) - 1)


def test_ordinary_texts_get_their_share_whatever_their_length() -> None:
    assert share(COLUMNS, (4, 5, 4), 60) == share(COLUMNS, (20, 18, 4), 60)
    assert used(share(COLUMNS, (4, 5, 4), 60)) == 60


def test_a_long_id_takes_from_the_alias_and_not_the_reverse() -> None:
    assert share(COLUMNS, (255, 255, 4), 60) == (60 - 4 - 6 - 2 * GAP, 6, 4)
    assert share(COLUMNS, (40, 255, 4), 60) == (40, 60 - 4 - 40 - 2 * GAP, 4)


def test_a_long_alias_takes_what_the_id_does_not_need() -> None:
    assert share(COLUMNS, (10, 255, 4), 60) == (12, 60 - 4 - 12 - 2 * GAP, 4)


def test_where_the_minimums_do_not_fit_the_last_columns_go() -> None:
    assert share(COLUMNS, (30, 30, 4), 26) == (12, 6, 4)
    assert share(COLUMNS, (30, 30, 4), 25) == (25 - GAP - 6, 6, 0)
    assert share(COLUMNS, (30, 30, 4), 15) == (15, 0, 0)
    assert share(COLUMNS, (30, 30, 4), 5) == (5, 0, 0)


def test_bounds() -> None:
    assert share((Column("n", minimum=3, maximum=5),), (1,), 40) == (3,)
    assert share((Column("n", minimum=3, maximum=5),), (9,), 40) == (5,)


@given(st.tuples(*[st.integers(0, 300)] * 3), st.integers(0, 200))
def test_widths_fit_and_the_first_column_gives_way_last(needed: tuple[int, int, int], room: int) -> None:
    widths = share(COLUMNS, needed, room)
    assert used(widths) <= room or room == 0
    assert all(width >= 0 for width in widths)
    if widths[0] < needed[0] and widths[1]:
        assert widths[1] == ALIAS.minimum


def test_an_id_is_whole_before_there_is_an_alias() -> None:
    assert share(COLUMNS, (50, 30, 4), 60, first_whole=True) == (60 - 4 - GAP, 0, 4)
    assert share(COLUMNS, (46, 30, 4), 60, first_whole=True) == (46, 6, 4)
    # Where it cannot be whole anyway the alias keeps its place.
    assert share(COLUMNS, (255, 30, 4), 60, first_whole=True) == share(COLUMNS, (255, 30, 4), 60)
    assert share((APPS, ALIAS), (4, 30), 12, first_whole=True) == share((APPS, ALIAS), (4, 30), 12)


@given(st.tuples(*[st.integers(0, 300)] * 4), st.integers(1, 200))
def test_no_id_loses_a_cell_that_an_alias_has(needed: tuple[int, int, int, int], room: int) -> None:
    columns = (*COLUMNS, Column("n", "right"))
    widths = share(columns, needed, room, first_whole=True)
    assert used(widths) <= room
    others = sum(width + GAP for width in widths[2:] if width)
    if widths[0] < needed[0] and widths[1]:
        assert widths[1] == ALIAS.minimum
        assert needed[0] + others > room, "without the alias it would have been whole"
    for width, column, need in zip(widths[2:], columns[2:], needed[2:], strict=True):
        assert width in (0, column.bounded(need)), "counts are whole or not there"
