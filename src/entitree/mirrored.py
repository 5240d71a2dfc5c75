"""How the mirror of an account is brought up to date: all of it, what is looked at, what a change touches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from entitree.inventory.model import Family

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from entitree.api.client import PlatformClient
    from entitree.inventory.model import FamilyState, Kind, Resource
    from entitree.inventory.reader import Progress
    from entitree.inventory.store import Store
    from entitree.inventory.sync import NotChecked, Reading
    from entitree.inventory.walk import Walk


class Mirrored(ABC):
    """An account with a mirror. What reads the platform is imported only then, not before the first frame."""

    store: Store

    @property
    @abstractmethod
    def client(self) -> PlatformClient:
        """The way to the platform. Raises UsageError where it is not open."""

    async def refresh(
        self, families: Collection[Family] | None = None, *, progress: Progress | None = None
    ) -> dict[Family, FamilyState]:
        """Reads families from the platform into the mirror, None: all that can be listed whole; see
        `inventory.sync.refresh`.

        What went wrong with a family stands in its state. Raises StorageError; UsageError before `connect`.
        """
        from entitree.inventory.sync import ALL, refresh

        return await refresh(
            self.client, self.store, ALL if families is None else families, progress=progress
        )

    async def refresh_links(self, kind: Kind, ids: Collection[str]) -> Reading:
        """Reads again what names `ids`; see `inventory.sync.refresh_links`."""
        from entitree.inventory.sync import refresh_links

        return await refresh_links(self.client, self.store, kind, ids)

    async def refresh_rows(self, kind: Kind, ids: Collection[str]) -> Reading:
        """Reads again these items alone, ahead of all else; see `inventory.sync.refresh_items`."""
        from entitree.api.gate import ahead
        from entitree.inventory.sync import refresh_items

        with ahead():
            return await refresh_items(self.client, self.store, kind, ids)

    async def look_at(self, kind: Kind, item_id: str) -> tuple[NotChecked, ...]:
        """Reads again one item and what is tied to it, ahead of all else, also inbound configurations of its
        numbers. Returns what could not be read. Raises StorageError; UsageError before `connect`.
        """
        from entitree.api.gate import ahead
        from entitree.inventory import walk
        from entitree.inventory.sync import NotChecked, refresh_links

        with ahead():
            reading = await refresh_links(self.client, self.store, kind, (item_id,))
            problem = await walk.look_at(self.client, self.store, kind, (item_id,))
        unread = () if problem is None else (NotChecked(Family.INBOUND.value, problem),)
        return (*reading.not_checked, *unread)

    async def look_at_resource(self, resource: Resource) -> tuple[NotChecked, ...]:
        """Reads again the inbound configurations of a resource, ahead of all else."""
        from entitree.api.gate import ahead
        from entitree.inventory import walk
        from entitree.inventory.sync import NotChecked

        with ahead():
            problem = await walk.look_at_resource(self.client, self.store, resource)
        return () if problem is None else (NotChecked(Family.INBOUND.value, problem),)

    async def walk_inbound(self, progress: Callable[[int, int], None]) -> FamilyState:
        """Reads every inbound configuration, resource by resource; see `inventory.walk.walk`."""
        from entitree.inventory import walk

        return await walk.walk(self.client, self.store, progress=progress)

    async def plan_walk(self) -> Walk:
        """What `walk_inbound` would cost now. Sends nothing."""
        from entitree.inventory import walk

        return await walk.plan(self.store)
