"""The platform's JSON as users and mirrors hand it in: one object as text, taken apart without surprises."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from pydantic import ValidationError

_LONGEST = 1_000_000


class DefinitionError(ValueError):
    """What is wrong with a definition, in one sentence."""


def definition(raw: str) -> dict[str, Any]:
    """The object that `raw` is.

    Raises DefinitionError: it is none, is larger than a million characters, nested too deep, or holds what no
    request can carry: half characters and numbers without end.
    """
    if len(raw) > _LONGEST:
        raise DefinitionError(f"The definition is longer than {_LONGEST:,} characters.")
    try:
        value = json.loads(raw, parse_constant=_refuse, parse_float=_finite)
        if _torn(value):
            raise DefinitionError("The definition holds half a character, which cannot be sent.")
    except json.JSONDecodeError as error:
        raise DefinitionError(
            f"The definition is not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None
    except RecursionError:
        raise DefinitionError("The definition is nested too deep.") from None
    except DefinitionError:
        raise
    except ValueError:
        raise DefinitionError("The definition holds a number that is too long.") from None
    if not isinstance(value, dict):
        raise DefinitionError("The definition is not a JSON object.")
    return value


def misfit(error: ValidationError) -> DefinitionError:
    """What a wire model has against a definition; it never quotes a value, which may be secret."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return DefinitionError(f"The definition does not fit at “{place}”: {first['msg']}.")


def _torn(value: object) -> bool:
    if isinstance(value, str):
        return not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return any(_torn(name) or _torn(each) for name, each in value.items())
    return isinstance(value, list) and any(map(_torn, value))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse(text)
    return number


def _refuse(_: str) -> NoReturn:
    raise DefinitionError("The definition holds a number that is none.")
