"""Who may know whom, at run time: what is imported when, and what the installed package holds.

The contracts of import-linter look at each file alone; here the whole chain counts.
"""

from __future__ import annotations

import importlib.util
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import entitree
from entitree.api.urls import base_url
from entitree.settings.paths import find_paths
from entitree.settings.profile import Profile, Secrets
from entitree.settings.saving import save_profile
from entitree.tui.themes import load_themes, theme_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

TOP = Path(__file__).resolve().parent.parent
SOURCE = TOP / "src" / "entitree"
FACES = {"textual", "rich"}
NETWORK = {"httpx", "httpcore"}
SERVER = {"starlette", "uvicorn"}
ROOMS = (
    "errors",
    "text",
    "settings",
    "api",
    "inventory",
    "changes",
    "log",
    "account",
    "accounts",
    "handover",
    "way",
    "exports",
    "cli",
)

_WATCH = """
import json, sys
heavy = set({heavy!r})
def loaded(): return sorted(name for name in heavy if name in sys.modules)
{code}
print(json.dumps(loaded()), file=sys.stderr)
"""


def loaded_by(code: str, *, printing: str | None = None) -> set[str]:
    """Which of the heavy libraries a fresh Python has imported after `code`."""
    watched = _WATCH.format(code=code, heavy=sorted(FACES | NETWORK | SERVER | {"pydantic", "keyring"}))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", watched], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    if printing is not None:
        assert printing in done.stdout
    return set(json.loads(done.stderr.splitlines()[-1]))


def modules(rooms: Sequence[str]) -> list[str]:
    """Every module of some rooms."""
    found = [f"entitree.{room}" for room in rooms]
    for room in rooms:
        if (SOURCE / room).is_dir():
            prefix = f"entitree.{room}."
            found += [each.name for each in pkgutil.walk_packages([str(SOURCE / room)], prefix)]
    return found


def test_no_room_but_the_face_imports_what_is_heavy() -> None:
    names = modules(ROOMS)
    assert len(names) > 50
    code = "import importlib\nfor name in {names!r}:\n    importlib.import_module(name)"
    assert loaded_by(code.format(names=names)) == {"pydantic"}


def test_the_first_frame_waits_for_no_network_library() -> None:
    code = (
        "import entitree.tui.app\nfrom entitree.tui.themes import load_themes\nassert load_themes()[1] == []"
    )
    assert loaded_by(code) == FACES


def test_files_of_settings_that_are_right_are_read_without_a_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTITREE_HOME", str(tmp_path))
    code = """
import os
from entitree.accounts import Accounts
from entitree.settings.paths import find_paths
accounts = Accounts(find_paths(os.environ), os.environ)
"""
    profile = Profile("acme", "https://acme.example", Secrets("key"), limits=2.0, refresh_minutes=15)
    save_profile(find_paths({"ENTITREE_HOME": str(tmp_path)}), profile, base_url)
    (tmp_path / "config" / "config.toml").write_text(
        'cursor = "gutter"\n[profile.b]\nbase_url = "http://b"\n'
    )
    assert loaded_by(code + "print(accounts.choose().name)", printing="acme") == set()


@pytest.mark.parametrize(
    ("arguments", "printing"), [(["--version"], entitree.__version__), (["--help"], "usage: ")]
)
def test_what_needs_nothing_imports_nothing(arguments: list[str], printing: str) -> None:
    code = f"from entitree.cli import run\nassert run({arguments!r}) == 0"
    assert loaded_by(code, printing=printing) == set()


def test_a_list_out_of_the_mirror_imports_no_network_and_no_face() -> None:
    first = loaded_by("from entitree.cli import run\nassert run(['list', 'applications']) == 0")
    assert "httpx" in first, "it had to be read"
    again = "from entitree.cli import run\nassert run(['list', 'applications']) == 0"
    assert loaded_by(again, printing="one-time-pin") == set()


def test_one_file_knows_the_http_library() -> None:
    importing = re.compile(r"^\s*(import|from)\s+httpx\b", re.MULTILINE)
    files = {path for path in SOURCE.rglob("*.py") if importing.search(path.read_text("utf-8"))}
    assert files == {SOURCE / "api" / "transport.py"}


def test_nobody_outside_the_face_names_its_libraries() -> None:
    importing = re.compile(r"^\s*(import|from)\s+(textual|rich)\b", re.MULTILINE)
    rooms = {
        path.relative_to(SOURCE).parts[0]
        for path in SOURCE.rglob("*.py")
        if importing.search(path.read_text("utf-8"))
    }
    assert rooms <= {"tui", "demos"}


# What is shipped


def test_the_themes_are_found_in_a_checkout() -> None:
    assert theme_folder() == TOP / "themes"
    assert {file.stem for file in theme_folder().glob("*.toml")} >= {"entitree-dark", "entitree-light"}


@pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed (extra: dev)"
)
def test_the_wheel_holds_themes_styles_and_types(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=TOP,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"entitree-{entitree.__version__}-")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    shipped = tmp_path / "installed" / "entitree"
    themes = {file.name for file in (TOP / "themes").glob("*.toml")}
    assert {f"entitree/themes/{name}" for name in themes} <= names
    assert {"entitree/py.typed", "entitree/tui/entitree.tcss"} <= names
    assert not [name for name in names if name.startswith(("tests/", "themes/", "src/"))]
    found, problems = load_themes(shipped / "themes")
    assert (len(found), problems) == (len(themes), [])
    code = f"""
sys.path.insert(0, {str(tmp_path / "installed")!r})
from entitree.tui.themes import theme_folder
print(theme_folder())
"""
    loaded_by(code, printing=str(shipped / "themes"))


def test_what_the_project_says_of_the_package() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["scripts"] == {"entitree": "entitree.__main__:main"}
    assert set(project["project"]["optional-dependencies"]) == {"keyring", "dev"}
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"] == {
        "themes": "entitree/themes"
    }
