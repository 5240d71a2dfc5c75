"""What the verbs share: their parser, the profile option, and an account that is opened and closed."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from entitree.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from entitree.account import Account
    from entitree.accounts import Accounts
    from entitree.settings.profile import Profile
    from entitree.settings.profiles import Settings

Verbs = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for what add_subparsers returns

KINDS = {"applications": "application", "entities": "entity"}


def add_kind(parser: argparse.ArgumentParser) -> None:
    """The kind, understood in both numbers; it arrives as the value of a `Kind`."""
    parser.add_argument("kind", type=kind_of, metavar="|".join(KINDS.values()))


def kind_of(text: str, *, also: tuple[str, ...] = ()) -> str:
    """The value of the `Kind` that `text` names in one number or the other; `also` may be named too."""
    kind = KINDS.get(text, text)
    if kind not in KINDS.values():
        raise argparse.ArgumentTypeError(f"{text!r} is neither {' nor '.join((*KINDS, *also))}")
    return kind


def add_profile(parser: argparse.ArgumentParser, *, default: str | None = argparse.SUPPRESS) -> None:
    """`--profile`, before or after the verb: a verb must not wipe out what was said before it."""
    parser.add_argument(
        "--profile",
        metavar="NAME",
        default=default,
        help="which account (default: ENTITREE_BASE_URL, then the configured one, then a sandbox)",
    )


def add_no_profile(parser: argparse.ArgumentParser) -> None:
    """Takes `--profile` where `refuse_profile` says why it makes no sense."""
    parser.add_argument("--profile", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def refuse_profile(options: argparse.Namespace) -> None:
    """Raises UsageError where a profile is named for a verb that opens none."""
    if options.profile is not None:
        raise UsageError(f"{options.verb} opens no profile.", hint="Leave --profile out.")


def find_accounts() -> Accounts:
    """The accounts of this user and this environment. Raises SettingsError."""
    from entitree.accounts import Accounts
    from entitree.settings.paths import find_paths

    return Accounts(find_paths(os.environ), os.environ)


def choose_account(options: argparse.Namespace) -> tuple[Accounts, Profile]:
    """The profile that is asked for, among all accounts. Raises SettingsError."""
    accounts = find_accounts()
    profile = accounts.choose(options.profile)
    if options.profile is None and profile.base_url is None:
        _say_why(accounts.settings)
    return accounts, profile


def folder_of(accounts: Accounts, profile: Profile) -> Path:
    """Where the account of `profile` keeps its mirror and its journal."""
    return accounts.paths.sandbox if profile.base_url is None else accounts.paths.account(profile.folder)


def with_account(options: argparse.Namespace, work: Callable[[Account], Awaitable[int]]) -> int:
    """Runs `work` on the account that is asked for; its exit code is the command's."""
    return on_account(*choose_account(options), work)


def on_account(accounts: Accounts, profile: Profile, work: Callable[[Account], Awaitable[int]]) -> int:
    """Runs `work` on the account of `profile`; its exit code is the command's."""

    async def opened() -> int:
        async with await accounts.open(profile) as account:
            account.who, account.on_gap = "cli", _narrate
            return await work(account)

    return run_in_order(opened)


def run_in_order(work: Callable[[], Awaitable[int]]) -> int:
    """Runs `work` on an event loop that signals end in order; its exit code is the command's."""
    import asyncio

    async def run() -> int:
        ended = _end_in_order()
        try:
            return await work()
        except asyncio.CancelledError:
            if ended:
                return 128 + ended[0]
            raise

    return asyncio.run(run())


def _narrate(told: str) -> None:
    from entitree.cli.output import narrate

    narrate(told)


def _say_why(settings: Settings) -> None:
    from entitree.cli.output import narrate

    # Nobody may take the sandbox for their account.
    if settings.config.default is None and settings.saved.default is None:
        names = ", ".join(settings.names)
        narrate(
            f"No account is the default: this is the kept sandbox. With --profile: {names}."
            if names
            else "No account is configured: this is the kept sandbox."
        )


def _end_in_order() -> list[int]:
    """Has signals that end the program cancel this task, as Python does for Ctrl-C: an exception out of
    nowhere would tear whatever task is running. Returns where their numbers will stand.
    """
    import asyncio
    import signal

    ended: list[int] = []
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def end(number: int) -> None:
        ended.append(number)
        if task is not None:
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGHUP):
        # Started with nohup, a hang-up is meant to pass unnoticed.
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, end, number)
    return ended
