"""Theme files are right or say what is wrong, and everything written in their colours can be read."""

from __future__ import annotations

import shutil
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st
from tests.tui.colours import CONES, contrast, distance, variables
from textual.color import Color

from entitree.tui import themes
from entitree.tui.theme_check import COLORS, LOOKS, ROLES, STYLES, problems_of
from entitree.tui.themes import (
    COLOURLESS_THEME,
    DEFAULT_THEME,
    find_theme,
    is_colourless,
    load_themes,
    read_theme,
    role_defaults,
    theme_folder,
    theme_names,
    theme_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from textual.theme import Theme

SHIPPED = {theme.name: theme for theme in load_themes()[0]}
COLOURED = sorted(name for name, theme in SHIPPED.items() if not theme.ansi)
READABLE = 4.5
"""WCAG AA for text of ordinary size; AAA, which high contrast keeps, is 7."""
PROFILES = [role for role in ROLES if role.startswith("profile-")]
BADGES = ["badge-sandbox", "badge-prod", "badge-readonly"]

PAIRS = [
    *((text, ground) for text in ("foreground", "dim") for ground in ("background", "surface", "panel")),
    *((text, ground) for text in ("foreground", "dim", "mark") for ground in ("cursor", "cursor-blurred")),
    *((text, ground) for text in ("removal", "reset", "addition") for ground in ("cursor", "cursor-blurred")),
    *((text, ground) for text in ("accent", "problem") for ground in ("cursor", "cursor-blurred")),
    *((text, "background") for text in ("mark", "accent", "removal", "reset", "addition", "problem")),
    *((text, "surface") for text in ("accent", "removal", "reset", "addition", "problem")),
    *((text, "panel") for text in ("accent", "problem")),
    *(("badge-text", ground) for ground in (*BADGES, *PROFILES)),
    *(("text-disabled", ground) for ground in ("background", "surface", "panel")),
    *((f"text-{name}", "background") for name in ("muted", "error", "warning", "success", "primary")),
    *((f"text-{name}", f"{name}-muted") for name in ("error", "warning", "success", "primary")),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("footer-key-foreground", "footer-background"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what ships, to change."""
    return shutil.copytree(theme_folder(), tmp_path / "themes")


def changed(folder: Path, old: str, new: str) -> list[str]:
    """What is said about a dark theme in which `old` is `new`; the other themes load all the same."""
    file = folder / "entitree-dark.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    found, problems = load_themes(folder)
    assert "entitree-light" in [theme.name for theme in found]
    return problems


def own(folder: Path, text: str) -> tuple[Theme | None, list[str]]:
    file = folder / "mine.toml"
    file.write_text(text, "utf-8")
    return read_theme(file)


# What ships


def test_what_ships_is_right() -> None:
    found, problems = load_themes()
    assert problems == []
    assert {theme.name: theme.ansi for theme in found} == {
        "entitree-16": True,
        "entitree-colour-blind": False,
        "entitree-dark": False,
        "entitree-high-contrast": False,
        "entitree-light": False,
        "entitree-mono": True,
    }
    assert [theme.name for theme in found if not theme.dark] == ["entitree-light"]
    assert [theme.name for theme in found if is_colourless(theme)] == [COLOURLESS_THEME]
    assert DEFAULT_THEME in SHIPPED


@pytest.mark.parametrize("name", COLOURED)
def test_text_can_be_read_on_its_ground(name: str) -> None:
    colours = variables(SHIPPED[name])
    least = 7.0 if name == "entitree-high-contrast" else READABLE
    short = {}
    for text, ground in PAIRS:
        back = Color.parse(colours["background"]) + Color.parse(colours[ground])
        if (reached := contrast(back + Color.parse(colours[text]), back)) < least:
            short[text, ground] = round(reached, 2)
    assert not short


@pytest.mark.parametrize("name", sorted(set(SHIPPED) - {COLOURLESS_THEME}))
def test_destruction_alone_is_red(name: str) -> None:
    colours = variables(SHIPPED[name])
    assert colours["removal"] not in {colours[key] for key in ("accent", "mark", "reset", "badge-prod")}
    assert len({colours[role] for role in PROFILES}) == len(PROFILES)


@pytest.mark.parametrize("cones", CONES)
def test_colour_blind_eyes_tell_apart_what_stands_side_by_side(cones: str) -> None:
    colours = variables(SHIPPED["entitree-colour-blind"])
    groups = [
        ("removal", "reset", "addition", "foreground"),
        ("removal", "reset", "addition", "dim"),
        ("mark", "accent", "foreground", "removal"),
        ("mark", "accent", "dim"),
        BADGES,
        (*BADGES, "background"),
    ]
    for one, other in {pair for group in groups for pair in combinations(group, 2)}:
        assert distance(colours[one], colours[other], cones) > 20, (one, other)
    for one, other in combinations(PROFILES, 2):
        assert distance(colours[one], colours[other], cones) > 10, (one, other)


def test_the_terminals_own_themes_name_no_colour_of_another() -> None:
    for theme in SHIPPED.values():
        if theme.ansi:
            said = [getattr(theme, name) for name in COLORS] + [theme.variables[role] for role in ROLES]
            assert all(text.startswith("ansi_") for text in said)
            # What a ground would show elsewhere is shown by the letters.
            assert theme.variables["cursor-style"] == "reverse"
            assert theme.variables["cursor-blurred-style"] == "underline"


def test_every_role_and_style_is_a_variable_of_every_theme() -> None:
    needed = {*ROLES, *(f"{name}-style" for name in STYLES), "veil"}
    assert needed == role_defaults().keys()
    for theme in SHIPPED.values():
        assert needed <= variables(theme).keys()


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


# The user's folder


def test_the_users_own_come_first_and_are_named_after_their_files(folder: Path) -> None:
    (folder / "mine.toml").write_text("", "utf-8")
    assert theme_names(folder) == sorted([*SHIPPED, "mine"])
    assert theme_names(folder / "none") == sorted(SHIPPED)
    assert find_theme("entitree-dark", folder) == folder / "entitree-dark.toml"
    assert find_theme("entitree-dark", folder / "none") == theme_folder() / "entitree-dark.toml"
    assert find_theme("mine", folder) == folder / "mine.toml"
    assert find_theme("../themes/mine", folder) is None
    assert find_theme("other", folder) is None


def test_what_a_theme_extends_says_all_that_it_does_not(folder: Path) -> None:
    theme, problems = own(folder, 'extends = "entitree-light"\n[roles]\nmark = "#123456"')
    assert problems == []
    assert theme is not None
    light = SHIPPED["entitree-light"]
    assert (theme.name, theme.dark, theme.accent) == ("mine", False, light.accent)
    assert theme.variables == {**light.variables, "mark": "#123456"}


@pytest.mark.parametrize("base", ['"entitree-lihgt"', "7", '"../themes/entitree-light"'])
def test_only_what_ships_can_be_extended(folder: Path, base: str) -> None:
    theme, (problem,) = own(folder, f"extends = {base}")
    assert theme is None
    assert problem.startswith("mine.toml: extends: no such theme; ")
    assert problem.endswith("allowed: entitree-16, " + ", ".join(sorted(SHIPPED)[1:]) + ".")
    assert ("nearest: entitree-light" in problem) is ("li" in base)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'mark = "#e6c46c"',
            'mark = "blurple"',
            "roles.mark: 'blurple' is no colour; allowed: #rgb, #rrggbb, a CSS colour name, ansi_NAME.",
        ),
        ('mark = "#e6c46c"', "mark = 7", "roles.mark: allowed: a text in quotes."),
        (
            'mark = "#e6c46c"',
            'marc = "#e6c46c"',
            "roles.marc: no such key; nearest: mark; allowed: dim, mark, cursor, cursor-",
        ),
        ('accent = "#82aaf5"\n', "", "colors.accent: is missing."),
        (
            "dark = true",
            "dark = true\nfont = 1",
            "font: no such key; allowed: dark, colors, roles, styles, textual, extends.",
        ),
        ("dark = true", 'dark = "dusk"', "dark: allowed: true, false."),
        ("[roles]", "[roles", "cannot be read: "),
        ("[roles]", "[textual]\nroles = 1\n[roles]", "textual.roles: allowed: a text in quotes."),
        (
            "[roles]",
            '[styles]\ncursor = "blink"\n[roles]',
            "styles.cursor: 'blink' is no style; allowed: words of bold, dim,",
        ),
        ("dark = true", "dark = true\nstyles = 1", "styles: allowed: a table, written [styles]."),
    ],
)
def test_a_problem_names_file_key_and_what_is_allowed(
    folder: Path, old: str, new: str, sentence: str
) -> None:
    (problem,) = changed(folder, old, new)
    assert problem.startswith(f"entitree-dark.toml: {sentence}")


def test_all_problems_of_a_file_are_told_at_once(folder: Path) -> None:
    text = (folder / "entitree-dark.toml").read_text("utf-8").replace("#82aaf5", "nope")
    (folder / "entitree-dark.toml").write_text(text, "utf-8")
    assert [problem.split(" ")[1] for problem in load_themes(folder)[1]] == [
        "colors.primary:",
        "colors.accent:",
        "roles.profile-blue:",
    ]


def test_files_that_are_no_themes(folder: Path, tmp_path: Path) -> None:
    (folder / "noise.toml").write_bytes(b"\xff\xfe")
    shutil.copy(folder / "entitree-dark.toml", folder / "My Theme.toml")
    found, problems = load_themes(folder)
    assert len(found) == len(SHIPPED)
    assert [problem.split(":")[0] for problem in problems] == ["My Theme.toml", "noise.toml"]
    assert "called as its file is; allowed: small letters, digits and dashes." in problems[0]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert load_themes(empty) == ([], [f"No themes (*.toml) in {empty}."])


def test_textual_variables_can_be_set(folder: Path) -> None:
    assert changed(folder, "[roles]", '[textual]\nborder = "#123456"\n\n[roles]') == []
    dark, _ = read_theme(folder / "entitree-dark.toml")
    assert dark is not None
    assert variables(dark)["border"] == "#123456"


texts = st.sampled_from(["#123", "red", "ansi_red", "auto", "blurple", "", "bold", "none dim", "a\n"])
odd = texts | st.integers(0, 2) | st.booleans() | st.dictionaries(texts, texts, max_size=1)


@given(
    st.fixed_dictionaries(
        {"dark": st.booleans() | odd},
        optional={
            "colors": st.fixed_dictionaries(dict.fromkeys(COLORS, st.just("red") | texts)) | odd,
            "roles": st.dictionaries(st.sampled_from([*ROLES, "badge_text", "marc"]), texts, max_size=2)
            | odd,
            "styles": st.dictionaries(st.sampled_from([*STYLES, "curser"]), texts, max_size=2) | odd,
            "textual": st.dictionaries(texts, texts, max_size=1) | odd,
            "extra": odd,
        },
    )
)
def test_whatever_a_file_says_it_is_a_theme_or_has_problems(table: dict[str, object]) -> None:
    problems = problems_of("a-1", table)
    assert all(problem.endswith(".") for problem in problems)
    if not problems:
        theme = theme_of("a-1", table)
        colours = variables(theme)
        assert all(Color.parse(colours[role]) for role in ROLES)
        assert all(set(colours[f"{style}-style"].split()) <= set(LOOKS) for style in STYLES)
