"""Somebody else changes a random account, between the plan and its run."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from tests.changes.accounts import APPLICATIONS, ENTITIES

from entitree.api.operations import OPERATIONS
from entitree.errors import EntitreeError
from entitree.inventory.model import Kind

if TYPE_CHECKING:
    from tests.changes.accounts import Opened

Dump = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Doing:
    """One request of somebody else; of what is there already, `which` one."""

    what: str
    kind: Kind
    application: str
    entity: str | None
    which: int

    async def do(self, account: Opened) -> None:
        """What the platform refuses has not happened."""
        with suppress(EntitreeError):
            await self._ask(account)

    async def _ask(self, account: Opened) -> None:
        client, there = account.client, account.sandbox.dump()
        pair = {"applicationId": self.application, **({"entityId": self.entity} if self.entity else {})}
        body: dict[str, Any]
        name = f"{self.kind.value}Id"
        item = self.application if self.kind is Kind.APPLICATION else self.entity or "cola"
        match self.what:
            case "create":
                body = {name: item, f"{self.kind.value}Name": "Theirs"}
                await client.call(OPERATIONS[f"create-{self.kind.value}"], body=body)
            case "alias":
                body = {f"{self.kind.value}Name": f"Theirs {self.which}"}
                await client.call(OPERATIONS[f"modify-{self.kind.value}"], path={name: item}, body=body)
            case "delete":
                await client.call(OPERATIONS[f"delete-{self.kind.value}"], path={name: item})
            case "associate":
                tie = {"resourceType": "NUMBER", "channel": "SMS", "resourceId": f"n{1 + self.which % 2}"}
                await client.call(OPERATIONS["create-resource-association"], body={**tie, **pair})
            case "dissociate":
                if row := self._one(there["associations"]):
                    await client.call(OPERATIONS["delete-resource-association"], body=row)
            case "strategy":
                body = {"platform": pair, "channel": "SMS"}
                await client.call(OPERATIONS["create-sending-strategy-v2"], body=body)
            case "no strategy":
                if row := self._one(there["strategies"]):
                    path = {"sendingStrategyId": row["sendingStrategyId"]}
                    await client.call(
                        OPERATIONS["delete-sending-strategy-by-sending-strategy-id-v2"], path=path
                    )
            case "subscription":
                body = {"subscriptionId": f"theirs-{self.which}", **_DEFINITION, "criteria": [pair]}
                await client.call(OPERATIONS["create-subscription"], path={"channel": "SMS"}, body=body)
            case "other subscription" | "no subscription":
                if row := self._one(there["subscriptions"]):
                    path = {name: row[name] for name in ("channel", "subscriptionId")}
                    if self.what == "no subscription":
                        await client.call(OPERATIONS["delete-subscription"], path=path)
                    else:
                        body = {**_DEFINITION, "criteria": [pair]}
                        await client.call(OPERATIONS["update-subscription"], path=path, body=body)
            case "number":
                path, body = {"numberKey": f"n{1 + self.which % 3}"}, {"applicationId": "default"}
                await client.call(OPERATIONS["update-owned-number"], path=path, body=body)
            case "inbound":
                if row := self._one(there["inboundConfigurations"]):
                    body = {"channel": row["channel"], "numberKey": row["resourceKey"], **_keyword(row)}
                    body["platform"] = {"applicationId": "default"}
                    await client.call(OPERATIONS["manage-inbound-configuration"], body=body)
            case "no inbound":
                if row := self._one(there["inboundConfigurations"]):
                    path = {"configurationKey": row["configurationKey"]}
                    await client.call(OPERATIONS["delete-inbound-configuration"], path=path)

    def _one(self, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
        return rows[self.which % len(rows)] if rows else None


def _keyword(row: dict[str, Any]) -> dict[str, str]:
    return {"keyword": row["keyword"]} if row.get("keyword") is not None else {}


_DEFINITION = {"events": ["DELIVERY"], "profile": {"profileId": "p"}}
_WHAT = (
    "create", "alias", "delete", "associate", "dissociate", "strategy", "no strategy", "subscription",
    "other subscription", "no subscription", "number", "inbound", "no inbound",
)  # fmt: skip

drifts = st.lists(
    st.builds(
        Doing,
        st.sampled_from(_WHAT),
        st.sampled_from(Kind),
        st.sampled_from(APPLICATIONS),
        st.none() | st.sampled_from(ENTITIES),
        st.integers(0, 5),
    ),
    max_size=3,
)


def tied(account: Dump, kind: Kind, item_id: str) -> list[str]:
    """An item and all that a deletion of it is checked for: two that are equal show no drift."""
    name, family = f"{kind.value}Id", "applications" if kind is Kind.APPLICATION else "entities"
    rows: list[dict[str, Any]] = [
        *(each for each in account[family] if each[name] == item_id),
        *(each for each in account["associations"] if each.get(name) == item_id),
        *(each for each in account["strategies"] if (each.get("platform") or {}).get(name) == item_id),
        *(
            each
            for each in account["subscriptions"]
            if any(pair.get(name) == item_id for pair in each.get("criteria") or ())
        ),
        *(each for each in account["numbers"] if each.get(name) == item_id),
        *(
            each
            for each in account["inboundConfigurations"]
            if (each.get("platform") or {}).get(name) == item_id
        ),
    ]
    return sorted(json.dumps(each, sort_keys=True) for each in rows)
