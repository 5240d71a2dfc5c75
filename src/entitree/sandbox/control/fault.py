"""What can go wrong on purpose: one class a kind, as a list of faults names them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from entitree.api.operations import Operation

_HeaderText = Annotated[
    str, Field(max_length=2000, pattern="^([!-~\xa0-\xff]([ -~\xa0-\xff]*[!-~\xa0-\xff])?)?$")
]
"""Whatever a header can carry, sense or nonsense."""

_MAX_SECONDS = 3600.0


class _Strict(BaseModel):
    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        # Hardly a sandbox has faults, and every one would start later for them.
        defer_build=True,
    )


class Match(_Strict):
    """Which requests it is about; those that name no operation are never among them."""

    method: str | None = None
    path: str = Field("*", pattern="^[/*]")
    """The operation's template as the documents have it, or a pattern over the path as it was sent, encoded:
    `*` is any text with slashes and all, `?` one character, `[…]` one of these."""

    def fits(self, operation: Operation, raw_path: str) -> bool:
        return (self.method is None or self.method.upper() == operation.method) and (
            self.path == operation.path or fnmatchcase(raw_path, self.path)
        )


class _Fault(_Strict):
    match: Match = Match()
    probability: float = Field(1.0, ge=0, le=1)
    """That a matching request is hit."""
    after: int = Field(0, ge=0)
    """So many matching requests are let through first."""
    times: int | None = Field(None, ge=1)
    """So many are hit at most; None is without end."""
    after_effect: bool = False
    """True: the platform does the work, and only the answer is another. False: it never sees the request."""

    def fits(self, operation: Operation, raw_path: str, query: bytes) -> bool:
        return self.match.fits(operation, raw_path)


class Status(_Fault):
    """An error in the family's shape; below 400 that status, and nothing else.

    At most one of the two, without either there is no `Retry-After`.
    """

    kind: Literal["status"]
    status: int = Field(ge=200, le=599)
    retry_after: int | float | _HeaderText | None = None
    """The header as it is: a number of seconds, whole or not, or any text."""
    retry_at: float | None = Field(None, ge=-_MAX_SECONDS * 24, le=_MAX_SECONDS * 24)
    """So many seconds from now, sent as an HTTP date."""

    @model_validator(mode="after")
    def _one_header(self) -> Self:
        if self.retry_after is not None and self.retry_at is not None:
            raise ValueError("give retry_after or retry_at, not both")
        return self


class Delay(_Fault):
    """The platform's own answer, late: it sees the request after that time, or before with `after_effect`."""

    kind: Literal["delay"]
    seconds: float = Field(gt=0, le=_MAX_SECONDS)


class NoAnswer(_Fault):
    """Nothing, until the client leaves."""

    kind: Literal["no-answer"]


class _Garbage(_Fault):
    status: int | None = Field(None, ge=200, le=599)
    """By default that of success, or 200 where that one has no body."""

    @model_validator(mode="after")
    def _has_a_body(self) -> Self:
        if self.status in (204, 205, 304):
            raise ValueError(f"a reply with status {self.status} has no body")
        return self


class BadJson(_Garbage):
    """JSON that ends in the middle, though the reply does not."""

    kind: Literal["bad-json"]


class DeepJson(_Garbage):
    """JSON that is well-formed, and nested deeper than parsers like it."""

    kind: Literal["deep-json"]
    depth: int = Field(100_000, ge=1, le=1_000_000)


class HtmlPage(_Garbage):
    """A page for people, as a proxy or a captive portal sends it."""

    kind: Literal["html"]


class GzipBomb(_Garbage):
    """Small on the wire, `size` bytes of JSON unpacked."""

    kind: Literal["gzip-bomb"]
    size: int = Field(64 << 20, ge=1, le=1 << 30)


class Empty(_Fault):
    """Status 200 and not a byte."""

    kind: Literal["empty"]


class Redirect(_Fault):
    kind: Literal["redirect"]
    status: Literal[301, 302, 303, 307, 308] = 307
    location: _HeaderText = "https://elsewhere.example/"


class _Altered(_Fault):
    """A change of the platform's own answer, which therefore has to be there."""

    after_effect: Literal[True] = True


class ContentType(_Altered):
    """The platform's answer under another name."""

    kind: Literal["content-type"]
    content_type: _HeaderText = "text/plain"


class Totals(_Altered):
    """Pages whose totals lie: all of them `delta` more than they are, or all of them `value`."""

    kind: Literal["totals"]
    delta: int | None = None
    value: int | None = None

    @model_validator(mode="after")
    def _one_lie(self) -> Self:
        if (self.delta is None) == (self.value is None):
            raise ValueError("give either delta or value")
        return self


class Page(_Altered):
    """Page `asked`, or any page, is answered with the rows of page `answered`, under the number asked for."""

    kind: Literal["page"]
    asked: int | None = Field(None, ge=0)
    answered: int = Field(ge=0, le=2**31 - 1)

    def fits(self, operation: Operation, raw_path: str, query: bytes) -> bool:
        return super().fits(operation, raw_path, query) and (
            page_asked(query) is not None if self.asked is None else page_asked(query) == self.asked
        )


Fault = (
    Status
    | Delay
    | NoAnswer
    | BadJson
    | DeepJson
    | HtmlPage
    | GzipBomb
    | Empty
    | Redirect
    | ContentType
    | Totals
    | Page
)


class Plan(_Strict):
    """A list of faults. One request is hit by one of them at most, the first in the list.

    Chance decides by seed, i and n alone whether the n-th request that matches the fault at index i is hit.
    """

    seed: int = 0
    faults: list[Annotated[Fault, Field(discriminator="kind")]] = Field(max_length=1000)


def page_asked(query: bytes) -> int | None:
    """The page that a query asks for, 0 where it does not say; None where it asks for none that there is."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    asked = next((value for name, value in pairs if name == "page"), "0")
    return int(asked) if re.fullmatch("[0-9]{1,10}", asked) else None
