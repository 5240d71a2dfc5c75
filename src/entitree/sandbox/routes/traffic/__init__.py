"""Messages that went and came: logs, delivery reports and inboxes (platform.md 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entitree.sandbox.routes.traffic import logs, reports

if TYPE_CHECKING:
    from entitree.sandbox.wire.call import Route

ROUTES: tuple[Route, ...] = logs.ROUTES + reports.ROUTES
