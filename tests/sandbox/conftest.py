"""A sandbox to ask, synchronously: in process, through the HTTP library's own ASGI transport or past it."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import shutil
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from entitree.api.operations import OPERATIONS, Access
from entitree.sandbox import Sandbox, open_sandbox
from entitree.sandbox.coverage import statuses
from entitree.sandbox.routes import ROUTES
from entitree.sandbox.wire.routing import NoRouteError, Router

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from entitree.api.operations import Operation

    OpenIt = Callable[..., Sandbox]
    AskAt = Callable[[Sandbox], "Asker"]

ROUTER = Router(ROUTES)
JSON = {"content-type": "application/json"}
_SECRET = re.compile(rb"([0-9a-f]{32}-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        return json.loads(self.body)

    def results(self) -> list[Any]:
        """The results of a page."""
        found: list[Any] = self.json()["results"]
        return found

    def violations(self) -> dict[str, list[str]]:
        """What is wrong with which property, in either error shape."""
        body = self.json()
        if "requestError" in body:
            found: dict[str, list[str]] = body["requestError"]["serviceException"].get("validationErrors", {})
            return found
        return {one["property"]: [one["violation"]] for one in body["violations"]}


class Asker:
    """Asks one sandbox, with its full key unless told otherwise."""

    def __init__(self, sandbox: Sandbox, runner: asyncio.Runner) -> None:
        self.sandbox = sandbox
        self._runner = runner

    def __call__(
        self,
        method: str,
        target: str,
        body: object = None,
        *,
        authorization: str | None = "",
        headers: Mapping[str, str] | None = None,
        address: str = "127.0.0.1",
    ) -> Answer:
        """`body` is sent as it is when it is bytes, as JSON otherwise; no body when it is None."""
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        sent = {} if content is None else dict(JSON)
        if authorization is not None:
            sent["authorization"] = authorization or f"App {self.sandbox.api_key}"
        request = httpx.Request(
            method, f"http://sandbox.test{target}", headers={**sent, **(headers or {})}, content=content
        )
        answer = self._runner.run(self._through_httpx(request, address))
        return self._declared(method, request.url.raw_path.partition(b"?")[0], answer)

    async def _through_httpx(self, request: httpx.Request, address: str) -> Answer:
        transport = httpx.ASGITransport(self.sandbox.app, raise_app_exceptions=False, client=(address, 1))
        response = await transport.handle_async_request(request)
        return Answer(response.status_code, dict(response.headers), await response.aread())

    def raw(
        self,
        method: str,
        path: bytes,
        *,
        query: bytes = b"",
        body: bytes = b"",
        headers: Sequence[tuple[bytes, bytes]] | None = None,
    ) -> Answer:
        """Bytes that an HTTP library would mend or refuse."""
        if headers is None:
            headers = [
                (b"authorization", f"App {self.sandbox.api_key}".encode()),
                (b"content-type", b"application/json"),
            ]
        scope = {
            "type": "http",
            "method": method,
            "path": path.decode("latin-1"),
            "raw_path": path,
            "query_string": query,
            "headers": headers,
            "client": ("127.0.0.1", 1),
        }
        return self._declared(method, path, self._runner.run(self._past_httpx(scope, body)))

    def _declared(self, method: str, path: bytes, answer: Answer) -> Answer:
        """Whatever is asked, in whatever test: what is answered stands in the coverage table.

        But for 500, which tells that the state cannot be used, and for what goes wrong on purpose.
        """
        try:
            route, _ = ROUTER.find(method, path)
        except NoRouteError:
            return answer
        if answer.status < 500 and answer.status not in statuses(route):
            with self.sandbox._state.transaction(writes=False) as db:
                assert db.execute("SELECT 1 FROM faults").fetchone(), (route.operation.name, answer)
        return answer

    async def _past_httpx(self, scope: dict[str, Any], body: bytes) -> Answer:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:  # noqa: ANN401 - ASGI wants it so
            sent.append(message)

        await self.sandbox.app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(message["body"] for message in sent[1:]))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def signed_in(ask: Asker, operation: Operation) -> str | None:
    """An `Authorization` that the operation takes, and that may do everything."""
    user, password = ask.sandbox.user, ask.sandbox.password
    match operation.access:
        case Access.ANY:
            return f"App {ask.sandbox.api_key}"
        case Access.NO_KEY:
            return basic(user, password)
        case Access.SESSION:
            body = {"username": user, "password": password}
            return f"IBSSO {ask('POST', '/auth/1/session', body, authorization=None).json()['token']}"
        case Access.OPEN:
            return None


def manage(ask: Asker, method: str, path: str = "", body: object = None) -> Answer:
    """Asks key management, as the account's user."""
    user = basic(ask.sandbox.user, ask.sandbox.password)
    return ask(method, f"/settings/2/api-keys{path}", body, authorization=user)


def made_key(ask: Asker, **body: object) -> dict[str, Any]:
    """A new key as its creation answers it."""
    answer = manage(ask, "POST", body={"name": "made", **body})
    assert answer.status == 200, answer
    made: dict[str, Any] = answer.json()
    return made


def target(operation: Operation) -> str:
    """Its path, of what is on the account of the guide where there is such a thing."""
    named = {"applicationId": "marketing", "entityId": "big-cola", "channel": "SMS"}
    return re.sub(r"{(\w+)}", lambda blank: named.get(blank[1], "nothing"), operation.path)


def used_up(ask: Asker, operation: Operation) -> Answer:
    """Asks as often as its rate lets through, by a clock that stands still, and once more.

    To end a session it asks as a user, which is refused: what is refused counts, too.
    """
    user = basic(ask.sandbox.user, ask.sandbox.password)
    credential = user if operation.access is Access.SESSION else signed_in(ask, operation)
    limit = operation.limit
    for _ in range(0 if limit is None else limit.burst or limit.requests):
        assert ask(operation.method, target(operation), {}, authorization=credential).status != 429
    return ask(operation.method, target(operation), {}, authorization=credential)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its reply, written by hand from the documents."""

    operation: str
    target: str
    status: int
    reply: str
    """Where a secret stands, `<secret>`."""
    body: str | None = None
    """`<user>`, `<password>`, `<client>` and `<client secret>` are filled in."""
    type: str = "application/json"
    location: str | None = None
    rules: Mapping[str, str] = field(default_factory=dict)
    """What the account lives by instead of the defaults."""
    now: float = 1_725_184_800.0
    """When it is asked, in seconds since the epoch: 2024-09-01T10:00:00Z unless told otherwise."""

    def asked_of(self, ask: Asker) -> Answer:
        """The answer, its secrets hidden where the reply that is written down hides them."""
        operation, body, box = OPERATIONS[self.operation], self.body, ask.sandbox
        if body is not None:
            for blank, filled in (
                ("<user>", box.user),
                ("<password>", box.password),
                ("<client>", box.client_id),
                ("<client secret>", box.client_secret),
            ):
                body = body.replace(blank, filled)
        answer = ask(
            operation.method,
            self.target,
            None if body is None else body.encode(),
            authorization=signed_in(ask, operation),
            headers=None if body is None else {"content-type": self.type},
        )
        shown = _SECRET.sub(b"<secret>", answer.body) if "<secret>" in self.reply else answer.body
        return replace(answer, body=shown)


def golden() -> list[Exchange]:
    """All exchanges of `golden/`; each is asked of a fresh account with the examples of the guide."""
    files = sorted(Path(__file__).with_name("golden").glob("*.toml"))
    return [Exchange(**one) for file in files for one in tomllib.loads(file.read_text("utf-8"))["exchange"]]


@pytest.fixture
def open_it(tmp_path: Path) -> Iterator[OpenIt]:
    """Opens sandboxes, on one file unless told otherwise, without limits; closes them after the test."""
    opened = []

    def opening(**options: Any) -> Sandbox:  # noqa: ANN401 - options of open_sandbox
        state = options.pop("state", tmp_path / "state.db")
        opened.append(open_sandbox(state, **{"limits": None, **options}))
        return opened[-1]

    yield opening
    for sandbox in opened:
        sandbox.close()


@pytest.fixture
def ask_at() -> Iterator[AskAt]:
    with asyncio.Runner() as runner:
        # A test that asks twice shares one event loop, and so its threads.
        yield lambda sandbox: Asker(sandbox, runner)


@pytest.fixture(scope="session")
def _docs_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state with the examples of the guide, to copy: to make its tables takes ten times as long."""
    state = tmp_path_factory.mktemp("docs") / "state.db"
    open_sandbox(state, seed="docs").close()
    return state


@pytest.fixture
def ask(_docs_state: Path, tmp_path: Path, open_it: OpenIt, ask_at: AskAt) -> Asker:
    """Asks a fresh sandbox with the examples of the guide."""
    copy = shutil.copy(_docs_state, tmp_path / "state.db")
    return ask_at(open_it(state=copy))
