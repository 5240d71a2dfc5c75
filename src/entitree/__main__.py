"""Sets the environment that Textual reads while it is imported, then hands over to the command line."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

from entitree import garbage, painting


def main() -> None:
    # Until the first frame is drawn, or a verb runs: a fifth of a start would go by in vain.
    garbage.hold()
    _open_what_is_closed()
    painting.prepare(os.environ)
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Started with nohup, a hang-up is meant to pass unnoticed.
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    try:
        from entitree.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    sys.exit(code)


def _open_what_is_closed() -> None:
    # Python has None for a stream that the shell closed (`>&-`); and the next file that is opened, a database
    # perhaps, would take its number.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(handle, mode, encoding="utf-8", closefd=False))


def _end(number: int, _: object) -> NoReturn:
    # By default the process would be gone at once, and its throw-away folders would stay.
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
