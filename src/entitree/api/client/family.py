"""What the methods of every family stand on: one object read, or a list page by page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TypeVar

from entitree.api.client.progress import Progress
from entitree.api.exchange import Exchange
from entitree.api.failures import title
from entitree.api.models import WireModel
from entitree.api.replies import Page, parse_object, parse_page
from entitree.api.shapes import PAGED, Shape
from entitree.errors import BadReplyError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from entitree.api.operations import Operation

T = TypeVar("T", bound=WireModel)

Filters = tuple[tuple[str, str | None], ...]
"""Names and values of a query; those that are None are not sent."""


class Family(Exchange, ABC):
    @abstractmethod
    def _most_pages(self, said: int) -> int:
        """How many pages of a list are read at most that has so many by its own account."""

    async def _read(
        self,
        operation: Operation,
        model: type[T],
        *,
        path: Mapping[str, str] | None = None,
        query: Filters = (),
        body: object = None,
    ) -> T:
        return await self._exchange(
            operation,
            lambda reply: parse_object(reply.body, model),
            path=path,
            query=given(query),
            body=body,
        )

    async def _pages(
        self,
        operation: Operation,
        model: type[T],
        size: int,
        number: int,
        *,
        shape: Shape = PAGED,
        path: Mapping[str, str] | None = None,
        filters: Filters = (),
        body: object = None,
    ) -> AsyncIterator[Page[T]]:
        """Pages from `number` on, with up to `size` rows each."""
        chosen = given(filters)
        progress = Progress(model)
        before: Page[T] | None = None
        start = number
        while shape.last is None or number <= shape.last:
            page = await self._page(
                operation,
                model,
                size,
                number,
                shape=shape,
                path=path,
                query=[(shape.page, str(number)), (shape.size, str(size)), *chosen],
                body=body,
                may_be_beyond=number > 0,
            )
            rows = len(page.results) + len(page.odd)
            if before is not None and (not rows or (page.results, page.odd) == (before.results, before.odd)):
                return
            new = progress.note(page)
            yield page
            if not rows or not new or progress.at_end(page):
                return
            number += 1
            if number - start >= self._most_pages(progress.said):
                raise BadReplyError(
                    f"Gave up to {title(operation, '')} after {number - start} pages: the list does not end.",
                    hint="Try again later; if it stays so, something is wrong with the platform.",
                )
            before = page

    async def _page(
        self,
        operation: Operation,
        model: type[T],
        size: int,
        number: int,
        *,
        shape: Shape,
        path: Mapping[str, str] | None,
        query: list[tuple[str, str]],
        body: object,
        may_be_beyond: bool,
    ) -> Page[T]:
        try:
            return await self._exchange(
                operation,
                lambda reply: parse_page(reply.body, model, shape, number=number, size=size),
                path=path,
                query=query,
                body=body,
            )
        except NotFoundError:
            if may_be_beyond:
                # What a page after the last one answers is not documented (platform.md 0.5).
                return Page((), number=number)
            raise


def given(filters: Filters) -> list[tuple[str, str]]:
    """Those that have a value."""
    return [(name, value) for name, value in filters if value is not None]
