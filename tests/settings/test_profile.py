from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from entitree.errors import SettingsError
from entitree.settings.profile import (
    Profile,
    Secrets,
    check_name,
    naming,
    parse_limits,
    parse_refresh,
    parse_sign_in,
    word_for_limits,
)

secret = st.text(min_size=6).filter(lambda text: text.strip() and text not in "Secrets Profile sandbox")


@given(secret, secret, secret, secret, secret)
def test_no_repr_shows_a_secret(key: str, user: str, password: str, client: str, its: str) -> None:
    hidden = Secrets(key, user, password, client, its)
    bare = repr(Secrets())
    assert repr(hidden) == str(hidden) == bare
    assert repr(Profile("p", secrets=hidden)) == repr(Profile("p"))


def test_secrets_are_true_where_they_can_prove_something() -> None:
    assert Secrets(api_key="k")
    assert Secrets(user="u", password="p")
    assert Secrets(client_id="c", client_secret="s")
    assert Secrets(user="u", client_id="c", client_secret="s"), "one whole way is enough"
    for nothing in (
        Secrets(),
        Secrets(api_key=""),
        Secrets(user="u"),
        Secrets(password="p"),
        Secrets(client_id="c"),
        Secrets(client_secret="s"),
        Secrets(user="u", client_secret="s"),
    ):
        assert not nothing


@pytest.mark.parametrize("name", ["a", "acme", "Acme.prod-1_x", "0", "x" * 64])
def test_names_of_profiles(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-a", "a b", "x" * 65, "a\n", "é", "../x", "a\x00"])
def test_what_cannot_name_a_profile(name: str) -> None:
    with pytest.raises(SettingsError, match="cannot name a profile"):
        check_name(name)


@pytest.mark.parametrize(
    ("text", "limits"),
    [("real", 1.0), (" REAL ", 1.0), ("off", None), ("10", 10.0), ("0.5", 0.5), ("1e3", 1000.0)],
)
def test_limits(text: str, limits: float | None) -> None:
    assert parse_limits(text) == limits


@pytest.mark.parametrize("text", ["", "fast", "0", "-1", "nan", "inf", "-inf", "1e9", "1,5", "True"])
def test_what_is_no_limit(text: str) -> None:
    with pytest.raises(SettingsError, match=r"is no limit\. Use real, off, or a factor above 0"):
        parse_limits(text)


@given(st.none() | st.floats(min_value=0, exclude_min=True, max_value=1_000_000))
def test_limits_are_read_back_as_they_were_written(limits: float | None) -> None:
    assert parse_limits(word_for_limits(limits)) == limits


@pytest.mark.parametrize(
    ("text", "minutes"), [("off", None), (" OFF\n", None), ("1", 1), ("15", 15), ("1440", 1440), ("007", 7)]
)
def test_times_between_two_readings(text: str, minutes: int | None) -> None:
    assert parse_refresh(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "0", "1441", "-5", "+5", "1.5", "15m", "1_0", "５", "on", "None", "9" * 5000]
)
def test_what_is_no_time_between_two_readings(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_refresh(text)
    assert str(caught.value).endswith(
        " is no time between two readings. Use off, or whole minutes from 1 to 1440."
    )


def test_ways_for_a_user_to_sign_in() -> None:
    assert [parse_sign_in(text) for text in ("basic", " Session ")] == ["basic", "session"]
    for text in ("", "oauth", "basic session", "pass-SECRET"):
        with pytest.raises(SettingsError) as caught:
            parse_sign_in(text)
        assert str(caught.value) == "This is no way for a user to sign in. Use basic or session."


def test_another_host_under_the_same_name_is_another_account() -> None:
    here, there = (Profile("acme", base_url=f"https://{host}.example") for host in "ab")
    assert here.folder != there.folder
    assert here.folder.startswith("acme-")


def test_naming_puts_the_place_before_the_sentence() -> None:
    for where, said in (("FILE: key", "FILE: key: Wrong. Do."), ("", "Wrong. Do.")):
        with pytest.raises(SettingsError) as caught, naming(where):
            raise SettingsError("Wrong.", hint="Do.")
        assert str(caught.value) == said
