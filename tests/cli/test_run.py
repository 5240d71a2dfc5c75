"""The command line as a whole: what it prints where, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from entitree import __version__
from entitree.cli import listing
from entitree.demos import SCENARIOS
from entitree.inventory.model import Item, Kind

if TYPE_CHECKING:
    from tests.cli.conftest import Entitree, Mirror, Platform, Start

VERBS = ("list", "impact", "plan", "apply", "jobs", "sandbox", "demo")


def test_version_and_help_are_data(entitree: Entitree) -> None:
    assert entitree("--version") == (0, f"entitree {__version__}\n", "")
    shown = entitree("--help")
    assert (shown.code, shown.err) == (0, "")
    assert all(f"\n    {verb} " in shown.out for verb in VERBS)
    for verb in VERBS:
        detail = entitree(verb, "--help")
        assert (detail.code, detail.err) == (0, "")
        assert detail.out.startswith(f"usage: entitree {verb} ")


def test_both_ways_in(start: Start) -> None:
    module = start("--version")
    beside = Path(sys.executable).with_name("entitree")
    script = subprocess.run([beside, "--version"], capture_output=True, text=True, check=False)
    assert (
        module.communicate(timeout=30) == (script.stdout, script.stderr) == (f"entitree {__version__}\n", "")
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("lst",),
        ("list",),
        ("list", "numbers"),
        ("list", "entities", "--format", "xml"),
        ("list", "entities", "--form", "csv"),
        ("impact", "entity"),
        ("impact", "number", "1"),
        ("plan",),
        ("plan", "create", "number", "1"),
        ("plan", "delete", "entity", "x", "--detach", "--move-to", "y"),
        ("apply",),
        ("jobs", "show", "first"),
        ("jobs", "stop"),
        ("--prof", "x"),
        ("demo", "no-such-scenario"),
    ],
)
def test_a_wrong_usage_is_2_and_no_data(entitree: Entitree, arguments: tuple[str, ...], home: Path) -> None:
    done = entitree(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "entitree" in done.err
    assert not home.exists()


@pytest.mark.parametrize("arguments", [(), ("demo",), ("demo", "first-look"), ("--profile", "sandbox")])
def test_without_a_terminal_nothing_opens(entitree: Entitree, arguments: tuple[str, ...], home: Path) -> None:
    done = entitree(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "entitree: There is no terminal to open the app in. For scripts: entitree list"
    )
    assert not home.exists()


def test_scenarios_are_named(entitree: Entitree) -> None:
    done = entitree("demo", "--list")
    assert (done.code, done.err) == (0, "")
    assert [line.split()[0] for line in done.out.splitlines()] == list(SCENARIOS)
    unknown = entitree("demo", "nothing")
    assert "There is no scenario 'nothing'. There are: first-look" in unknown.err


def test_a_profile_is_heard_before_and_after_the_verb(entitree: Entitree) -> None:
    said = "entitree: There is no profile 'nobody'. Known: sandbox.\n"
    for arguments in (
        ("--profile", "nobody", "list", "entities"),
        ("list", "entities", "--profile", "nobody"),
        ("--profile", "sandbox", "list", "entities", "--profile", "nobody"),
        ("impact", "entity", "x", "--profile", "nobody"),
        ("plan", "--profile", "nobody", "create", "entity", "x"),
        ("plan", "create", "entity", "x", "--profile", "nobody"),
        ("jobs", "--profile", "nobody"),
        ("jobs", "list", "--profile", "nobody"),
    ):
        assert entitree(*arguments) == (2, "", said)
    for verb in ("demo", "sandbox"):
        for order in (("--profile", "sandbox", verb), (verb, "--profile", "sandbox")):
            done = entitree(*order)
            assert (done.code, done.err) == (2, f"entitree: {verb} opens no profile. Leave --profile out.\n")
        assert "--profile" not in entitree(verb, "--help").out


@pytest.mark.parametrize("verb", ["list", "impact"])
@pytest.mark.parametrize(("one", "many"), [("application", "applications"), ("entity", "entities")])
def test_a_kind_is_understood_in_both_numbers(
    entitree: Entitree, mirror: Mirror, verb: str, one: str, many: str
) -> None:
    mirror(Item(Kind.ENTITY, "shop"), Item(Kind.APPLICATION, "production"))
    ids = () if verb == "list" else ("marketing",)
    assert entitree(verb, one, *ids) == entitree(verb, many, *ids)
    assert entitree(verb, one, *ids).code != 2
    wrong = entitree(verb, "numbers", *ids)
    kinds = "applications nor entities" + (" nor resources nor keys" if verb == "list" else "")
    assert f"'numbers' is neither {kinds}\n" in wrong.err


@pytest.mark.parametrize("arguments", [("list", "applications"), ("impact", "entity", "shop")])
def test_nobody_takes_the_sandbox_for_their_account(
    entitree: Entitree, arguments: tuple[str, ...], platform: Platform, home: Path
) -> None:
    said = "this is the kept sandbox."
    assert entitree(*arguments).err.startswith(f"No account is configured: {said}\n")
    assert said not in entitree(*arguments, "--profile", "sandbox").err
    assert said not in entitree(*arguments, **platform.environ()).err
    config = home / "config" / "config.toml"
    config.parent.mkdir()
    config.write_text('[profile.acme]\nbase_url = "https://acme.example"')
    assert entitree(*arguments).err.startswith(f"No account is the default: {said} With --profile: acme.\n")
    config.write_text('default = "sandbox"')
    assert said not in entitree(*arguments).err


def test_a_profile_by_name_wins_over_the_environment(
    entitree: Entitree, mirror: Mirror, platform: Platform
) -> None:
    mirror(Item(Kind.ENTITY, "in-the-kept-sandbox"))
    arguments = ("list", "entities", "--format", "jsonl")
    by_name = entitree(*arguments, "--profile", "sandbox", **platform.environ())
    assert [json.loads(line)["id"] for line in by_name.out.splitlines()] == ["in-the-kept-sandbox"]
    assert "in-the-kept-sandbox" not in entitree(*arguments, **platform.environ()).out


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"ENTITREE_LIMITS": "fast"}, "ENTITREE_LIMITS: 'fast' is no limit."),
        ({"ENTITREE_READ_ONLY": "\x1b"}, "ENTITREE_READ_ONLY is "),
        ({"ENTITREE_BASE_URL": "https://a.example"}, "ENTITREE_BASE_URL is set, but no key."),
        ({"ENTITREE_HOME": "/dev/null/x"}, "/dev/null/x/config/config.toml cannot be read: Not a directory."),
    ],
)
def test_wrong_settings_are_2_and_one_sentence(
    entitree: Entitree, environ: dict[str, str], said: str
) -> None:
    done = entitree("list", "entities", **environ)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"entitree: {said}")
    assert done.err.count("\n") == 1
    assert "\x1b" not in done.err


def test_a_mistake_of_ours_prints_no_value(entitree: Entitree, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise ValueError("SECRET")

    monkeypatch.setattr(listing, "_query", broken)
    done = entitree("list", "entities")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("entitree: This is a mistake of entitree: ValueError, ")
    assert "listing.py:" in done.err
    assert "SECRET" not in done.err


def test_a_reader_who_has_seen_enough(start: Start, mirror: Mirror) -> None:
    mirror(*(Item(Kind.ENTITY, f"entity-{number}", "x" * 200) for number in range(2000)))
    for form in ("table", "jsonl"):
        process = start("list", "entities", "--format", form, "--profile", "sandbox")
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 0


def test_a_reader_who_has_gone_before_the_first_word(start: Start) -> None:
    process = start("--help")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(30) == 0


def test_an_output_that_is_full(mirror: Mirror) -> None:
    mirror(Item(Kind.ENTITY, "shop"))
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "entitree", "list", "entities"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "entitree: The output cannot be used: No space left on device."


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("--version >&-", 0),
        ("--help >&-", 0),
        ("list applications >&-", 0),
        ("impact entity shop >&-", 1),
        ("list applications 2>&-", 0),
        ("list numbers 2>&-", 2),
        ("demo <&-", 2),
        ("list applications <&- >&- 2>&-", 0),
    ],
)
def test_streams_that_are_closed(mirror: Mirror, line: str, code: int) -> None:
    mirror(Item(Kind.APPLICATION, "production"))
    done = subprocess.run(  # noqa: S602 - only a shell closes them
        f'exec "{sys.executable}" -W error -m entitree {line}',
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert "mistake" not in done.stderr
    assert "Error" not in done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, "entitree: Interrupted.\n"), (signal.SIGTERM, 143, ""), (signal.SIGHUP, 129, "")],
)
def test_a_signal_ends_it_in_order(start: Start, number: signal.Signals, code: int, said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = start("list", "entities", ENTITREE_BASE_URL=url, ENTITREE_API_KEY="SECRET")
        assert process.stderr is not None
        assert process.stderr.readline() == "Reading the account …\n"
        asked, _ = silent.accept()
        with asked:
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (code, "", said)
