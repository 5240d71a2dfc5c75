"""Files are read by a check of our own, and what it takes is just what the models allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from entitree.errors import SettingsError
from entitree.settings.profile import AccountKind
from entitree.settings.tables import ConfigTable, ProfileTable, SecretTable, checked_config, checked_secret
from entitree.settings.written import Config, ProfileEntry, SecretEntry, taken_config, taken_secret

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

PROFILE: dict[str, object] = {"base_url": "https://a.example"}

words = st.sampled_from(
    ["", "PROD", "SANDBOX", "prod", "basic", "session", "row", "gutter", "off", "real", "10", "red", "plain"]
)
odd = (
    st.text(max_size=3)
    | words
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, 1, 1440, 1441, 1 << 53, 1 << 70, -(10**400)])
    | st.floats(allow_nan=False)
    | st.lists(st.text(max_size=3) | st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=1)
)


def table(names: list[str], likely: dict[str, SearchStrategy[Any]]) -> SearchStrategy[dict[str, object]]:
    """Tables of these keys and now and then another: mostly right, so that what is allowed is met too."""
    return st.fixed_dictionaries(
        {}, optional={name: likely.get(name, st.text(max_size=3)) | odd for name in names}
    ) | st.dictionaries(st.sampled_from([*names, "extra"]), odd, max_size=3)


profile = table(
    list(ProfileTable.model_fields),
    {
        "kind": words,
        "read_only": st.booleans(),
        "protected": st.lists(st.text(max_size=3), max_size=2),
        "limits": st.integers(-3, 3) | st.floats(allow_nan=False) | words,
        "sign_in": words,
        "refresh": words | st.integers(-1, 1500),
        "cursor": words,
        "colour": words,
        "lean": st.booleans(),
    },
).map(lambda found: {**PROFILE, **found})
config = table(
    list(ConfigTable.model_fields),
    {
        "refresh": words | st.integers(-1, 1500),
        "cursor": words,
        "lean": st.booleans(),
        "driver": words,
        "keys": st.dictionaries(st.text(max_size=3), words | st.lists(words, max_size=2), max_size=2),
        "profile": st.dictionaries(st.text(max_size=3), profile, max_size=2),
    },
)


@given(config)
def test_what_is_taken_of_a_config_is_what_the_model_says(tables: dict[str, object]) -> None:
    taken = taken_config(tables)
    try:
        checked = checked_config("", tables)
    except SettingsError:
        checked = None
    assert taken in (checked, None)
    assert repr(taken) in (repr(checked), "None"), "the same types too"


@given(table(list(SecretTable.model_fields), {}))
def test_what_is_taken_of_a_secret_is_what_the_model_says(secrets: dict[str, object]) -> None:
    taken = taken_secret(secrets)
    try:
        checked = checked_secret("", secrets)
    except SettingsError:
        checked = None
    assert taken == checked, "nothing that is right takes the long way"


@pytest.mark.parametrize(
    ("key", "value", "taken"),
    [
        ("kind", "SANDBOX", AccountKind.SANDBOX),
        ("read_only", True, True),
        ("protected", ["a", "b"], ("a", "b")),
        ("limits", "off", "off"),
        ("limits", 2, 2.0),
        ("limits", 0.5, 0.5),
        ("theme", "dark", "dark"),
        ("sign_in", "session", "session"),
        ("refresh", "off", "off"),
        ("refresh", 1440, 1440),
        ("cursor", "gutter", "gutter"),
        ("colour", "violet", "violet"),
        ("lean", False, False),
    ],
)
def test_every_key_of_a_profile_is_taken(key: str, value: object, taken: object) -> None:
    config = taken_config({"profile": {"p": {**PROFILE, key: value}}})
    assert config is not None
    found = getattr(config.profile["p"], key)
    assert (found, type(found)) == (taken, type(taken))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("default", "p"),
        ("theme", "dark"),
        ("refresh", 15),
        ("cursor", "row"),
        ("lean", True),
        ("driver", "frugal"),
    ],
)
def test_every_key_at_the_top_is_taken(key: str, value: object) -> None:
    config = taken_config({key: value})
    assert config is not None
    assert getattr(config, key) == value


def test_the_keys_of_a_command_are_one_or_several_or_none() -> None:
    keys = {"quit": "x", "help": ["f1", "?"], "refresh": "", "jobs": []}
    config = taken_config({"keys": keys})
    assert config is not None
    assert config.keys == {"quit": ("x",), "help": ("f1", "?"), "refresh": (), "jobs": ()}
    with pytest.raises(SettingsError, match=r"^keys\.quit: Input should be a key, or a list of them\."):
        checked_config("", {"keys": {"quit": 1}})


def test_both_know_the_same_keys_and_defaults() -> None:
    for entry, model in ((Config, ConfigTable), (ProfileEntry, ProfileTable), (SecretEntry, SecretTable)):
        assert entry.__match_args__ == tuple(model.model_fields)
    assert taken_config({}) == checked_config("", {}) == Config()
    tables = {"profile": {"p": PROFILE}}
    assert taken_config(tables) == checked_config("", tables)


def test_a_secret_is_in_no_repr() -> None:
    secret = taken_secret(dict.fromkeys(SecretTable.model_fields, "SECRET") | PROFILE)
    assert secret is not None
    assert secret.password == "SECRET"
    assert "SECRET" not in repr(secret)
