"""Keys of the user's own: how they are written, who gets them, and what is said of the rest."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, strategies as st

from entitree.tui.commands.key_names import is_typed, named, sign, signs
from entitree.tui.commands.keymap import resolve
from entitree.tui.commands.places import grounds, typed
from entitree.tui.widgets.bound import UNBOUND

GROUNDS = (
    {"new": ("n",), "alias": ("e",), "filter": ("slash",), "list-up": ("up", "k")},
    {"new": ("n",), "alias": ("e",), "filter": ("slash",), "tree-filter": ("slash",), "tree-open": ("l",)},
    {"close": ("escape", "q"), "filter": ("slash", "ctrl+f"), "filter-keep": ("enter",)},
)
TYPED = frozenset({"filter-keep"})
NAMES = sorted({name for ground in GROUNDS for name in ground})


@pytest.mark.parametrize(
    ("text", "keys", "shown"),
    [
        ("n", ("n",), "n"),
        ("N", ("N", "upper_n"), "N"),
        ("/", ("slash",), "/"),
        ("+", ("plus",), "+"),
        ("ü", ("ü",), "ü"),
        (" ", ("space",), "space"),
        ("Esc", ("escape",), "Esc"),
        ("page-down", ("pagedown",), "PgDn"),
        ("question_mark", ("question_mark",), "?"),
        ("F5", ("f5",), "F5"),
        ("Ctrl+N", ("ctrl+n",), "Ctrl+N"),
        ("shift+alt+left", ("alt+shift+left",), "Alt+Shift+←"),
        ("ctrl++", ("ctrl+plus",), "Ctrl++"),
    ],
)
def test_a_key_is_written_as_its_sign_or_name(text: str, keys: tuple[str, ...], shown: str) -> None:
    assert named(text) == keys
    assert signs(keys) == (shown,)
    assert set(named(shown)) >= set(keys[:1])


@pytest.mark.parametrize("text", ["", "foo", "x+y", "ctrl+", "f25", "\x1b", "ab", "super+x"])
def test_what_is_no_key_is_none(text: str) -> None:
    assert named(text) == ()


@given(st.characters(categories=["L", "N", "P", "S"]))
def test_every_sign_that_can_be_typed_is_a_key_that_shows_as_itself(character: str) -> None:
    keys = named(character)
    assert all(is_typed(key) or key in ("up", "down", "left", "right") for key in keys)
    if character in string.printable:
        assert {sign(key) for key in keys} == {character}


def test_new_keys_take_the_place_of_the_old_ones() -> None:
    keymap = resolve({"new": ("e",), "alias": ("n", "f2"), "list-up": ()}, GROUNDS, TYPED)
    assert keymap.problems == ()
    assert keymap.changed == {"new": ("e",), "alias": ("n", "f2"), "list-up": ()}
    assert keymap.for_textual() == {"new": "e", "alias": "n,f2", "list-up": UNBOUND}


@pytest.mark.parametrize(
    ("wanted", "changed", "problem"),
    [
        ({"nwe": ("x",)}, {}, "Nothing is called 'nwe'. Did you mean new?"),
        ({"new": ("foo5",)}, {}, "new: no key is called 'foo5'."),
        ({"new": ("pagedwn",)}, {}, "new: no key is called 'pagedwn'. Did you mean pagedown?"),
        ({"new": ("foo5", "x")}, {"new": ("x",)}, "new: no key is called 'foo5'."),
        # Two of one screen; a command and what has the keyboard there; what Textual holds everywhere.
        ({"new": ("e",)}, {}, "new: e is the key of alias. It has n."),
        ({"new": ("l",)}, {}, "new: l is the key of tree-open. It has n."),
        ({"tree-open": ("n",)}, {}, "tree-open: n is the key of new. It has l."),
        ({"new": ("tab",)}, {}, "new: Tab goes to the next part of the screen. It has n."),
        # The first has it; its own key may be gone then.
        ({"new": ("x",), "alias": ("x",)}, {"new": ("x",)}, "alias: x is the key of new. It has e."),
        ({"new": ("e",), "alias": ("k",)}, {"new": ("e",), "alias": ()}, "It has no key."),
        ({"filter-keep": ("x",)}, {}, "filter-keep is pressed while you type: 'x' would be typed."),
    ],
)
def test_what_cannot_be_is_told_and_what_was_there_stays(
    wanted: dict[str, tuple[str, ...]], changed: dict[str, tuple[str, ...]], problem: str
) -> None:
    keymap = resolve(wanted, GROUNDS, TYPED)
    assert keymap.changed == changed
    ((name, told),) = keymap.problems
    assert name in wanted
    assert problem in told


def test_what_shares_a_key_by_itself_may_share_another() -> None:
    keymap = resolve({"filter": ("f",), "tree-filter": ("f",)}, GROUNDS, TYPED)
    assert (keymap.changed, keymap.problems) == ({"filter": ("f",), "tree-filter": ("f",)}, ())


@given(
    st.dictionaries(
        st.sampled_from(NAMES), st.lists(st.sampled_from([*"nekqlxyz/", "f5", "foo", "tab"]), max_size=3)
    )
)
def test_no_key_ever_means_two_things_that_it_did_not_mean_before(wanted: dict[str, list[str]]) -> None:
    keymap = resolve({name: tuple(keys) for name, keys in wanted.items()}, GROUNDS, TYPED)
    assert set(keymap.changed) <= set(wanted)
    for ground in GROUNDS:
        for name in ground:
            for other in ground:
                shared = set(ground[name]) & set(ground[other])
                if name != other and not shared:
                    mine = set(keymap.changed.get(name, ground[name]))
                    assert not mine & set(keymap.changed.get(other, ground[other]))
    # Whoever asks for nothing that is taken gets just that.
    if not keymap.problems:
        asked = {name: {key for text in keys for key in named(text)} for name, keys in wanted.items()}
        assert all(set(keymap.changed.get(name, keys)) == keys for name, keys in asked.items())


def test_the_keys_that_are_there_by_themselves_never_clash() -> None:
    everywhere: dict[str, set[tuple[str, ...]]] = {}
    for ground in grounds():
        for name, keys in ground.items():
            everywhere.setdefault(name, set()).add(keys)
    # What has other keys elsewhere cannot have those here.
    same = {name: next(iter(keys)) for name, keys in everywhere.items() if len(keys) == 1}
    written = {name: tuple(map(sign, keys)) for name, keys in same.items()}
    assert len(written) > 80
    assert resolve(written, grounds(), typed()).problems == ()
