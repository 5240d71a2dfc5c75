from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from entitree import errors
from entitree.api import operations as ops
from entitree.api.failures import in_doubt, parse_retry_after, status_error, title, words_of
from entitree.api.transport import Reply

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
SHAPE_A = (
    b'{"requestError":{"serviceException":{"messageId":"BAD_REQUEST","text":"Bad Request",'
    b'"validationErrors":{"entityId":["size must be between 0 and 255","must not be blank"]}}}}'
)
SHAPE_B = (
    b'{"errorCode":"E400","description":"Request cannot be processed.","action":"Check it.",'
    b'"violations":[{"property":"channel","violation":"unsupported"},{"property":"channel","violation":"blank"}],'
    b'"resources":[]}'
)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (401, errors.UnauthorizedError),
        (403, errors.ForbiddenError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (418, errors.StatusError),
        (429, errors.TooManyRequestsError),
        (500, errors.ServerError),
        (503, errors.ServerError),
        (599, errors.ServerError),
    ],
)
def test_the_status_alone_decides_the_kind(status: int, kind: type[errors.StatusError]) -> None:
    # The platform really answers 403 with UNAUTHORIZED.
    body = b'{"requestError":{"serviceException":{"messageId":"UNAUTHORIZED","text":"Unauthorized access"}}}'
    error = status_error(ops.DELETE_ENTITY, "shop-17", Reply(status, {}, body))
    assert type(error) is kind
    assert isinstance(error, errors.StatusError)
    assert error.status == status
    assert "“shop-17”" in error.what
    assert "“Unauthorized access”" in error.what
    assert error.hint


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 429, 500])
@pytest.mark.parametrize(
    "body", [b"", b"null", b"<html>", b"[1]", b'{"requestError":7}', b"\xff", b"[" * 99_999]
)
def test_a_body_that_says_nothing_changes_nothing(status: int, body: bytes) -> None:
    error = status_error(ops.GET_ENTITY, "x", Reply(status, {}, body))
    assert isinstance(error, errors.StatusError)
    assert "It says" not in error.what


def test_a_wrong_key_and_a_missing_scope_say_what_to_do() -> None:
    wrong = status_error(ops.CREATE_ENTITY, "shop-17", Reply(401))
    assert wrong.what == "The platform does not accept the API key, so it did not create entity “shop-17”."
    assert ":connect" in wrong.hint
    missing = status_error(ops.GET_STRATEGIES, "", Reply(403))
    assert missing.what.startswith("This key may not read sending strategies:")
    assert "sending-strategy:manage" in missing.what


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_bad_reply(status: int) -> None:
    error = status_error(ops.GET_ENTITIES, "", Reply(status, {"location": "https://evil.example/"}))
    assert isinstance(error, errors.BadReplyError)
    assert "redirected" in error.what


@pytest.mark.parametrize("status", [200, 202, 204])
def test_another_success_than_documented_leaves_a_write_in_doubt(status: int) -> None:
    error = status_error(ops.CREATE_ENTITY, "x", Reply(status))
    assert isinstance(error, errors.BadReplyError)
    assert "unknown" in error.hint
    assert in_doubt(error)


@pytest.mark.parametrize(
    ("error", "doubt"),
    [
        (errors.UnreachableError("", sent=True), True),
        (errors.UnreachableError("", sent=False), False),
        (errors.BadReplyError(""), True),
        (errors.ServerError("", status=500), True),
        (errors.StatusError("", status=408), True),
        (errors.ConflictError("", status=409), False),
        (errors.TooManyRequestsError("", status=429), False),
        (errors.RefusedError(""), False),
    ],
)
def test_only_some_errors_leave_a_write_in_doubt(error: errors.EntitreeError, doubt: bool) -> None:
    assert in_doubt(error) is doubt


def test_a_failed_write_says_that_it_may_have_happened_and_a_read_does_not() -> None:
    assert "unknown" in status_error(ops.DELETE_ENTITY, "x", Reply(500)).hint
    assert "unknown" not in status_error(ops.GET_ENTITY, "x", Reply(500)).hint


def test_both_shapes_give_their_words_and_violations() -> None:
    assert words_of(SHAPE_A) == (
        "Bad Request",
        {"entityId": ("size must be between 0 and 255", "must not be blank")},
    )
    assert words_of(SHAPE_B) == ("Request cannot be processed", {"channel": ("unsupported", "blank")})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            b"<ApiException><requestError><text>Bad &amp; ugly</text></requestError></ApiException>",
            "Bad & ugly",
        ),
        (b"<ApiError><description>Nope</description></ApiError>", "Nope"),
        (b"<html><head><title>502 Bad Gateway</title></head></html>", "502 Bad Gateway"),
        (b'{"requestError":{"serviceException":{"text":7}}}', ""),
        (b'{"requestError":{"serviceException":{"text":"two\\nlines"}}}', "two lines"),
        (
            b'{"requestError":{"serviceException":{"text":"\\u001b[31m\\u202e\\ud800"}}}',
            "␛[31m‹U+202E›‹U+D800›",
        ),
    ],
)
def test_other_bodies_give_what_they_can(body: bytes, said: str) -> None:
    assert words_of(body)[0] == said


def test_long_and_many_words_are_cut() -> None:
    exception = {"text": "x" * 9_999, "validationErrors": {f"p{n}": ["y" * 9_999] * 99 for n in range(99)}}
    said, violations = words_of(
        json.dumps({"requestError": {"serviceException": {**exception, "validationErrors": {}}}}).encode()
    )
    assert len(said) == 300
    small = {f"p{n}": ["y" * 400] for n in range(99)}
    said, violations = words_of(
        json.dumps({"requestError": {"serviceException": {"validationErrors": small}}}).encode()
    )
    assert len(violations) == 50
    assert all(len(problem) == 300 for problems in violations.values() for problem in problems)


@pytest.mark.parametrize(
    "errors_value", [None, [], "x", {"a": None}, {"a": "one"}, {"a": [1, {}]}, {"\u202e": ["\x1b"]}]
)
def test_violations_of_odd_shapes_stay_inert(errors_value: object) -> None:
    body = json.dumps(
        {
            "requestError": {"serviceException": {"validationErrors": errors_value}},
            "violations": [errors_value, 7],
        }
    )
    _, violations = words_of(body.encode())
    for name, problems in violations.items():
        assert "\u202e" not in name
        assert all("\x1b" not in problem for problem in problems)


@given(st.binary(max_size=80))
def test_no_body_breaks_the_telling(body: bytes) -> None:
    str(status_error(ops.CREATE_ENTITY, "x", Reply(400, {}, body))).encode("utf-8")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("1", 1.0),
        (" 17 ", 17.0),
        ("007", 7.0),
        ("2.5", 2.5),
        ("2.", 2.0),
        (".5", 0.5),
        ("120", 120.0),
        ("999999999999", 86_400.0),
        ("9" * 5_000, 86_400.0),
        ("-1", None),
        ("+1", None),
        ("1e3", None),
        ("1_0", None),
        ("0x10", None),
        ("１２", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("1, 2", None),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30.0),
        ("Sun, 01 Mar 2026 13:00:30 +0100", 30.0),
        ("Sunday, 01-Mar-26 12:00:30 GMT", 30.0),
        ("Sun Mar  1 12:00:30 2026", 30.0),
        ("Sun, 01 Mar 2026 11:59:00 GMT", 0.0),
        ("Sun, 01 Mar 2099 12:00:00 GMT", 86_400.0),
        ("Sun, 99 Mar 2026 12:00:00 GMT", None),
        ("Sun, 01 Mar 99999 12:00:00 GMT", None),
        ("Sun, 01 Mar 2026 12:00:00 +9999999", None),
    ],
)
def test_retry_after_in_its_many_forms(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, now=NOW) == seconds


@given(st.text(max_size=40))
def test_no_retry_after_breaks_or_waits_for_ever(value: str) -> None:
    seconds = parse_retry_after(value, now=NOW)
    assert seconds is None or 0 <= seconds <= 86_400


def test_retry_after_reaches_the_error_and_its_hint() -> None:
    error = status_error(ops.GET_ENTITIES, "", Reply(429, {"retry-after": "7"}))
    assert isinstance(error, errors.TooManyRequestsError)
    assert error.retry_after == 7.0
    assert "7 s" in error.hint


@pytest.mark.parametrize(
    ("operation", "subject", "words"),
    [
        (ops.GET_ENTITIES, "", "read entities"),
        (ops.DELETE_ENTITY, "shop-17", "delete entity “shop-17”"),
        (ops.CREATE_STRATEGY, "", "create sending strategy"),
        (ops.DELETE_STRATEGY, "A1", "delete sending strategy “A1”"),
        (ops.DELETE_ASSOCIATION, "k", "delete resource association “k”"),
        (ops.DELETE_ENTITY, "\x1b" + "x" * 200, "delete entity “␛" + "x" * 78 + "…”"),
    ],
)
def test_what_was_tried_reads_as_words(operation: ops.Operation, subject: str, words: str) -> None:
    assert title(operation, subject) == words
