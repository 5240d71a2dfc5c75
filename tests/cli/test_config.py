"""`entitree config`: what is wrong is printed with its place, and of what holds, where it comes from."""

from __future__ import annotations

import csv
import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from entitree.settings.paths import find_paths, private_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Entitree

    from entitree.settings.paths import Paths

    Rows = Callable[..., dict[str, tuple[object, str]]]

CONFIG = """\
default = "acme"
refresh = 30

[keys]
help = ["f2", "?"]

[profile.acme]
base_url = "https://acme.example"
read_only = true
protected = ["prod"]
colour = "red"
cursor = "gutter"

[profile.vault]
base_url = "https://vault.example"
key_command = ["/bin/sh", "-c", "echo ran > ran; echo argument-SECRET"]
"""
SAVED = """\
theme = "entitree-mono"
lean = true
[profile.saved]
base_url = "saved.example"
"""
SECRETS = """\
[acme]
base_url = "https://acme.example"
api_key = "key-SECRET"
user = "name-SECRET"
password = "pass-SECRET"
"""


@pytest.fixture
def files(home: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.delenv("ENTITREE_PLATFORM_SPEC", raising=False)
    paths = find_paths(os.environ)
    private_folder(paths.config)
    paths.config_file.write_text(CONFIG)
    paths.profiles_file.write_text(SAVED)
    paths.secrets_file.touch(0o600)
    paths.secrets_file.write_text(SECRETS)
    return paths


def test_what_is_right_is_said_in_a_word(entitree: Entitree, files: Paths) -> None:
    code, out, err = entitree("config", "check")
    assert (code, out) == (0, "")
    assert err == f"Nothing is wrong with the settings in {files.config} and the environment.\n"
    assert entitree("config", "check", "--format", "json")[:2] == (0, "[]\n")
    assert entitree("config", "check", "--format", "csv").out == "file,line,key,problem,nearest\n"


def test_what_is_wrong_is_printed_with_its_place(entitree: Entitree, files: Paths) -> None:
    files.config_file.write_text(CONFIG + 'colur = "\x1b[31mred"\n'.replace("\x1b", "\\u001b"))
    files.secrets_file.write_text(SECRETS + 'pasted-SECRET = "x"')
    code, out, err = entitree("config", "check", ENTITREE_LEEN="1")
    assert (code, err) == (2, f"In {files.config}:\n")
    assert [line.split() for line in out.splitlines()] == [
        ["FILE", "LINE", "KEY", "PROBLEM", "NEAREST"],
        ["config.toml", "17", "profile.vault.colur", "There", "is", "no", "such", "key.", "colour"],
        [
            *("secrets.toml", "6", "A", "key", "stands", "there", "that", "is", "not", "known."),
            *("Known:", "base_url,", "api_key,", "user,", "password,", "client_id,", "client_secret."),
        ],
        ["environment", "ENTITREE_LEEN", "There", "is", "no", "such", "variable.", "ENTITREE_LEAN"],
    ]
    code, out, _ = entitree("config", "check", "--format", "json", ENTITREE_LEEN="1")
    assert code == 2
    assert [(row["file"], row["line"], row["nearest"]) for row in json.loads(out)] == [
        (str(files.config_file), 17, "colour"),
        (str(files.secrets_file), 6, None),
        (None, None, "ENTITREE_LEAN"),
    ]
    code, out, _ = entitree("config", "check", "--format", "csv")
    assert [row["line"] for row in csv.DictReader(out.splitlines())] == ["17", "6"]
    assert "SECRET" not in out


def test_themes_and_keys_are_those_that_the_app_knows(entitree: Entitree, files: Paths) -> None:
    written = CONFIG.replace("refresh = 30", 'theme = "entitree-drak"')
    files.config_file.write_text(
        written.replace("[profile.acme]", 'creat = "n"\nalias = "n"\n[profile.acme]')
    )
    code, out, _ = entitree("config", "check", "--format", "json")
    assert code == 2
    told = [(row["line"], row["key"], row["problem"], row["nearest"]) for row in json.loads(out)]
    assert told[0][:2] == (2, "theme")
    assert told[0][3] == "entitree-dark"
    assert told[1][:2] == (7, "keys.creat")
    assert told[1][2].startswith("Nothing is called 'creat'.")
    assert told[2][:3] == (8, "keys.alias", "alias: n is the key of new. It has e.")


def test_a_name_with_control_characters_is_inert(entitree: Entitree, files: Paths) -> None:
    files.config_file.write_text('[profile."\\u001b[31mx"]\nbase_url = "https://a.example"')
    code, out, _ = entitree("config", "check")
    assert code == 2
    assert "cannot name a profile" in out
    assert "\x1b" not in out


def test_a_check_opens_no_profile(entitree: Entitree) -> None:
    code, out, err = entitree("config", "check", "--profile", "acme")
    assert (code, out) == (2, "")
    assert err == "entitree: config opens no profile. Leave --profile out.\n"


@pytest.fixture
def rows(entitree: Entitree) -> Rows:
    def shown(*arguments: str, **environ: str) -> dict[str, tuple[object, str]]:
        code, out, err = entitree("config", "show", "--format", "json", *arguments, **environ)
        assert (code, err) == (0, "")
        assert "SECRET" not in out
        return {row["setting"]: (row["value"], row["from"]) for row in json.loads(out)}

    return shown


def test_where_each_value_comes_from(rows: Rows, files: Paths) -> None:
    config, saved, secrets = (
        files.config_file,
        f"{files.profiles_file}:{{}}, saved by the app",
        files.secrets_file,
    )
    assert rows(ENTITREE_PROTECTED="x", ENTITREE_DRIVER="plain") == {
        "profile": ("acme", f"{config}:1"),
        "base_url": ("https://acme.example", f"{config}:8"),
        "kind": ("PROD", "built in"),
        "read_only": (True, f"{config}:9"),
        "protected": (["prod", "x"], f"{config}:10, ENTITREE_PROTECTED"),
        "limits": ("off", "ENTITREE_LIMITS"),
        "sign_in": ("basic", "built in"),
        "colour": ("red", f"{config}:11"),
        "api_key": ("set", f"{secrets}: acme.api_key"),
        "user, password": ("set", f"{secrets}: acme.user, acme.password"),
        "refresh": (30, f"{config}:2"),
        "theme": ("entitree-mono", saved.format(1)),
        "cursor": ("gutter", f"{config}:12"),
        "lean": (True, saved.format(2)),
        "driver": ("plain", "ENTITREE_DRIVER"),
        "keys.help": (["f2", "?"], f"{config}:5"),
        "config folder": (str(files.config), "ENTITREE_HOME"),
        "data folder": (str(files.data), "ENTITREE_HOME"),
    }


def test_no_program_is_run_to_show_a_key(
    rows: Rows, files: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = rows("--profile", "vault", ENTITREE_API_KEY="variable-SECRET")
    assert shown["profile"] == ("vault", "--profile")
    assert shown["api_key"] == (
        "not asked for now",
        f"the program '/bin/sh' of {files.config_file}: profile.vault.key_command",
    )
    assert list(tmp_path.iterdir()) == []


def test_keys_of_variables_of_the_keyring_and_none(
    rows: Rows, files: Paths, keyring_entries: dict[tuple[str, str], str]
) -> None:
    base_url = "https://saved.example"
    assert rows("--profile", "saved")["base_url"] == (base_url, f"{files.profiles_file}:4")
    value, why = rows("--profile", "saved")["api_key"]
    assert value is None
    assert why.startswith("The profile 'saved' has no key. ")
    keyring_entries["entitree", f"saved@{base_url}"] = '{"api_key": "kept-SECRET"}'
    shown = rows("--profile", "saved")
    assert shown["api_key"] == ("set", f"the keyring (entitree, saved@{base_url})")
    given = {"ENTITREE_BASE_URL": "https://env.example", "ENTITREE_API_KEY": "variable-SECRET"}
    shown = rows(**given, ENTITREE_READ_ONLY="1")
    assert shown["profile"] == ("environment", "ENTITREE_BASE_URL")
    assert shown["base_url"] == ("https://env.example", "ENTITREE_BASE_URL")
    assert shown["api_key"] == ("set", "ENTITREE_API_KEY")
    assert shown["read_only"] == (True, "ENTITREE_READ_ONLY")


def test_the_sandbox_shows_what_is_built_in(entitree: Entitree, home: Path) -> None:
    code, out, _ = entitree("config", "show")
    assert code == 0
    lines = [re.split(r"\s{2,}", line) for line in out.splitlines()]
    assert lines[:3] == [
        ["SETTING", "VALUE", "FROM"],
        ["profile", "sandbox", "built in"],
        ["base_url", "not set", "built in"],
    ]
    assert ["read_only", "no", "built in"] in lines
    assert ["protected", "none", "built in"] in lines
    assert not home.exists()


def test_what_is_wrong_is_told_once_by_show(entitree: Entitree, files: Paths) -> None:
    files.config_file.write_text('theem = "dark"')
    code, out, err = entitree("config", "show")
    assert (code, out) == (2, "")
    assert err.startswith(f"entitree: {files.config_file}: theem: there is no such key.")
