"""The operations of the platform as a table: what they are called, cost, answer, and how they are settled.

Client, sandbox and worker read the same rows. Names are the `operationId`s of the published documents
(platform-spec/); limits are per account and operation (platform.md 0.4).
"""

from __future__ import annotations

from entitree.api.operations.domains import *  # noqa: F403 - the whole point of this file
from entitree.api.operations.keys import *  # noqa: F403
from entitree.api.operations.numbers import *  # noqa: F403
from entitree.api.operations.operation import (
    Access as Access,
    ErrorShape as ErrorShape,
    Limit as Limit,
    Operation as Operation,
    Settle as Settle,
)
from entitree.api.operations.provisioning import *  # noqa: F403
from entitree.api.operations.strategies import *  # noqa: F403
from entitree.api.operations.subscriptions import *  # noqa: F403
from entitree.api.operations.traffic import *  # noqa: F403

OPERATIONS: dict[str, Operation] = {
    operation.name: operation for operation in tuple(globals().values()) if isinstance(operation, Operation)
}
"""Every operation by its name."""
