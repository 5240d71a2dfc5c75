"""What README.md says about settings is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from entitree.api.urls import base_url
from entitree.cli.sandbox import KEY_VARIABLE
from entitree.settings import environment
from entitree.settings.profiles import load_settings
from entitree.settings.tables import SecretTable

if TYPE_CHECKING:
    from tests.settings.conftest import Writing

    from entitree.settings.paths import Paths

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_the_example_of_config_is_taken_word_for_word(paths: Paths, write: Writing) -> None:
    examples = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (example,) = (each for each in examples if "[profile." in each)
    write(paths.config_file, example)
    settings = load_settings(paths, {"ENTITREE_API_KEY": "k"}, base_url)
    profile = settings.choose()
    assert profile.name == "acme"
    assert profile.read_only
    assert profile.protected == {"prod", "bigcola-us"}
    assert profile.limits == 1.0
    assert (profile.sign_in, profile.refresh_minutes, profile.cursor) == ("session", 15, None)
    assert (profile.colour, profile.key_command) == ("red", ("pass", "show", "infobip/acme"))
    assert (settings.refresh_minutes, settings.cursor) == (60, "gutter")
    assert (settings.lean, settings.driver, settings.keys) == (False, "auto", {"alias": ("A", "f2")})


def test_every_variable_is_spelled_as_it_is_read() -> None:
    known = {value for name, value in vars(environment).items() if name.isupper() and isinstance(value, str)}
    named = set(re.findall(r"ENTITREE_[A-Z_]+", README)) - {"ENTITREE_HOME"}
    assert named <= known | {KEY_VARIABLE}
    assert named >= known


def test_every_key_of_a_file_of_secrets_is_named() -> None:
    table = README.partition("keys in `secrets.toml`")[2].partition("\n\n")[0]
    keys = set(SecretTable.model_fields) - {"base_url"}
    assert keys <= set(re.findall(r"`([a-z_]+)`", table))
