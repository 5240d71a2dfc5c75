"""Themes are right or say what is wrong, and everything written in their colours can be read."""

from __future__ import annotations

import shutil
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st
from textual.color import Color
from textual.theme import Theme

from entitree.tui import themes
from entitree.tui.theme_check import Colors, Roles, checked
from entitree.tui.themes import COLORS, DEFAULT_THEME, ROLES, load_themes, role_defaults, taken, theme_folder

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = {theme.name: theme for theme in load_themes()[0]}
READABLE = 4.5
"""WCAG AA for text of ordinary size."""

PAIRS = [
    *((text, ground) for text in ("foreground", "dim") for ground in ("background", "surface", "panel")),
    *((text, ground) for text in ("foreground", "dim", "mark") for ground in ("cursor", "cursor-blurred")),
    *((text, "background") for text in ("mark", "accent", "removal", "reset", "addition", "problem")),
    *((text, "surface") for text in ("accent", "removal", "reset", "addition", "problem")),
    *((text, "panel") for text in ("accent", "problem")),
    *(("badge-text", ground) for ground in ("badge-sandbox", "badge-prod", "badge-readonly")),
    *((f"text-{name}", "background") for name in ("muted", "error", "warning", "success", "primary")),
    *((f"text-{name}", f"{name}-muted") for name in ("error", "warning", "success", "primary")),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("footer-key-foreground", "footer-background"),
]


def variables(theme: Theme) -> dict[str, str]:
    """What styles see under `theme`."""
    return {**theme.to_color_system().generate(), **theme.variables}


def luminance(color: Color) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in theme_folder().glob("*.toml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def changed(folder: Path, old: str, new: str) -> list[str]:
    """What is said about a dark theme in which `old` is `new`; the other theme loads all the same."""
    file = folder / "dark.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    found, problems = load_themes(folder)
    assert "entitree-light" in [theme.name for theme in found]
    return problems


def test_both_themes_ship_without_a_problem() -> None:
    found, problems = load_themes()
    assert problems == []
    assert {theme.name: theme.dark for theme in found}.items() >= {
        "entitree-dark": True,
        "entitree-light": False,
    }.items()
    assert DEFAULT_THEME in SHIPPED


@pytest.mark.parametrize(("text", "ground"), PAIRS)
@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_text_can_be_read_on_its_ground(name: str, text: str, ground: str) -> None:
    colours = variables(SHIPPED[name])
    back = Color.parse(colours["background"]) + Color.parse(colours[ground])
    front = back + Color.parse(colours[text])
    assert contrast(front, back) >= READABLE


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_destruction_alone_is_red(name: str) -> None:
    colours = variables(SHIPPED[name])
    assert colours["removal"] not in {colours[key] for key in ("accent", "mark", "reset", "badge-prod")}


def test_every_role_is_a_variable_of_every_theme_and_has_a_default() -> None:
    assert set(role_defaults()) == {field.alias for field in Roles.model_fields.values()}
    assert tuple(Colors.model_fields) == COLORS
    for theme in SHIPPED.values():
        assert role_defaults().keys() <= variables(theme).keys()


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        (
            'mark = "#e6c46c"',
            'mark = "blurple"',
            ["roles.mark: 'blurple' is no colour; allowed: #rgb, #rrggbb"],
        ),
        ('mark = "#e6c46c"', "mark = 7", ["roles.mark: "]),
        (
            'mark = "#e6c46c"',
            'marc = "#e6c46c"',
            ["roles.marc: no such key; allowed: dim, mark, cursor, cursor-"],
        ),
        ('accent = "#82aaf5"\n', "", ["colors.accent: is missing."]),
        (
            "dark = true",
            "dark = true\nfont = 1",
            ["font: no such key; allowed: name, dark, colors, roles, textual."],
        ),
        ("dark = true", 'dark = "dusk"', ["dark: "]),
        ('name = "entitree-dark"', 'name = "My Theme"', ["name: allowed: small letters, digits and dashes."]),
        (
            'name = "entitree-dark"',
            'name = "entitree-light"',
            ["name: another file is called 'entitree-light'"],
        ),
        ("[roles]", "[roles", ["cannot be read: "]),
        ("[roles]", "[textual]\nroles = 1\n[roles]", ["textual.roles: "]),
    ],
)
def test_a_problem_names_file_key_and_what_is_allowed(
    folder: Path, old: str, new: str, sentences: list[str]
) -> None:
    problems = changed(folder, old, new)
    assert len(problems) == len(sentences)
    for problem, sentence in zip(problems, sentences, strict=True):
        assert sentence in problem
        assert problem.split(":")[0] in ("dark.toml", "light.toml")


def test_all_problems_of_a_file_are_told_at_once(folder: Path) -> None:
    text = (folder / "dark.toml").read_text("utf-8").replace("#82aaf5", "nope")
    (folder / "dark.toml").write_text(text, "utf-8")
    assert [problem.split(" ")[1] for problem in load_themes(folder)[1]] == [
        "colors.primary:",
        "colors.accent:",
    ]


def test_a_file_that_is_not_text_and_an_empty_folder(folder: Path, tmp_path: Path) -> None:
    (folder / "noise.toml").write_bytes(b"\xff\xfe")
    found, problems = load_themes(folder)
    assert len(found) == len(SHIPPED)
    assert [problem.split(":")[0] for problem in problems] == ["noise.toml"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert load_themes(empty) == ([], [f"No themes (*.toml) in {empty}."])


def test_textual_variables_can_be_set(folder: Path) -> None:
    assert changed(folder, "[roles]", '[textual]\nborder = "#123456"\n\n[roles]') == []
    dark = next(theme for theme in load_themes(folder)[0] if theme.dark)
    assert isinstance(dark, Theme)
    assert variables(dark)["border"] == "#123456"


def test_what_ships_is_taken_without_a_second_look() -> None:
    for file in theme_folder().glob("*.toml"):
        table = tomllib.loads(file.read_text("utf-8"))
        theme = taken(table)
        assert theme is not None
        assert (theme, []) == checked(table)


texts = st.sampled_from(["#123", "red", "ansi_red", "auto", "$text", "blurple", "", "a-1", "A", "-a", "a\n"])
odd = texts | st.integers(0, 2) | st.booleans() | st.dictionaries(texts, texts, max_size=1)


@given(
    st.fixed_dictionaries(
        {"name": texts, "dark": st.booleans() | odd},
        optional={
            "colors": st.fixed_dictionaries(dict.fromkeys(COLORS, st.just("red") | texts)) | odd,
            "roles": st.dictionaries(st.sampled_from([*ROLES, "badge_text", "marc"]), texts, max_size=2)
            | odd,
            "textual": st.dictionaries(texts, texts, max_size=1) | odd,
            "extra": odd,
        },
    )
)
def test_what_is_taken_is_what_the_models_say(table: dict[str, object]) -> None:
    theme = taken(table)
    if theme is not None:
        assert (theme, []) == checked(table)


@given(
    st.fixed_dictionaries(dict.fromkeys(COLORS, st.sampled_from(["#123", "red", "rgb(1,2,3)"]))),
    st.booleans(),
)
def test_what_is_right_takes_the_short_way(colors: dict[str, str], dark: bool) -> None:
    table: dict[str, object] = {
        "name": "a-1",
        "dark": dark,
        "colors": colors,
        "roles": {"badge-text": "#fff"},
    }
    theme = taken(table)
    assert theme is not None
    assert (theme, []) == checked(table)


def test_the_shipped_folder_comes_before_the_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "src" / "entitree"
    (package / "tui").mkdir(parents=True)
    (tmp_path / "themes").mkdir()
    monkeypatch.setattr(themes, "__file__", str(package / "tui" / "themes.py"))
    assert theme_folder() == tmp_path / "themes"
    (package / "themes").mkdir()
    assert theme_folder() == package / "themes"
