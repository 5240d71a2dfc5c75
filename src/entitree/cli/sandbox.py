"""`entitree sandbox`: serves the platform on loopback for any program that speaks its API."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from entitree.settings.profile import parse_limits

if TYPE_CHECKING:
    from entitree.sandbox import Sandbox


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "sandbox",
        help="serve a platform of your own on 127.0.0.1",
        description="Serves the platform on 127.0.0.1 and prints one line of JSON when it is ready: "
        "base_url, api_key, user, password, admin_key. Interrupt (Ctrl-C) ends it.",
    )
    parser.add_argument("--port", type=_port, default=8090, metavar="N", help="0 takes any (default: 8090)")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="keep the account here (default: thrown away)"
    )
    parser.add_argument(
        "--seed",
        choices=("empty", "docs", "demo"),
        default="docs",
        help="what a new account holds (default: docs)",
    )
    parser.add_argument(
        "--limits",
        default="real",
        metavar="real|off|FACTOR",
        help="the documented rate limits, none, or FACTOR times them (default: real)",
    )
    parser.set_defaults(run=_run)


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port: 0 to 65535")
    return number


def _run(options: argparse.Namespace) -> int:
    from entitree.sandbox import open_sandbox

    limits = parse_limits(options.limits)
    if options.state is not None:
        with closing(open_sandbox(options.state, seed=options.seed, limits=limits)) as sandbox:
            return _serve(sandbox, options.port)
    with (
        TemporaryDirectory(prefix="entitree-sandbox-") as folder,
        closing(open_sandbox(Path(folder) / "platform.db", seed=options.seed, limits=limits)) as sandbox,
    ):
        return _serve(sandbox, options.port)


def _serve(sandbox: Sandbox, port: int) -> int:
    from entitree.sandbox.server import serve

    def ready(base_url: str) -> None:
        line = {
            "base_url": base_url,
            "api_key": sandbox.api_key,
            "user": sandbox.user,
            "password": sandbox.password,
            "admin_key": sandbox.admin_key,
        }
        print(json.dumps(line), flush=True)

    serve(sandbox, port, ready=ready)
    return 0
