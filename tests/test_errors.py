from __future__ import annotations

from entitree import errors


def test_an_error_reads_as_what_happened_and_what_to_do() -> None:
    assert str(errors.UsageError("That is no id.", hint="Give one.")) == "That is no id. Give one."
    assert str(errors.UsageError("That is no id.")) == "That is no id."


def test_every_error_is_one_of_the_tree_and_says_what_it_is_for() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert all(issubclass(kind, errors.EntitreeError) and kind.__doc__ for kind in kinds)
    drawn = errors.__doc__ or ""
    assert [kind.__name__ for kind in kinds if kind.__name__ not in drawn] == []


def test_a_status_error_carries_what_a_form_and_a_job_need() -> None:
    error = errors.BadRequestError("no", status=400, violations={"entityId": ("too long",)}, retry_after=2.0)
    assert (error.status, error.violations, error.retry_after) == (400, {"entityId": ("too long",)}, 2.0)
    assert errors.ConflictError("no", status=409).violations == {}
