"""What a worker process is told on its first line: which account, and who asks.

It holds the secrets of a profile, so it goes through a pipe and nowhere else.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from entitree.changes.worker.pace import Pace
from entitree.errors import UsageError
from entitree.settings.profile import AccountKind, Profile, Secrets

LONGEST = 1 << 20
"""Bytes of the line."""


@dataclass(frozen=True, slots=True)
class Handover:
    profile: Profile = field(repr=False)
    folder: Path
    seed: str
    """Of the embedded sandbox, where there is no other platform."""
    pace: Pace | None = None
    pace_file: Path | None = None
    """Shared by all that ask the account, where it is not in `folder`."""


def written(handover: Handover) -> bytes:
    """One line."""
    profile = handover.profile
    value = {
        "name": profile.name,
        "base_url": profile.base_url,
        "secrets": asdict(profile.secrets),
        "kind": profile.kind.value,
        "read_only": profile.read_only,
        "protected": sorted(profile.protected),
        "limits": profile.limits,
        "sign_in": profile.sign_in,
        "folder": str(handover.folder),
        "seed": handover.seed,
        "pace": None if handover.pace is None else asdict(handover.pace),
        "pace_file": None if handover.pace_file is None else str(handover.pace_file),
    }
    return json.dumps(value).encode() + b"\n"


def read(line: bytes) -> Handover:
    """What `written` wrote. Raises UsageError for anything else, repeating nothing of it."""
    try:
        value: dict[str, Any] = json.loads(line)
        profile = Profile(
            name=str(value["name"]),
            base_url=value["base_url"],
            secrets=Secrets(**value["secrets"]),
            kind=AccountKind(value["kind"]),
            read_only=bool(value["read_only"]),
            protected=frozenset(value["protected"]),
            limits=value["limits"],
            sign_in=value["sign_in"],
        )
        pace = None if value["pace"] is None else Pace(**value["pace"])
        pace_file = None if value["pace_file"] is None else Path(value["pace_file"])
        return Handover(profile, Path(value["folder"]), str(value["seed"]), pace, pace_file)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UsageError(
            "A worker is started by the program itself, which tells it what to do.",
            hint="See entitree jobs.",
        ) from None
