"""What a fault makes of an answer."""

from __future__ import annotations

import gzip
import io
from dataclasses import replace
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from entitree.sandbox.control.fault import (
    BadJson,
    ContentType,
    DeepJson,
    Empty,
    GzipBomb,
    HtmlPage,
    Page,
    Redirect,
    Status,
    Totals,
    page_asked,
)
from entitree.sandbox.wire.asgi import response
from entitree.sandbox.wire.replies import ProblemError, Reply, problem_reply

if TYPE_CHECKING:
    from entitree.api.operations import Operation
    from entitree.sandbox.rules import Rules

Replacing = Status | BadJson | DeepJson | HtmlPage | GzipBomb | Empty | Redirect
Altering = ContentType | Totals | Page
Damaging = Replacing | Altering

_JSON = "application/json"
_HTML = (
    b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Please sign in.</p></body></html>\n"
)
_MIB = 1 << 20
_TOTALS = frozenset({"totalResults", "totalPages", "totalCount", "numberCount"})
"""What families call them, beside the list or in its `paging` (platform.md 0.5)."""


def instead(fault: Replacing, operation: Operation, rules: Rules, now: float) -> Response:
    """What the client gets in place of any answer of this operation; `now` is seconds since the epoch."""
    match fault:
        case Status() if fault.status < HTTPStatus.BAD_REQUEST:
            return Response(status_code=fault.status, headers=_retry_after(fault, now))
        case Status():
            reply = problem_reply(ProblemError(fault.status), operation.errors, rules)
            return response(replace(reply, headers=_retry_after(fault, now)))
        case Empty():
            return Response(status_code=200)
        case Redirect():
            return Response(status_code=fault.status, headers={"Location": fault.location})
    status = fault.status or (200 if operation.success == 204 else operation.success)
    match fault:
        case BadJson():
            return Response(b'{"results":[{"', status, media_type=_JSON)
        case DeepJson():
            nested = b"[" * fault.depth + b"]" * fault.depth
            return Response(b'{"results":' + nested + b"}", status, media_type=_JSON)
        case HtmlPage():
            return Response(_HTML, status, media_type="text/html")
        case GzipBomb():
            return Response(_bomb(fault.size), status, {"Content-Encoding": "gzip"}, _JSON)


def altered(fault: Altering, reply: Reply, query: bytes) -> Response:
    """What the client gets of the platform's own answer; `query` is what it asked."""
    match fault:
        case ContentType():
            return Response(
                reply.encoded(), reply.status, {**reply.headers, "Content-Type": fault.content_type}
            )
        case Totals():
            return response(replace(reply, body=_with_totals(reply.body, fault)))
        case Page():
            return response(replace(reply, body=_as_page(reply.body, page_asked(query))))


def query_for(fault: Altering, query: bytes) -> bytes:
    """What the platform is asked instead."""
    if not isinstance(fault, Page):
        return query
    # Latin-1 there and back: what is no UTF-8 stays so.
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    others = [(name, value) for name, value in pairs if name != "page"]
    return urlencode([*others, ("page", str(fault.answered))], encoding="latin-1").encode()


def _retry_after(fault: Status, now: float) -> dict[str, str]:
    if fault.retry_at is not None:
        return {"Retry-After": formatdate(now + fault.retry_at, usegmt=True)}
    return {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}


@lru_cache(maxsize=4)
def _bomb(size: int) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        file.write(b"[")
        for start in range(0, size - 2, _MIB):
            file.write(b" " * min(_MIB, size - 2 - start))
        file.write(b"]")
    return packed.getvalue()


def _with_totals(body: Any, fault: Totals) -> Any:  # noqa: ANN401 - whatever a reply holds
    if not isinstance(body, dict):
        return body
    lies = {name: _lie(body[name], fault) for name in _TOTALS.intersection(body)}
    if "paging" in body:
        lies["paging"] = _with_totals(body["paging"], fault)
    return {**body, **lies}


def _lie(total: int, fault: Totals) -> int | None:
    return fault.value if fault.delta is None else total + fault.delta


def _as_page(body: Any, asked: int | None) -> Any:  # noqa: ANN401 - whatever a reply holds
    if not isinstance(body, dict) or "page" not in body.get("paging", {}):
        return body
    return {**body, "paging": {**body["paging"], "page": asked}}
