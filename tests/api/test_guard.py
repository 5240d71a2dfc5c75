from __future__ import annotations

from dataclasses import replace

import pytest

from entitree.api import operations as ops
from entitree.api.guard import READS, SIGN_IN, Guard
from entitree.errors import RefusedError

WRITES = [operation for operation in ops.OPERATIONS.values() if operation not in READS | SIGN_IN]


def test_the_allow_list_is_what_only_reads() -> None:
    assert {operation.name for operation in READS} == {
        "get-applications",
        "get-application",
        "get-entities",
        "get-entity",
        "get-resource-associations",
        "get-resource-association",
        "get-sending-strategies-v2",
        "get-subscriptions",
        "get-subscription",
        "get-profiles",
        "get-profile",
        "list-owned-numbers",
        "get-single-owned-number",
        "list-resources",
        "get-inbound-configurations",
        "get-all-domains",
        "get-domain-details",
        "get-api-keys-by-filter",
        "get-api-key",
        "get-outbound-sms-message-logs-v3",
        "get-email-logs",
        "get-outbound-apple-mfb-message-logs",
        "get-outbound-instagram-message-logs",
        "get-outbound-messenger-message-logs",
    }


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
def test_a_read_only_profile_sends_no_write(operation: ops.Operation) -> None:
    with pytest.raises(RefusedError, match="read-only"):
        Guard(read_only=True).check(operation, ["x"])
    Guard().check(operation, ["x"])


def test_a_read_only_profile_signs_in_and_out_and_searches_by_post() -> None:
    assert {operation.path for operation in SIGN_IN} == {"/auth/1/session", "/auth/1/oauth2/token"}
    guard = Guard(read_only=True)
    for operation in (*SIGN_IN, ops.SEARCH_RESOURCES):
        guard.check(operation)


def test_reports_and_inboxes_hand_out_once_and_so_are_no_reads() -> None:
    for operation in (ops.GET_SMS_REPORTS, ops.GET_SMS_INBOX, ops.GET_EMAIL_REPORTS):
        assert operation in WRITES


def test_a_read_only_profile_sends_every_read_and_nothing_unlisted() -> None:
    guard = Guard(read_only=True)
    for operation in READS:
        guard.check(operation, ["x"])
    with pytest.raises(RefusedError):
        guard.check(replace(ops.GET_ENTITY, path="/somewhere/else"), ["x"])


@pytest.mark.parametrize(
    "operation", [ops.DELETE_APPLICATION, ops.DELETE_ENTITY], ids=lambda operation: operation.name
)
def test_protected_ids_are_not_deleted(operation: ops.Operation) -> None:
    guard = Guard(protected=frozenset({"prod", "\x1b[31m"}))
    with pytest.raises(RefusedError, match="“prod” is protected"):
        guard.check(operation, ["prod"])
    with pytest.raises(RefusedError, match="␛"):
        guard.check(operation, ["\x1b[31m"])
    guard.check(operation, ["Prod"])


def test_protected_ids_may_still_be_read_and_renamed() -> None:
    guard = Guard(protected=frozenset({"prod"}))
    for operation in (
        ops.GET_APPLICATION,
        ops.MODIFY_APPLICATION,
        ops.MODIFY_ENTITY,
        ops.DELETE_SUBSCRIPTION,
    ):
        guard.check(operation, ["prod"])


def test_the_default_application_is_never_deleted_though_an_entity_of_that_name_may_be() -> None:
    with pytest.raises(RefusedError, match="always exists"):
        Guard().check(ops.DELETE_APPLICATION, ["default"])
    Guard().check(ops.DELETE_ENTITY, ["default"])
    Guard().check(ops.MODIFY_APPLICATION, ["default"])
