"""Plans: what will be sent, in which order, at what cost, and what stands against it."""

from entitree.changes.plan.cost import Cost
from entitree.changes.plan.ground import Existing, Ground
from entitree.changes.plan.make import Wish, plan
from entitree.changes.plan.model import Conflict, Lost, Plan, State, Step, Target

__all__ = [
    "Conflict",
    "Cost",
    "Existing",
    "Ground",
    "Lost",
    "Plan",
    "State",
    "Step",
    "Target",
    "Wish",
    "plan",
]
