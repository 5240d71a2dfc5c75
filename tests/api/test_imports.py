from __future__ import annotations

import subprocess
import sys


def test_importing_the_client_loads_no_http_library_and_no_face() -> None:
    code = (
        "import sys, entitree.api.client, entitree.api.transport, entitree.api.gate\n"
        "unwanted = ('httpx', 'httpcore', 'starlette', 'uvicorn', 'textual', 'rich')\n"
        "print([name for name in unwanted if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
