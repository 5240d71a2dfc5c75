"""`entitree plan`: what is asked for, looked up and made into steps, and nothing sent but reads."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from typing import TYPE_CHECKING, Any

import pytest

from entitree.changes.plan.files import opened
from entitree.cli.edit_files import read_edits

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Entitree, Kept, Outcome, Platform

KEPT = "No account is configured: this is the kept sandbox.\n"
NUMBER = "6F0C0D9E2B7A41D3A1F0000000000001"


def plan(done: Outcome) -> dict[str, Any]:
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    assert len(opened(done.out.encode()).steps) == len(found["steps"]), "it can be opened again"
    return found


def rows(done: Outcome) -> list[dict[str, Any]]:
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_a_plan_is_data_and_what_it_does_is_said(entitree: Entitree, kept: Kept) -> None:
    done = entitree("plan", "create", "entity", "acme", "--alias", "Acme")
    (step,) = plan(done)["steps"]
    assert (step["operation"], step["body"]) == ("create-entity", {"entityId": "acme", "entityName": "Acme"})
    head, line, cost = done.err.removeprefix(KEPT + "Reading 1 entity …\n").splitlines()
    assert head.split() == ["EFFECT", "WHAT", "AFTER"]
    assert line.split(maxsplit=1) == ["create", "Create entity acme  alias “Acme”"]
    assert cost == "Create entity acme: 1 write."
    assert "acme" not in [each["entityId"] for each in kept("entities")], "nothing was sent but reads"


def test_a_file_is_private_and_never_overwritten(
    entitree: Entitree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ("plan", "create", "entity", "acme", "beta", "--out", "plan.json")
    done = entitree(*arguments)
    assert done.code == 0
    assert done.out.splitlines()[1].split() == ["1", "create", "Create", "entity", "acme"]
    assert done.err.endswith("Create 2 entities: 2 writes.\nSaved: entitree apply plan.json\n")
    file = tmp_path / "plan.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert len(opened(before).steps) == 2
    again = entitree(*arguments)
    assert (again.code, again.out) == (2, "")
    assert again.err == (
        "entitree: plan.json is there already, and is not overwritten. Choose another name.\n"
    ), "said before anything is read"
    assert file.read_bytes() == before
    nowhere = entitree("plan", "create", "entity", "acme", "--out", "no/such/folder.json")
    assert nowhere.code == 2
    assert "no/such/folder.json cannot be written: No such file or directory." in nowhere.err


def test_a_line_a_step_in_every_form(entitree: Entitree) -> None:
    arguments = ("plan", "alias", "entity", "big-cola", "mc-burger", "--template", "{id} of {alias}")
    lines = rows(entitree(*arguments, "--format", "jsonl"))
    assert [(each["effect"], each["before"], each["after"]) for each in lines] == [
        ("change", {"alias": "BigCola"}, {"alias": "big-cola of BigCola"}),
        ("change", {"alias": "McBurger"}, {"alias": "mc-burger of McBurger"}),
    ]
    assert json.loads(entitree(*arguments, "--format", "json").out) == lines
    comma = entitree(*arguments, "--format", "csv")
    (first, _) = csv.DictReader(io.StringIO(comma.out))
    assert (first["before"], first["after"]) == ("alias “BigCola”", "alias “big-cola of BigCola”")
    assert comma.err.endswith("The plan itself was not kept: --out FILE keeps it.\n")
    table = entitree(*arguments, "--format", "table")
    assert table.out.splitlines()[0].split()[:3] == ["STEP", "EFFECT", "WHAT"]


def test_a_list_of_creations_and_every_wrong_line(entitree: Entitree, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("id;alias\none;First\ntwo;\n")
    done = entitree("plan", "create", "application", "--from", str(file), "--format", "jsonl")
    assert [each["after"] for each in rows(done)] == [{"alias": "First"}, {"alias": None}]
    assert "CSV with semicolons, with a header: id, alias: 2 read.\n" in done.err
    file.write_text("id;alias\none;First\n..;\none;\n" + "x" * 256 + ";\n")
    wrong = entitree("plan", "create", "application", "--from", str(file))
    assert (wrong.code, wrong.out) == (2, "")
    assert [line.split(":")[0] for line in wrong.err.splitlines()[1:-1]] == [
        "! line 3",
        "! line 4",
        "! line 5",
    ]
    assert wrong.err.endswith("entitree: No plan was made: 3 things that are asked for cannot be done.\n")
    file.write_text("new\nbig-cola\nmc-burger\n")
    taken = entitree("plan", "create", "entity", "--from", str(file))
    assert (taken.code, taken.out) == (2, "")
    assert "! line 2: Create entity big-cola: There is already an entity “big-cola”.\n" in taken.err
    assert "! line 3: Create entity mc-burger: " in taken.err
    assert taken.err.endswith("No plan was made: 2 of what was asked for cannot be done.\n")


def test_a_list_from_standard_input(
    entitree: Entitree, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "piped"
    file.write_text('{"id": "big-cola", "alias": "Cola"}\n{"id": "mc-burger", "alias": null}\n')
    with file.open() as piped:
        monkeypatch.setattr("sys.stdin", piped)
        done = entitree("plan", "alias", "entity", "--from", "-", "--format", "jsonl")
    assert [each["after"] for each in rows(done)] == [{"alias": "Cola"}, {"alias": None}]


def test_what_is_listed_is_taken_as_a_list(entitree: Entitree, tmp_path: Path) -> None:
    for form in ("json", "jsonl", "csv"):
        file = tmp_path / form
        listed = entitree("list", "entities", "--filter", "mc", "--format", form).out
        file.write_text(listed)
        done = entitree("plan", "delete", "entity", "--from", str(file), "--format", "jsonl")
        assert [each["what"] for each in rows(done)] == ["Delete entity mc-burger"]
        renamed = entitree("plan", "alias", "entity", "--from", str(file), "--format", "jsonl")
        assert [each["after"] for each in rows(renamed)] == [{"alias": "McBurger"}]
    (tmp_path / "empty").write_text("\n")
    empty = entitree("plan", "create", "entity", "--from", str(tmp_path / "empty"))
    assert (empty.code, empty.out) == (2, "")
    assert f"There is nothing in {tmp_path / 'empty'}." in empty.err


def test_aliases_by_rules(entitree: Entitree, tmp_path: Path) -> None:
    file = tmp_path / "ids"
    file.write_text("big-cola\nmc-burger\n")
    listed = ("--from", str(file), "--format", "jsonl")
    replaced = entitree(
        "plan", "alias", "entities", *listed, "--replace", "^(..)", r"\1-", "--replace", "COLA", "x",
        "--ignore-case", "--case", "upper",
    )  # fmt: skip
    assert [each["after"]["alias"] for each in rows(replaced)] == ["BI-GX", "MC-BURGER"]
    one = rows(entitree("plan", "alias", "entity", "big-cola", "--alias", "C", "--format", "jsonl"))
    assert [each["after"] for each in one] == [{"alias": "C"}]
    none = rows(entitree("plan", "alias", "entity", *listed, "--no-alias"))
    assert [each["after"] for each in none] == [{"alias": None}] * 2
    same = entitree("plan", "alias", "entity", "big-cola", "--replace", "zzz", "y")
    assert plan(same)["steps"] == []
    assert same.err.endswith("There is nothing to do.\n")
    file.write_text("big-cola\nnobody\n")
    gone = entitree("plan", "alias", "entity", *listed, "--case", "upper")
    assert (gone.code, gone.out) == (2, "")
    assert "! line 2: There is no entity “nobody”.\n" in gone.err
    broken = entitree("plan", "alias", "entity", "big-cola", "--template", "{nothing}")
    assert (broken.code, broken.out) == (2, "")
    long = entitree("plan", "alias", "entity", "big-cola", "--template", "{id}" + "x" * 255)
    assert long.code == 2
    assert "! entity “big-cola”: The alias is 263 characters long; 255 are the most.\n" in long.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("alias", "entity", "x"), "What the alias is to be was not said."),
        (
            ("alias", "entity", "x", "--no-alias", "--case", "upper"),
            "--alias, --no-alias and rules are three",
        ),
        (("create", "entity"), "It needs an ID, or a list."),
        (("create", "entity", "a", "b", "--alias", "c"), "--alias is for exactly one ID."),
        (("associate", "x", "--type", "NUMBER"), "it needs --channel, --application too."),
        (("associate", "--from", "none", "--channel", "SMS"), "In a list each line says all five parts"),
        (("create", "entity", "--from", "/no/such/file"), "There is no file /no/such/file."),
        (("link-key", "K", "--link", "a", "b", "c"), "--link has an application, and at most one entity."),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_read(
    entitree: Entitree, home: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = entitree("plan", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert not home.exists()


def test_a_deletion_shows_what_goes_with_it(entitree: Entitree) -> None:
    done = entitree("plan", "delete", "entity", "big-cola")
    (step,) = plan(done)["steps"]
    assert len(step["before"]["associations"]) == 6
    assert "9 configurations would be removed, 1 reset, 1 API key would lose links.\n" in done.err
    assert "alias “BigCola”, 6 associations, 1 strategies, 2 subscripti" in done.err
    assert "Lost for good: the id of sending strategy " in done.err
    assert "! Not checked: bots, WebRTC, domains' own link: " in done.err
    assert "! Not checked: whether they are in use; " in done.err
    assert done.err.endswith("Delete entity big-cola: 1 write and 26 reads.\n")
    detached = plan(entitree("plan", "delete", "entity", "big-cola", "--detach"))["steps"]
    assert [each["operation"] for each in detached].count("delete-resource-association") == 6
    assert detached[-1]["operation"] == "delete-entity"
    assert detached[-1]["needs"] == list(range(1, len(detached)))
    moved = plan(entitree("plan", "delete", "entity", "big-cola", "--move-to", "mc-burger"))["steps"]
    assert moved[0]["operation"] == "create-resource-association"
    assert moved[-1]["operation"] == "delete-entity"


def test_what_is_not_there_or_never_deleted(entitree: Entitree, tmp_path: Path) -> None:
    file = tmp_path / "ids.txt"
    file.write_text("big-cola\nnob\x1body\n")
    done = entitree("plan", "delete", "entity", "--from", str(file))
    assert (done.code, done.out) == (2, "")
    assert "! line 2: There is no entity “nob␛ody”.\n" in done.err
    default = entitree("plan", "delete", "application", "default")
    assert (default.code, default.out) == (2, "")
    assert "The default application always exists" in default.err
    protected = entitree("plan", "delete", "entity", "big-cola", ENTITREE_PROTECTED="big-cola")
    assert (protected.code, protected.out) == (2, "")
    assert "! Delete entity big-cola: “big-cola” is protected by the profile.\n" in protected.err


def test_ties_from_options_and_from_a_list(entitree: Entitree, tmp_path: Path) -> None:
    tie = ("--type", "NUMBER", "--channel", "SMS", "--application", "production", "--entity", "mc-burger")
    one, two = plan(entitree("plan", "associate", NUMBER, "other", *tie))["steps"]
    assert one["target"]["key"] == ["NUMBER", "SMS", "production", "mc-burger", NUMBER]
    assert two["target"]["key"][-1] == "other"
    file = tmp_path / "ties.tsv"
    file.write_text(
        f"type\tchannel\tapplication\tentity\tresource\nNUMBER\tSMS\tmarketing\tbig-cola\t{NUMBER}\n"
    )
    (gone,) = plan(entitree("plan", "dissociate", "--from", str(file)))["steps"]
    assert gone["operation"] == "delete-resource-association"


def test_everything_is_moved(entitree: Entitree) -> None:
    done = entitree("plan", "move", "entity", "big-cola", "mc-burger")
    operations = {each["operation"] for each in plan(done)["steps"]}
    assert {
        "create-resource-association",
        "delete-resource-association",
        "update-owned-number",
        "update-api-key",
    } <= operations
    assert "! Bots, WebRTC and the own link of email domains are not moved" in done.err
    nobody = entitree("plan", "move", "entity", "big-cola", "nobody")
    assert (nobody.code, nobody.out) == (2, "")
    assert "There is no entity “nobody”." in nobody.err


def test_numbers_and_keys(entitree: Entitree) -> None:
    linked = plan(entitree("plan", "link-number", "385990000001", "--application", "default"))["steps"]
    by_key = plan(entitree("plan", "link-number", NUMBER, "--application", "default"))["steps"]
    assert linked == by_key
    assert linked[0]["before"] == {"applicationId": "marketing", "entityId": "big-cola"}
    listed = entitree("list", "entities", "--format", "jsonl")
    assert listed.code == 0
    unknown = entitree("plan", "disable-key", "nope", "neither")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err.count("Reading the API key list …\n") == 1, "a list is read once"
    assert "! There is no API key “nope”.\n! There is no API key “neither”.\n" in unknown.err


def test_keys_are_disabled_enabled_and_bound(entitree: Entitree, kept: Kept) -> None:
    assert entitree("list", "applications").code == 0
    (key,) = (each["id"] for each in kept("keys") if each["name"] == "Key2")
    (off,) = plan(entitree("plan", "disable-key", key))["steps"]
    assert (off["title"], off["body"]) == ("Disable API key Key2", {"enabled": False})
    (on,) = plan(entitree("plan", "enable-key", key))["steps"]
    assert on["body"] == {"enabled": True}
    done = entitree(
        "plan", "link-key", key, "--link", "production", "--link", "marketing", "big-cola", "--action", "FILL"
    )
    (bound,) = plan(done)["steps"]
    assert bound["body"] == {
        "platform": [
            {"applicationId": "production", "action": "FILL"},
            {"applicationId": "marketing", "entityId": "big-cola", "action": "FILL"},
        ]
    }


def edits(entitree: Entitree, folder: Path, *values: object) -> Outcome:
    file = folder / "edits.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in values))
    return entitree("plan", "edits", "--from", str(file))


def test_edits_of_every_kind(entitree: Entitree, kept: Kept, tmp_path: Path) -> None:
    assert entitree("list", "applications").code == 0
    (key,) = (each["id"] for each in kept("keys") if each["name"] == "Key2")
    strategy = next(each for each in kept("strategies"))
    subscription = next(each for each in kept("subscriptions") if each["subscriptionId"] == "big-cola-mail")
    definition = {name: subscription[name] for name in ("events", "criteria")}
    definition["profile"] = {"profileId": subscription["profile"]["profileId"]}
    done = edits(
        entitree,
        tmp_path,
        {"edit": "create", "kind": "entity", "id": "new"},
        {"edit": "alias", "kind": "application", "id": "production", "alias": "P"},
        {"edit": "delete", "kind": "entity", "id": "mc-burger"},
        {"edit": "associate", "type": "NUMBER", "channel": "SMS", "application": "production",
         "entity": "new", "resource": NUMBER},
        {"edit": "link-number", "number": NUMBER, "application": "production", "entity": "new"},
        {"edit": "write-inbound", "resource": NUMBER, "channel": "SMS", "keyword": "NEW",
         "settings": {"forwarding": {"type": "HTTP_FORWARD_TYPE_POST_JSON", "url": "https://x.example/?t=SECRET"}}},
        {"edit": "create-strategy", "definition": {"platform": {"applicationId": "production"},
         "priorities": [{"senderType": "SHORT_CODE", "priority": 1}]}},
        {"edit": "delete-strategy", "id": strategy["sendingStrategyId"]},
        {"edit": "create-subscription", "channel": "SMS",
         "definition": {"subscriptionId": "fresh", **definition}},
        {"edit": "modify-subscription", "channel": "EMAIL", "id": "big-cola-mail",
         "definition": {**definition, "criteria": [{"applicationId": "production"}]}},
        {"edit": "disable-key", "key": key},
    )  # fmt: skip
    assert done.code == 0, done.err
    steps = json.loads(done.out)["steps"]
    assert sorted((each["target"]["family"], each["title"].split(" ")[0]) for each in steps) == [
        ("applications", "Give"),
        ("associations", "Associate"),
        ("entities", "Create"),
        ("entities", "Delete"),
        ("inbound configurations", "Create"),
        ("keys", "Disable"),
        ("numbers", "Link"),
        ("strategies", "Create"),
        ("strategies", "Delete"),
        ("subscriptions", "Change"),
        ("subscriptions", "Create"),
    ]
    assert "SECRET" not in done.out + done.err
    assert re.search(r"Lost for good: the ids? of .*sending strateg", done.err)


def test_edits_that_are_wrong_or_about_nothing(entitree: Entitree, tmp_path: Path) -> None:
    wrong = edits(
        entitree, tmp_path, {"edit": "create"}, [1], {"edit": "melt", "password": "SECRET"},
        {"edit": "write-inbound", "resource": "1", "channel": "SMS", "settings": "SECRET"},
    )  # fmt: skip
    assert (wrong.code, wrong.out) == (2, "")
    assert [line[:9] for line in wrong.err.splitlines()[:-1]] == [f"! line {line}:" for line in (1, 2, 3, 4)]
    assert "SECRET" not in wrong.err
    nothing = edits(
        entitree, tmp_path, {"edit": "delete-strategy", "id": "A"},
        {"edit": "delete-subscription", "channel": "SMS", "id": "B"},
        {"edit": "delete-inbound", "resource": NUMBER, "channel": "SMS", "keyword": "NONE"},
        {"edit": "link-number", "number": "1", "application": "default"},
    )  # fmt: skip
    assert (nothing.code, nothing.out) == (2, "")
    assert [line for line in nothing.err.splitlines() if line.startswith("!")] == [
        "! line 1: There is no sending strategy “A”.",
        "! line 2: There is no subscription “B”.",
        f"! line 3: There is no inbound configuration SMS {NUMBER} keyword NONE.",
        "! line 4: There is no number “1”.",
    ]


@pytest.mark.parametrize(
    ("text", "lines", "errors"),
    [
        ('[\n{"edit": "disable-key", "key": "a"},\n\n{"edit": "enable-key", "key": "b"}\n]', [2, 4], []),
        ('{"edit": "disable-key",\n "key": "a"}\n{"edit": "enable-key", "key": "b"}', [1, 3], []),
        ('[{"edit": "disable-key", "key": "a"}\n{"edit": "enable-key", "key": "b"}]', [1], [2]),
        ('[\n{"edit": "disable-key", "key": "a"}\n', [2], [3]),
        ('{"edit": "disable-key", "key": "a"}\n{"edit"', [1], [2]),
        ('[]\nx', [], [2]),
        ("[" * 100_000, [], [1]),
    ],
)  # fmt: skip
def test_files_of_edits_are_read_line_by_line(text: str, lines: list[int], errors: list[int]) -> None:
    found = read_edits(text.encode())
    assert [line for line, _ in found.edits] == lines
    assert [each.line for each in found.errors] == errors


def test_a_platform_that_does_not_allow_it(entitree: Entitree, platform: Platform) -> None:
    environ = platform.environ(platform.limited_key)
    for arguments in (
        ("create", "entity", "x"),
        ("alias", "entity", "big-cola", "--alias", "x"),
        ("disable-key", "1"),
    ):
        done = entitree("plan", *arguments, **environ)
        assert (done.code, done.out) == (3, "")
        assert platform.limited_key not in done.err
