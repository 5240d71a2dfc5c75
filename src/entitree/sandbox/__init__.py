"""A whole platform of our own: the embedded default for everybody without an account, and the test bed.

Same paths, bodies, statuses, limits and errors as the real one (platform.md), over one SQLite file that
several processes may open at once. `open_sandbox` gives an ASGI application; `serve` puts it on loopback.
"""

from entitree.sandbox.sandbox import Sandbox, open_sandbox
from entitree.sandbox.server import serve

__all__ = ["Sandbox", "open_sandbox", "serve"]
