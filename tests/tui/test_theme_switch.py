"""The theme that is on: by profile, tried on and kept, and as the user's file says it by now."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from rich.color import ColorType
from tests.tui.colours import contrast
from tests.tui.journeys import main, press, told
from tests.tui.test_terminal import opened
from textual import events
from textual.color import Color
from textual.filter import ANSIToTruecolor
from textual.widgets import Input, Static

from entitree.demos.scenario import settled, typed
from entitree.settings.profile import SANDBOX_PROFILE, Profile
from entitree.tui.modals.theme import ThemeChooser
from entitree.tui.screens.palette import Palette
from entitree.tui.tabs import APPLICATIONS
from entitree.tui.themes import theme_folder
from entitree.tui.widgets.tab_line import TabLine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.segment import Segment
    from tests.tui.conftest import Stage

    from entitree.tui.app import EntitreeApp

OWN = 'extends = "entitree-dark"\n[roles]\nmark = "{}"\n'


@pytest.fixture
def mine(stage: Stage) -> Path:
    """A theme of the user's."""
    file = stage.folder / "home" / "config" / "themes" / "mine.toml"
    file.parent.mkdir(parents=True)
    file.write_text(OWN.format("#ffff00"), "utf-8")
    return file


def drawn(app: EntitreeApp) -> Iterator[Segment]:
    """Everything that the terminal would get."""
    for strip in app.screen._compositor.render_strips():
        yield from strip


def mark_of(app: EntitreeApp) -> str:
    return app.get_css_variables()["mark"]


def wrong(app: EntitreeApp) -> str:
    return str(app.screen.query_one("#wrong", Static).content)


# The user's file; a short one holds nothing up
# ruff: noqa: ASYNC240


async def test_a_change_of_the_file_is_put_on_and_a_broken_one_is_told_once(stage: Stage, mine: Path) -> None:
    app = stage.app(theme="mine")
    assert app.available_themes.keys() & {"entitree-dark", "entitree-light", "entitree-16"} == set()
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "space")
        assert (app.theme, mark_of(app)) == ("mine", "#ffff00")
        mine.write_text(OWN.format("#ff00ff0"), "utf-8")
        for _ in range(3):
            app.post_message(events.AppFocus())
            await settled(pilot)
        assert (app.theme, mark_of(app)) == ("mine", "#ffff00")
        assert told(app) == (
            "mine.toml: roles.mark: '#ff00ff0' is no colour; "
            "allowed: #rgb, #rrggbb, a CSS colour name, ansi_NAME.\nmine is on."
        )
        mine.unlink()
        app.theme_switch.look_again()
        assert mark_of(app) == "#ffff00"
        mine.write_text(OWN.format("#00ffff"), "utf-8")
        app.theme_switch.look_again()
        await settled(pilot)
        assert (app.theme, mark_of(app)) == ("mine", "#00ffff")
        assert "0;255;255" in {
            ";".join(map(str, segment.style.color.triplet))
            for segment in drawn(app)
            if segment.style and segment.style.color and segment.style.color.triplet
        }
        assert app.theme_switch._timer is not None
        app.theme_switch.use("entitree-light")
        assert app.theme_switch._timer is None, "what ships does not change"


async def test_what_is_wrong_at_the_start_is_one_message(stage: Stage, mine: Path) -> None:
    for theme, text, said in (
        ("mine", "[colors", "mine.toml: cannot be read: "),
        ("entitree-drak", "", "entitree-drak: no such theme; nearest: entitree-dark; allowed: entitree-16, "),
        ("../home/mine", "", "../home/mine: no such theme; "),
        ("mine", "\n".join(f"k{at} = 1" for at in range(9)), "\nAnd 15 more.\n"),
    ):
        mine.write_text(text, "utf-8")
        assert said in stage.app(theme=theme)._theme_problem
    app = stage.app(theme="mine")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert app.theme == "entitree-dark"
        (message,) = (each.message for each in app._notifications)
        assert message.endswith("And 15 more.\nentitree-dark is on.")


async def test_the_users_theme_comes_before_ours_of_the_same_name(stage: Stage, mine: Path) -> None:
    shutil.copy(mine, mine.with_name("entitree-light.toml"))
    app = stage.app(theme="entitree-light")
    assert mark_of(app) == "#ffff00"
    mine.with_name("entitree-dark.toml").write_text("x", "utf-8")
    # The default is ours where theirs is wrong.
    app = stage.app(theme="entitree-dark")
    assert (app.theme, mark_of(app)) == ("entitree-dark", "#e6c46c")


# Profiles


async def test_a_profile_brings_its_theme(stage: Stage, mine: Path) -> None:
    app = stage.app(theme="entitree-light", profile_theme="mine")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert app.theme == "mine"
        assert app.screen.styles.background == Color.parse("#14171c")
        for wanted, theme in ((None, "entitree-light"), ("entitree-high-contrast", "entitree-high-contrast")):
            app.switch_to(Profile(name="kept", kind=SANDBOX_PROFILE.kind, limits=None, theme=wanted))
            await settled(pilot)
            assert app.theme == theme


# Choosing


async def test_what_the_cursor_is_on_is_tried_on_and_kept_or_not(stage: Stage, mine: Path) -> None:
    mine.with_name("broken.toml").write_text("dark = 1", "utf-8")
    app = stage.app()
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "T")
        assert isinstance(app.screen, ThemeChooser)
        behind = app.screen_stack[0]
        await press(pilot, *typed("light"))
        assert app.theme == "entitree-light"
        assert behind.styles.background == Color.parse("#fafafa")
        await press(pilot, "escape")
        assert app.theme == "entitree-dark"
        assert main(app).styles.background == Color.parse("#14171c")
        assert not app.accounts.paths.profiles_file.exists()

        await press(pilot, "T", *typed("broken"))
        assert app.theme == "entitree-dark"
        assert wrong(app).startswith("broken.toml: dark: allowed: true, false.\nbroken.toml: colors.")
        assert "entitree-dark is on." in wrong(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, ThemeChooser), "what is wrong cannot be kept"
        assert not told(app)
        app.screen.query_one(Input).value = ""
        await press(pilot, "down", "down")
        assert wrong(app) == ""
        # Enter right after the last letter means what is under the cursor by then.
        await pilot.press(*typed("mine"), "enter")
        await settled(pilot)
        assert (app.theme, mark_of(app)) == ("mine", "#ffff00")
        assert told(app) == "mine is the theme from now on."
        assert 'theme = "mine"' in app.accounts.paths.profiles_file.read_text("utf-8")


async def test_the_palette_knows_themes_by_name(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "colon", *typed("entit"))
        palette = app.screen
        assert isinstance(palette, Palette)
        assert not [each for each in palette._offers.offers if each.line.key.startswith("theme ")]
        palette.query_one(Input).value = ""
        await press(pilot, *typed("contra"), "enter")
        assert isinstance(app.screen, ThemeChooser)
        assert app.theme == "entitree-high-contrast"
        await press(pilot, "escape")
        assert len(app.screen_stack) == 1
        assert app.theme == "entitree-dark"


@pytest.mark.parametrize("theme", [None, pytest.param("entitree-high-contrast", marks=pytest.mark.long)])
async def test_who_will_say_otherwise_is_told(stage: Stage, mine: Path, theme: str | None) -> None:
    config = mine.parent.parent / "config.toml"
    config.write_text('theme = "entitree-16"\n', "utf-8")
    app = stage.app(profile_theme=theme)
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "T", *typed("mine"), "enter")
        assert app.theme == "mine"
        if theme is None:
            assert told(app) == (
                "Kept; but config.toml asks for entitree-16, which wins when you start again."
            )
        else:
            assert told(app) == "Kept; but sandbox asks for entitree-high-contrast when it is opened."
    assert config.read_text("utf-8") == 'theme = "entitree-16"\n'


@pytest.mark.long
async def test_a_theme_that_cannot_be_saved_is_on_all_the_same(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test() as pilot:
        await settled(pilot)
        config = app.accounts.paths.config
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text("in the way", "utf-8")
        await press(pilot, "T", *typed("light"), "enter")
        assert app.theme == "entitree-light"
        assert "in the way" not in told(app)
        assert str(config) in told(app)


# What is drawn


@pytest.mark.long
@pytest.mark.parametrize(
    ("theme", "least"),
    [
        ("entitree-high-contrast", 7.0),
        ("entitree-dark", 4.5),
        ("entitree-light", 4.5),
        ("entitree-colour-blind", 4.5),
    ],
)
async def test_all_letters_of_every_kind_of_screen_can_be_read(
    stage: Stage, theme: str, least: float
) -> None:
    app = stage.app(theme=theme, read_only=True)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        for keys in (
            ("2", "space", "down", "d"),
            ("t", "down"),
            ("t", "i"),
            ("tab", "down", "down"),
            ("escape", "colon"),
            ("escape", "question_mark"),
        ):
            await press(pilot, *keys)
            assert set(hard_to_read(app, least)) == set()


def hard_to_read(app: EntitreeApp, least: float) -> Iterator[tuple[str, float]]:
    """What is drawn with less contrast than `least`, on the modal screen where there is one."""
    modal = app.screen.children[0].region if app.screen.is_modal else app.screen.region
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        if not modal.y <= y < modal.bottom:
            continue
        for text, style, _ in strip.crop(modal.x, modal.right):
            if style is None or style.color is None or style.bgcolor is None or not re.search(r"\w", text):
                continue
            front, back = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
            if (reached := contrast(front, back)) < least:
                yield text.strip(), round(reached, 2)


@pytest.mark.long
async def test_the_terminals_own_colours_are_all_that_sixteen_colours_send(stage: Stage) -> None:
    app = stage.app(theme="entitree-16")
    async with app.run_test() as pilot:
        await settled(pilot)
        for keys in (("2", "space", "down"), ("d",), ("escape", "n"), ("escape", "colon"), ("escape", "T")):
            await press(pilot, *keys)
            styles = [segment.style for segment in drawn(app) if segment.style]
            colours = {colour for style in styles for colour in (style.color, style.bgcolor) if colour}
            assert {colour.type for colour in colours} <= {ColorType.DEFAULT, ColorType.STANDARD}
            assert any(style.reverse for style in styles)


async def test_no_colour_keeps_cursor_marks_and_badges_apart(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = stage.app(theme="entitree-light")
    assert app.theme == "entitree-mono"
    assert os.environ["NO_COLOR"] == "1", "the worker and the editor are to know of it too"
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "2", "space", "down")
        styles = {segment.text.strip(): segment.style for segment in drawn(app) if segment.style}
        assert all(style.color is None and style.bgcolor is None for style in styles.values())
        assert styles["SANDBOX"].reverse
        assert "●" in styles
        assert all(style.reverse for text, style in styles.items() if text.startswith("▌"))
        assert any(style.dim for style in styles.values())
        await press(pilot, "T")
        assert told(app) == "NO_COLOR is set: there is no colour to choose."
        # A click finds its way though the colours are gone.
        await pilot.click("TabLine", offset=(3, 0))
        await settled(pilot)
        assert main(app).query_one(TabLine).active == APPLICATIONS


def test_no_colour_set_to_nothing_asks_for_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    app = stage.app(theme="entitree-light")
    assert app.theme == "entitree-light"
    # Textual would make it grey.
    assert [type(each) for each in app.get_line_filters()] == [ANSIToTruecolor]


def test_not_one_colour_reaches_the_terminal_with_no_color(tmp_path: Path) -> None:
    themes = tmp_path / "config" / "themes"
    themes.mkdir(parents=True)
    shutil.copy(theme_folder() / "entitree-light.toml", themes / "entitree-mono.toml")
    (tmp_path / "config" / "config.toml").write_text('theme = "entitree-mono"\n', "utf-8")
    with opened(tmp_path, NO_COLOR="1") as terminal:
        terminal.until(b"synced")
        for keys, seen in (
            (b"2", b"BigCola"),
            (b"d", b"WILL BE REMOVED"),
            (b"\x1b", b""),
            (b"?", b"Move about"),
            (b"q:", b"Find a"),
        ):
            os.write(terminal.master, keys)
            terminal.until(seen)
        terminal.process.terminate()
        terminal.rest()
    sent = {part for sgr in re.findall(rb"\x1b\[([\d;]*)m", terminal.seen) for part in sgr.split(b";")}
    assert {b"1", b"7"} <= sent
    assert sent <= {b"", b"0", b"1", b"2", b"3", b"4", b"7", b"9", b"22", b"23", b"24", b"27", b"29"}
