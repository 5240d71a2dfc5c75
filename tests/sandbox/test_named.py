"""Applications and entities: the ten operations, and the application that is always there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Asker


class Family(NamedTuple):
    path: str
    id: str
    name: str
    there: str


FAMILIES = (
    Family("/provisioning/1/applications", "applicationId", "applicationName", "marketing"),
    Family("/provisioning/1/entities", "entityId", "entityName", "big-cola"),
)


@pytest.fixture(params=FAMILIES, ids=lambda family: family.id)
def family(request: pytest.FixtureRequest) -> Family:
    found: Family = request.param
    return found


def test_created_is_empty_and_can_be_read_back(ask: Asker, family: Family) -> None:
    created = ask("POST", family.path, {family.id: "new", family.name: "New one"})
    assert (created.status, created.body) == (201, b"")
    assert "content-type" not in created.headers
    read = ask("GET", f"{family.path}/new")
    assert (read.status, read.json()) == (200, {family.id: "new", family.name: "New one"})


def test_what_is_new_comes_last_in_the_list(ask: Asker, family: Family) -> None:
    before = ask("GET", family.path).results()
    ask("POST", family.path, {family.id: "a-new-one"})
    assert ask("GET", family.path).results() == [*before, {family.id: "a-new-one"}]


@pytest.mark.parametrize("body", [{}, {"name": "Wrong field"}])
def test_unknown_fields_are_ignored_so_the_alias_is_null(
    ask: Asker, family: Family, body: dict[str, str]
) -> None:
    assert ask("POST", family.path, {family.id: "new", **body}).status == 201
    assert ask("GET", f"{family.path}/new").json() == {family.id: "new"}


def test_a_taken_id_is_a_conflict_that_changes_nothing(ask: Asker, family: Family) -> None:
    before = ask.sandbox.dump()
    refused = ask("POST", family.path, {family.id: family.there, family.name: "Another"})
    assert refused.status == 409
    assert family.there in refused.json()["requestError"]["serviceException"]["text"]
    assert ask.sandbox.dump() == before


def test_ids_differ_by_case(ask: Asker, family: Family) -> None:
    assert ask("POST", family.path, {family.id: family.there.upper()}).status == 201
    assert ask("GET", f"{family.path}/{family.there.title()}").status == 404


@pytest.mark.parametrize(
    ("id_", "violation"),
    [
        ("", "size must be between 1 and 255"),
        ("x" * 256, "size must be between 1 and 255"),
        ("  ", "must not be blank"),
        (None, "must not be null"),
        (7, "must be a string"),
        (["x"], "must be a string"),
    ],
)
def test_an_id_that_is_none(ask: Asker, family: Family, id_: object, violation: str) -> None:
    refused = ask("POST", family.path, {family.id: id_})
    assert (refused.status, refused.violations()) == (400, {family.id: [violation]})


def test_255_characters_are_an_id_and_an_alias(ask: Asker, family: Family) -> None:
    longest = "ž" * 255
    assert ask("POST", family.path, {family.id: longest, family.name: longest}).status == 201
    refused = ask("POST", family.path, {family.id: "other", family.name: "x" * 256})
    assert refused.violations() == {family.name: ["size must be between 0 and 255"]}


def test_all_that_is_wrong_is_said_at_once(ask: Asker, family: Family) -> None:
    assert set(ask("POST", family.path, {family.name: 1}).violations()) == {family.id, family.name}


def test_modified_is_empty_and_replaces_the_alias(ask: Asker, family: Family) -> None:
    path = f"{family.path}/{family.there}"
    changed = ask("PUT", path, {family.name: "Other"})
    assert (changed.status, changed.body) == (204, b"")
    assert ask("GET", path).json() == {family.id: family.there, family.name: "Other"}


def test_modified_without_alias_loses_it(ask: Asker, family: Family) -> None:
    path = f"{family.path}/{family.there}"
    assert ask("PUT", path, {}).status == 204
    assert ask("GET", path).json() == {family.id: family.there}


def test_a_modification_cannot_change_the_id(ask: Asker, family: Family) -> None:
    ask("PUT", f"{family.path}/{family.there}", {family.id: "other"})
    assert ask("GET", f"{family.path}/other").status == 404


def test_deleted_is_empty_and_gone(ask: Asker, family: Family) -> None:
    path = f"{family.path}/{family.there}"
    deleted = ask("DELETE", path)
    assert (deleted.status, deleted.body) == (200, b"")
    assert ask("GET", path).status == 404
    assert ask("DELETE", path).status == 404


def test_what_is_not_there(ask: Asker, family: Family) -> None:
    for method, body in (("GET", None), ("PUT", {}), ("DELETE", None)):
        absent = ask(method, f"{family.path}/nobody", body)
        assert absent.status == 404
        assert absent.json() == {
            "requestError": {"serviceException": {"messageId": "NOT_FOUND", "text": "Not found"}}
        }


def test_the_default_application_is_always_there(ask: Asker) -> None:
    path = "/provisioning/1/applications"
    assert ask("GET", path).results()[0] == {"applicationId": "default"}
    assert ask("GET", f"{path}/default").status == 200
    assert ask("PUT", f"{path}/default", {"applicationName": "Ours"}).status == 204
    assert ask("GET", path).results()[0] == {"applicationId": "default", "applicationName": "Ours"}
    assert ask("POST", path, {"applicationId": "default"}).status == 409
    before = ask.sandbox.dump()
    assert ask("DELETE", f"{path}/default").status == 400
    assert ask.sandbox.dump() == before


def test_an_entity_may_be_called_default(ask: Asker) -> None:
    assert ask("POST", "/provisioning/1/entities", {"entityId": "default"}).status == 201
    assert ask("DELETE", "/provisioning/1/entities/default").status == 200


@pytest.mark.parametrize("alias", ["", "[red]x[/]", "\x1b[31m", "one\ntwo", "שלום\u202e", "🍔", "null"])
def test_aliases_are_free_text(ask: Asker, family: Family, alias: str) -> None:
    ask("POST", family.path, {family.id: "new", family.name: alias})
    assert ask("GET", f"{family.path}/new").json()[family.name] == alias
