"""What is wrong with an id or an alias, in plain sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from entitree.api.names import MAX_ID, OLD_SMS_ID
from entitree.api.urls import addressable
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Container

    from entitree.inventory.model import Kind


class Severity(Enum):
    ERROR = "error"
    """It cannot be done."""
    WARNING = "warning"
    """It can, but is likely to be regretted."""


@dataclass(frozen=True, slots=True)
class Finding:
    severity: Severity
    text: str


_PLAIN = re.compile(r"[A-Za-z0-9._~-]*")


def check_id(kind: Kind, item_id: str, taken: Container[str] = ()) -> list[Finding]:
    """What is wrong with an id for something new; errors first. `taken` are ids that are there already.

    Limits and recommendations of platform.md 1.3.
    """
    what = f"The {kind.value} id"
    if not item_id:
        return [_error(f"{what} is empty.")]
    if not item_id.strip():
        return [_error(f"{what} is blank.")]
    if _torn(item_id):
        return [_error(f"{what} holds half a character, which cannot be sent.")]
    if not addressable(item_id):
        return [_error(f"{what} cannot be “{item_id}”: no request could name it afterwards.")]
    findings: list[Finding] = []
    if len(item_id) > MAX_ID:
        findings.append(_error(f"{what} is {len(item_id)} characters long; {MAX_ID} are the most."))
    if item_id in taken:
        findings.append(_error(f"There is already an {kind.value} “{visible(item_id)}”."))
    if OLD_SMS_ID < len(item_id) <= MAX_ID:
        findings.append(
            _warning(f"{what} is {len(item_id)} characters long; older SMS sends take {OLD_SMS_ID} at most.")
        )
    odd = "".join(dict.fromkeys(char for char in item_id if not _PLAIN.fullmatch(char)))
    if odd:
        findings.append(
            _warning(
                f"{what} holds characters that need encoding in URLs ({visible(odd)});"
                " letters, digits, dots, dashes and underscores are safest."
            )
        )
    return findings


def check_alias(alias: str | None) -> list[Finding]:
    """What is wrong with an alias (platform.md 1.2)."""
    if alias is None:
        return []
    if _torn(alias):
        return [_error("The alias holds half a character, which cannot be sent.")]
    if len(alias) > MAX_ID:
        return [_error(f"The alias is {len(alias)} characters long; {MAX_ID} are the most.")]
    return []


def _torn(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def _error(text: str) -> Finding:
    return Finding(Severity.ERROR, text)


def _warning(text: str) -> Finding:
    return Finding(Severity.WARNING, text)
