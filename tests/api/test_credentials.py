from __future__ import annotations

from dataclasses import dataclass

import pytest

from entitree.api.credentials import Credential, Form, SignIn
from entitree.api.transport import Request
from entitree.errors import SettingsError


def test_the_key_goes_as_the_platform_documents() -> None:
    assert Credential("  0123abcd-key\n").authorization() == "App 0123abcd-key"


def test_a_user_goes_as_basic_and_the_key_comes_first() -> None:
    assert (
        Credential(user="Aladdin", password="open sesame").authorization()
        == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    )
    assert Credential("key", "Aladdin", "open sesame").authorization() == "App key"


def test_without_either_there_is_a_sentence() -> None:
    with pytest.raises(SettingsError, match="no API key"):
        Credential().authorization()


@pytest.mark.parametrize(
    "key", ["", " \n", "sesame\nsesame", "sesame\r\nX-Evil: 1", "sesamé", "App sesame", "sesame\x00"]
)
def test_a_key_no_header_can_carry_is_refused_unseen(key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Credential(key)
    assert "sesam" not in str(caught.value)


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("a:b", "sesame"),
        ("", "sesame"),
        ("a", "ses\name"),
        ("a\n", "sesame"),
        ("a", None),
        (None, "sesame"),
        ("a", "\ud800"),
    ],
)
def test_a_user_that_would_be_read_otherwise_is_refused_unseen(
    user: str | None, password: str | None
) -> None:
    with pytest.raises(SettingsError) as caught:
        Credential(user=user, password=password)
    assert "sesame" not in str(caught.value)


def test_nothing_secret_is_in_any_repr() -> None:
    @dataclass
    class Holder:
        credential: Credential
        request: Request

    credential = Credential("topsecret", "operator", "hushhush", "clientele", "topsecret")
    request = Request("POST", "/x", {"Authorization": "App topsecret"}, b'{"password":"hushhush"}')
    shown = repr(Holder(credential, request)) + str(credential) + f"{credential}"
    assert "topsecret" not in shown
    assert "hushhush" not in shown
    assert "operator" not in shown
    assert "clientele" not in shown


def test_how_a_credential_asks() -> None:
    session = Credential(user="Aladdin", password="open sesame", sign_in=SignIn("session"))
    oauth = Credential(client_id=" app ", client_secret="sesame\n")
    everything = Credential("key", "Aladdin", "open sesame", "app", "sesame")
    assert (session.form(), oauth.form(), Credential().form()) == (Form.SESSION, Form.CLIENT, Form.NOBODY)
    assert (everything.form(), everything.form(key=False)) == (Form.KEY, Form.BASIC)
    assert Credential("key").form(key=False) is Form.NOBODY
    assert session.authorization() is None
    assert oauth.authorization() is None
    assert (oauth.client_id, oauth.client_secret) == ("app", "sesame")


@pytest.mark.parametrize(
    ("client", "secret"), [("", "sesame"), ("app", None), (None, "sesame"), ("app", "ses\name"), ("app", " ")]
)
def test_a_client_that_is_none_is_refused_unseen(client: str | None, secret: str | None) -> None:
    with pytest.raises(SettingsError) as caught:
        Credential(client_id=client, client_secret=secret)
    assert "ses" not in str(caught.value)


def test_a_user_signs_in_by_a_way_that_there_is() -> None:
    assert Credential(user="a", password="b", sign_in="session").form() is Form.SESSION  # type: ignore[arg-type] # as settings have it
    with pytest.raises(SettingsError, match="basic or session"):
        Credential(user="a", password="b", sign_in="magic")  # type: ignore[arg-type] # as settings may have it
