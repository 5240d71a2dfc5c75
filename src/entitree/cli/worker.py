"""`entitree worker`: runs the jobs of one account. Started by the program itself, so no help lists it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from entitree.cli.outcome import EXIT_DONE, EXIT_INTERRUPTED

if TYPE_CHECKING:
    import argparse

    from entitree.cli.common import Verbs


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "worker",
        description="Runs the jobs of an account. The program starts it by itself, and tells it on standard "
        "input which account that is and who asks.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=_run)


def _run(_: argparse.Namespace) -> int:
    import asyncio

    # It outlives whoever started it, on whichever file system that was.
    os.chdir("/")
    return asyncio.run(_work())


async def _work() -> int:
    import asyncio
    import signal

    from entitree.account import Account
    from entitree.handover import LONGEST, read

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)
    lines = asyncio.StreamReader(limit=LONGEST)
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    try:
        handover = read(await lines.readline())
        account = await Account.open(
            handover.profile, handover.folder, seed=handover.seed, pace_file=handover.pace_file
        )
        async with account:
            account.who = "worker"
            await account.serve(lines, handover.pace)
    except asyncio.CancelledError:
        return EXIT_INTERRUPTED
    finally:
        pipe.close()
    return EXIT_DONE
