from __future__ import annotations

import re
from urllib.parse import quote, unquote

import httpx
import pytest
from hypothesis import given, strategies as st

from entitree.api.operations import OPERATIONS
from entitree.api.urls import addressable, base_url, fill, is_loopback, target
from entitree.errors import RefusedError, SettingsError

ENTITY = "/provisioning/1/entities/{entityId}"


@pytest.mark.parametrize(
    ("given_text", "normal"),
    [
        ("https://abc123.api.infobip.com", "https://abc123.api.infobip.com"),
        ("https://ABC123.API.Infobip.com/", "https://abc123.api.infobip.com"),
        ("HTTPS://abc123.api.infobip.com:443", "https://abc123.api.infobip.com"),
        ("abc123.api.infobip.com", "https://abc123.api.infobip.com"),
        (" abc123.api.infobip.com:8443\n", "https://abc123.api.infobip.com:8443"),
        ("https://gateway", "https://gateway"),
        ("https://192.0.2.7", "https://192.0.2.7"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://127.9.8.7:8080/", "http://127.9.8.7:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_good_base_url_has_one_spelling(given_text: str, normal: str) -> None:
    assert base_url(given_text) == normal
    assert base_url(normal) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "http://abc123.api.infobip.com",
        "http://localhost.example",
        "http://localhost.",
        "http://127.0.0.1.example",
        "http://127.1",
        "http://2130706433",
        "https://2130706433",
        "https://0x7f.0.0.1",
        "http://0.0.0.0",
        "http://[::ffff:127.0.0.1]",
        "http://[::1%25eth0]",
        "https://[fe80::1%25eth0]",
        "http://127.0.0.1@evil.example",
        "https://evil.example\\@127.0.0.1",
        "https://host.example/v1",
        "https://host.example//",
        "https://host.example?",
        "https://host.example/?a=b",
        "https://host.example#top",
        "https://host.example:0",
        "https://host.example:99999",
        "https://host.example:port",
        "https://",
        "https://.example",
        "https://a..example",
        "https://-a.example",
        "https://ho st.example",
        "https://host.exa\tmple",
        "https://h%6fst.example",
        "https://hоst.example",  # the o is Cyrillic
        "ftp://host.example",
        "file:///etc/passwd",
        "mailto:someone",
        "https://[::1",
        "https://" + "a" * 64 + ".example",
    ],
)
def test_a_base_url_that_could_carry_the_key_astray_is_refused(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        base_url(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["https://user:hunter2@host.example", "http://hunter2@127.0.0.1", "hunter2:x@"]
)
def test_the_refusal_never_repeats_what_may_be_a_password(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        base_url(text)
    assert "hunter2" not in str(caught.value)


@given(st.text(max_size=40))
def test_whatever_is_typed_becomes_a_url_or_a_sentence(text: str) -> None:
    try:
        normal = base_url(text)
    except SettingsError:
        return
    assert normal.startswith("https://") or is_loopback(normal)
    assert httpx.URL(normal).host


@pytest.mark.parametrize(
    ("base", "loopback"),
    [
        ("http://127.0.0.1:9", True),
        ("http://[::1]", True),
        ("http://localhost", True),
        ("https://abc123.api.infobip.com", False),
        ("https://gateway", False),
    ],
)
def test_loopback_is_told_apart(base: str, loopback: bool) -> None:
    assert is_loopback(base) is loopback


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda text: text not in (".", "..")
    )
)
def test_every_id_is_exactly_one_segment_and_comes_back_whole(identifier: str) -> None:
    path = fill(ENTITY, {"entityId": identifier})
    assert path.count("/") == 4
    assert unquote(path.rsplit("/", 1)[1]) == identifier
    assert path.isascii()
    assert httpx.URL("https://host.example" + path).raw_path == path.encode()


@pytest.mark.parametrize(
    ("identifier", "segment"),
    [
        ("shop-17", "shop-17"),
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("a#b", "a%23b"),
        ("a?x=1", "a%3Fx%3D1"),
        ("%2F", "%252F"),
        ("..x", "..x"),
        ("../..", "..%2F.."),
        ("é", "%C3%A9"),
        ("🦊", "%F0%9F%A6%8A"),
        ("a+b&c;d", "a%2Bb%26c%3Bd"),
        ("~._-", "~._-"),
        ("\n", "%0A"),
    ],
)
def test_ids_are_encoded_by_hand_checked_rules(identifier: str, segment: str) -> None:
    assert fill(ENTITY, {"entityId": identifier}) == f"/provisioning/1/entities/{segment}"


@pytest.mark.parametrize("identifier", ["", ".", "..", "\ud800", "a\udfffb"])
def test_an_id_that_would_address_something_else_is_refused_by_name(identifier: str) -> None:
    assert not addressable(identifier)
    with pytest.raises(RefusedError, match="entity") as caught:
        fill(ENTITY, {"entityId": identifier})
    str(caught.value).encode("utf-8")


@pytest.mark.parametrize("char", ["a", "/", "é", "株", "😀"])
def test_an_id_no_server_would_take_for_its_length_is_refused_in_a_short_sentence(char: str) -> None:
    fits = 8000 // len(quote(char, safe=""))
    assert addressable(char * fits)
    assert not addressable(char * (fits + 1))
    with pytest.raises(RefusedError, match="too long") as caught:
        fill(ENTITY, {"entityId": char * 70_000})
    assert len(str(caught.value)) < 300


def test_braces_in_an_id_are_not_a_template() -> None:
    path = {"channel": "{subscriptionId}", "subscriptionId": "x"}
    assert fill("/s/{channel}/{subscriptionId}", path) == "/s/%7BsubscriptionId%7D/x"


def test_the_refused_field_is_named_in_words() -> None:
    with pytest.raises(RefusedError, match=r"sending strategy “\.\.”"):
        fill("/s/{sendingStrategyId}", {"sendingStrategyId": ".."})


def test_a_query_is_encoded_in_order_and_repeats() -> None:
    query = [("page", "0"), ("applicationId", "a&b=c d/é"), ("applicationId", "x")]
    assert target("/p", {}, query) == "/p?page=0&applicationId=a%26b%3Dc%20d%2F%C3%A9&applicationId=x"
    assert target("/p", {}) == "/p"


def test_a_query_without_an_encoding_is_refused() -> None:
    with pytest.raises(RefusedError):
        target("/p", {}, [("entityId", "\ud800")])


def test_every_operation_can_be_filled() -> None:
    for operation in OPERATIONS.values():
        names = re.findall(r"{(\w+)}", operation.path)
        filled = fill(operation.path, dict.fromkeys(names, "a/b"))
        assert "{" not in filled
        assert filled.count("/") == operation.path.count("/")
