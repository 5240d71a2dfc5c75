"""What a deletion does: what it takes with it, what it resets and what stops working (platform.md 8.3).

`impact` is a pure function of who is tied to what; `reading` looks that up, `in_use` looks for traffic.
"""

from __future__ import annotations

from entitree.changes.impact.model import (
    NEVER_CHECKED as NEVER_CHECKED,
    Because as Because,
    Configuration as Configuration,
    Impact as Impact,
    InUse as InUse,
    Removal as Removal,
    Reset as Reset,
    Stop as Stop,
    Unwalked as Unwalked,
    Use as Use,
    pair as pair,
)
from entitree.changes.impact.rules import impact as impact
