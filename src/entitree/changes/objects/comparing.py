"""Whether one state shows what another says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entitree.changes.plan.model import State

_OF_DELETIONS = "unread"
"""What only the state before the deletion of an item has: beside its alias it holds what goes with it."""


def matches(now: State | None, wanted: State | None) -> bool:
    """Whether `now` shows all that `wanted` says. Absent is the same as null; no list has an order.

    None, which is nothing there, matches None only. Of the state before the deletion of an application or
    entity the alias alone is looked at, and that only where it was known.
    """
    if now is None or wanted is None:
        return now is wanted
    if _OF_DELETIONS in wanted:
        wanted = {"alias": wanted.get("alias")} if wanted.get("known") else {}
    return _shows(now, wanted)


def _shows(now: object, wanted: object) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(now, Mapping) and all(
            _shows(now.get(name), value) for name, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        return isinstance(now, list | tuple) and Counter(map(_text, now)) == Counter(map(_text, wanted))
    return type(now) is type(wanted) and bool(now == wanted)


def _text(value: object) -> str:
    return json.dumps(_without_nulls(value), sort_keys=True)


def _without_nulls(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(each) for each in value]
    return value
