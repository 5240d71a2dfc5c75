"""Rules of replies, pages and rates, which all families share (platform.md 0)."""

from __future__ import annotations

from entitree.sandbox.rules.rule import Rule

RETRY_AFTER = Rule(
    "retry-after",
    ("absent", "seconds"),
    "No document lists a header on a 429; guidance is to honour Retry-After where it is there.",
    "platform.md 0.4",
)
CONFLICT_ID = Rule(
    "conflict-message-id",
    ("CONFLICT", "ALREADY_EXISTS", "BAD_REQUEST"),
    "For 409 the documents give a schema, but no messageId.",
    "platform.md 0.3",
)
WORDING = Rule(
    "error-wording",
    ("published", "observed"),
    "Integrators saw other words than the published ones: 401 with “Invalid login details”, and 403 with "
    "the messageId UNAUTHORIZED.",
    "platform.md 0.3",
)
THROTTLED_SHAPE = Rule(
    "throttled-shape",
    ("family", "newer"),
    "One page says that most endpoints answer 429 in the newer error body, whatever their family's is.",
    "platform.md 0.4",
)
PROVISIONING_RATE = Rule(
    "provisioning-rate",
    ("each", "shared"),
    "It is not said whether each provisioning operation has its request a second, or all have one together.",
    "platform.md 0.4",
)
WINDOW_START = Rule(
    "window-start",
    ("clock", "request"),
    "A fixed window may lie on whole multiples of its length, or begin with the first request in it.",
    "platform.md 0.4",
)
REFUSED_COUNTS = Rule(
    "refused-counts",
    ("yes", "no"),
    "It is not said whether a request that is refused, with 400 or 404 for example, uses up the rate. One "
    "without valid credentials is of no account, and never does.",
    "platform.md 0.4",
)
LIST_ORDER = Rule(
    "list-order",
    ("oldest-first", "newest-first", "by-id"),
    "The order of applications, entities and associations in lists is not documented.",
    "platform.md 0.5",
)
BEYOND_LAST_PAGE = Rule(
    "beyond-last-page",
    ("empty", "not-found"),
    "What a page after the last one answers is not documented.",
    "platform.md 0.5",
)

RULES = (
    RETRY_AFTER,
    CONFLICT_ID,
    WORDING,
    THROTTLED_SHAPE,
    PROVISIONING_RATE,
    WINDOW_START,
    REFUSED_COUNTS,
    LIST_ORDER,
    BEYOND_LAST_PAGE,
)
