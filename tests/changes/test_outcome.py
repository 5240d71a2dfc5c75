"""The outcome table, whole: every way a write can be settled by every answer, first try or not."""

from __future__ import annotations

from itertools import product

import pytest

from entitree import errors
from entitree.api.operations import OPERATIONS, Settle
from entitree.changes import outcome as table
from entitree.changes.outcome import Again, Done, Failed, Pause, ReadBack, Sight, Trouble
from entitree.errors import (
    BadReplyError,
    BadRequestError,
    ConflictError,
    EntitreeError,
    FileThereError,
    ForbiddenError,
    KeylessError,
    NotFoundError,
    PlatformError,
    RefusedError,
    ServerError,
    SettingsError,
    StatusError,
    StorageError,
    TooManyRequestsError,
    UnauthorizedError,
    UnreachableError,
    UsageError,
)

WRITES = tuple(each for each in Settle if each not in (Settle.NOTHING, Settle.LOST))

ANSWERS: dict[str, EntitreeError | None] = {
    "success": None,
    "400": BadRequestError("no", status=400),
    "401": UnauthorizedError("no", status=401),
    "403": ForbiddenError("no", status=403),
    "404": NotFoundError("no", status=404),
    "405": StatusError("no", status=405),
    "408": StatusError("no", status=408),
    "409": ConflictError("no", status=409),
    "429": TooManyRequestsError("no", status=429),
    "429 for 120 s": TooManyRequestsError("no", status=429, retry_after=120.0),
    "429 for 121 s": TooManyRequestsError("no", status=429, retry_after=121.0),
    "500": ServerError("no", status=500),
    "503": ServerError("no", status=503),
    "cut": BadReplyError("no"),
    "lost": UnreachableError("no", sent=True),
    "unsent": UnreachableError("no", sent=False),
    "refused here": RefusedError("no"),
    "no key": KeylessError("no"),
    "a wrong key": SettingsError("no"),
    "disk full": StorageError("no"),
    "name taken": FileThereError("no"),
    "no secret": UsageError("no"),
}

EXPECTED = {
    "success": Done,
    "400": Failed,
    "401": Pause,
    "403": Pause,
    "404": Failed,
    "405": Failed,
    "408": ReadBack,
    "409": Failed,
    "429": Again,
    "429 for 120 s": Again,
    "429 for 121 s": Pause,
    "500": ReadBack,
    "503": ReadBack,
    "cut": ReadBack,
    "lost": ReadBack,
    "unsent": Again,
    "refused here": Failed,
    "no key": Pause,
    "a wrong key": Pause,
    "disk full": Pause,
    "name taken": Pause,
    "no secret": Failed,
}
"""What holds for every operation, first try or not, but for what stands below."""

OTHERWISE = {
    (Settle.GONE, "404", True): Done,
    (Settle.GONE, "404", False): Done,
    (Settle.EXISTS, "409", False): ReadBack,
    (Settle.EXISTS, "400", False): ReadBack,
}


@pytest.mark.parametrize(("settle", "answer", "first"), product(WRITES, ANSWERS, (True, False)))
def test_every_answer_to_every_write(settle: Settle, answer: str, first: bool) -> None:
    verdict = table.of_write(settle, ANSWERS[answer], first=first, status=201)
    assert type(verdict) is OTHERWISE.get((settle, answer, first), EXPECTED[answer])
    said = getattr(verdict, "why", "") or getattr(verdict, "reason", "")
    assert bool(said) != isinstance(verdict, Done)


def test_the_table_knows_every_error_and_every_write() -> None:
    kinds = {type(each) for each in ANSWERS.values()}
    waiting = [EntitreeError]
    while waiting:
        kind = waiting.pop()
        assert kind in kinds or kind in (EntitreeError, PlatformError), kind
        waiting += [each for each in kind.__subclasses__() if each.__module__ == errors.__name__]
    assert {each.settle for each in OPERATIONS.values() if not each.reads} <= {*WRITES, Settle.LOST}


def test_an_absence_is_told_apart_from_a_lost_reply() -> None:
    missing = NotFoundError("no", status=404)
    assert table.of_write(Settle.GONE, missing, first=True) == Done(table.ABSENT, 404)
    assert table.of_write(Settle.GONE, missing, first=False) == Done(table.GONE, 404)


def test_only_a_lost_answer_may_still_come_true() -> None:
    for answer, still in (("500", True), ("408", True), ("lost", False), ("cut", False)):
        verdict = table.of_write(Settle.EXISTS, ANSWERS[answer], first=True)
        assert isinstance(verdict, ReadBack)
        assert verdict.answered is still
        assert verdict.fault
    taken = table.of_write(Settle.EXISTS, ANSWERS["409"], first=False)
    assert isinstance(taken, ReadBack)
    assert not taken.fault, "the platform works"


def test_troubles_are_told_apart() -> None:
    for answer, trouble in (("unsent", Trouble.NETWORK), ("429", Trouble.PACE)):
        verdict = table.of_write(Settle.EQUALS, ANSWERS[answer], first=True)
        assert isinstance(verdict, Again)
        assert verdict.trouble is trouble
    for answer in ("500", "lost", "cut", "408"):
        error = ANSWERS[answer]
        assert error is not None
        assert table.of_read(error) == Again(
            Trouble.PLATFORM, "no", status=error.status if isinstance(error, StatusError) else None
        )


@pytest.mark.parametrize(("answer", "kind"), [each for each in EXPECTED.items() if ANSWERS[each[0]]])
def test_every_answer_to_a_read(answer: str, kind: type) -> None:
    error = ANSWERS[answer]
    assert error is not None
    assert type(table.of_read(error)) is (Again if kind is ReadBack else kind)


@pytest.mark.parametrize(("settle", "sight", "ended"), product(WRITES, Sight, (True, False)))
def test_what_reading_back_shows(settle: Settle, sight: Sight, ended: bool) -> None:
    verdict = table.of_sight(settle, sight, ended=ended)
    match sight:
        case Sight.AFTER:
            assert isinstance(verdict, Done)
            assert ("program ended" in verdict.sentence) is ended
            assert ("gone" in verdict.sentence) is (settle is Settle.GONE)
        case Sight.BEFORE:
            assert verdict is None
        case Sight.NEITHER:
            assert verdict == Failed(table.NEITHER)
