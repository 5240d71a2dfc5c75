"""What is sent to create or modify an API key, checked (platform.md 6)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING

from entitree.sandbox.access.auth import Link
from entitree.sandbox.account.kinds import ACCOUNT_ID
from entitree.sandbox.rules.keys import SCOPES_WITH_LINKS
from entitree.sandbox.rules.provisioning import BLANK_ID
from entitree.sandbox.wire import times

if TYPE_CHECKING:
    from entitree.sandbox.rules import Rules
    from entitree.sandbox.wire.checks import Checks

_PERMISSIONS = ("2FA_CLIENT", "PUBLIC_API", "WEB_SDK")
_ACTIONS = ("FILL", "FORCE")


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a body; None for those that were not in it. Times are seconds since the epoch."""

    name: str | None
    enabled: bool | None
    allowed_ips: list[str] | None
    valid_from: float | None
    valid_to: float | None
    permissions: list[str] | None
    scopes: list[str] | None
    links: list[Link] | None


def read(checks: Checks, rules: Rules, *, new: bool) -> Sent:
    """Reads the body; what is wrong in it is noted in `checks`. A new key has a name, and is enabled."""
    if new and "name" not in checks.names():
        checks.wrong("name", "must not be null")
    account = checks.text("accountId")
    if account not in (None, ACCOUNT_ID):
        checks.wrong("accountId", "must be the account of the user making the request")
    sent = Sent(
        name=checks.text("name", low=1),
        enabled=None if new else checks.flag("enabled"),
        allowed_ips=_addresses(checks),
        valid_from=_moment(checks, "validFrom"),
        valid_to=_moment(checks, "validTo"),
        permissions=checks.choices("permissions", _PERMISSIONS),
        scopes=_scopes(checks),
        links=_links(checks, rules),
    )
    if sent.permissions and "PUBLIC_API" in sent.permissions and "WEB_SDK" in sent.permissions:
        checks.wrong("permissions", "must not hold both PUBLIC_API and WEB_SDK")
    if sent.links and sent.permissions is not None:
        checks.wrong("permissions", "must not be sent together with platform")
    if sent.links and sent.scopes is not None and rules[SCOPES_WITH_LINKS] == "refused":
        checks.wrong("scopeGuids", "must not be sent together with platform")
    return sent


def _addresses(checks: Checks) -> list[str] | None:
    sent = checks.texts("allowedIPs")
    for at, one in enumerate(sent or ()):
        try:
            if isinstance(one, str):
                ip_network(one, strict=False)
        except ValueError:
            checks.wrong(f"allowedIPs[{at}]", "must be an IP address, or a range as 203.0.113.0/24")
    return sent


def _moment(checks: Checks, name: str) -> float | None:
    sent = checks.text(name)
    try:
        return None if sent is None else times.parsed(sent)
    except ValueError:
        checks.wrong(name, "must be a date and time as 2024-09-01T10:00:00")
        return None


def _scopes(checks: Checks) -> list[str] | None:
    """Any names: which scopes there are changes with every product."""
    sent = checks.texts("scopeGuids")
    for at, one in enumerate(sent or ()):
        if one in (sent or ())[:at]:
            checks.wrong(f"scopeGuids[{at}]", "must be unique")
    return sent


def _links(checks: Checks, rules: Rules) -> list[Link] | None:
    sent = checks.objects("platform")
    if sent is None:
        return None
    links: list[Link] = []
    for one in sent:
        application = one.id("applicationId", blank=rules[BLANK_ID] == "accepted")
        entity = one.id("entityId", required=False, blank=rules[BLANK_ID] == "accepted")
        action = one.choice("action", _ACTIONS, required=False)
        if any((link.application, link.entity) == (application, entity) for link in links):
            one.wrong("applicationId", "must not name the same application and entity twice")
        if application is not None:
            links.append(Link(application, entity, action))
    return links
