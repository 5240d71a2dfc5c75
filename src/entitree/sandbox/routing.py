"""From method and raw path to a route.

Matched segment by segment before anything is decoded, so that an id with an encoded slash reaches the object
it names (hazards: ids in URLs). A trailing slash is another path, and there is nothing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from entitree.sandbox.replies import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entitree.api.operations import ErrorShape
    from entitree.sandbox.call import Route


class NoRouteError(Exception):
    """Nothing is at that path, or not for that method; `problem` says which, in the words of `shape`."""

    def __init__(self, problem: ProblemError, shape: ErrorShape | None = None) -> None:
        super().__init__(problem.status)
        self.problem = problem
        self.shape = shape


class Router:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._paths: dict[tuple[str, ...], dict[str, Route]] = {}
        for route in routes:
            methods = self._paths.setdefault(tuple(route.operation.path.split("/")), {})
            methods[route.operation.method] = route

    def find(self, method: str, raw_path: bytes) -> tuple[Route, dict[str, bytes]]:
        """The route, and the template's `{…}` segments as they were sent.

        Raises:
            NoRouteError: 404 for a path that nothing has, 405 for a method that the path has not.
        """
        sent = raw_path.split(b"/")
        found = [
            (methods, values)
            for template, methods in self._paths.items()
            if (values := _matched(template, sent)) is not None
        ]
        if not found:
            raise NoRouteError(ProblemError(404))
        # A path spelled out wins over one with a blank to fill in.
        methods, values = min(found, key=lambda match: len(match[1]))
        route = methods.get(method)
        if route is None:
            any_route = next(iter(methods.values()))
            allowed = {"Allow": ", ".join(sorted(methods))}
            raise NoRouteError(ProblemError(405, headers=allowed), any_route.operation.errors)
        return route, values


def decoded(values: dict[str, bytes]) -> dict[str, str]:
    """
    Raises:
        ProblemError: 400, a segment is no percent-encoded UTF-8, or holds a NUL.
    """
    texts = {}
    for name, value in values.items():
        try:
            texts[name] = unquote_to_bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            raise ProblemError(400, violations={name: ["must be percent-encoded UTF-8"]}) from None
        if "\x00" in texts[name]:
            raise ProblemError(400, violations={name: ["must not contain NUL"]})
    return texts


def _matched(template: tuple[str, ...], sent: list[bytes]) -> dict[str, bytes] | None:
    if len(template) != len(sent):
        return None
    values = {}
    for wanted, given in zip(template, sent, strict=True):
        if wanted.startswith("{"):
            if not given:
                return None
            values[wanted[1:-1]] = given
        elif unquote_to_bytes(given) != wanted.encode():
            return None
    return values
