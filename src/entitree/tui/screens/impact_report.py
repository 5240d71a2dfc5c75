"""What the impact screen shows, as a file: Markdown to be read by people, JSON to be read by programs."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from entitree.errors import StorageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from entitree.tui.widgets.report import ReportLine

_MEANT = re.compile(r"[\\`*_{}\[\]<>#|~]")
"""What Markdown would take for something else than itself."""


def report_name(now: datetime) -> str:
    """What a report is called if nobody says otherwise."""
    return f"impact-{now:%Y%m%d-%H%M%S}.md"


def report_text(name: str, title: str, when: str, lines: Sequence[ReportLine]) -> str:
    """Every line uncut, under what it is about, in the form that the ending of `name` says: `.json`, or
    Markdown. What comes from the platform is inert in it already.

    Raises UsageError for another ending than `.json`, `.md`, `.markdown` and `.txt`.
    """
    ending = Path(name).suffix.lower()
    if ending == ".json":
        return _json(title, when, lines)
    if ending in (".md", ".markdown", ".txt"):
        return _markdown(title, when, lines)
    raise UsageError("A report is Markdown or JSON.", hint="Let its name end in .md or .json.")


def save_report(name: str, text: str) -> Path:
    """Writes a new file, readable for this user alone, and returns it. Nothing is overwritten.

    Blocks. Raises StorageError.
    """
    path = Path(name).expanduser()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except FileExistsError:
        raise StorageError(f"There is already a file {path}.", hint="Choose another name.") from None
    except OSError as error:
        raise StorageError(
            f"Could not save the report to {path}: {error.strerror}.",
            hint="Choose a folder that you may write to.",
        ) from error
    return path.absolute()


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


def _json(title: str, when: str, lines: Sequence[ReportLine]) -> str:
    sections: list[dict[str, object]] = []
    entries: list[dict[str, object]] = []
    group = ""
    for line in lines:
        if line.look == "section":
            group, entries = "", []
            head, *rest = line.cells
            sections.append({"section": head, "about": "  ".join(rest), "lines": entries})
        elif line.look == "group":
            group = "  ".join(line.cells)
        elif line.look != "blank":
            of = {"group": group} if group else {}
            entries.append({**of, "kind": line.look, "cells": list(line.cells), "text": line.whole})
    whole = {"title": title, "read": when, "sections": sections}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _plain(text: str) -> str:
    return _MEANT.sub(r"\\\g<0>", text.strip())
