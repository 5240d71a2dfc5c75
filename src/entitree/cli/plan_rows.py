"""The configurations that edits name, as the mirror has them; what it lacks is read first."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from entitree.changes.objects.inbound import NUMBER_CHANNELS
from entitree.cli.output import narrate
from entitree.errors import UnreachableError, UsageError
from entitree.inventory.model import (
    Family,
    InboundRow,
    KeyRow,
    NumberRow,
    StrategyRow,
    SubscriptionRow,
)
from entitree.inventory.records import RECORDS
from entitree.inventory.wire import inbound_part, stored
from entitree.text import mended, visible

if TYPE_CHECKING:
    from entitree.account import Account

RowT = TypeVar("RowT", NumberRow, StrategyRow, SubscriptionRow, KeyRow, InboundRow)

_NOUNS = {
    Family.NUMBERS: "number",
    Family.STRATEGIES: "sending strategy",
    Family.SUBSCRIPTIONS: "subscription",
    Family.KEYS: "API key",
}


class Rows:
    """Looks configurations up for an account that is connected.

    A family is read from the platform at most once, and only where something in it is not found. Every method
    raises UsageError for what is not there, PlatformError where that cannot be told, and StorageError.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._read: set[Family] = set()

    async def number(self, name: str) -> NumberRow:
        """A number by its key or by itself."""
        return await self._one(NumberRow, Family.NUMBERS, "key = ? OR number = ?", (name, name))

    async def strategy(self, id_: str) -> StrategyRow:
        return await self._one(StrategyRow, Family.STRATEGIES, "id = ?", (id_,))

    async def subscription(self, channel: str, id_: str) -> SubscriptionRow:
        return await self._one(
            SubscriptionRow, Family.SUBSCRIPTIONS, "channel = ? AND id = ?", (channel, id_)
        )

    async def key(self, id_: str) -> KeyRow:
        return await self._one(KeyRow, Family.KEYS, "id = ?", (id_,))

    async def known_inbound(self, resource: str, channel: str, keyword: str | None) -> InboundRow | None:
        """An inbound configuration as the mirror has it; what it lacks is read when the plan is made."""
        return await self._found(
            InboundRow,
            Family.INBOUND,
            "resource_id = ? AND channel = ? AND ifnull(keyword, '') = ?",
            (resource, channel, keyword or ""),
        )

    async def inbound(self, resource: str, channel: str, keyword: str | None) -> InboundRow:
        """An inbound configuration, which only the list of its resource and channel shows."""
        if (known := await self.known_inbound(resource, channel, keyword)) is not None:
            return known
        name = "number_key" if channel in NUMBER_CHANNELS else "resource"
        pages = self._account.client.inbound_configurations(channel=channel, **{name: resource})
        async for page in pages:
            for each in page.results:
                row = stored(each, part=inbound_part(resource, channel))
                if isinstance(row, InboundRow) and (row.keyword or None) == keyword:
                    return row
        words = " ".join((channel, resource, *((f"keyword {keyword}",) if keyword else ())))
        raise UsageError(f"There is no inbound configuration {visible(words)}.")

    async def _one(self, type_: type[RowT], family: Family, where: str, values: tuple[str, ...]) -> RowT:
        if (found := await self._found(type_, family, where, values)) is not None:
            return found
        await self._refresh(family)
        if (found := await self._found(type_, family, where, values)) is not None:
            return found
        raise UsageError(f"There is no {_NOUNS[family]} “{visible(values[-1])}”.")

    async def _found(
        self, type_: type[RowT], family: Family, where: str, values: tuple[str, ...]
    ) -> RowT | None:
        mended_values = [mended(each) for each in values]
        rows = await self._account.store.ask(lambda db: RECORDS[family].read(db, where, mended_values))
        return next((row for row in rows if isinstance(row, type_)), None)

    async def _refresh(self, family: Family) -> None:
        if family in self._read:
            return
        narrate(f"Reading the {_NOUNS[family]} list …")
        state = (await self._account.refresh((family,)))[family]
        if not state.read:
            raise UnreachableError(state.problem or f"The {family.value} were not read.", sent=True)
        self._read.add(family)
