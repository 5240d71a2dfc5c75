"""`entitree sandbox rules` and `… coverage`: what the sandbox can be told, and what it answers."""

from __future__ import annotations

import asyncio
import shutil
import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from entitree.cli.common import refuse_profile
from entitree.cli.outcome import EXIT_DONE
from entitree.cli.output import add_format, write_chunks

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Mapping, Sequence

    from entitree.cli.common import Verbs
    from entitree.cli.output import Row

_WIDEST = 100
_INDENT = "    "


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    rules = verbs.add_parser(
        "rules",
        help="list what the platform's documents leave open, and how the sandbox decides it",
        description="Lists every named rule: its choices, the default first, why it is open, and where. "
        "`entitree sandbox --rule NAME=VALUE` sets one.",
        allow_abbrev=False,
    )
    add_format(rules)
    rules.set_defaults(run=_rules)
    coverage = verbs.add_parser(
        "coverage",
        help="list every operation with the statuses it answers",
        description="Lists every operation and status that the sandbox answers: documented, observed by "
        "users of the platform, or assumed.",
        allow_abbrev=False,
    )
    add_format(coverage)
    coverage.set_defaults(run=_coverage)


def _rules(options: argparse.Namespace) -> int:
    refuse_profile(options)
    from entitree.sandbox.rules import RULES

    if options.format == "table":
        room = min(shutil.get_terminal_size().columns, _WIDEST) - len(_INDENT)
        for rule in RULES.values():
            print(f"{rule.name}={rule.default}  (or {', '.join(rule.choices[1:])}; {rule.source})")
            print(textwrap.indent(textwrap.fill(rule.why, room), _INDENT))
        return EXIT_DONE
    columns = ("name", "default", "choices", "why", "source")
    rows = [
        {
            "name": rule.name,
            "default": rule.default,
            "choices": " ".join(rule.choices),
            "why": rule.why,
            "source": rule.source,
        }
        for rule in RULES.values()
    ]
    return _print(columns, rows, options.format)


def _coverage(options: argparse.Namespace) -> int:
    refuse_profile(options)
    from entitree.sandbox.coverage import Tag, coverage

    answers = coverage()
    if options.format == "table":
        for operation, group in groupby(answers, key=lambda answer: answer.operation):
            print(f"{operation.method} {operation.path}  ({operation.name})")
            by_tag: dict[Tag, list[str]] = {tag: [] for tag in Tag}
            for answer in group:
                by_tag[answer.tag].append(str(answer.status))
            told = (f"{tag.value} {' '.join(found)}" for tag, found in by_tag.items() if found)
            print(f"{_INDENT}{'; '.join(told)}")
        return EXIT_DONE
    columns = ("operation", "method", "path", "status", "tag")
    rows = [
        {
            "operation": answer.operation.name,
            "method": answer.operation.method,
            "path": answer.operation.path,
            "status": answer.status,
            "tag": answer.tag.value,
        }
        for answer in answers
    ]
    return _print(columns, rows, options.format)


def _print(columns: Sequence[str], rows: Sequence[Mapping[str, str | int]], form: str) -> int:
    async def chunks() -> AsyncIterator[Sequence[Row]]:
        yield rows

    asyncio.run(write_chunks(columns, chunks, form))
    return EXIT_DONE
