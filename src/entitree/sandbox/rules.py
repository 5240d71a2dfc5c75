"""Named rules: what the documents leave open, and the proposals that are the defaults (platform.md 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from entitree.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    choices: tuple[str, ...]
    default: str
    why: str
    """Why it is open."""
    source: str


RETRY_AFTER = Rule(
    "retry-after",
    ("absent", "seconds"),
    "absent",
    "No document lists a header on a 429; guidance is to honour Retry-After where it is there.",
    "platform.md 0.4",
)

RULES: dict[str, Rule] = {rule.name: rule for rule in (RETRY_AFTER,)}


class Rules:
    """The rules in force: the defaults, but for those that were set."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        """
        Raises:
            UsageError: no such rule, or no such choice.
        """
        self._values = {name: rule.default for name, rule in RULES.items()}
        for name, value in (chosen or {}).items():
            rule = RULES.get(name)
            if rule is None:
                raise UsageError(
                    f"There is no sandbox rule {name!r}.", hint=f"Rules: {', '.join(sorted(RULES))}."
                )
            if value not in rule.choices:
                raise UsageError(
                    f"The sandbox rule {name} cannot be {value!r}.",
                    hint=f"Choices: {', '.join(rule.choices)}.",
                )
            self._values[name] = value

    def __getitem__(self, rule: Rule) -> str:
        return self._values[rule.name]
