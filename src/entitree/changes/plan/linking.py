"""Steps for numbers' own links, inbound configurations and API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.api import operations as ops
from entitree.changes.impact import pair
from entitree.changes.objects import inbound, keys, numbers
from entitree.changes.plan.bodies import checked_inbound
from entitree.changes.plan.model import Step
from entitree.changes.plan.targets import target_of
from entitree.changes.vault import MARK
from entitree.text import visible

if TYPE_CHECKING:
    from entitree.changes.edits import DeleteInbound, EnableKey, LinkKey, LinkNumber, WriteInbound
    from entitree.changes.plan.ground import Ground
    from entitree.changes.plan.model import State
    from entitree.inventory.model import KeyRow

_LIMITS = ("platform", "permissions", "scopeGuids")
"""What binding a key changes or takes away."""


def link_number(number: int, edit: LinkNumber, ground: Ground) -> Step:
    row, target = edit.number, target_of(edit)
    entity = {} if edit.entity_id is None else {"entityId": edit.entity_id}
    return Step(
        number,
        ops.UPDATE_NUMBER.name,
        f"Link number {visible(row.number)} to {visible(pair(edit.application_id, edit.entity_id))}",
        target,
        path={"numberKey": row.key},
        body={"applicationId": edit.application_id, **entity},
        before=ground.state(target, numbers.state(row.application_id, row.entity_id)) or {},
        after=numbers.state(edit.application_id, edit.entity_id),
    )


def write_inbound(number: int, edit: WriteInbound, ground: Ground) -> Step:
    target = target_of(edit)
    before = ground.state(target, None if edit.before is None else inbound.row_state(edit.before))
    settings = checked_inbound(edit.raw, ground.vault)
    shown, fingerprint = settings, None
    if (forwarding := settings.get("forwarding")) is not None and ground.vault is not None:
        if (url := inbound.secret_url(settings)) is not None:
            reference = ground.vault.put(url)
            fingerprint = reference[MARK]
            settings = {**settings, "forwarding": {**forwarding, "url": reference}}
        elif isinstance(forwarding.get("url"), dict):
            fingerprint = forwarding["url"][MARK]
            shown = ground.vault.resolve(settings)
    wanted = {name: each for name, each in shown.items() if name != "unset"}
    emptied = {inbound.UNSET[each]: None for each in settings.get("unset", ())}
    verb = "Create" if before is None else "Change"
    return Step(
        number,
        ops.SET_INBOUND.name,
        f"{verb} inbound configuration "
        + _inbound_words(edit.channel, edit.resource_id, edit.keyword, ground),
        target,
        body={**inbound.place(target), **settings},
        before=before,
        after=inbound.settings_state({**emptied, **wanted}, fingerprint),
    )


def delete_inbound(number: int, edit: DeleteInbound, ground: Ground) -> Step:
    row, target = edit.configuration, target_of(edit)
    return Step(
        number,
        ops.DELETE_INBOUND.name,
        f"Delete inbound configuration {_inbound_words(row.channel, row.resource_id, row.keyword, ground)}",
        target,
        path={"configurationKey": row.key},
        before=ground.state(target, inbound.row_state(row)) or {},
    )


def link_key(number: int, edit: LinkKey, ground: Ground) -> Step:
    links = keys.links(edit.links)
    bound = ", ".join(pair(each.application_id, each.entity_id) for each in edit.links)
    title = f"Bind API key {visible(edit.key.name)} to {visible(bound)} alone"
    known: dict[str, Any] = {"platform": keys.links(edit.key.links)}
    before = _part(edit, ground, known, _LIMITS)
    return _key_step(number, edit.key, title, edit, before, {"platform": links})


def enable_key(number: int, edit: EnableKey, ground: Ground) -> Step:
    verb = "Enable" if edit.enabled else "Disable"
    title = f"{verb} API key {visible(edit.key.name)}"
    before = _part(edit, ground, {"enabled": edit.key.enabled}, ("enabled",))
    return _key_step(number, edit.key, title, edit, before, {"enabled": edit.enabled})


def _key_step(
    number: int, key: KeyRow, title: str, edit: LinkKey | EnableKey, before: State, after: dict[str, Any]
) -> Step:
    return Step(
        number,
        ops.UPDATE_API_KEY.name,
        title,
        target_of(edit),
        path={"apiKeyId": key.id},
        body={name: _without_nulls(each) for name, each in after.items()},
        before=before,
        after=after,
    )


def _part(edit: LinkKey | EnableKey, ground: Ground, known: State, names: tuple[str, ...]) -> State:
    """Of the key's state what this change is about: another change of it is no reason to leave it alone."""
    state = ground.state(target_of(edit), known) or {}
    return {name: state[name] for name in names if name in state}


def _without_nulls(value: object) -> object:
    if isinstance(value, list):
        return [{name: each for name, each in link.items() if each is not None} for link in value]
    return value


def _inbound_words(channel: str, resource_id: str, keyword: str | None, ground: Ground) -> str:
    named = ground.called.get(resource_id, resource_id)
    return visible(f"{channel} {named}" + (f", keyword {keyword}" if keyword else ""))
