"""From method and raw path to a route.

Matched segment by segment before anything is decoded, so that an id with an encoded slash reaches the object
it names (hazards: ids in URLs). A trailing slash is another path, and there is nothing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entitree.api.operations import ErrorShape
    from entitree.sandbox.wire.call import Route


class NoRouteError(Exception):
    """Nothing is at that path, or not for that method; `problem` says which, in the words of `shape`."""

    def __init__(self, problem: ProblemError, shape: ErrorShape | None = None) -> None:
        super().__init__(problem.status)
        self.problem = problem
        self.shape = shape


class Router:
    def __init__(self, routes: Iterable[Route]) -> None:
        paths: dict[tuple[bytes, ...], dict[str, Route]] = {}
        for route in routes:
            template = tuple(part.encode() for part in route.operation.path.split("/"))
            paths.setdefault(template, {})[route.operation.method] = route
        self._by_length: dict[int, list[tuple[tuple[bytes, ...], dict[str, Route]]]] = {}
        # A path spelled out wins over one with a blank to fill in, so it is tried first.
        for template, methods in sorted(paths.items(), key=lambda path: sum(map(_is_blank, path[0]))):
            self._by_length.setdefault(len(template), []).append((template, methods))

    def find(self, method: str, raw_path: bytes) -> tuple[Route, dict[str, bytes]]:
        """The route, and the template's `{…}` segments as they were sent.

        Raises:
            NoRouteError: 404 for a path that nothing has, 405 for a method that the path has not.
        """
        sent = raw_path.split(b"/")
        read = [unquote_to_bytes(part) for part in sent]
        found = next((path for path in self._by_length.get(len(sent), ()) if _fits(path[0], read)), None)
        if found is None:
            raise NoRouteError(ProblemError(404))
        template, methods = found
        route = methods.get(method)
        if route is None:
            any_route = next(iter(methods.values()))
            allowed = {"Allow": ", ".join(sorted(methods))}
            raise NoRouteError(ProblemError(405, headers=allowed), any_route.operation.errors)
        values = {
            wanted[1:-1].decode(): part
            for wanted, part in zip(template, sent, strict=True)
            if _is_blank(wanted)
        }
        return route, values


def _fits(template: tuple[bytes, ...], sent: list[bytes]) -> bool:
    return all(
        part if _is_blank(wanted) else wanted == part for wanted, part in zip(template, sent, strict=True)
    )


def _is_blank(part: bytes) -> bool:
    return part.startswith(b"{")


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
