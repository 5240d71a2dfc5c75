"""`entitree apply`: shows what a plan does, asks, hands it in, and watches it being carried out."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from entitree.cli.common import add_profile, choose_account, folder_of, on_account
from entitree.cli.outcome import EXIT_DONE
from entitree.cli.output import narrate
from entitree.errors import RefusedError, StorageError, UsageError

if TYPE_CHECKING:
    import argparse

    from entitree.account import Account
    from entitree.accounts import Accounts
    from entitree.changes.plan import Plan
    from entitree.cli.common import Verbs
    from entitree.settings.profile import Profile

STDIN = "-"


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "apply",
        help="carry out a plan that was saved",
        description="Shows what a plan of `entitree plan` does, asks, and carries it out as a job that goes "
        "on whatever becomes of this terminal. Prints the job's number. Ctrl-C pauses the job, a second one "
        "leaves at once; `entitree jobs resume` goes on. Exit code 1 where some steps failed, 3 where the "
        "platform cannot be reached or does not allow it, 4 where steps were left alone because the account "
        "has changed since the plan was made, 130 where the job was paused.",
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE|-", help="the plan; - reads it from standard input")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--detach", action="store_true", help="return at once and leave the job to itself")
    add_profile(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from entitree.cli.plan_lines import narrate_lines, narrate_rest

    content, name = _content(options.file)
    accounts, profile = choose_account(options)
    plan = _opened(content, name, accounts, profile)
    narrate_lines(plan)
    narrate_rest(plan, profile.limits)
    if not plan.steps:
        return EXIT_DONE
    if profile.read_only:
        raise RefusedError(
            "This profile is read-only, so nothing was begun.",
            hint="Use a profile that may write, or set read_only = false in config.toml.",
        )
    if not options.yes and not _agreed(plan):
        raise UsageError("Nothing was begun.")
    return on_account(accounts, profile, partial(_apply, options, plan))


async def _apply(options: argparse.Namespace, plan: Plan, account: Account) -> int:
    from entitree.cli.watching import carry_out

    await account.connect()

    async def begin() -> int:
        job_id = await account.desk.submit(plan)
        print(job_id, flush=True)
        await account.desk.start(job_id)
        return job_id

    seconds = plan.cost(account.profile.limits).seconds
    return await carry_out(account, begin, seconds=seconds, detach=options.detach)


def _content(file: str) -> tuple[bytes, str]:
    """What the file holds, and what to call it. Raises UsageError and StorageError."""
    from entitree.changes.plan.files import LARGEST

    if file == STDIN:
        # One byte more than is taken, so that what is too large is told so.
        return sys.stdin.buffer.read(LARGEST + 1), "The plan"
    try:
        with Path(file).open("rb") as plan:
            return plan.read(LARGEST + 1), file
    except FileNotFoundError:
        raise UsageError(f"There is no file {file}.", hint="Make one with entitree plan … --out.") from None
    except OSError as error:
        raise StorageError(f"{file} cannot be read: {error.strerror}.") from None


def _opened(content: bytes, name: str, accounts: Accounts, profile: Profile) -> Plan:
    """The plan, if it is one of this account. Raises UsageError and StorageError."""
    from entitree.changes.plan.files import opened
    from entitree.changes.vault import Vault

    return opened(
        content,
        name=name,
        account=profile.name,
        protected=profile.protected,
        vault=Vault(folder_of(accounts, profile)),
    )


def _agreed(plan: Plan) -> bool:
    """Asks for it to be typed how many steps are begun. Raises UsageError where nobody can be asked."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "Nobody can be asked here, because standard input is no terminal: nothing was begun.",
            hint="Say --yes if it is what you want.",
        )
    wanted = f"apply {len(plan.steps)}"
    print(f"Type “{wanted}” to begin: ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        narrate("")
    return answer.split() == wanted.split()
