"""What goes wrong on purpose: which requests are hit, the same ones in every run, and how it is said."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.control import control, go_wrong

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox.conftest import AskAt, Asker, OpenIt


ENTITIES = "/provisioning/1/entities"
STRATEGIES = "/provisioning/2/sending-strategies"
NEW = {"entityId": "new"}


ALL_KINDS: dict[str, dict[str, Any]] = {
    "status": {"status": 503},
    "delay": {"seconds": 5},
    "no-answer": {},
    "bad-json": {},
    "deep-json": {},
    "html": {},
    "gzip-bomb": {},
    "empty": {},
    "redirect": {},
    "content-type": {},
    "totals": {"delta": 1},
    "page": {"answered": 0},
}


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({}, "list get delete strategies"),
        ({"path": "*"}, "list get delete strategies"),
        ({"path": "/provisioning/1/entities"}, "list"),
        ({"path": "/provisioning/1/entities/{entityId}"}, "get delete"),
        ({"path": "/provisioning/1/entities/nobody"}, "get delete"),
        ({"path": "/provisioning/1/*"}, "list get delete"),
        ({"path": "/provisioning/?/*"}, "list get delete strategies"),
        ({"path": "/provisioning/[2-9]/*"}, "strategies"),
        ({"method": "GET"}, "list get strategies"),
        ({"method": "delete", "path": "/provisioning/*"}, "delete"),
        ({"method": "DELETE", "path": "/subscriptions/*"}, ""),
    ],
)
def test_a_fault_is_for_what_it_matches(ask: Asker, match: dict[str, str], hit: str) -> None:
    go_wrong(ask, {"kind": "status", "status": 599, "match": match})
    asked = {
        "list": ("GET", ENTITIES),
        "get": ("GET", f"{ENTITIES}/nobody"),
        "delete": ("DELETE", f"{ENTITIES}/nobody"),
        "strategies": ("GET", STRATEGIES),
    }
    assert [name for name, request in asked.items() if ask(*request).status == 599] == hit.split()


def test_a_pattern_sees_the_path_as_it_was_sent(ask: Asker) -> None:
    go_wrong(ask, {"kind": "status", "status": 599, "match": {"path": f"{ENTITIES}/a%2Fb"}})
    assert ask("GET", f"{ENTITIES}/a%2Fb").status == 599
    assert ask("GET", f"{ENTITIES}/b").status == 404


def test_what_is_no_operation_is_never_hit(ask: Asker) -> None:
    go_wrong(ask, {"kind": "status", "status": 599})
    assert (ask("GET", "/nothing").status, ask("PATCH", ENTITIES).status) == (404, 405)
    assert control(ask, "GET", "faults").json()["faults"][0]["seen"] == 0


def test_some_are_let_through_and_then_so_many_hit(ask: Asker) -> None:
    go_wrong(ask, {"kind": "status", "status": 503, "after": 2, "times": 3})
    assert [ask("GET", ENTITIES).status for _ in range(8)] == [200] * 2 + [503] * 3 + [200] * 3
    (told,) = control(ask, "GET", "faults").json()["faults"]
    assert (told["seen"], told["used"]) == (8, 3)


def test_the_first_that_hits_is_the_one(ask: Asker) -> None:
    go_wrong(
        ask,
        {"kind": "status", "status": 500, "after": 1, "times": 2},
        {"kind": "status", "status": 503, "times": 4},
        {"kind": "status", "status": 502, "match": {"path": STRATEGIES}},
    )
    assert [ask("GET", ENTITIES).status for _ in range(8)] == [503, 500, 500, 503, 503, 503, 200, 200]
    told = [(one["seen"], one["used"]) for one in control(ask, "GET", "faults").json()["faults"]]
    assert told == [(8, 2), (8, 4), (0, 0)]


def hits(ask: Asker, *faults: dict[str, Any], seed: int, count: int = 60) -> str:
    go_wrong(ask, *faults, seed=seed)
    return "".join(str(ask("GET", ENTITIES).status // 100) for _ in range(count))


def test_the_same_seed_gives_the_same_run(open_it: OpenIt, ask_at: AskAt, tmp_path: Path) -> None:
    half = {"kind": "status", "status": 503, "probability": 0.5}
    one = ask_at(open_it())
    other = ask_at(open_it(state=tmp_path / "other.db", seed="empty"))
    run = hits(one, half, seed=7)
    assert hits(one, half, seed=7) == hits(other, half, seed=7) == run
    assert hits(one, half, seed=8) != run
    assert 10 < Counter(run)["5"] < 50
    never = {"kind": "status", "status": 500, "match": {"path": STRATEGIES}}
    assert hits(one, never, half, seed=7) != run, "each place in the list has its own luck"


def test_what_else_is_asked_changes_no_luck(ask: Asker) -> None:
    half = {"kind": "status", "status": 503, "probability": 0.5, "match": {"path": ENTITIES}}
    run = hits(ask, half, seed=7, count=20)
    go_wrong(ask, half, seed=7)
    again = ""
    for _ in range(20):
        ask("GET", STRATEGIES)
        again += str(ask("GET", ENTITIES).status // 100)
    assert again == run


def test_an_account_that_is_reset_has_the_same_run_again(ask: Asker) -> None:
    run = hits(ask, {"kind": "status", "status": 503, "probability": 0.5, "times": 9}, seed=3)
    control(ask, "POST", "reset")
    assert "".join(str(ask("GET", ENTITIES).status // 100) for _ in range(60)) == run


def test_chance_of_none_and_all(ask: Asker) -> None:
    assert set(hits(ask, {"kind": "status", "status": 503, "probability": 0}, seed=1)) == {"2"}
    assert set(hits(ask, {"kind": "status", "status": 503, "probability": 1}, seed=1)) == {"5"}


def test_processes_share_the_list_and_its_counts(open_it: OpenIt, ask_at: AskAt) -> None:
    one, other = ask_at(open_it()), ask_at(open_it())
    go_wrong(one, {"kind": "status", "status": 503, "times": 3})
    assert [each("GET", ENTITIES).status for each in (one, other, one, other)] == [503, 503, 503, 200]
    assert control(other, "GET", "faults").body == control(one, "GET", "faults").body
    go_wrong(other)
    assert control(one, "GET", "faults").json() == {"seed": 0, "faults": []}


def test_they_are_kept(open_it: OpenIt, ask_at: AskAt) -> None:
    go_wrong(ask_at(open_it()), {"kind": "status", "status": 503}, seed=4)
    shown = control(ask_at(open_it()), "GET", "faults").json()
    assert shown["seed"] == 4
    assert ask_at(open_it())("GET", ENTITIES).status == 503


def test_all_kinds_are_shown_as_they_were_set(ask: Asker) -> None:
    faults = [
        {"kind": kind, **more, "match": {"method": "PUT", "path": "/x/*"}, "probability": 0.25, "times": 2}
        for kind, more in ALL_KINDS.items()
    ]
    go_wrong(ask, *faults, seed=-9)
    shown = control(ask, "GET", "faults").json()
    assert shown["seed"] == -9
    for told, fault in zip(shown["faults"], faults, strict=True):
        assert told.items() >= {**fault, "seen": 0, "used": 0, "after": 0}.items()


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["faults"]),
        ({"faults": {}}, ["faults"]),
        ({"faults": None}, ["faults"]),
        ({"seed": "7", "faults": []}, ["seed"]),
        ({"seeds": 7, "faults": []}, ["seeds"]),
        ({"faults": [{}]}, ["faults[0].kind"]),
        ({"faults": ["status"]}, ["faults[0]"]),
        ({"faults": [{"kind": "flood"}]}, ["faults[0].kind"]),
        ({"faults": [{"kind": "empty"}, {"kind": "status"}]}, ["faults[1].status"]),
        ({"faults": [{"kind": "status", "status": 199}]}, ["faults[0].status"]),
        ({"faults": [{"kind": "status", "status": 600}]}, ["faults[0].status"]),
        ({"faults": [{"kind": "status", "status": "503"}]}, ["faults[0].status"]),
        ({"faults": [{"kind": "status", "status": 503, "retry_after": 1, "retry_at": 1}]}, ["faults[0]"]),
        ({"faults": [{"kind": "status", "status": 503, "retry_after": []}]}, ["faults[0].retry_after"]),
        ({"faults": [{"kind": "status", "status": 503, "retry_after": "a\nb"}]}, ["faults[0].retry_after"]),
        ({"faults": [{"kind": "status", "status": 503, "retry_after": "東"}]}, ["faults[0].retry_after"]),
        ({"faults": [{"kind": "status", "status": 503, "retry_after": " 5"}]}, ["faults[0].retry_after"]),
        ({"faults": [{"kind": "empty", "probability": 1.1}]}, ["faults[0].probability"]),
        ({"faults": [{"kind": "empty", "times": 0}]}, ["faults[0].times"]),
        ({"faults": [{"kind": "empty", "after": -1}]}, ["faults[0].after"]),
        ({"faults": [{"kind": "empty", "after_effect": "yes"}]}, ["faults[0].after_effect"]),
        ({"faults": [{"kind": "empty", "size": 3}]}, ["faults[0].size"]),
        ({"faults": [{"kind": "empty", "match": {"path": "x"}}]}, ["faults[0].match.path"]),
        ({"faults": [{"kind": "empty", "match": {"paths": "/"}}]}, ["faults[0].match.paths"]),
        ({"faults": [{"kind": "delay", "seconds": 0}]}, ["faults[0].seconds"]),
        ({"faults": [{"kind": "redirect", "status": 200}]}, ["faults[0].status"]),
        ({"faults": [{"kind": "html", "status": 204}]}, ["faults[0]"]),
        ({"faults": [{"kind": "totals"}]}, ["faults[0]"]),
        ({"faults": [{"kind": "totals", "delta": 1, "value": 1}]}, ["faults[0]"]),
        (
            {"faults": [{"kind": "page"}, {"kind": "gzip-bomb", "size": 1 << 40, "times": 1.5}]},
            ["faults[0].answered", "faults[1].size", "faults[1].times"],
        ),
    ],
)
def test_what_is_wrong_with_a_list_is_named_and_nothing_is_set(
    ask: Asker, body: object, wrong: list[str]
) -> None:
    go_wrong(ask, {"kind": "empty", "times": 1}, seed=2)
    before = control(ask, "GET", "faults").body
    answer = control(ask, "PUT", "faults", body)
    assert (answer.status, sorted(answer.violations())) == (400, wrong)
    assert all(reason for reasons in answer.violations().values() for reason in reasons)
    assert control(ask, "GET", "faults").body == before
