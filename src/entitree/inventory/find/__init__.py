"""The filter language of the lists: a pure parser, and what the store is asked and answers."""

from __future__ import annotations

from entitree.inventory.find.parser import Unfinished, parse, unfinished
from entitree.inventory.find.patterns import MATCH_SECONDS, compiled
from entitree.inventory.find.query import (
    AnyTerm,
    Column,
    Comparison,
    Count,
    Field,
    FilterError,
    Flag,
    FlagName,
    Has,
    Linked,
    Pattern,
    Query,
    Sort,
    Term,
)

__all__ = [
    "MATCH_SECONDS",
    "AnyTerm",
    "Column",
    "Comparison",
    "Count",
    "Field",
    "FilterError",
    "Flag",
    "FlagName",
    "Has",
    "Linked",
    "Pattern",
    "Query",
    "Sort",
    "Term",
    "Unfinished",
    "compiled",
    "parse",
    "unfinished",
]
