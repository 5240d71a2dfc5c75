"""`entitree jobs`: what was asked for, where it stands, and what is to become of it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from entitree.cli.common import add_profile, choose_account, folder_of, on_account, run_in_order
from entitree.cli.outcome import EXIT_DONE
from entitree.cli.output import add_format, narrate
from entitree.cli.plan_files import add_out, check_out, hand_out
from entitree.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from entitree.account import Account
    from entitree.changes.jobs import Job
    from entitree.changes.journal import Journal
    from entitree.cli.common import Verbs

_HELP = {
    "list": "list all jobs, newest first",
    "show": "list the steps of a job, and what became of each",
    "pause": "send no further request for a job",
    "resume": "go on with a job, and watch it",
    "cancel": "take no further step of a job, for good",
    "retry": "try again what failed, was skipped or is unknown, and watch it",
    "undo": "plan to put back what a job has changed",
    "log": "print everything the journal has of a job, as JSON lines",
}
_ROWS = ("list", "show", "undo")
_RUNNING = ("resume", "retry")
_OPEN = ("pause", "resume", "cancel")
"""What makes sense for a job that is not over."""


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "jobs",
        help="list jobs, pause, resume, cancel, retry or undo one",
        description="Jobs are plans that were handed in, by `entitree apply` or in the app. Without a "
        "command they are listed. Without an ID the newest one is meant; by pause, resume and "
        "cancel the one that is not over. list, show, log, pause and cancel need no network.",
        allow_abbrev=False,
    )
    add_profile(parser)
    add_format(parser)
    parser.set_defaults(run=_run, what="list", id=None)
    whats = parser.add_subparsers(title="commands", metavar="COMMAND", dest="what")
    for what, says in _HELP.items():
        command = whats.add_parser(
            what, help=says, description=f"{says[:1].upper()}{says[1:]}.", allow_abbrev=False
        )
        if what != "list":
            command.add_argument("id", nargs="?", type=int, metavar="ID", help="the number of the job")
        if what in _RUNNING:
            command.add_argument(
                "--detach", action="store_true", help="return at once and leave the job to itself"
            )
        if what == "undo":
            add_out(command)
        elif what in _ROWS:
            add_format(command, inner=True)
        add_profile(command)


def _run(options: argparse.Namespace) -> int:
    match options.what or "list":
        case "resume" | "retry" | "undo":
            if options.what == "undo":
                check_out(options)
            accounts, profile = choose_account(options)
            return on_account(accounts, profile, partial(_COMMANDS[options.what], options))
        case what:
            return _with_journal(options, partial(_IN_JOURNAL[what], options))


async def _list(options: argparse.Namespace, journal: Journal | None) -> int:
    from entitree.cli.job_lines import write_jobs

    jobs = await journal.jobs() if journal is not None else []
    await write_jobs(jobs, options.format)
    narrate(f"{len(jobs)} job{'' if len(jobs) == 1 else 's'}.")
    return EXIT_DONE


async def _show(options: argparse.Namespace, journal: Journal | None) -> int:
    from entitree.cli.job_lines import narrate_job, write_steps

    journal, job = await _chosen(options, journal)
    await write_steps(await journal.steps(job.id), options.format)
    narrate_job(job)
    return EXIT_DONE


async def _log(options: argparse.Namespace, journal: Journal | None) -> int:
    from entitree.cli.job_lines import write_log

    journal, job = await _chosen(options, journal)
    await write_log(job, await journal.steps(job.id), await journal.tries(job.id))
    return EXIT_DONE


async def _pause(options: argparse.Namespace, journal: Journal | None) -> int:
    from entitree.cli.job_lines import narrate_job

    journal, job = await _chosen(options, journal)
    await journal.ask_pause(job.id)
    narrate_job(await journal.job(job.id))
    return EXIT_DONE


async def _cancel(options: argparse.Namespace, journal: Journal | None) -> int:
    from entitree.cli.job_lines import narrate_job

    journal, job = await _chosen(options, journal)
    await journal.cancel(job.id)
    narrate_job(await journal.job(job.id))
    return EXIT_DONE


async def _resume(options: argparse.Namespace, account: Account) -> int:
    await account.connect()
    job = _one(options, await account.desk.jobs())

    async def begin() -> int:
        await account.desk.start(job.id)
        return job.id

    return await _watched(options, account, job, begin)


async def _retry(options: argparse.Namespace, account: Account) -> int:
    await account.connect()
    job = _one(options, await account.desk.jobs())

    async def begin() -> int:
        count = await account.desk.retry(job.id)
        narrate(f"{count} step{'' if count == 1 else 's'} of job {job.id} once more.")
        return job.id

    return await _watched(options, account, job, begin)


async def _watched(
    options: argparse.Namespace, account: Account, job: Job, begin: Callable[[], Awaitable[int]]
) -> int:
    from entitree.changes.plan.cost import cost
    from entitree.cli.watching import carry_out

    steps = [record.step for record in await account.desk.steps(job.id)]
    seconds = cost(steps, account.profile.limits).seconds
    return await carry_out(account, begin, seconds=seconds, detach=options.detach)


async def _undo(options: argparse.Namespace, account: Account) -> int:
    await account.connect()
    job = _one(options, await account.desk.jobs())
    return await hand_out(options, await account.desk.plan_undo(job.id), account.profile.limits)


_IN_JOURNAL: dict[str, Callable[[argparse.Namespace, Journal | None], Awaitable[int]]] = {
    "list": _list,
    "show": _show,
    "log": _log,
    "pause": _pause,
    "cancel": _cancel,
}
_COMMANDS: dict[str, Callable[[argparse.Namespace, Account], Awaitable[int]]] = {
    "resume": _resume,
    "retry": _retry,
    "undo": _undo,
}


def _with_journal(options: argparse.Namespace, work: Callable[[Journal | None], Awaitable[int]]) -> int:
    """Runs `work` on the journal of the account that is asked for, without connecting it; None: there is
    none.
    """
    accounts, profile = choose_account(options)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Journal | None]:
        from entitree.way import JOURNAL

        path = folder_of(accounts, profile) / JOURNAL
        if not path.exists():
            yield None
            return
        from entitree.changes.journal import Journal

        async with Journal(path) as journal:
            yield journal

    async def run() -> int:
        async with opened() as journal:
            return await work(journal)

    return run_in_order(run)


async def _chosen(options: argparse.Namespace, journal: Journal | None) -> tuple[Journal, Job]:
    """The journal, and the job that is meant. Raises UsageError where there is none."""
    if journal is None:
        raise UsageError("There are no jobs.", hint="entitree apply makes one of a plan.")
    return journal, _one(options, await journal.jobs())


def _one(options: argparse.Namespace, jobs: Sequence[Job]) -> Job:
    """The job that is meant, of all, newest first. Raises UsageError."""
    if options.id is not None:
        for job in jobs:
            if job.id == options.id:
                return job
        raise UsageError(f"There is no job {options.id}.", hint="entitree jobs lists them.")
    found = [job for job in jobs if not job.state.over] if options.what in _OPEN else list(jobs[:1])
    if not found:
        raise UsageError("There is no such job.", hint="entitree jobs lists them.")
    if len(found) > 1:
        numbers = ", ".join(str(job.id) for job in found)
        raise UsageError(f"Several jobs are not over: {numbers}.", hint="Say which one.")
    return found[0]
