"""Plans: what will be sent, in which order, at what cost, and what stands against it.

Here are the values alone: who only looks at jobs need not wait for what makes plans (`make`) and counts their
cost (`cost`).
"""

from entitree.changes.plan.ground import Existing, Ground
from entitree.changes.plan.model import Conflict, Lost, Plan, State, Step, Target

__all__ = ["Conflict", "Existing", "Ground", "Lost", "Plan", "State", "Step", "Target"]
