"""The sheet of keys in README.md, made from what is bound: `python -m entitree.tui.commands.cheatsheet`.

Run so, it writes the sheet between the two marks of the file that it is given, or else to standard output.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entitree.tui.app import EntitreeApp
from entitree.tui.commands.command import Group
from entitree.tui.commands.key_names import signs
from entitree.tui.commands.places import SPOTS
from entitree.tui.screens.help import PARTS
from entitree.tui.screens.impact import ImpactScreen
from entitree.tui.screens.job import JobScreen
from entitree.tui.screens.log import LogScreen
from entitree.tui.screens.main import MainScreen
from entitree.tui.screens.mirror import MirrorScreen
from entitree.tui.screens.plan import PlanScreen
from entitree.tui.screens.request import RequestScreen
from entitree.tui.screens.shown_text import ShownText
from entitree.tui.widgets.bound import bindings_of, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.dom import DOMNode

    from entitree.tui.commands.command import Command, CommandScreen

    Row = tuple[str, str, str]
    """Keys as shown, name, sentence."""

BEGIN, END = "<!-- keys -->", "<!-- end of keys -->"
_SCREENS: tuple[tuple[str, type[CommandScreen[Any]]], ...] = (
    ("On a plan", PlanScreen),
    ("On an impact", ImpactScreen),
    ("On a job", JobScreen),
    ("On the mirror", MirrorScreen),
    ("On the log", LogScreen),
    ("On a request", RequestScreen),
    ("On text to copy", ShownText),
)
_OTHERS = PARTS["dialog"]


def sheet() -> str:
    """A Markdown table of everything that a key does, or only the palette: each name once where it says the
    same.
    """
    told: set[tuple[str, str]] = set()
    lines = ["| where | key | name | does |", "|---|---|---|---|"]
    for where, rows in _sections():
        heading = where
        for keys, name, sentence in rows:
            if (name, sentence) not in told:
                told.add((name, sentence))
                lines.append(f"| {heading} | {keys} | `{name}` | {sentence.replace('|', chr(92) + '|')} |")
                heading = ""
    return "\n".join(lines)


def put_in(text: str) -> str:
    """`text` of README.md with the sheet between the marks. Raises ValueError where they are not."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"There is no {BEGIN} with {END} after it.")
    return f"{before}{BEGIN}\n{sheet()}\n{END}{after}"


def _sections() -> Iterable[tuple[str, list[Row]]]:
    for group in Group:
        yield group.value, [_of_command(each) for each in MainScreen.OFFERED if each.group is group]
    parts = _of_parts()
    for heading in (PARTS["list"], PARTS["tree"], PARTS["filter"]):
        yield heading, parts.pop(heading)
    for heading, screen in _SCREENS:
        yield heading, [_of_command(each) for each in screen.OFFERED]
    yield from parts.items()


def _of_command(command: type[Command[Any]]) -> Row:
    shown = signs(command.keys) or ((command.shown_key,) if command.shown_key else ())
    return _keys(shown) or "`:`", command.name, command.sentence


def _of_parts() -> dict[str, list[Row]]:
    """What is bound and no command, by the part of the screen it is in."""
    screens: tuple[type[CommandScreen[Any]], ...] = (MainScreen, *(screen for _, screen in _SCREENS))
    commands = {each.name for screen in screens for each in screen.OFFERED}
    sections: dict[str, list[Row]] = {}
    for spot in SPOTS:
        for part in spot.parts:
            classes: tuple[type[DOMNode], ...] = (*part, spot.screen, EntitreeApp)
            for cls in classes:
                for name, binding in bindings_of(cls).items():
                    if name in commands:
                        continue
                    heading = (
                        "Everywhere" if cls is EntitreeApp else PARTS.get(name.partition("-")[0], _OTHERS)
                    )
                    row = _keys(signs(keys_of(binding))), name, binding.tooltip
                    rows = sections.setdefault(heading, [])
                    if name not in {each[1] for each in rows}:
                        rows.append(row)
    return sections


def _keys(shown: Iterable[str]) -> str:
    return " ".join(f"`{each}`".replace("|", "\\|") for each in shown)


def main(arguments: list[str]) -> None:
    """Writes the sheet into the README.md given, or to standard output."""
    if not arguments:
        sys.stdout.write(f"{sheet()}\n")
        return
    file = Path(arguments[0])
    file.write_text(put_in(file.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
