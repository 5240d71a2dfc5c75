"""Definitions checked and made into what is sent: strategies, subscriptions, inbound configurations, keys.

Everything here raises DefinitionError with one sentence for what cannot be sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from entitree.api.models import Platform, SubscriptionChange
from entitree.api.names import MAX_ID
from entitree.changes.edits.definitions import DefinitionError, definition, misfit
from entitree.changes.objects import inbound, strategies, subscriptions
from entitree.changes.vault import references
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from entitree.api.models import SendingStrategyRequest
    from entitree.changes.plan.model import State
    from entitree.changes.vault import Vault
    from entitree.inventory.model import LinkRow

_URL_SAFE = re.compile(r"[A-Za-z0-9._~-]+")
_MOST = 255
"""Events, criteria, resources and users of one subscription, each (platform.md 9)."""
ELSEWHERE = (
    "channel",
    "keyword",
    "numberKey",
    "number",
    "resourceKey",
    "resource",
    "countryCode",
    inbound.KEY,
)
_UNLIMITED = "PUBLIC_API"


def checked_strategy(raw: str) -> SendingStrategyRequest:
    """The strategy to be made; an id in it is left out, as the platform gives a new one."""
    try:
        return strategies.parsed(definition(raw))
    except ValidationError as error:
        raise misfit(error) from None


def checked_subscription(raw: str, id_: str | None = None) -> dict[str, Any]:
    """The body that makes a subscription, or with `id_` puts another definition in place of that one's."""
    value = definition(raw)
    said = value.pop(subscriptions.ID, id_)
    if not isinstance(said, str) or not said:
        raise DefinitionError("The definition has no subscriptionId.")
    if id_ is None and (not _URL_SAFE.fullmatch(said) or said in (".", "..") or len(said) > MAX_ID):
        raise DefinitionError(
            "A subscriptionId has 1 to 255 letters, digits, dots, dashes, underscores and tildes."
        )
    if id_ is not None and said != id_:
        raise DefinitionError(
            f"The definition is of another subscription, “{visible(said)}”; an id cannot be changed."
        )
    profile = value.get("profile")
    if not isinstance(profile, dict) or not isinstance(profile.get("profileId"), str):
        raise DefinitionError("The definition names no profile: it needs profile.profileId.")
    if profile.keys() - {"profileId", "security"}:
        raise DefinitionError(
            "Of a profile a definition may hold nothing but the profileId of one that is there already."
        )
    if not isinstance(value.get("events"), list):
        raise DefinitionError("The definition has no list of events.")
    try:
        change = SubscriptionChange.model_validate({**value, "profile": {"profileId": profile["profileId"]}})
    except ValidationError as error:
        raise misfit(error) from None
    for name in ("events", *subscriptions.LISTS):
        if len(getattr(change, name) or ()) > _MOST:
            raise DefinitionError(f"The definition has more than {_MOST} {name}.")
    if change.name is not None and not 1 <= len(change.name) <= MAX_ID:
        raise DefinitionError(f"The name of a subscription has 1 to {MAX_ID} characters.")
    body = change.body()
    for name in subscriptions.LISTS:
        # Empty is what it is without; the mirror's own text has them all.
        if not body.get(name):
            body.pop(name, None)
    return body if id_ is not None else {subscriptions.ID: said, **body}


def checked_inbound(raw: str, vault: Vault | None) -> dict[str, Any]:
    """The settings to send, `unset` among them; a URL that may be secret stands in it as it was given.

    What is null in `raw` is emptied. The platform of a configuration is replaced whole.
    """
    value = definition(raw)
    if named := [name for name in ELSEWHERE if name in value]:
        raise DefinitionError(f"“{named[0]}” says which configuration is meant, and cannot be part of it.")
    unset = value.pop("unset", None) or []
    if not isinstance(unset, list) or not all(
        isinstance(each, str) and each in inbound.UNSET for each in unset
    ):
        raise DefinitionError(f"“unset” is a list of {', '.join(inbound.UNSET)}.")
    names = {setting: name for name, setting in inbound.UNSET.items()}
    emptied = dict.fromkeys(unset)
    for setting in [name for name, each in value.items() if each is None]:
        del value[setting]
        if setting in names:
            emptied[names[setting]] = None
    _check_settings(value, vault)
    platform = value.get("platform")
    if isinstance(platform, dict) and not platform.get("entityId"):
        # Else an entity that is there now might stay (platform.md 3 does not say).
        emptied["PLATFORM"] = None
    if not value and not emptied:
        raise DefinitionError("The definition says nothing that would be changed.")
    return {**value, "unset": list(emptied)} if emptied else value


def _check_settings(value: Mapping[str, Any], vault: Vault | None) -> None:
    for name, kind in (("platform", dict), ("forwarding", dict), ("autoResponse", dict), ("username", str)):
        if name in value and not isinstance(value[name], kind):
            raise DefinitionError(f"“{name}” is not {'an object' if kind is dict else 'a text'}.")
    if "platform" in value:
        try:
            Platform.model_validate(value["platform"])
        except ValidationError as error:
            raise misfit(error) from None
    wanted = list(references(value))
    if wanted and (vault is None or not all(map(vault.has, wanted))):
        raise DefinitionError(
            "Its forwarding URL has a password or a query that is not kept on this machine: type it again."
        )
    url = (value.get("forwarding") or {}).get("url")
    if url is not None and not isinstance(url, str) and not wanted:
        raise DefinitionError("The forwarding URL is not a text.")
    if vault is None and inbound.secret_url(value) is not None:
        raise DefinitionError(
            "Its forwarding URL has a password or a query, and here is nowhere to keep it safe."
        )


def checked_links(links: Sequence[LinkRow], now: State | None) -> Iterator[str]:
    """What stands against binding a key to these; `now` is the key as it was read."""
    if not links:
        yield "Bound to nothing it could do everything: disable it instead."
    pairs = [(each.application_id, each.entity_id) for each in links]
    if len(set(pairs)) < len(pairs):
        yield "It would be bound to the same application and entity twice."
    if any(not application_id for application_id, _ in pairs):
        yield "A key is bound to an application, alone or with an entity; “default” is none in particular."
    if any(each.action not in (None, "FILL", "FORCE") for each in links):
        yield "The action of a link is FILL, FORCE or none."
    special = [each for each in (now or {}).get("permissions") or () if each != _UNLIMITED]
    if special:
        yield f"It is a key for {visible(', '.join(special))}, which binding it would take away."
