"""One step of a job: looked at again, journaled, sent, and settled by reading where no answer tells."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from entitree.api.operations import OPERATIONS, Settle
from entitree.changes import objects, outcome as table
from entitree.changes.jobs import Outcome, StepState
from entitree.changes.outcome import Again, Done, Failed, Pause, ReadBack, Sight, Trouble
from entitree.changes.worker import drift
from entitree.changes.worker.stop import StoppedError
from entitree.changes.worker.troubles import PauseError, Troubles
from entitree.errors import EntitreeError, RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from entitree.api.client import PlatformClient
    from entitree.api.operations import Operation
    from entitree.api.transport import Reply
    from entitree.changes.jobs import StepRecord
    from entitree.changes.journal import Journal
    from entitree.changes.vault import Vault
    from entitree.changes.worker.pace import Pace
    from entitree.changes.worker.stop import Stop

T = TypeVar("T")

_SEVERAL = "The reply was lost, and {} that are equal appeared since: look at them."
_NAMELESS = "The platform said yes, but not which id it chose."
_WORTH_TELLING = 2.0
"""Seconds. What is over sooner, nobody could have read."""


class _RefusedToReadError(Exception):
    """What a step needs to be read will not be shown another time either."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends steps of one job. `told` is called with what each has come to; `clock` is UTC."""

    journal: Journal
    client: PlatformClient
    vault: Vault
    pace: Pace
    stop: Stop
    troubles: Troubles
    own: drift.Own
    clock: Callable[[], datetime]
    conclude: Callable[[StepRecord, Outcome], Awaitable[None]]
    """Stores an outcome and shows it in the mirror."""
    begun: Callable[[StepRecord], Awaitable[None]]
    tried: dict[int, int]
    """How often each step was sent in this run of the job without an answer that tells."""
    waits: Callable[[str], Awaitable[None]]
    """Tells what is being waited out; "" once that is over."""

    async def carry_out(self, record: StepRecord) -> None:
        """Brings a planned step to its outcome, or puts it back to be sent again.

        Raises StoppedError and PauseError; the step is then as it was.
        """
        step = record.step
        try:
            found = await self._look(record)
            if found is not None:
                await self._over(record, found)
                return
            known = await self._known(record)
            body = None if step.body is None else await asyncio.to_thread(self.vault.resolve, step.body)
        except (_RefusedToReadError, RefusedError, UsageError) as refused:
            await self._over(record, Outcome(StepState.FAILED, str(refused)))
            return
        await self.stop.demand()
        if not await self.journal.begin(record, known):
            raise StoppedError
        record = replace(record, state=StepState.INFLIGHT, begun=self.clock())
        if record.known is None:
            record = replace(record, known=known)
        await self.begun(record)
        await self._send(record, body)

    async def settle(self, record: StepRecord, lost: ReadBack | None = None) -> None:
        """Finds out what became of an inflight step by reading; without `lost` the program had ended."""
        operation = OPERATIONS[record.step.operation]
        try:
            sight, result = await self._sight(record)
        except _RefusedToReadError as refused:
            await self._over(record, _unreadable(lost, str(refused)))
            return
        except PauseError as pause:
            if lost is None or self.pace.tries > 1:
                raise
            # Somebody waits for this one step: it is told at once that nobody knows.
            await self._over(record, _unreadable(lost, pause.reason))
            return
        status = lost.status if lost else None
        match table.of_sight(operation.settle, sight, ended=lost is None):
            case Done(sentence):
                await self._over(record, Outcome(StepState.DONE, sentence, status, result=result))
            case Failed(why):
                sentence = f"{lost.why} {why}" if lost else why
                await self._over(record, Outcome(StepState.UNKNOWN, sentence, status))
            case None:
                await self._again(record, operation, lost)

    # Before it is sent

    async def _look(self, record: StepRecord) -> Outcome | None:
        """Reads again what the step was planned upon; an outcome where it is not to be sent."""
        step = record.step
        operation = OPERATIONS[step.operation]
        if record.doubtful:
            # What an earlier try may have done is seen now, or will not come any more.
            sight, result = await self._sight(record)
            match table.of_sight(operation.settle, sight, ended=False):
                case Done(sentence):
                    return Outcome(StepState.DONE, sentence, result=result)
                case Failed(why):
                    return Outcome(StepState.UNKNOWN, why)
        if step.kind is not None and step.id is not None and operation.settle is Settle.GONE:
            kind, item_id = step.kind, step.id
            now = await self.read(lambda: drift.look(self.client, step, kind, item_id, known=self.own.linked))
            if now is None:
                return Outcome(StepState.DONE, table.GONE if record.doubtful else table.ABSENT_UNSENT)
            changed = self.own.changes(step, now)
            return _changed(", ".join(changed)) if changed else None
        if record.doubtful or not objects.rereads(step):
            return None
        there = await self.read(lambda: objects.read(self.client, step.target, vault=self.vault))
        if objects.matches(there, step.before):
            return None
        if objects.matches(there, step.after):
            return Outcome(StepState.DONE, table.ABSENT_UNSENT if step.after is None else table.SO_UNSENT)
        return _changed("it is not there" if there is None else "")

    async def _known(self, record: StepRecord) -> frozenset[str] | None:
        if OPERATIONS[record.step.operation].settle is not Settle.LISTED or record.known is not None:
            return None
        return await self.read(lambda: objects.equal_ids(self.client, record.step))

    # Sending

    async def _send(self, record: StepRecord, body: Mapping[str, Any] | None) -> None:
        step = record.step
        operation = OPERATIONS[step.operation]
        reply: Reply | None = None
        failure: EntitreeError | None = None
        try:
            reply = await self.stop.passing(self.client.call(operation, path=step.path, body=body))
        except StoppedError:
            await surely(self.journal.finish(record, _put_back(record), unsent=True))
            raise
        except EntitreeError as error:
            failure = error
        verdict = table.of_write(
            operation.settle, failure, first=not record.doubtful, status=reply.status if reply else None
        )
        match verdict:
            case Done(sentence, status):
                answer = reply.body if reply else b""
                result = await objects.answer(step, answer, vault=self.vault)
                if operation.settle is Settle.LISTED and result is None:
                    await self.settle(record, ReadBack(_NAMELESS, status, answered=True))
                else:
                    await self._over(record, Outcome(StepState.DONE, sentence, status, result=result))
            case Failed(why, status):
                await self._over(record, Outcome(StepState.FAILED, why, status))
            case Pause(reason, status):
                await surely(self.conclude(record, _put_back(record, reason, status)))
                raise PauseError(reason)
            case Again(_, why, _, status):
                await surely(self.conclude(record, _put_back(record, why, status)))
                await self._wait(verdict)
            case ReadBack():
                await self.settle(record, verdict)

    async def _again(self, record: StepRecord, operation: Operation, lost: ReadBack | None) -> None:
        """It was not carried out, or not yet: it is sent again later, if that makes sense."""
        number = record.step.number
        if lost is not None:
            self.tried[number] = self.tried.get(number, 0) + 1
            if self.tried[number] >= self.pace.tries:
                await self._over(record, _given_up(lost))
                return
        begun = record.begun or self.clock()
        if not operation.idempotent:
            not_before = begun + timedelta(seconds=self.pace.quiet)
        else:
            not_before = self.clock() + timedelta(seconds=self.pace.backoff(self.tried.get(number, 0) or 1))
        why = lost.why if lost else ""
        put_back = Outcome(
            StepState.PLANNED, why, lost.status if lost else None, not_before=not_before, doubtful=True
        )
        await surely(self.conclude(record, put_back))
        if lost is not None and lost.fault:
            # The waiting is done by the step itself; others may go on meanwhile.
            self.troubles.met(Again(Trouble.PLATFORM, why))

    # Reading

    async def read(self, what: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The value of a read, tried again through what may be over soon.

        Raises StoppedError, PauseError, and _RefusedToReadError for what no other time would show.
        """
        while True:
            await self.stop.demand()
            try:
                value = await self.stop.passing(what())
            except EntitreeError as error:
                match table.of_read(error):
                    case Failed(why):
                        raise _RefusedToReadError(why) from error
                    case Pause(reason):
                        raise PauseError(f"What is there now could not be read: {reason}") from error
                    case Again() as again:
                        await self._wait(again)
            else:
                self.troubles.heard()
                await self.waits("")
                return value

    async def _sight(self, record: StepRecord) -> tuple[Sight, Mapping[str, Any] | None]:
        """What reading back shows of a step that may have been carried out, and what was named meanwhile."""
        step = record.step
        settle = OPERATIONS[step.operation].settle
        if settle is Settle.LISTED:
            ids = await self.read(lambda: objects.equal_ids(self.client, step))
            new = sorted(ids - (record.known or frozenset()) - await self._of_others(record))
            if len(new) > 1:
                raise _RefusedToReadError(_SEVERAL.format(len(new)))
            return (Sight.AFTER, {"id": new[0]}) if new else (Sight.BEFORE, None)
        there = await self.read(lambda: objects.read(self.client, step.target, vault=self.vault))
        if settle is Settle.GONE:
            return (Sight.AFTER if there is None else Sight.BEFORE), None
        if there is not None and objects.matches(there, step.after):
            return Sight.AFTER, there
        before = step.before if settle is Settle.EQUALS else None
        return (Sight.BEFORE if objects.matches(there, before) else Sight.NEITHER), None

    async def _of_others(self, record: StepRecord) -> frozenset[str]:
        """What other steps of the job have made: an equal one among it is not what became of this step."""
        done = await self.journal.steps(record.job_id, StepState.DONE)
        return frozenset(
            str(each.result["id"])
            for each in done
            if each.step.operation == record.step.operation and each.result and "id" in each.result
        )

    async def _over(self, record: StepRecord, what: Outcome) -> None:
        await surely(self.conclude(record, what))
        self.troubles.over()
        await self.waits("")

    async def _wait(self, again: Again) -> None:
        """Waits as long as a trouble asks for. Raises StoppedError, PauseError."""
        seconds = self.troubles.met(again)
        # Told to slow down, the gate makes the next request wait, and much longer.
        if seconds >= _WORTH_TELLING or again.trouble is Trouble.PACE:
            await self.waits(again.why)
        await self.stop.rest(seconds)


def _unreadable(lost: ReadBack | None, trouble: str) -> Outcome:
    sentence = f"{lost.why} Reading back failed too: {trouble}" if lost else trouble
    return Outcome(StepState.UNKNOWN, sentence, lost.status if lost else None)


def _given_up(lost: ReadBack) -> Outcome:
    if lost.answered:
        what = f"{lost.why} Reading back shows that nothing was changed."
        return Outcome(StepState.FAILED, what, lost.status)
    # A request whose reply was lost may still land later.
    what = f"{lost.why} Reading back does not show it done; it may still happen."
    return Outcome(StepState.UNKNOWN, what, lost.status)


def _put_back(record: StepRecord, why: str = "", status: int | None = None) -> Outcome:
    return Outcome(StepState.PLANNED, why, status, doubtful=record.doubtful)


def _changed(what: str) -> Outcome:
    told = f" ({what})" if what else ""
    return Outcome(StepState.SKIPPED, f"It has changed since it was shown{told}, so it was left alone.")


async def surely(work: Awaitable[T]) -> T:
    """Do `work` to its end even if cancelled meanwhile; the cancellation is passed on afterwards."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
