"""What the verbs share: the profile option, and an account that is opened and closed."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Awaitable, Callable

    from entitree.account import Account


def add_profile(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile", metavar="NAME", help="which account (default: the configured one, or a sandbox)"
    )


@asynccontextmanager
async def opened(options: argparse.Namespace) -> AsyncIterator[Account]:
    """The account that `--profile` or the environment names."""
    from entitree.account import Accounts
    from entitree.settings.paths import find_paths

    accounts = Accounts(find_paths(os.environ), os.environ)
    async with await accounts.open(accounts.choose(options.profile)) as account:
        yield account


def with_account(options: argparse.Namespace, work: Callable[[Account], Awaitable[int]]) -> int:
    """Runs `work` on the opened account; its exit code is the command's."""

    async def run() -> int:
        async with opened(options) as account:
            return await work(account)

    return asyncio.run(run())
