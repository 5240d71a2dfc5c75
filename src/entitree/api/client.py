"""The platform in Python: one method an operation, typed in and out, and lists that arrive page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from entitree.api import operations as ops
from entitree.api.exchange import Exchange
from entitree.api.failures import title
from entitree.api.models import (
    Application,
    Association,
    Entity,
    SendingStrategy,
    SendingStrategyCreated,
    Subscription,
    SubscriptionCreated,
    WireModel,
)
from entitree.api.replies import Page, identity, parse_object, parse_page
from entitree.api.urls import demand_addressable
from entitree.errors import BadReplyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from entitree.api.models import SendingStrategyRequest, SubscriptionChange
    from entitree.api.operations import Operation

T = TypeVar("T", bound=WireModel)

_FEWEST_PAGES = 2_000
"""That many pages are read whatever the totals say, which may be missing or wrong."""
_MOST_PAGES = 20_000
_MOST_REMEMBERED = 1_000_000


class PlatformClient(Exchange):
    """All that this program asks of the platform. Every method raises what `Exchange.call` raises.

    Lists are async iterators of pages in the platform's order; each page is yielded as it arrives, the first
    even when it is empty. They end on an empty or a repeated page, or on a short one where the totals agree
    that it is the last. The same object may come twice when the list changes meanwhile.
    """

    def applications(self, size: int = 1000) -> AsyncIterator[Page[Application]]:
        """`size` is 1 to 1,000 (platform.md 0.5)."""
        return self._pages(ops.GET_APPLICATIONS, Application, size)

    def entities(self, size: int = 1000) -> AsyncIterator[Page[Entity]]:
        """`size` is 1 to 1,000 (platform.md 0.5)."""
        return self._pages(ops.GET_ENTITIES, Entity, size)

    def associations(
        self,
        size: int = 1000,
        *,
        application_id: str | None = None,
        entity_id: str | None = None,
        resource_type: str | None = None,
        channel: str | None = None,
        resource_id: str | None = None,
    ) -> AsyncIterator[Page[Association]]:
        """Those that match every filter given; `size` is 1 to 1,000 (platform.md 1.1)."""
        filters = (
            ("resourceType", resource_type),
            ("channel", channel),
            ("applicationId", application_id),
            ("entityId", entity_id),
            ("resourceId", resource_id),
        )
        return self._pages(ops.GET_ASSOCIATIONS, Association, size, filters=filters)

    def strategies(
        self, size: int = 1000, *, application_id: str | None = None, entity_id: str | None = None
    ) -> AsyncIterator[Page[SendingStrategy]]:
        """Those that match every filter given; `size` is 1 to 1,000 (platform.md 5)."""
        filters = (("applicationId", application_id), ("entityId", entity_id))
        return self._pages(ops.GET_STRATEGIES, SendingStrategy, size, filters=filters)

    def subscriptions(
        self,
        channel: str,
        size: int = 100,
        *,
        application_id: str | None = None,
        entity_id: str | None = None,
    ) -> AsyncIterator[Page[Subscription]]:
        """Those of one channel that match every filter, newest first; `size` is 1 to 100 (platform.md 4)."""
        filters = (("applicationId", application_id), ("entityId", entity_id))
        return self._pages(
            ops.GET_SUBSCRIPTIONS, Subscription, size, path={"channel": channel}, filters=filters
        )

    async def get_application(self, application_id: str) -> Application:
        return await self._read(ops.GET_APPLICATION, Application, path={"applicationId": application_id})

    async def create_application(self, application_id: str, alias: str | None = None) -> None:
        demand_addressable(application_id, "application")
        body = {"applicationId": application_id, **_alias("applicationName", alias)}
        await self.call(ops.CREATE_APPLICATION, body=body)

    async def modify_application(self, application_id: str, alias: str | None) -> None:
        """Give the application another alias; None clears it by sending none (platform.md 1.2, inferred)."""
        body = _alias("applicationName", alias)
        await self.call(ops.MODIFY_APPLICATION, path={"applicationId": application_id}, body=body)

    async def delete_application(self, application_id: str) -> None:
        """Delete the application and every configuration that names it (platform.md 8)."""
        await self.call(ops.DELETE_APPLICATION, path={"applicationId": application_id})

    async def get_entity(self, entity_id: str) -> Entity:
        return await self._read(ops.GET_ENTITY, Entity, path={"entityId": entity_id})

    async def create_entity(self, entity_id: str, alias: str | None = None) -> None:
        demand_addressable(entity_id, "entity")
        await self.call(ops.CREATE_ENTITY, body={"entityId": entity_id, **_alias("entityName", alias)})

    async def modify_entity(self, entity_id: str, alias: str | None) -> None:
        """Give the entity another alias; None clears it by sending none (platform.md 1.2, inferred)."""
        await self.call(ops.MODIFY_ENTITY, path={"entityId": entity_id}, body=_alias("entityName", alias))

    async def delete_entity(self, entity_id: str) -> None:
        """Delete the entity and every configuration that names it (platform.md 8)."""
        await self.call(ops.DELETE_ENTITY, path={"entityId": entity_id})

    async def get_association(self, association: Association) -> Association:
        """The association with the same five fields, which are its identity (platform.md 1.2)."""
        query = [(name, value) for name, value in association.body().items() if value is not None]
        return await self._read(ops.GET_ASSOCIATION, Association, query=query)

    async def create_association(self, association: Association) -> None:
        await self.call(ops.CREATE_ASSOCIATION, body=association.body())

    async def delete_association(self, association: Association) -> None:
        """Undo the tie; the resource itself stays. The request carries a body (platform.md 1.1)."""
        await self.call(ops.DELETE_ASSOCIATION, body=association.body())

    async def create_strategy(self, strategy: SendingStrategyRequest) -> str:
        """Create a sending strategy; the platform chooses its id, which is returned (platform.md 5)."""
        created = await self._read(ops.CREATE_STRATEGY, SendingStrategyCreated, body=strategy.body())
        return created.sending_strategy_id

    async def delete_strategy(self, sending_strategy_id: str) -> None:
        await self.call(ops.DELETE_STRATEGY, path={"sendingStrategyId": sending_strategy_id})

    async def get_subscription(self, channel: str, subscription_id: str) -> Subscription:
        return await self._read(
            ops.GET_SUBSCRIPTION, Subscription, path=_subscription(channel, subscription_id)
        )

    async def create_subscription(self, channel: str, body: dict[str, Any]) -> SubscriptionCreated:
        """Create a subscription; its profile may be a whole definition or an id (platform.md 4)."""
        if isinstance(identifier := body.get("subscriptionId"), str):
            demand_addressable(identifier, "subscription")
        return await self._read(
            ops.CREATE_SUBSCRIPTION, SubscriptionCreated, path={"channel": channel}, body=body
        )

    async def modify_subscription(
        self, channel: str, subscription_id: str, change: SubscriptionChange
    ) -> None:
        """Replace the subscription, all but its id (platform.md 4)."""
        path = _subscription(channel, subscription_id)
        await self.call(ops.UPDATE_SUBSCRIPTION, path=path, body=change.body())

    async def delete_subscription(self, channel: str, subscription_id: str) -> None:
        await self.call(ops.DELETE_SUBSCRIPTION, path=_subscription(channel, subscription_id))

    async def _read(
        self,
        operation: Operation,
        model: type[T],
        *,
        path: dict[str, str] | None = None,
        query: list[tuple[str, str]] | None = None,
        body: object = None,
    ) -> T:
        return await self._exchange(
            operation, lambda reply: parse_object(reply.body, model), path=path, query=query or (), body=body
        )

    async def _pages(
        self,
        operation: Operation,
        model: type[T],
        size: int,
        *,
        path: dict[str, str] | None = None,
        filters: tuple[tuple[str, str | None], ...] = (),
    ) -> AsyncIterator[Page[T]]:
        chosen = [(name, value) for name, value in filters if value is not None]
        before: Page[T] | None = None
        progress = _Progress()
        while True:
            query = [("page", str(progress.pages)), ("size", str(size)), *chosen]
            page = await self._exchange(
                operation, lambda reply: parse_page(reply.body, model), path=path, query=query
            )
            rows = len(page.results) + len(page.odd)
            if before is not None and (not rows or (page.results, page.odd) == (before.results, before.odd)):
                return
            new = progress.note(page)
            yield page
            if not rows or not new or progress.at_end(page):
                return
            if progress.pages >= progress.ceiling:
                raise BadReplyError(
                    f"Gave up to {title(operation, '')} after {progress.pages} pages: the list does not end.",
                    hint="Try again later; if it stays so, something is wrong with the platform.",
                )
            before = page


class _Progress:
    """How far a list was read, on platforms whose totals and whose pages cannot be trusted."""

    def __init__(self) -> None:
        self.pages = 0
        self.ceiling = _FEWEST_PAGES
        self._rows = 0
        self._fullest = 1
        # Hashes, so that a long id takes no more room than a short one.
        self._seen: set[int] = set()

    def note(self, page: Page[T]) -> bool:
        """Count a page in. Returns whether it holds anything that no earlier one held."""
        self.pages += 1
        rows = len(page.results) + len(page.odd)
        self._rows += rows
        self._fullest = max(self._fullest, rows)
        if page.paging is not None:
            said = 2 * (page.paging.total_results // self._fullest) + 10
            self.ceiling = min(max(said, _FEWEST_PAGES), _MOST_PAGES)
        keys = {hash(identity(row)) for row in page.results} | {hash(row.text) for row in page.odd}
        new = not keys <= self._seen
        if len(self._seen) < _MOST_REMEMBERED:
            self._seen |= keys
        return new

    def at_end(self, page: Page[T]) -> bool:
        """Whether a page is so evidently the last that asking for another would waste a request."""
        rows = len(page.results) + len(page.odd)
        paging = page.paging
        return paging is not None and rows < paging.size and self._rows >= paging.total_results


def _alias(field: str, alias: str | None) -> dict[str, str]:
    return {} if alias is None else {field: alias}


def _subscription(channel: str, subscription_id: str) -> dict[str, str]:
    return {"channel": channel, "subscriptionId": subscription_id}
