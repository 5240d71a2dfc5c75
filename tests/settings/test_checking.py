"""All that is wrong is said at once, with file, line and key; what is right opens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w
from hypothesis import given, strategies as st

import entitree
from entitree.accounts import Accounts, find_problems
from entitree.errors import SettingsError
from entitree.settings import environment
from entitree.settings.paths import find_paths

if TYPE_CHECKING:
    import pytest
    from tests.settings.conftest import Writing

    from entitree.settings.checking import Problem
    from entitree.settings.paths import Paths

CONFIG = """\
# mine
default = "acne"
theem = "dark"
lean = "yes"

[keys]
quit = 3

[profile.acme]
base_url = "http://acme.example"
colur = "red"
colour = "rde"
limits = "fast"
protected = [
  "a",
  2,
]
key_command = "pass show x"

[profile."b c"]
"""
SECRETS = """\
[acme]
base_url = "https://acme.example"
api_kee = "key-SECRET"

[acne]
base_url = "https://acme.example"
user = "user-SECRET"

[moved]
base_url = "https://old.example"
api_key = "two SECRETS"
"""
SAVED = """\
[profile.moved]
base_url = "https://new.example"
"""


def short(problem: Problem) -> tuple[str, int | None, str, str, str]:
    where = problem.file.name if problem.file is not None else "environment"
    return where, problem.line, problem.key, problem.what, problem.nearest


def problems(paths: Paths, **environ: str) -> list[tuple[str, int | None, str, str, str]]:
    found = find_problems(paths, environ)
    assert "SECRET" not in repr(found).replace("ENTITREE_CLIENT_SECRET", "")
    return [short(each) for each in found]


def test_all_that_is_wrong_is_said_at_once(paths: Paths, write: Writing) -> None:
    write(paths.config_file, CONFIG)
    write(paths.profiles_file, SAVED)
    write(paths.secrets_file, SECRETS)
    none = "There is no such key."
    assert problems(paths) == [
        ("config.toml", 2, "default", "There is no profile 'acne'.", "acme"),
        ("config.toml", 3, "theem", none, "theme"),
        ("config.toml", 4, "lean", "Input should be a valid boolean.", ""),
        ("config.toml", 7, "keys.quit", "Input should be a key, or a list of them.", ""),
        (
            "config.toml",
            10,
            "profile.acme.base_url",
            "Plain http is for this machine alone: the key would travel readable.",
            "",
        ),
        ("config.toml", 11, "profile.acme.colur", none, "colour"),
        (
            "config.toml",
            12,
            "profile.acme.colour",
            "Input should be 'red', 'orange', 'yellow', 'green', 'blue' or 'violet'.",
            "",
        ),
        ("config.toml", 13, "profile.acme.limits", "'fast' is no limit.", ""),
        ("config.toml", 16, "profile.acme.protected[2]", "Input should be a valid string.", ""),
        (
            "config.toml",
            18,
            "profile.acme.key_command",
            "Input should be a list of texts: the program, then what it is given.",
            "",
        ),
        ("config.toml", 20, 'profile."b c".base_url', "Is missing.", ""),
        ("config.toml", 20, 'profile."b c"', "'b c' cannot name a profile.", ""),
        ("secrets.toml", 3, "", "A key stands there that is not known.", "api_key"),
        ("secrets.toml", 5, "", "There is no such profile.", "acme"),
        ("secrets.toml", 5, "", "It holds no whole way to sign in.", ""),
        ("secrets.toml", 7, "", "User name and password come together, or not at all.", ""),
        (
            "secrets.toml",
            10,
            "moved.base_url",
            "It belongs to another address than the profile has, so it is not used.",
            "",
        ),
        (
            "secrets.toml",
            11,
            "moved.api_key",
            "The API key holds blanks or characters that no key has.",
            "",
        ),
    ]


def test_a_file_that_cannot_be_read_keeps_nothing_from_the_others(paths: Paths, write: Writing) -> None:
    write(paths.config_file, "theem = 1")
    write(paths.profiles_file, "a = 1\nb = = 2")
    write(paths.secrets_file, "k-SECRET = = 1")
    assert problems(paths) == [
        ("config.toml", 1, "theem", "There is no such key.", "theme"),
        ("profiles.toml", 2, "", "Is not TOML: Invalid value (at line 2, column 5).", ""),
        ("secrets.toml", 1, "", "Is not TOML: (at line 1, column 12).", ""),
    ]
    paths.secrets_file.chmod(0o640)
    write(paths.profiles_file, "a = " + "[" * 50_000)
    assert problems(paths)[1:] == [
        ("profiles.toml", None, "", "Cannot be read: it is nested too deeply.", ""),
        ("secrets.toml", None, "", "Holds keys, but others can read it.", ""),
    ]


def test_variables_are_looked_at_too(paths: Paths) -> None:
    assert problems(
        paths,
        ENTITREE_HOME="/anywhere",
        ENTITREE_LEEN="1",
        ENTITREE_READ_ONLY="maybe",
        ENTITREE_DRIVER="x",
        ENTITREE_SIGN_IN="pass-SECRET",
        ENTITREE_LIMITS="10",
        ENTITREE_BASE_URL="https://a.example",
        ENTITREE_USER="u-SECRET",
        ENTITREE_CLIENT_ID="c\x00-SECRET",
        ENTITREE_CLIENT_SECRET="SECRET",
        HOME="/nowhere",
    ) == [
        ("environment", None, "ENTITREE_LEEN", "There is no such variable.", "ENTITREE_LEAN"),
        ("environment", None, "ENTITREE_READ_ONLY", "Is 'maybe', which is neither yes nor no.", ""),
        ("environment", None, "ENTITREE_SIGN_IN", "This is no way for a user to sign in.", ""),
        ("environment", None, "ENTITREE_DRIVER", "Is 'x', which is no driver.", ""),
        (
            "environment",
            None,
            "ENTITREE_USER, ENTITREE_PASSWORD",
            "User name and password come together, or not at all.",
            "",
        ),
        (
            "environment",
            None,
            "ENTITREE_CLIENT_ID, ENTITREE_CLIENT_SECRET",
            "The id of the OAuth2 client is empty or holds a control character.",
            "",
        ),
    ]
    (alone,) = problems(paths, ENTITREE_BASE_URL="https://a.example")
    assert alone[2:4] == ("ENTITREE_BASE_URL", "Is set, but no key.")
    (wrong,) = problems(paths, ENTITREE_BASE_URL="http://u:SECRET@a.example", ENTITREE_API_KEY="k")
    assert wrong[2] == "ENTITREE_BASE_URL"


def test_every_variable_that_is_read_is_known() -> None:
    files = Path(entitree.__file__).parent.rglob("*.py")
    read = {name for file in files for name in re.findall(r"ENTITREE_[A-Z_]+", file.read_text("utf-8"))}
    assert read == set(environment.KNOWN)


words = st.sampled_from(
    ["", "PROD", "session", "row", "off", "10", "red", "plain", "p", "sandbox", "https://a.example", "a b"]
)
value = words | st.booleans() | st.integers(-1, 2000) | st.lists(words, max_size=2)
SOME: dict[str, st.SearchStrategy[Any]] = {
    "limits": words,
    "lean": st.booleans(),
    "refresh": st.integers(0, 1500),
    "theme": words,
}
profile = st.fixed_dictionaries(
    {"base_url": st.sampled_from(["https://a.example", "a.example", "http://a.example"]) | value},
    optional=SOME | {"colour": words, "protected": st.lists(words, max_size=1), "key_command": value},
)
config = st.fixed_dictionaries(
    {},
    optional=SOME
    | {
        "default": words,
        "driver": words,
        "keys": st.dictionaries(words, value, max_size=1),
        "profile": st.dictionaries(st.sampled_from(["p", "q", "a b"]), profile, max_size=2),
    },
)


@given(config, st.dictionaries(st.sampled_from(environment.KNOWN[6:-2]), words, max_size=1))
def test_what_has_no_problem_opens_and_what_has_one_does_not(
    tmp_path_factory: pytest.TempPathFactory, tables: dict[str, Any], environ: dict[str, str]
) -> None:
    paths = find_paths({"ENTITREE_HOME": str(tmp_path_factory.getbasetemp() / "checked")})
    paths.config.mkdir(parents=True, exist_ok=True)
    paths.config_file.write_text(tomli_w.dumps(tables))
    assert opens(paths, environ) == (find_problems(paths, environ) == [])


def opens(paths: Paths, environ: dict[str, str]) -> bool:
    """Whether every profile does, and the one that opens by itself."""
    try:
        accounts = Accounts(paths, environ)
        for name in (None, *accounts.settings.names):
            accounts.choose(name)
    except SettingsError:
        return False
    return True


secret = st.text(st.characters(codec="utf-8"), max_size=8).map(lambda text: f"{text}SECRET")
part = st.sampled_from(["acme", "base_url", "api_key", "user", "password", "client_id"]) | secret


@given(
    st.dictionaries(part, secret | st.dictionaries(part, secret | st.lists(secret), max_size=3), max_size=3)
)
def test_no_problem_of_a_secret_file_shows_what_stands_in_it(
    tmp_path_factory: pytest.TempPathFactory, tables: dict[str, Any]
) -> None:
    paths = find_paths({"ENTITREE_HOME": str(tmp_path_factory.getbasetemp() / "secrets")})
    paths.config.mkdir(parents=True, exist_ok=True)
    paths.profiles_file.write_text('[profile.acme]\nbase_url = "https://acme.example"')
    paths.secrets_file.touch(0o600)
    paths.secrets_file.write_text(tomli_w.dumps(tables), "utf-8")
    found = find_problems(paths, {})
    assert "SECRET" not in repr(found)
    assert bool(found) == bool(tables)
