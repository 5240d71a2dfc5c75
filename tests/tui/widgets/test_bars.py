"""Key bar, status line and tab line: what fits, what gives way, what a click says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, strategies as st

from entitree.tui.widgets.key_bar import KeyBar, KeyHint
from entitree.tui.widgets.status_line import Badge, Segment, StatusLine
from entitree.tui.widgets.tab_line import Tab, TabLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.message import Message
    from textual.widget import Widget

    from entitree.tui.widgets.one_line import Piece

    Stage = Callable[..., App[None]]
    Hook = Callable[[Message], None]
    Lines = Callable[[Widget], list[str]]

HINTS = (
    KeyHint("n", "New"),
    KeyHint("e", "Alias"),
    KeyHint("d", "Delete", enabled=False),
    KeyHint("space", "Mark"),
    KeyHint("/", "Filter"),
    KeyHint("?", "Help"),
)


@given(
    st.lists(st.builds(KeyHint, st.text(min_size=1, max_size=6), st.text(max_size=12)), max_size=9),
    st.integers(0, 9),
    st.integers(8, 100),
)
def test_help_never_falls_off_and_nothing_runs_over(others: list[KeyHint], at: int, width: int) -> None:
    bar = KeyBar()
    bar.set_reactive(KeyBar.hints, (*others[:at], KeyHint("?", "Help"), *others[at:]))
    fitting = bar.fitting(width)
    assert any(hint.key == "?" for hint in fitting)
    if sum(hint.key == "?" for hint in bar.hints) == 1:
        assert 1 + sum(hint.width for hint in fitting) + 2 * (len(fitting) - 1) <= width


async def test_the_most_useful_keys_stay(stage: Stage, lines: Lines) -> None:
    bar = KeyBar()
    async with stage(bar).run_test(size=(80, 3)) as pilot:
        bar.show(HINTS)
        await pilot.pause()
        assert lines(bar)[0].rstrip() == " n New  e Alias  d Delete  space Mark  / Filter  ? Help"
        for width, text in ((40, " n New  e Alias  d Delete  ? Help"), (8, " ? Help"), (5, " ? H…")):
            await pilot.resize_terminal(width, 3)
            await pilot.pause()
            assert lines(bar)[0].rstrip() == text


async def test_a_key_that_cannot_act_is_dim_and_still_says_that_it_was_pressed(
    stage: Stage, heard: list[Message], hear: Hook
) -> None:
    bar = KeyBar()
    async with stage(bar).run_test(size=(80, 3), message_hook=hear) as pilot:
        bar.show(HINTS)
        await pilot.pause()
        styles = {segment.text.strip(): segment.style for segment in bar.render_line(0)}
        assert styles["New"] == styles["Alias"] != styles["d Delete"]
        for x in (0, 1, 4, 18, 70):
            await pilot.click(bar, offset=(x, 0))
        pressed = [each.key_hint for each in heard if isinstance(each, KeyBar.Pressed)]
        assert pressed == [HINTS[0], HINTS[0], HINTS[2]]


async def test_the_same_hints_again_draw_nothing(stage: Stage) -> None:
    drawn = []

    class Counted(KeyBar):
        def pieces(self, width: int) -> list[Piece]:
            drawn.append(width)
            return super().pieces(width)

    bar = Counted()
    async with stage(bar).run_test(size=(80, 3)) as pilot:
        bar.show(HINTS)
        await pilot.pause()
        drawn.clear()
        bar.show(list(HINTS))
        await pilot.pause()
        assert drawn == []


async def test_status_drops_the_lightest_news_first(stage: Stage, lines: Lines) -> None:
    status = StatusLine()
    async with stage(status).run_test(size=(100, 3)) as pilot:
        status.profile = "acme"
        status.badges = (Badge("SANDBOX", "sandbox"), Badge("READ-ONLY", "readonly"))
        news = [Segment("job 41 %", 3), Segment("", 9), Segment("1.0/s", 1), Segment("synced 14:02", 2)]
        status.show_news(news)
        await pilot.pause()
        text = lines(status)[0]
        assert text.startswith(" entitree · acme   SANDBOX   READ-ONLY  ")
        assert text.endswith(" job 41 % · 1.0/s · synced 14:02 ")
        for width, end in (
            (66, " job 41 % · synced 14:02 "),
            (56, "  job 41 % "),
            (42, " READ-ONLY    "),
        ):
            await pilot.resize_terminal(width, 3)
            await pilot.pause()
            assert lines(status)[0].endswith(end), width


async def test_status_cuts_a_long_profile_before_the_badge(
    stage: Stage, hostile: tuple[str, ...], lines: Lines
) -> None:
    status = StatusLine()
    async with stage(status).run_test(size=(60, 3)) as pilot:
        status.badges = (Badge("PROD", "prod"),)
        for text in (*hostile, "p" * 200):
            status.profile = text
            status.show_news([Segment(text, 1, problem=True)])
            await pilot.pause()
            assert " PROD " in lines(status)[0]


async def test_badges_and_problems_have_their_own_colours(stage: Stage) -> None:
    status = StatusLine()
    async with stage(status).run_test(size=(100, 3)) as pilot:
        status.badges = (Badge("S", "sandbox"), Badge("P", "prod"), Badge("R", "readonly"))
        status.show_news([Segment("calm"), Segment("trouble", problem=True)])
        await pilot.pause()
        styles = {segment.text.strip(): segment.style for segment in status.render_line(0)}
        backgrounds = [style.bgcolor for word in "SPR" if (style := styles[word])]
        assert len(set(backgrounds)) == 3
        assert styles["trouble"] != styles["calm ·"]


TABS = (
    Tab("applications", "Applications", "1", "12"),
    Tab("entities", "Entities", "2", "10 432"),
    Tab("jobs", "Jobs", "3", "1 running"),
)


async def test_tabs_give_up_notes_then_labels(stage: Stage, lines: Lines) -> None:
    tabs = TabLine()
    async with stage(tabs).run_test(size=(80, 3)) as pilot:
        tabs.show(TABS)
        tabs.active = "entities"
        for width, text in (
            (80, " 1 Applications 12   2 Entities 10 432   3 Jobs 1 running"),
            (56, " 1 Applications 12  2 Entities 10 432  3 Jobs 1 running"),
            (50, " 1 Applications 12   2 Entities 10 432   3 Jobs"),
            (47, " 1 Applications 12  2 Entities 10 432  3 Jobs"),
            (45, " 1 Applications  2 Entities 10 432  3 Jobs"),
            (40, " 1 Applications   2 Entities   3 Jobs"),
            (36, " 1 Applications  2 Entities  3 Jobs"),
            (30, " 1   2 Entities   3"),
            (8, " 1   2 …"),
        ):
            await pilot.resize_terminal(width, 3)
            await pilot.pause()
            assert lines(tabs)[0].rstrip() == text


async def test_a_click_on_a_tab_says_which(stage: Stage, heard: list[Message], hear: Hook) -> None:
    tabs = TabLine()
    async with stage(tabs).run_test(size=(80, 3), message_hook=hear) as pilot:
        tabs.show(TABS)
        tabs.active = "entities"
        await pilot.pause()
        for x in (5, 25, 70):
            await pilot.click(tabs, offset=(x, 0))
        assert [each.name for each in heard if isinstance(each, TabLine.Chosen)] == [
            "applications",
            "entities",
        ]
        assert tabs.active == "entities"


async def test_the_active_tab_stands_out_without_colour(stage: Stage) -> None:
    tabs = TabLine()
    async with stage(tabs).run_test(size=(80, 3)) as pilot:
        tabs.show(TABS)
        tabs.active = "jobs"
        await pilot.pause()
        underlined = [s.text for s in tabs.render_line(0) if s.style and s.style.underline]
        assert underlined == ["Jobs"]
