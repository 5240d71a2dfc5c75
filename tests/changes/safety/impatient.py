"""`entitree worker`, but for a platform that is near: what is not answered at once is not waited for."""

from __future__ import annotations

import sys
from functools import partialmethod
from unittest.mock import patch

from entitree.__main__ import main
from entitree.api.exchange import Exchange

DEADLINE = 0.4
"""Seconds for each request, as the 30 of real accounts."""

if __name__ == "__main__":
    patch.object(Exchange, "__init__", partialmethod(Exchange.__init__, deadline=DEADLINE)).start()
    sys.argv[1:] = ["worker"]
    main()
