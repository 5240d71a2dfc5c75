"""Regular expressions of a filter, by an engine that can be stopped.

`regex` is imported when the first one is used: neither the first frame nor the command line waits for it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from entitree.errors import UsageError

if TYPE_CHECKING:
    import regex

    from entitree.inventory.find.query import Pattern

MATCH_SECONDS = 0.05
"""For one row; pass it to `search` as its `timeout`. Ids and aliases are short and an honest expression takes
microseconds, but `(a+)+$` takes long and `(?R)` for ever. TimeoutError tells of it: then the whole search is
to be given up, or every row would take as long.
"""
_LONGEST = 2_000
_MOST_UNFOLDED = 100_000
"""Characters of a source whose counted repeats are written out."""
_REPEATED = re.compile(r"(\)?)\s*\{\s*([0-9]+)")


class PatternError(UsageError):
    """Not a regular expression, or none that can be afforded. `at` is an index into its source, at most its
    length.
    """

    def __init__(self, what: str, *, hint: str, at: int) -> None:
        super().__init__(what, hint=hint)
        self.at = at


def compiled(pattern: Pattern) -> regex.Pattern[str]:
    """What `pattern` is searched with, case-blind. It is kept: asking again costs nothing.

    Raises PatternError for what `parse` would not have made.
    """
    return compiled_source(pattern.source)


@lru_cache(maxsize=32)
def compiled_source(source: str) -> regex.Pattern[str]:
    """As `compiled`, of the text between the slashes."""
    import regex

    _check_size(source)
    try:
        return regex.compile(source, regex.IGNORECASE, cache_pattern=False)
    except regex.error as error:
        at: int | None = getattr(error, "pos", None)
        raise _not_understood(getattr(error, "msg", str(error)), min(at or 0, len(source))) from None
    except RecursionError:
        raise _not_understood("too deeply nested", 0) from None
    except (ValueError, OverflowError) as error:
        # Flags that exclude each other, for one.
        raise _not_understood(str(error), 0) from None


def _not_understood(why: str, at: int) -> PatternError:
    return PatternError(
        f"The regular expression cannot be understood: {why}.",
        hint="Put a backslash before a character that stands for itself, or quotes around plain text.",
        at=at,
    )


def _check_size(source: str) -> None:
    """Raises PatternError where counted repeats would unfold to more than memory holds.

    The engine writes repeats out: `((a{1000}){1000}){1000}` takes gigabytes before anything is searched.
    Counts of groups may multiply, whatever is nested in what; of the others the largest counts.
    """
    if len(source) > _LONGEST:
        raise PatternError(
            "The regular expression is too long.", hint=f"At most {_LONGEST} characters.", at=_LONGEST
        )
    groups = single = 1
    for found in _REPEATED.finditer(source):
        # Nine digits are enough to be too many.
        count = int(found[2][:9])
        if found[1]:
            groups *= max(count, 1)
        else:
            single = max(single, count)
        if groups * single * len(source) > _MOST_UNFOLDED:
            raise PatternError(
                "The regular expression repeats too much.",
                hint="Use smaller numbers in braces.",
                at=found.start(2),
            )
