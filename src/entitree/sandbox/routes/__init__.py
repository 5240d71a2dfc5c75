"""The families of operations, one file each, as tables of routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.sandbox.routes import (
    associations,
    domains,
    inbound,
    keys,
    named,
    numbers,
    profiles,
    resources,
    sign_in,
    strategies,
    subscriptions,
    traffic,
)

if TYPE_CHECKING:
    from entitree.sandbox.wire.call import Route

ROUTES: tuple[Route, ...] = (
    named.ROUTES
    + associations.ROUTES
    + strategies.ROUTES
    + subscriptions.ROUTES
    + profiles.ROUTES
    + numbers.ROUTES
    + resources.ROUTES
    + inbound.ROUTES
    + domains.ROUTES
    + traffic.ROUTES
    + keys.ROUTES
    + sign_in.ROUTES
)
