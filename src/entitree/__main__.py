"""Sets the environment that Textual reads while it is imported, then hands over to the command line."""

from __future__ import annotations

import os
import sys


def main() -> None:
    # Nothing animates: over SSH every frame of an animation is bytes and round trips.
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    # Textual's own log file is readable by all and holds every key typed, passwords too.
    os.environ.pop("TEXTUAL_LOG", None)
    from entitree.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
