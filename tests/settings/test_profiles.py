"""Which profile opens, with whose key, under which rules; and what is said where that cannot be told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from entitree.api.urls import base_url
from entitree.errors import KeylessError, SettingsError
from entitree.settings.credentials import find_secrets
from entitree.settings.profile import SANDBOX_PROFILE, AccountKind, Profile
from entitree.settings.profiles import Settings, load_settings

if TYPE_CHECKING:
    from tests.settings.conftest import Writing

    from entitree.settings.paths import Paths

KEY = "file-key-SECRET"
ENV = {"ENTITREE_BASE_URL": "https://env.example", "ENTITREE_API_KEY": "env-key-SECRET"}

BASE = {"ENTITREE_BASE_URL": "http://127.0.0.1:8090"}

CONFIG = """
[profile.acme]
base_url = "HTTPS://Acme.example:443/"
kind = "SANDBOX"
read_only = true
protected = ["prod", "a b"]
limits = 2

[profile.other]
base_url = "other.example"
limits = "off"
"""

SECRETS = f"""
[acme]
base_url = "https://acme.example"
api_key = "{KEY}"
[other]
base_url = "https://other.example/"
user = "u"
password = "{KEY}"
[saved]
base_url = "https://saved.example"
api_key = "{KEY}"
"""

SAVED = """
default = "saved"
[profile.saved]
base_url = "https://saved.example"
[profile.acme]
base_url = "https://shadowed.example"
"""


@pytest.fixture
def files(paths: Paths, write: Writing) -> Paths:
    write(paths.config_file, CONFIG)
    write(paths.profiles_file, SAVED)
    write(paths.secrets_file, SECRETS)
    return paths


def load(paths: Paths, **environ: str) -> Settings:
    return load_settings(paths, environ, base_url)


def choose(paths: Paths, name: str | None = None, **environ: str) -> Profile:
    """The profile as it is when its account is connected."""
    settings = load(paths, **environ)
    profile = settings.choose(name)
    if profile.secrets:
        return profile
    return replace(profile, secrets=asyncio.run(find_secrets(settings, profile)))


def wrong(paths: Paths, name: str | None = None, **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        choose(paths, name, **environ)
    said = str(caught.value)
    assert "SECRET" not in said.replace("ENTITREE_CLIENT_SECRET", "")
    return said


def test_with_nothing_configured_the_sandbox_opens(paths: Paths) -> None:
    assert choose(paths) == SANDBOX_PROFILE
    assert choose(paths, "sandbox") == SANDBOX_PROFILE
    assert not paths.config.exists()


def test_a_profile_says_all_that_its_table_says(files: Paths) -> None:
    profile = choose(files, "acme")
    assert profile.name == "acme"
    assert profile.base_url == "https://acme.example", "in the one form it is compared in"
    assert profile.secrets.api_key == KEY
    assert profile.kind is AccountKind.SANDBOX
    assert profile.read_only
    assert profile.protected == {"prod", "a b"}
    assert profile.limits == 2.0
    other = choose(files, "other")
    assert (other.base_url, other.limits, other.read_only) == ("https://other.example", None, False)
    assert (other.secrets.user, other.secrets.password) == ("u", KEY)
    assert other.kind is AccountKind.PROD


def test_who_wins(files: Paths, write: Writing) -> None:
    assert choose(files, "acme", **ENV).base_url == "https://acme.example", "asked for by name"
    assert choose(files, "sandbox", **ENV) == SANDBOX_PROFILE
    assert choose(files, **ENV).base_url == "https://env.example"
    assert choose(files).name == "saved"
    write(files.config_file, 'default = "other"\n' + CONFIG)
    assert choose(files, **ENV).name == "environment"
    assert choose(files).name == "other"
    assert load(files).names == ("acme", "other", "saved")
    write(files.config_file, 'default = "sandbox"\n' + CONFIG)
    assert choose(files) == SANDBOX_PROFILE


def test_an_unknown_profile_names_the_known_ones(files: Paths, write: Writing) -> None:
    assert wrong(files, "acne") == "There is no profile 'acne'. Known: acme, other, saved, sandbox."
    assert "''" in wrong(files, "")
    write(files.config_file, 'default = "gone"')
    assert wrong(files).startswith(f"{files.config_file}: default: There is no profile 'gone'.")


def test_the_theme_of_config_comes_before_the_saved_one(paths: Paths, write: Writing) -> None:
    assert load(paths).theme is None
    write(paths.profiles_file, 'theme = "saved"')
    assert load(paths).theme == "saved"
    write(paths.config_file, 'theme = "mine"')
    assert load(paths).theme == "mine"


def test_the_cursor_of_a_profile_of_config_and_the_saved_one(paths: Paths, write: Writing) -> None:
    assert load(paths).cursor == "row"
    write(paths.profiles_file, 'cursor = "gutter"')
    assert load(paths).cursor == "gutter"
    write(paths.config_file, 'cursor = "row"\n' + PROFILE + 'cursor = "gutter"')
    settings = load(paths, ENTITREE_API_KEY="k")
    assert settings.cursor == "row"
    assert settings.choose("p").cursor == "gutter"
    write(paths.config_file, PROFILE)
    settings = load(paths, ENTITREE_API_KEY="k")
    assert (settings.choose("p").cursor, settings.cursor) == (None, "gutter"), "the profile says nothing"


def test_when_an_account_is_read_again(paths: Paths, write: Writing) -> None:
    def minutes(name: str | None = "p", **environ: str) -> int | None:
        return choose(paths, name, **({"ENTITREE_API_KEY": "k"} | environ)).refresh_minutes

    write(paths.config_file, PROFILE)
    assert minutes() is None, "unless somebody asks for it"
    assert minutes(ENTITREE_REFRESH="5") == 5
    write(paths.profiles_file, "refresh = 60")
    assert minutes() == 60
    write(paths.config_file, "refresh = 30\n" + PROFILE)
    assert minutes() == 30
    assert minutes(ENTITREE_REFRESH=" ") == 30, "empty is not set"
    write(paths.config_file, 'refresh = "off"\n' + PROFILE)
    assert minutes() is None
    write(paths.config_file, "refresh = 30\n" + PROFILE + "refresh = 1440")
    assert minutes() == 1440
    write(paths.config_file, "refresh = 30\n" + PROFILE + 'refresh = "off"')
    assert minutes() is None, "the profile has the last word of the files"
    assert minutes(ENTITREE_REFRESH="1") == 1
    assert [minutes(name, **more) for name, more in (("sandbox", {}), (None, {}), (None, ENV))] == [30] * 3
    everywhere = [
        minutes(name, ENTITREE_REFRESH="off", **more) for name, more in (("sandbox", {}), (None, ENV))
    ]
    assert everywhere == [None, None]


def test_a_whole_profile_out_of_the_environment(paths: Paths) -> None:
    profile = choose(
        paths,
        **ENV,
        ENTITREE_READ_ONLY="yes",
        ENTITREE_PROTECTED=" prod, bigcola-us ,,",
        ENTITREE_LIMITS="off",
    )
    assert profile.base_url == "https://env.example"
    assert profile.secrets.api_key == "env-key-SECRET"
    assert profile.read_only
    assert profile.protected == {"prod", "bigcola-us"}
    assert profile.limits is None
    plain = choose(paths, **ENV, ENTITREE_READ_ONLY="", ENTITREE_PROTECTED="", ENTITREE_LIMITS=" ")
    assert (plain.read_only, plain.protected, plain.limits) == (False, frozenset(), 1.0)


def test_user_and_password_do_as_well(paths: Paths) -> None:
    environ = {"ENTITREE_BASE_URL": "http://127.0.0.1:8090", "ENTITREE_USER": "u", "ENTITREE_PASSWORD": "p"}
    secrets = choose(paths, **environ).secrets
    assert (secrets.api_key, secrets.user, secrets.password) == (None, "u", "p")


def test_an_oauth2_client_does_too(paths: Paths) -> None:
    environ = {**BASE, "ENTITREE_CLIENT_ID": "c", "ENTITREE_CLIENT_SECRET": "s-SECRET"}
    profile = choose(paths, **environ)
    secrets = profile.secrets
    assert (secrets.api_key, secrets.client_id, secrets.client_secret) == (None, "c", "s-SECRET")
    assert secrets.client_from == "ENTITREE_CLIENT_ID, ENTITREE_CLIENT_SECRET"
    assert "SECRET" not in repr(profile)


@pytest.mark.parametrize(
    "half", ["ENTITREE_USER", "ENTITREE_PASSWORD", "ENTITREE_CLIENT_ID", "ENTITREE_CLIENT_SECRET"]
)
def test_half_of_a_pair_is_no_way_to_sign_in(paths: Paths, half: str) -> None:
    said = wrong(paths, **BASE, **{half: "x-SECRET", "ENTITREE_API_KEY": ""})
    assert said == (
        "ENTITREE_BASE_URL is set, but no key. Set ENTITREE_API_KEY too, or ENTITREE_USER and "
        "ENTITREE_PASSWORD, or ENTITREE_CLIENT_ID and ENTITREE_CLIENT_SECRET."
    )


def test_an_oauth2_client_in_the_file_of_secrets(files: Paths, write: Writing) -> None:
    write(
        files.secrets_file,
        f'[acme]\nbase_url = "https://acme.example"\nclient_id = "c"\nclient_secret = "{KEY}"',
    )
    secrets = choose(files, "acme").secrets
    assert (secrets.api_key, secrets.user, secrets.client_id, secrets.client_secret) == (None, None, "c", KEY)
    assert secrets.client_from == f"{files.secrets_file}: acme.client_id, acme.client_secret"
    assert choose(files, "acme", ENTITREE_API_KEY="k").secrets.client_id is None, "not mixed with another"
    given = {"ENTITREE_CLIENT_ID": "d", "ENTITREE_CLIENT_SECRET": "s"}
    assert choose(files, "acme", **given).secrets.client_id == "d"
    elsewhere = {**BASE, **given}
    assert choose(files, "acme", **elsewhere).secrets.client_id == "c", "it belongs to its base URL"
    write(files.secrets_file, '[acme]\nbase_url = "https://acme.example"\nclient_id = "c"')
    assert "has no key" in wrong(files, "acme")


def test_who_says_how_a_user_signs_in(files: Paths, write: Writing) -> None:
    assert choose(files, "acme").sign_in == "basic"
    assert choose(files, "acme", ENTITREE_SIGN_IN="session").sign_in == "session"
    write(files.config_file, CONFIG.replace("limits = 2", 'sign_in = "session"'))
    assert choose(files, "acme").sign_in == "session"
    assert choose(files, "acme", ENTITREE_SIGN_IN="").sign_in == "session"
    assert choose(files, "acme", ENTITREE_SIGN_IN="BASIC").sign_in == "basic"
    assert choose(files, "other").sign_in == "basic", "the one is not the other"
    assert choose(files, **ENV, ENTITREE_SIGN_IN="session").sign_in == "session"
    write(files.profiles_file, SAVED.replace("[profile.acme]", 'sign_in = "session"\n[profile.acme]'))
    assert choose(files).sign_in == "session"


@pytest.mark.parametrize("name", ["acme", "other", "sandbox", None])
def test_the_environment_can_forbid_whatever_opens(files: Paths, name: str | None) -> None:
    rules = {"ENTITREE_READ_ONLY": "1", "ENTITREE_PROTECTED": "x", "ENTITREE_LIMITS": "3"}
    profile = choose(files, name, **rules)
    assert profile.read_only
    assert profile.protected == choose(files, name).protected | {"x"}
    assert profile.limits == 3.0


def test_the_environment_cannot_allow_what_a_profile_forbids(files: Paths) -> None:
    profile = choose(files, "acme", ENTITREE_READ_ONLY="0", ENTITREE_PROTECTED="")
    assert profile.read_only
    assert profile.protected == {"prod", "a b"}


def test_a_key_of_the_environment_serves_the_profile_asked_for(files: Paths) -> None:
    files.secrets_file.unlink()
    assert choose(files, "acme", ENTITREE_API_KEY="k").secrets.api_key == "k"
    assert choose(files, ENTITREE_API_KEY="k").secrets.api_key == "k"


def test_a_key_that_came_with_a_base_url_goes_nowhere_else(files: Paths) -> None:
    assert choose(files, "acme", **ENV).secrets.api_key == KEY
    same = ENV | {"ENTITREE_BASE_URL": "https://ACME.example/"}
    assert choose(files, "acme", **same).secrets.api_key == "env-key-SECRET"
    files.secrets_file.unlink()
    assert "has no key" in wrong(files, "acme", **ENV)


@pytest.mark.parametrize("name", ["acme", "saved"])
def test_a_moved_host_asks_again(files: Paths, write: Writing, name: str) -> None:
    for file in (files.config_file, files.profiles_file):
        write(file, file.read_text().replace(f"{name}.example", "elsewhere.example"))
        write(file, file.read_text().replace("HTTPS://Acme.example:443/", "https://elsewhere.example"))
    said = wrong(files, name)
    assert said.startswith(f"The profile {name!r} has moved to another address, so its key was not used.")
    assert "ENTITREE_API_KEY" in said


def test_a_profile_without_a_key_is_chosen_all_the_same(files: Paths) -> None:
    files.secrets_file.unlink()
    settings = load(files)
    assert settings.choose("acme").base_url == "https://acme.example"
    with pytest.raises(KeylessError):
        asyncio.run(find_secrets(settings, settings.choose("acme")))


def test_a_profile_without_a_key_says_how_to_give_one(files: Paths, write: Writing) -> None:
    files.secrets_file.unlink()
    assert wrong(files, "acme").startswith("The profile 'acme' has no key. Set ENTITREE_API_KEY, or open ")
    write(files.secrets_file, '[acme]\nbase_url = "https://acme.example"\nuser = "u"')
    assert "has no key" in wrong(files, "acme"), "half of a pair is none"


def test_secrets_are_only_read_when_they_are_needed(files: Paths) -> None:
    files.secrets_file.chmod(0o644)
    assert choose(files, "sandbox") == SANDBOX_PROFILE
    assert choose(files, **ENV).name == "environment"
    assert "others can read it" in wrong(files, "acme")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[acme]\nbase_url = "a"\nk-SECRET = ""',
            "acme: a key stands there that is not known. Known: base_url, ",
        ),
        ("acme.k-SECRET.x = 1", "acme.base_url: is missing."),
        ('k-SECRET = ""', " Input should be"),
        ("[k-SECRET]", "base_url: is missing."),
        ('[k-SECRET]\nbase_url = "a"\napi_key = 1', "api_key: Input should be a valid string."),
        (
            '[acme]\nbase_url = "a"\nclient_secret = ["k-SECRET"]',
            "acme.client_secret: Input should be a valid ",
        ),
        (
            '[k-SECRET]\nbase_url = "a"\nk-SECRET = 1',
            "a key stands there that is not known. Known: base_url, ",
        ),
    ],
)
def test_a_secret_pasted_as_a_name_is_not_shown(files: Paths, write: Writing, text: str, said: str) -> None:
    write(files.secrets_file, text)
    shown = wrong(files, "acme")
    assert "SECRET" not in shown
    assert shown.startswith(f"{files.secrets_file}:")
    assert said in shown


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"ENTITREE_BASE_URL": "https://a.example"}, "ENTITREE_BASE_URL is set, but no key."),
        ({**ENV, "ENTITREE_BASE_URL": "http://a.example"}, "ENTITREE_BASE_URL: Plain http is for this "),
        ({**ENV, "ENTITREE_BASE_URL": "https://u:SECRET@a.example"}, "ENTITREE_BASE_URL: The base URL may "),
        ({**ENV, "ENTITREE_LIMITS": "fast"}, "ENTITREE_LIMITS: 'fast' is no limit."),
        ({"ENTITREE_LIMITS": "0"}, "ENTITREE_LIMITS: '0' is no limit."),
        ({"ENTITREE_READ_ONLY": "maybe"}, "ENTITREE_READ_ONLY is 'maybe', which is neither yes nor no."),
        (
            {"ENTITREE_SIGN_IN": "pass-SECRET"},
            "ENTITREE_SIGN_IN: This is no way for a user to sign in. Use basic or session.",
        ),
        (
            {"ENTITREE_REFRESH": "0"},
            "ENTITREE_REFRESH: '0' is no time between two readings. Use off, or whole minutes from 1 to ",
        ),
    ],
)
def test_a_wrong_variable_is_named(paths: Paths, environ: dict[str, str], said: str) -> None:
    assert wrong(paths, **environ).startswith(said)


NO_REFRESH = "Input should be 'off' or whole minutes from 1 to 1440."
WRONG_REFRESH = ("0", "1441", "-1", "15.0", "true", '"15"', '"OFF"', '""', "[5]", "nan", "2020-01-01")
PROFILE = '[profile.p]\nbase_url = "https://p.example"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'defualt = "p"',
            "defualt: there is no such key. Known: default, theme, refresh, cursor, lean, driver, keys, ",
        ),
        (PROFILE + 'api_key = "SECRET"', "profile.p.api_key: there is no such key. Known: base_url, kind, "),
        (PROFILE + "[profile.a.b]\nx = 1", "profile.a.base_url: is missing."),
        ("[profile.p]", "profile.p.base_url: is missing."),
        ("[profile.p]\nbase_url = 12345", "profile.p.base_url: Input should be a valid string."),
        (PROFILE + 'kind = "SECRET"', "profile.p.kind: Input should be 'SANDBOX' or 'PROD'."),
        (PROFILE + 'read_only = "false"', "profile.p.read_only: Input should be a valid boolean."),
        (PROFILE + "read_only = 1", "profile.p.read_only: Input should be a valid boolean."),
        (PROFILE + 'protected = "SECRET"', "profile.p.protected: Input should be a valid list."),
        (PROFILE + "protected = [1]", "profile.p.protected.0: Input should be a valid string."),
        (PROFILE + "limits = true", "profile.p.limits: Input should be a valid string."),
        (PROFILE + 'sign_in = "SECRET"', "profile.p.sign_in: Input should be 'basic' or 'session'."),
        (PROFILE + "sign_in = true", "profile.p.sign_in: Input should be 'basic' or 'session'."),
        (PROFILE + 'cursor = "blink"', "profile.p.cursor: Input should be 'row' or 'gutter'."),
        ("cursor = 1", "cursor: Input should be 'row' or 'gutter'."),
        *((f"refresh = {value}", f"refresh: {NO_REFRESH}") for value in WRONG_REFRESH),
        *((f"{PROFILE}refresh = {value}", f"profile.p.refresh: {NO_REFRESH}") for value in WRONG_REFRESH),
        ("profile = 1", "profile: Input should be a valid dictionary."),
    ],
)
@pytest.mark.parametrize("which", ["config_file", "profiles_file"])
def test_a_wrong_file_is_named_with_its_key(
    paths: Paths, write: Writing, which: str, text: str, said: str
) -> None:
    file = getattr(paths, which)
    write(file, text)
    assert wrong(paths, "p").startswith(f"{file}: {said}")


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (PROFILE + 'limits = "fast"', "limits", "'fast' is no limit."),
        (PROFILE + "limits = -1", "limits", "'-1.0' is no limit."),
        (PROFILE + "limits = nan", "limits", "'nan' is no limit."),
        ('[profile.p]\nbase_url = "https://u:SECRET@p.example"', "base_url", "The base URL may not hold"),
        ('[profile.p]\nbase_url = "ftp://p.example"', "base_url", "The base URL is neither"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_too(
    paths: Paths, write: Writing, text: str, key: str, said: str
) -> None:
    write(paths.config_file, text)
    assert wrong(paths, "p").startswith(f"{paths.config_file}: profile.p.{key}: {said}")


def test_a_name_that_is_none(paths: Paths, write: Writing) -> None:
    write(paths.config_file, '[profile."../x"]\nbase_url = "https://p.example"')
    assert wrong(paths, "../x").startswith(f"{paths.config_file}: profile.../x: '../x' cannot name a profile")


def test_lean_of_the_environment_a_profile_config_and_what_was_saved(paths: Paths, write: Writing) -> None:
    assert load(paths).lean is False
    write(paths.profiles_file, "lean = true")
    assert load(paths).lean is True
    write(
        paths.config_file,
        "lean = false\n" + PROFILE + "lean = true\n[profile.q]\nbase_url = 'https://q.example'",
    )
    settings = load(paths, ENTITREE_API_KEY="k")
    assert (settings.lean, settings.choose("p").lean, settings.choose("q").lean) == (False, True, None)
    settings = load(paths, ENTITREE_API_KEY="k", ENTITREE_LEAN="0")
    assert (settings.lean, settings.choose("p").lean) == (False, False)
    assert load(paths, ENTITREE_LEAN="1").choose("sandbox").lean is True


def test_the_driver_of_the_environment_config_and_what_was_saved(paths: Paths, write: Writing) -> None:
    assert load(paths).driver == "auto"
    write(paths.profiles_file, 'driver = "plain"')
    assert load(paths).driver == "plain"
    write(paths.config_file, 'driver = "frugal"')
    assert load(paths).driver == "frugal"
    assert load(paths, ENTITREE_DRIVER=" Plain ").driver == "plain"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ENTITREE_LEAN", "ENTITREE_LEAN is 'maybe', which is neither yes nor no. Use 1 or 0."),
        ("ENTITREE_DRIVER", "ENTITREE_DRIVER is 'maybe', which is no driver. Use auto, frugal or plain."),
    ],
)
def test_a_wrong_word_of_the_environment_is_told_at_once(paths: Paths, name: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(paths, **{name: "maybe"})
    assert str(caught.value) == said


def test_keys_of_config_come_before_saved_ones(paths: Paths, write: Writing) -> None:
    assert load(paths).keys == {}
    write(paths.profiles_file, '[keys]\nquit = "x"\nhelp = "h"')
    write(paths.config_file, '[keys]\nquit = ["q", "f10"]\nrefresh = ""')
    assert load(paths).keys == {"quit": ("q", "f10"), "help": ("h",), "refresh": ()}
