"""`entitree sandbox`: serves the platform on loopback for any program that speaks its API."""

from __future__ import annotations

import argparse
import json
import os
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from entitree.cli import sandbox_tables
from entitree.cli.common import add_no_profile, refuse_profile
from entitree.cli.output import narrate
from entitree.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entitree.cli.common import Verbs

LARGEST_PORT = 65_535
KEY_VARIABLE = "ENTITREE_SANDBOX_KEY"


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "sandbox",
        help="serve a platform of your own on 127.0.0.1",
        description="Serves the platform on 127.0.0.1 and prints one line of JSON when it is ready: "
        "base_url, api_key, user, password, admin_key, client_id, client_secret. Interrupt (Ctrl-C) ends it. "
        f"{KEY_VARIABLE} in the environment is an API key that shall be good; without it a random one is.",
        allow_abbrev=False,
    )
    parser.add_argument("--port", type=_port, default=8090, metavar="N", help="0 takes any (default: 8090)")
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="keep the account here, folders made as needed (default: thrown away)",
    )
    parser.add_argument(
        "--seed",
        default="docs",
        metavar="NAME",
        help="what a new account holds: empty, docs, demo, or scale:N for N entities (default: docs)",
    )
    parser.add_argument(
        "--limits",
        type=_limits,
        default="real",
        metavar="real|off|FACTOR",
        help="the documented rate limits, none, or FACTOR times them (default: real)",
    )
    parser.add_argument(
        "--rule",
        type=_rule,
        action="append",
        default=[],
        dest="rules",
        metavar="NAME=VALUE",
        help="decide what the platform's documents leave open",
    )
    add_no_profile(parser)
    parser.set_defaults(run=_run)
    sandbox_tables.add_to(parser.add_subparsers(title="instead of serving", metavar="[TABLE]"))


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= LARGEST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to {LARGEST_PORT}")
    return int(text)


def _limits(text: str) -> float | None:
    from entitree.settings.profile import parse_limits

    try:
        return parse_limits(text)
    except SettingsError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _rule(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is no rule: NAME=VALUE")
    return name, value


def _given_key(environment: Mapping[str, str]) -> str | None:
    """A key that shall be good, from where no list of processes shows it; None: a random one.

    Raises:
        UsageError: it is none that a header can carry.
    """
    key = environment.get(KEY_VARIABLE)
    if key is not None and not (key.isascii() and key.isprintable() and key.strip() == key != ""):
        raise UsageError(f"{KEY_VARIABLE} is no key.", hint="Use printable ASCII without spaces around it.")
    return key


def _run(options: argparse.Namespace) -> int:
    refuse_profile(options)
    from entitree.cli.throwaway import throw_away
    from entitree.sandbox import open_sandbox, serve

    with ExitStack() as stack:
        state: Path | None = options.state
        if state is None:
            state = stack.enter_context(throw_away("sandbox")) / "platform.db"
        if options.seed.startswith("scale:") and not state.exists():
            narrate("Making the account. A million entities take about a minute, and half a gigabyte.")
        sandbox = stack.enter_context(
            closing(
                open_sandbox(
                    state,
                    seed=options.seed,
                    limits=options.limits,
                    api_key=_given_key(os.environ),
                    rules=dict(options.rules),
                )
            )
        )

        def ready(base_url: str) -> None:
            line = {
                "base_url": base_url,
                "api_key": sandbox.api_key,
                "user": sandbox.user,
                "password": sandbox.password,
                "admin_key": sandbox.admin_key,
                "client_id": sandbox.client_id,
                "client_secret": sandbox.client_secret,
            }
            print(json.dumps(line), flush=True)

        serve(sandbox, options.port, ready=ready)
    return 0
