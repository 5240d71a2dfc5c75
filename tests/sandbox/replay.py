"""What the audit log says, done once more on paper."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entitree.sandbox import open_sandbox
from entitree.sandbox.account.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Dump = dict[str, list[dict[str, Any]]]

_FAMILIES = {kind.name: kind.family for kind in KINDS}


def replayed(
    before: Dump, entries: Iterable[dict[str, Any]], *, snapshots: Mapping[str, Dump] | None = None
) -> Dump:
    """The dump that must come of this one and these entries of the audit log.

    Fails where an entry changes or removes what was not there, as it says it was.

    Args:
        snapshots: by the SHA-256 of its file, what each snapshot that was restored holds.
    """
    paper = _written(before)
    for entry in entries:
        if entry["object"]["kind"] == "account":
            after = entry["after"]
            whole = _seeded(after["seed"]) if "seed" in after else (snapshots or {})[after["snapshot"]]
            paper = _written(whole)
            continue
        objects = paper[_FAMILIES[entry["object"]["kind"]]]
        if entry["before"] is not None:
            line = _line(entry["before"])
            assert objects[line] > 0, f"not there before entry {entry['sequence']}: {line}"
            objects[line] -= 1
        if entry["after"] is not None:
            objects[_line(entry["after"])] += 1
    return {
        family: [json.loads(line) for line in sorted(objects.elements())] for family, objects in paper.items()
    }


def _written(whole: Dump) -> dict[str, Counter[str]]:
    return {family: Counter(map(_line, objects)) for family, objects in whole.items()}


def _line(one: dict[str, Any]) -> str:
    return json.dumps(one, sort_keys=True)


@lru_cache
def _seeded(seed: str) -> Dump:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_sandbox(Path(folder) / "state.db", seed=seed)) as sandbox,
    ):
        return sandbox.dump()
