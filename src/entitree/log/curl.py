"""A logged request as somebody would type it."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from entitree.text import visible

if TYPE_CHECKING:
    from entitree.log.requests import Entry

_NOT_KEPT = "# Its body of {} is not kept: it may hold secrets. Put it into body.json."
_TOO_LONG = "# Its body of {} is too long to be kept. Put it into body.json."
_SANDBOX = "# This was the sandbox inside the program; entitree sandbox serves one like it."
_FORM = "application/x-www-form-urlencoded"


def curl(entry: Entry, base_url: str | None) -> str:
    """Comments, if any, and one command for a POSIX shell, on several lines. Secrets are variables.

    `base_url` None stands for the sandbox in this process: then that is a variable too.
    """
    from entitree.api.operations import CREATE_TOKEN
    from entitree.log.requests import BODIES

    notes: list[str] = []
    if base_url is None:
        notes.append(_SANDBOX)
        url = '"$ENTITREE_BASE_URL"' + shlex.quote(entry.path)
    else:
        url = _quoted(base_url + entry.path)
    asked = "" if entry.method == "GET" else f"-X {shlex.quote(entry.method)} "
    parts = [f"curl {asked}{url}", *_sign(entry.signed)]
    if entry.body_bytes:
        form = entry.operation == CREATE_TOKEN.name
        parts.append(f"-H 'Content-Type: {_FORM if form else 'application/json'}'")
        if entry.body is not None:
            # Not -d, which would read a file whose name began with @, and drop line feeds.
            parts.append(f"--data-raw {_quoted(_plain(entry.body))}")
        else:
            note = _TOO_LONG if entry.operation in BODIES else _NOT_KEPT
            notes.append(note.format(f"{entry.body_bytes:,} bytes"))
            parts.append("--data-binary @body.json")
    return "\n".join([*notes, " \\\n  ".join(parts)])


def _plain(body: str) -> str:
    """The same JSON, but what a terminal obeys or an eye misses is written as its escape."""
    if visible(body) == body:
        return body
    try:
        return json.dumps(json.loads(body), separators=(",", ":"))
    except (ValueError, RecursionError):
        return visible(body)


def _quoted(text: str) -> str:
    quoted = shlex.quote(text)
    return quoted if quoted.startswith("'") else f"'{quoted}'"


def _sign(signed: str) -> list[str]:
    match signed:
        case "App":
            return ['-H "Authorization: App $ENTITREE_API_KEY"']
        case "Basic":
            return ['-u "$ENTITREE_USER:$ENTITREE_PASSWORD"']
        case "IBSSO" | "Bearer":
            return [f'-H "Authorization: {signed} $TOKEN"']
        case _:
            return []
