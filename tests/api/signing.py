"""A sandbox whose clock the tests move, and a wire to it that can be tapped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from entitree.api.client import PlatformClient
from entitree.api.credentials import SignIn
from entitree.api.gate import LocalGate
from entitree.api.guard import Guard
from entitree.api.transport import Credential, Reply, Request, Transport, open_transport
from entitree.errors import (
    EntitreeError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from entitree.sandbox import Sandbox

Answer = Reply | EntitreeError
SIGN_IN = ("/auth/1/session", "/auth/1/oauth2/token")


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Wire:
    """A transport that writes down what passes, and may answer in the platform's place."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner
        self.passed: list[tuple[str, str, str, int]] = []
        """Method, path, form of sign-in and status."""
        self.tokens: list[str] = []
        self.instead: list[Callable[[Request], Answer | None]] = []
        self.closed = 0

    async def send(self, request: Request, *, deadline: float) -> Reply:
        # So that others come in between, as over a network.
        await asyncio.sleep(0)
        header = request.headers.get("Authorization", "")
        self.tokens.append(header)
        answer = next((found for make in self.instead if (found := make(request)) is not None), None)
        if isinstance(answer, EntitreeError):
            raise answer
        reply = await self.inner.send(request, deadline=deadline) if answer is None else answer
        path = request.target.split("?")[0]
        self.passed.append((request.method, path, header.split(" ")[0], reply.status))
        return reply

    async def aclose(self) -> None:
        self.closed += 1
        await self.inner.aclose()

    def signed_in(self) -> int:
        return sum(method == "POST" and path in SIGN_IN for method, path, _, _ in self.passed)

    def refuse_once(self, path: str, status: int) -> None:
        left = [status]
        self.instead.append(
            lambda request: Reply(left.pop()) if left and request.target.startswith(path) else None
        )


class Setting:
    def __init__(self, sandbox: Sandbox, clock: Clock) -> None:
        self.sandbox = sandbox
        self.clock = clock

    def session(self) -> Credential:
        return Credential(user=self.sandbox.user, password=self.sandbox.password, sign_in=SignIn.SESSION)

    def oauth(self) -> Credential:
        return Credential(client_id=self.sandbox.client_id, client_secret=self.sandbox.client_secret)

    def client(
        self, credential: Credential, guard: Guard | None = None, gate: LocalGate | None = None
    ) -> tuple[PlatformClient, Wire]:
        wire = Wire(open_transport("http://127.0.0.1", asgi_app=self.sandbox.app))

        async def no_time(seconds: float) -> None:
            self.clock.now += seconds

        client = PlatformClient(
            wire, credential, gate or LocalGate(None), guard or Guard(), clock=self.clock, sleep=no_time
        )
        return client, wire


def form_of(credential: Credential) -> str:
    return "Bearer" if credential.client_id else "IBSSO"
