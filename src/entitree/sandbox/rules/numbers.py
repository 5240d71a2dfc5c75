"""Rules of numbers and of the search over resources (platform.md 2)."""

from __future__ import annotations

from entitree.sandbox.rules.rule import Rule

PUT_WITHOUT_ENTITY = Rule(
    "number-put-without-entity",
    ("cleared", "kept"),
    "What a modification without entityId does to the entity that a number is linked to is not documented.",
    "platform.md 2.3",
)
PUT_UNKNOWN_IDS = Rule(
    "number-put-unknown-ids",
    ("400", "404", "accepted"),
    "Whether a number can be linked to an application or entity that is not there is not documented. 404 is "
    "listed for every operation on numbers, 400 for those alone that have a body.",
    "platform.md 2.3",
)
EDIT_PERMISSIONS = Rule(
    "number-edit-permissions",
    ("enforced", "ignored"),
    "A number may say that it cannot be edited; what an attempt answers is not documented. Enforced means "
    "403.",
    "platform.md 2.3",
)
PAGING = Rule(
    "number-paging",
    ("lenient", "strict"),
    "The list of numbers has no least page or limit in its document, and no 400. Lenient: one that is too "
    "small counts as the least; strict: 400.",
    "platform.md 0.5",
)
COUNT = Rule(
    "number-count",
    ("total", "page"),
    "numberCount has no description: all numbers that were asked for, or those of this page.",
    "platform.md 0.5",
)
FILTER = Rule(
    "number-filter",
    ("exact", "contains"),
    "The filter is described as the searched number; whether a part of it is enough is not said.",
    "platform.md 2.3",
)
SEARCH_CAPABILITIES = Rule(
    "search-capabilities",
    ("all", "any"),
    "Whether a number that is searched for must have all of the capabilities, or one, is not documented.",
    "platform.md 2.2",
)
SEARCH_TYPES = Rule(
    "search-types",
    ("listed", "shown"),
    "Two types of resources are listed for results of the search and not for requests: asking for them may "
    "be a 400, or answered.",
    "platform.md 2.2",
)
NOT_FOUND_BODY = Rule(
    "not-found-body",
    ("empty", "exception"),
    "Numbers, the search and inbound configurations list a 404 without the body that their other "
    "refusals have.",
    "platform.md 0.3",
)

RULES = (
    PUT_WITHOUT_ENTITY,
    PUT_UNKNOWN_IDS,
    EDIT_PERMISSIONS,
    PAGING,
    COUNT,
    FILTER,
    SEARCH_CAPABILITIES,
    SEARCH_TYPES,
    NOT_FOUND_BODY,
)
