"""Data made from the published documents: valid data gets documented statuses, invalid data only 4xx.

Two checks that one might expect are left out, with reason: a query that breaks its bounds gets a right 400
that the document of a list does not name, and empty replies have no content type to compare.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from tests.sandbox.conftest import Asker, signed_in
from tests.sandbox.test_published import FOLDER, document, published, response, schema_of, validate

from entitree.api.operations import ErrorShape, Operation
from entitree.sandbox import open_sandbox
from entitree.sandbox.routes import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemathesis import Case
    from tests.sandbox.conftest import Answer

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="ENTITREE_PLATFORM_SPEC does not name the folder of the published documents"
)


def can_be_wrong(operation: Operation) -> bool:
    """Whether there is data that its document forbids: an id in a path is any text."""
    found = published(operation)
    schemas = [one["schema"].items() for one in found.get("parameters", ())]
    told = ("description", "example")
    return "requestBody" in found or any(
        {name: value for name, value in schema if name not in told} != {"type": "string"}
        for schema in schemas
    )


OPERATIONS = [route.operation for route in ROUTES]
FALLIBLE = [one for one in OPERATIONS if FOLDER and can_be_wrong(one)]
# The documents call any text valid; NUL is in no id of any platform, and refused here (test_hostile.py).
CONFIG = SchemathesisConfig.from_dict({"generation": {"allow-x00": False, "with-security-parameters": False}})
EXAMPLES = 12
MANY_EXAMPLES = 500


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    state: Path = tmp_path_factory.mktemp("sandbox") / "state.db"
    sandbox = open_sandbox(state, seed="docs", limits=None)
    with asyncio.Runner() as runner:
        yield Asker(sandbox, runner)
    sandbox.close()


def cases(operation: Operation, mode: GenerationMode) -> st.SearchStrategy[Case[Any]]:
    schema = schemathesis.openapi.from_dict(document(operation.path), config=CONFIG)
    made: st.SearchStrategy[Case[Any]] = schema[operation.path][operation.method].as_strategy(
        generation_mode=mode
    )
    return made


def sent(ask: Asker, operation: Operation, case: Case[Any]) -> Answer:
    """Asks what the case says, byte for byte, with credentials that are good for the operation."""
    arguments: dict[str, Any] = case.as_transport_kwargs(base_url="http://127.0.0.1")
    kept = {name: value for name, value in arguments.items() if name not in ("timeout", "verify", "cookies")}
    request = requests.Request(**kept).prepare()
    target = urlsplit(str(request.url))
    body: str | bytes = request.body or b""  # type: ignore[assignment]  # no streams are made here
    credential = signed_in(ask, operation)
    headers = [] if credential is None else [(b"authorization", credential.encode())]
    if "content-type" in request.headers:
        headers.append((b"content-type", str(request.headers["content-type"]).encode()))
    return ask.raw(
        operation.method,
        target.path.encode(),
        query=target.query.encode(),
        body=body.encode() if isinstance(body, str) else bytes(body),
        headers=headers,
    )


def check_valid(ask: Asker, operation: Operation, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(cases(operation, GenerationMode.POSITIVE))
    def run(case: Case[Any]) -> None:
        answer = sent(ask, operation, case)
        assert answer.status in {operation.success, *operation.documented} - {401, 403, 429, 500}, answer
        promised = response(operation, answer.status)
        schema = schema_of(promised)
        if schema is not None:
            validate(answer.json(), schema, operation)

    run()


def check_invalid(ask: Asker, operation: Operation, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(cases(operation, GenerationMode.NEGATIVE))
    def run(case: Case[Any]) -> None:
        answer = sent(ask, operation, case)
        # What breaks a schema may still be taken: the platform ignores unknown fields and keeps open enums.
        assert answer.status == operation.success or 400 <= answer.status < 500, answer
        if answer.status >= 400 and answer.body:
            field = "requestError" if operation.errors is ErrorShape.EXCEPTION else "errorCode"
            assert field in answer.json()

    run()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_valid_data_gets_documented_statuses(ask: Asker, operation: Operation) -> None:
    check_valid(ask, operation, EXAMPLES)


@pytest.mark.parametrize("operation", FALLIBLE, ids=lambda operation: operation.name)
def test_invalid_data_gets_refusals_in_the_familys_shape(ask: Asker, operation: Operation) -> None:
    check_invalid(ask, operation, EXAMPLES)


@pytest.mark.long
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_much_valid_data_gets_documented_statuses(ask: Asker, operation: Operation) -> None:
    check_valid(ask, operation, MANY_EXAMPLES)


@pytest.mark.long
@pytest.mark.parametrize("operation", FALLIBLE, ids=lambda operation: operation.name)
def test_much_invalid_data_gets_refusals_in_the_familys_shape(ask: Asker, operation: Operation) -> None:
    check_invalid(ask, operation, MANY_EXAMPLES)
