"""What the impact screen shows, as a file: Markdown to be read by people, JSON to be read by programs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from entitree.errors import UsageError
from entitree.exports.files import write_new
from entitree.exports.forms import Writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from entitree.changes.impact import Impact
    from entitree.tui.widgets.report import ReportLine

_MEANT = re.compile(r"[\\`*_{}\[\]<>#|~]")
"""What Markdown would take for something else than itself."""


def report_name(now: datetime) -> str:
    """What a report is called if nobody says otherwise."""
    return f"impact-{now:%Y%m%d-%H%M%S}.md"


def report_text(
    name: str, title: str, when: str, lines: Sequence[ReportLine], found: Impact | None = None
) -> str:
    """The report in the form that the ending of `name` says: `.json`, or Markdown.

    Markdown has every line uncut, under what it is about; what comes from the platform is inert in it
    already. JSON is what `entitree impact --format json` prints of `found`. Raises UsageError for another
    ending than `.json`, `.md`, `.markdown` and `.txt`, and for JSON where nothing is `found`.
    """
    ending = Path(name).suffix.lower()
    if ending == ".json":
        return _json(found)
    if ending in (".md", ".markdown", ".txt"):
        return _markdown(title, when, lines)
    raise UsageError("A report is Markdown or JSON.", hint="Let its name end in .md or .json.")


def save_report(name: str, text: str) -> Path:
    """Writes a new file, readable for this user alone, and returns it. Nothing is overwritten.

    Blocks. Raises StorageError.
    """
    return write_new(Path(name), text)


def _markdown(title: str, when: str, lines: Sequence[ReportLine]) -> str:
    body = [f"# {_plain(title)}", "", _plain(when)]
    before = ""
    for line in lines:
        said = _plain(line.whole)
        if line.look == "blank":
            continue
        if line.look in ("section", "group"):
            body += ["", f"{'##' if line.look == 'section' else '###'} {said}"]
        else:
            body += [f"- {said}"] if before in ("row", "note", "warning") else ["", f"- {said}"]
        before = line.look
    return "\n".join([*body, ""])


def _json(found: Impact | None) -> str:
    if found is None:
        raise UsageError(
            "JSON holds what a deletion would do, which is not known here, or is over.",
            hint="Let the name end in .md. What was done stands in the log of the job.",
        )
    from entitree.exports.impacts import COLUMNS, impact_rows, unchecked_rows

    writing = Writing(COLUMNS, "json")
    return writing.begin() + writing.rows([*impact_rows(found), *unchecked_rows(found)]) + writing.end()


def _plain(text: str) -> str:
    return _MEANT.sub(r"\\\g<0>", text.strip())
