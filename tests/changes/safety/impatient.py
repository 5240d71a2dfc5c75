"""`entitree worker`, but for a platform that is near: an answer that does not come at once never comes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from unittest.mock import patch

from entitree.__main__ import main
from entitree.api.transport import _HttpxTransport

if TYPE_CHECKING:
    from entitree.api.transport import Reply, Request

LONGEST = 0.8
"""Seconds for one answer. All tries of a read together have as long as ever."""

if __name__ == "__main__":
    send = _HttpxTransport.send

    async def sent(self: _HttpxTransport, request: Request, *, deadline: float) -> Reply:
        return await send(self, request, deadline=min(deadline, LONGEST))

    patch.object(_HttpxTransport, "send", sent).start()
    sys.argv[1:] = ["worker"]
    main()
