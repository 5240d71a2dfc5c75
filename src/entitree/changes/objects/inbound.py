"""Inbound configurations, which only the list of one resource and channel shows (platform.md 3).

A state names every setting, null where it is not set, and holds no secret: of a forwarding URL scheme, host
and path, and where that is not all of it the fingerprint under which the vault keeps the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entitree.api.models import InboundConfiguration
from entitree.api.names import DEFAULT_APPLICATION
from entitree.api.operations import OPERATIONS, Settle
from entitree.changes.vault import NAMED
from entitree.inventory.model import Family, InboundRow
from entitree.inventory.records import RECORDS
from entitree.inventory.wire import inbound_part, stored

if TYPE_CHECKING:
    from entitree.api.client import PlatformClient
    from entitree.changes.plan.model import State, Step, Target
    from entitree.changes.vault import Vault
    from entitree.inventory.store import Store

NUMBER_CHANNELS = frozenset({"SMS", "MMS", "WHATSAPP"})
"""Channels whose resource is a number; of the others it is called by its name."""

UNSET = {
    "USERNAME": "username",
    "PLATFORM": "platform",
    "FORWARDING": "forwarding",
    "CONVERSATIONS": "conversations",
    "ANSWERS": "answers",
    "AUTORESPONSE": "autoResponse",
    "BLOCKLISTCONFIGURATION": "blockListConfiguration",
}
"""What `unset` may name, and the setting that it empties."""

KEY = "configurationKey"
_FORWARDING = ("type", "mail", "description")
_RESPONSE = ("message", "sender", "deliveryTimeWindow")
_SWITCHES = ("conversations", "answers")


def configuration_state(configuration: InboundConfiguration, fingerprint: str | None) -> State:
    """The whole state; `fingerprint` is of the URL, where `secret_url` gives one."""
    body = configuration.body()
    settings = {name: body.get(name) for name in UNSET.values()}
    return {KEY: configuration.configuration_key, **settings_state(settings, fingerprint)}


def settings_state(settings: Mapping[str, Any], fingerprint: str | None) -> State:
    """The state that `settings` make, of those alone that are there."""
    state = dict(settings)
    if "platform" in state:
        state["platform"] = platform_state(state["platform"])
    if state.get("forwarding") is not None:
        forwarding = _object(state["forwarding"])
        url = forwarding.get("url")
        state["forwarding"] = {
            **{name: forwarding.get(name) for name in _FORWARDING},
            **({"format": forwarding["format"]} if forwarding.get("format") else {}),
            "url": shown_url(url) if isinstance(url, str) else None,
            NAMED: fingerprint,
        }
    if state.get("autoResponse") is not None:
        response = _object(state["autoResponse"])
        state["autoResponse"] = {**dict.fromkeys(_RESPONSE), **response}
    for name in _SWITCHES:
        # Switched off it is removed, as `unset` would.
        if name in state and _object(state[name]).get("enabled") is not True:
            state[name] = None
    return state


def platform_state(platform: object) -> State:
    """The default application without an entity says no more than nothing does (platform.md 3)."""
    given = _object(platform)
    application, entity = given.get("applicationId") or None, given.get("entityId") or None
    if application == DEFAULT_APPLICATION and entity is None:
        application = None
    return {"applicationId": application, "entityId": entity}


def row_state(row: InboundRow) -> State:
    """What the mirror knows of one."""
    forwarding = None if row.forwarding is None else {"type": row.forwarding, "url": row.url}
    platform = platform_state({"applicationId": row.application_id, "entityId": row.entity_id})
    return {KEY: row.key, "platform": platform, "forwarding": forwarding}


def shown_url(url: str) -> str:
    """Of a URL what is no secret: scheme, host and path."""
    return _row({"forwarding": {"url": url}}).url or ""


def secret_url(settings: Mapping[str, Any]) -> str | None:
    """The URL to forward to, where there is more to it than may be shown."""
    url = _object(settings.get("forwarding")).get("url")
    return url if isinstance(url, str) and shown_url(url) != url else None


def place(target: Target) -> dict[str, str]:
    """The fields of a request that say which configuration is meant."""
    resource_id, channel, keyword = target.key
    name = "numberKey" if channel in NUMBER_CHANNELS else "resource"
    said = {"channel": channel or "", name: resource_id or ""}
    return said if keyword is None else {**said, "keyword": keyword}


async def read(client: PlatformClient, target: Target, vault: Vault | None) -> State | None:
    resource_id, channel, keyword = target.key
    name = "number_key" if channel in NUMBER_CHANNELS else "resource"
    found: list[InboundConfiguration] = []
    async for page in client.inbound_configurations(channel=channel, **{name: resource_id}):
        found += page.results
    mine = [each for each in found if (each.keyword or None) == keyword]
    if not mine and keyword is not None:
        # Most likely the platform does not tell large letters from small in keywords.
        mine = [each for each in found if (each.keyword or "").casefold() == keyword.casefold()]
    return await _state(mine[0], vault, keep=True) if mine else None


async def answered(configuration: InboundConfiguration, vault: Vault | None) -> State:
    return await _state(configuration, vault, keep=False)


async def mirror(store: Store, step: Step, result: State | None) -> None:
    resource_id, channel, keyword = step.target.key
    record = RECORDS[Family.INBOUND]
    rows = await store.ask(
        lambda db: record.read(
            db, "resource_id = ? AND channel = ? AND keyword IS ?", (resource_id, channel, keyword)
        )
    )
    if OPERATIONS[step.operation].settle is Settle.GONE:
        await store.forget(*rows)
        return
    before = next((row_state(each) for each in rows if isinstance(each, InboundRow)), step.before or {})
    now = {**before, **(step.after or {}), **(result or {})}
    if (key := now.get(KEY)) is None:
        return
    platform, forwarding = now.get("platform") or {}, now.get("forwarding") or {}
    await store.put(
        InboundRow(
            key,
            channel or "",
            resource_id or "",
            keyword,
            platform.get("applicationId"),
            platform.get("entityId"),
            forwarding.get("type"),
            forwarding.get("url"),
        )
    )


async def _state(configuration: InboundConfiguration, vault: Vault | None, *, keep: bool) -> State:
    url = secret_url(configuration.body())
    fingerprint: str | None = None
    if url is not None and vault is not None:
        # Kept where it may be overwritten or deleted: undo has nowhere else to take it from.
        work = _kept if keep else _fingerprint
        fingerprint = await asyncio.to_thread(work, vault, url)
    return configuration_state(configuration, fingerprint)


def _kept(vault: Vault, url: str) -> str:
    (fingerprint,) = vault.put(url).values()
    return fingerprint


def _fingerprint(vault: Vault, url: str) -> str:
    return vault.fingerprint(url)


def _row(settings: Mapping[str, Any]) -> InboundRow:
    row = stored(InboundConfiguration.model_validate({KEY: "", **settings}), part=inbound_part("", ""))
    if not isinstance(row, InboundRow):
        raise TypeError(type(row).__name__)
    return row


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
