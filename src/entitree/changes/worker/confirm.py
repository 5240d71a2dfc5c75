"""After many creations one listing confirms them: creating echoes nothing (platform.md 1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entitree.api.operations import CREATE_APPLICATION, CREATE_ENTITY
from entitree.changes.jobs import StepState
from entitree.inventory.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entitree.changes.jobs import StepRecord
    from entitree.changes.journal import Journal
    from entitree.changes.worker.sending import Sender

CREATIONS = {CREATE_APPLICATION.name: Kind.APPLICATION, CREATE_ENTITY.name: Kind.ENTITY}

MISSING = "The platform said yes, but its list does not have it."
OTHERWISE = "The platform said yes, but its list shows it with another alias."


async def confirm(journal: Journal, sender: Sender, job_id: int) -> None:
    """Lists each kind of which the job made many, and takes back what is not there as it was to be.

    Raises StoppedError and PauseError: then it is done when the job goes on.
    """
    done = await journal.steps(job_id, StepState.DONE)
    for kind in Kind:
        made = [each for each in done if CREATIONS.get(each.step.operation) is kind]
        if len(made) >= sender.pace.confirm:
            there = await sender.read(lambda kind=kind: _listed(sender, kind))  # type: ignore[misc]
            await _compare(journal, job_id, made, there)


async def _listed(sender: Sender, kind: Kind) -> dict[str, Any]:
    there: dict[str, Any] = {}
    if kind is Kind.APPLICATION:
        async for page in sender.client.applications():
            there |= {each.application_id: each.application_name for each in page.results}
    else:
        async for found in sender.client.entities():
            there |= {each.entity_id: each.entity_name for each in found.results}
    return there


async def _compare(journal: Journal, job_id: int, made: Sequence[StepRecord], there: dict[str, Any]) -> None:
    missing = [each.step.number for each in made if each.step.id not in there]
    otherwise = [
        each.step.number
        for each in made
        if each.step.id in there and (each.step.after or {}).get("alias") != there[each.step.id]
    ]
    await journal.doubt(job_id, missing, MISSING)
    await journal.doubt(job_id, otherwise, OTHERWISE)
