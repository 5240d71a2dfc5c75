"""An account that changes while it is being read, page by page."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings, strategies as st

from entitree.api.client import PlatformClient
from entitree.api.gate import LocalGate
from entitree.api.transport import Credential, Reply, Request, open_transport
from entitree.errors import UnreachableError
from entitree.inventory.model import Family, Kind
from entitree.inventory.store import Store
from entitree.inventory.sync import refresh
from entitree.sandbox import open_sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from entitree.api.models import Association, Entity
    from entitree.api.replies import Page
    from entitree.api.transport import Transport
    from entitree.sandbox import Sandbox

FAMILIES = (Family.ENTITIES, Family.ASSOCIATIONS)
LISTS = ("/provisioning/1/entities", "/provisioning/1/associations")


@dataclass(frozen=True)
class Change:
    """Something that others do to the account. A number stands for an entity of that name."""

    made: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    tied: tuple[int, ...] = ()
    untied: tuple[int, ...] = ()


_numbers = st.lists(st.integers(0, 14), max_size=3, unique=True).map(tuple)
_changes = st.builds(Change, made=_numbers, gone=_numbers, tied=_numbers, untied=_numbers)
_NOTHING = Change()


class Moving:
    """A platform that others change before each page of a list is given."""

    def __init__(self, real: Transport, sandbox: Sandbox, changes: list[Change]) -> None:
        self._real = real
        self.changes: Iterator[Change] = iter(changes)
        self.left: int | None = None
        """So many pages are given before the connection breaks."""
        self.asked: list[str] = []
        self._headers = {"Authorization": f"App {sandbox.api_key}", "Content-Type": "application/json"}

    async def send(self, request: Request, *, deadline: float) -> Reply:
        if request.target.startswith(LISTS):
            if self.left is not None:
                if not self.left:
                    raise UnreachableError("the connection broke", sent=True)
                self.left -= 1
            self.asked.append(request.target)
            await self.become(next(self.changes, _NOTHING))
        return await self._real.send(request, deadline=deadline)

    async def become(self, change: Change) -> None:
        for number in change.gone:
            await self._do("DELETE", f"{LISTS[0]}/e{number}")
        for number in change.made:
            await self._do("POST", LISTS[0], f'{{"entityId": "e{number}", "entityName": "E {number}"}}')
        for method, numbers in (("DELETE", change.untied), ("POST", change.tied)):
            for number in numbers:
                tie = '"channel": "EMAIL", "resourceType": "DOMAIN", "resourceId": "mail.bigcola.example"'
                body = f'{{"applicationId": "default", "entityId": "e{number}", {tie}}}'
                await self._do(method, LISTS[1], body)

    async def settle(self) -> None:
        """All that was to happen has happened."""
        for change in self.changes:
            await self.become(change)

    async def _do(self, method: str, target: str, body: str | None = None) -> None:
        content = None if body is None else body.encode()
        await self._real.send(Request(method, target, self._headers, content), deadline=30.0)

    async def aclose(self) -> None:
        await self._real.aclose()


async def _at_once(_: float) -> None:
    return


async def mirrored(store: Store) -> tuple[set[tuple[str, str | None]], set[str | None]]:
    listing = await store.find(Kind.ENTITY)
    rows = await store.rows(Kind.ENTITY, listing.keys)
    assert len({row.item.id for row in rows}) == len(rows)
    links = await store.links(Kind.APPLICATION, ["default"])
    ties = [each.entity_id for each in links.associations if each.resource_type == "DOMAIN"]
    assert len(set(ties)) == len(ties)
    return {(row.item.id, row.item.alias) for row in rows}, set(ties)


def truth(sandbox: Sandbox) -> tuple[set[tuple[str, str | None]], set[str | None]]:
    dump = sandbox.dump()
    return (
        {(each["entityId"], each.get("entityName")) for each in dump["entities"]},
        {
            each.get("entityId")
            for each in dump["associations"]
            if each["resourceType"] == "DOMAIN" and each["applicationId"] == "default"
        },
    )


class SmallPages(PlatformClient):
    """Asks for a few rows at a time, so that a small account has many pages."""

    rows = 1

    def entities(self, size: int = 0, *, first: int = 0) -> AsyncIterator[Page[Entity]]:
        return super().entities(self.rows, first=first)

    def associations(
        self, size: int = 0, *, first: int = 0, **_: str | None
    ) -> AsyncIterator[Page[Association]]:
        return super().associations(self.rows, first=first)


@settings(max_examples=25, deadline=None)
@given(
    first=_changes,
    changes=st.lists(_changes, max_size=12),
    size=st.integers(1, 4),
    stops=st.lists(st.integers(1, 8), max_size=2),
)
async def test_after_the_next_refresh_the_mirror_is_the_account(
    first: Change, changes: list[Change], size: int, stops: list[int]
) -> None:
    """Whatever happens between pages, and wherever reading is broken off: nothing is there twice, and what
    the mirror has of what nobody touches it keeps.
    """
    with tempfile.TemporaryDirectory() as folder:
        sandbox = open_sandbox(Path(folder) / "platform.db", seed="docs", limits=None)
        moving = Moving(open_transport("http://127.0.0.1", asgi_app=sandbox.app), sandbox, changes)
        credential = Credential(api_key=sandbox.api_key)
        async with (
            SmallPages(moving, credential, LocalGate(None), sleep=_at_once) as client,
            Store(Path(folder) / "mirror.db") as store,
        ):
            client.rows = size
            await moving.become(first)
            touched = {f"e{number}" for each in changes for number in (*each.gone, *each.made)}
            kept: set[str] = set()
            for stop in (*stops, None):
                moving.left = stop
                await refresh(client, store, FAMILIES)
                now = {item_id for item_id, _ in (await mirrored(store))[0]}
                assert kept <= now
                kept = now - touched & {item_id for item_id, _ in truth(sandbox)[0]}
            await moving.settle()
            states = await refresh(client, store, FAMILIES)
            assert all(state.whole for state in states.values())
            assert await mirrored(store) == truth(sandbox)
        sandbox.close()


async def test_a_row_that_slipped_to_an_earlier_page_is_not_taken_for_gone(tmp_path: Path) -> None:
    """One is deleted and another made between two pages: the totals are right all the time."""
    sandbox = open_sandbox(tmp_path / "platform.db", seed="docs", limits=None)
    swap = Change(made=(9,), gone=(0,))
    moving = Moving(open_transport("http://127.0.0.1", asgi_app=sandbox.app), sandbox, [])
    async with (
        SmallPages(moving, Credential(api_key=sandbox.api_key), LocalGate(None)) as client,
        Store(tmp_path / "mirror.db") as store,
    ):
        client.rows = 4
        await moving.become(Change(made=(0, 1, 2, 3)))
        await refresh(client, store, [Family.ENTITIES])
        moving.changes = iter([_NOTHING, _NOTHING, swap])
        state = (await refresh(client, store, [Family.ENTITIES]))[Family.ENTITIES]
        assert state.whole
        assert (await mirrored(store))[0] == truth(sandbox)[0]
    sandbox.close()


async def test_reading_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    sandbox = open_sandbox(tmp_path / "platform.db", seed="docs", limits=None)
    moving = Moving(open_transport("http://127.0.0.1", asgi_app=sandbox.app), sandbox, [])
    async with SmallPages(
        moving, Credential(api_key=sandbox.api_key), LocalGate(None), sleep=_at_once
    ) as client:
        await moving.become(Change(made=(0, 1, 2, 3)))
        moving.left = 3
        async with Store(tmp_path / "mirror.db") as store:
            assert (await refresh(client, store, [Family.ENTITIES]))[Family.ENTITIES].failed
            assert (await store.counts())[Kind.ENTITY] == 3
        moving.left, moving.asked = None, []
        async with Store(tmp_path / "mirror.db") as store:
            assert (await refresh(client, store, [Family.ENTITIES]))[Family.ENTITIES].whole
            assert (await mirrored(store))[0] == truth(sandbox)[0]
            assert [target.split("page=")[1][0] for target in moving.asked] == [*"3456789"]
    sandbox.close()
