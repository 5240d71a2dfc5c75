"""A request as the routes see it: operation, decoded path, query and body, inside one transaction."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from entitree.sandbox.wire.replies import ProblemError, Reply

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from entitree.api.operations import Operation
    from entitree.sandbox.access.auth import Caller
    from entitree.sandbox.account.ledger import Ledger
    from entitree.sandbox.rules import Rules

_MAX_DEPTH = 64
_MAX_NODES = 20_000
MAX_INT32 = 2**31 - 1
_DIGITS = re.compile(r"[0-9]{1,4000}", re.ASCII)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Call:
    operation: Operation
    db: sqlite3.Connection
    path: Mapping[str, str]
    """The template's `{…}` segments, percent-decoded."""
    query: Query
    body: Mapping[str, Any]
    """The JSON object or form that was sent; empty where the operation takes none."""
    caller: Caller
    ledger: Ledger
    """What every change of the account goes through."""
    rules: Rules
    now: float
    """Seconds since the epoch."""
    address: str
    """Where the request comes from; empty when nobody knows."""
    factor: float | None
    """Of the documented rates, None for no limits: for routes that count more than requests."""


class Takes(Enum):
    """What an operation takes as its body."""

    NOTHING = "nothing"
    JSON = "application/json"
    FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Route:
    operation: Operation
    handle: Callable[[Call], Reply]
    """May raise `ProblemError`, which undoes what it did."""
    takes: Takes = Takes.NOTHING
    refuses: tuple[int, ...] = ()
    """The statuses that the handler itself may refuse with, beside those that every operation has."""


class Query:
    """The query string, decoded. Where one value is asked for, the first counts."""

    def __init__(self, raw: bytes) -> None:
        """
        Raises:
            ProblemError: 400, it is no percent-encoded UTF-8, or holds what no id may.
        """
        try:
            pairs = parse_qsl(
                raw.decode("ascii"),
                keep_blank_values=True,
                encoding="utf-8",
                errors="strict",
                max_num_fields=1000,
            )
        except ValueError:
            raise ProblemError(400, text="Malformed query string") from None
        if any(_UNSTORABLE.search(text) for pair in pairs for text in pair):
            raise ProblemError(400, text="Malformed query string")
        self._pairs = pairs

    def names(self) -> list[str]:
        return list(dict(self._pairs))

    def all(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]

    def first(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)

    def whole_number(self, name: str, *, default: int, low: int, high: float = MAX_INT32) -> int:
        """
        Raises:
            ProblemError: 400, it is there but not a number from `low` to `high`.
        """
        text = self.first(name)
        if text is None:
            return default
        if _DIGITS.fullmatch(text.removeprefix("-")) is None:
            raise ProblemError(400, violations={name: ["must be an integer"]})
        if not low <= int(text) <= high:
            bounds = f"between {low} and {high}" if high < math.inf else f"greater than or equal to {low}"
            raise ProblemError(400, violations={name: [f"must be {bounds}"]})
        return int(text)


def json_object(content_type: str | None, raw: bytes) -> dict[str, Any]:
    """The request body as a JSON object.

    Raises:
        ProblemError: 415 for another media type or charset; 400 for anything but an object that can be
            stored and sent again: bad UTF-8, lone surrogates, NUL, NaN, too deep, numbers without end.
    """
    if raw or content_type:
        _check_media_type(content_type or "", Takes.JSON)
    if raw.count(b"[") + raw.count(b"{") > _MAX_NODES:
        # Python makes so many lists and objects in one breath, and nothing else runs meanwhile.
        raise ProblemError(400, text=f"JSON of more than {_MAX_NODES} arrays and objects")
    if not raw.strip():
        raise ProblemError(400, text="The request has no body: a JSON object is required")
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ProblemError(400, text="Malformed JSON") from None
    if not isinstance(value, dict):
        raise ProblemError(400, text="The request body must be a JSON object")
    _check_tree(value)
    return value


def form(content_type: str | None, raw: bytes) -> dict[str, Any]:
    """The request body as the fields of a form, none where there is no body; the first counts of a field that
    comes twice.

    Raises:
        ProblemError: 415 for another media type or charset; 400 for what is no percent-encoded UTF-8.
    """
    if raw or content_type:
        _check_media_type(content_type or "", Takes.FORM)
    fields = Query(raw)
    return {name: fields.first(name) for name in fields.names()}


def _check_media_type(content_type: str, wanted: Takes) -> None:
    media_type, _, parameters = content_type.partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]*)", parameters, re.IGNORECASE)
    if media_type.strip().lower() != wanted.value or (
        charset is not None and charset[1].lower() not in ("utf-8", "utf8", "us-ascii")
    ):
        raise ProblemError(415)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _check_tree(root: dict[str, Any]) -> None:
    level: list[Any] = [root]
    for _ in range(_MAX_DEPTH):
        below: list[Any] = []
        for node in level:
            if isinstance(node, str):
                if _UNSTORABLE.search(node):
                    raise ProblemError(400, text="Text with a NUL or half a surrogate pair")
            elif isinstance(node, dict):
                below.extend(node)
                below.extend(node.values())
            elif isinstance(node, list):
                below.extend(node)
        if not below:
            return
        level = below
    raise ProblemError(400, text="JSON nested too deeply")
