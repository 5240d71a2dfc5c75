"""Rules of API keys and of signing in (platform.md 0.2 and 6)."""

from __future__ import annotations

from entitree.sandbox.rules.rule import Rule

SESSION_EXPIRY = Rule(
    "session-expiry",
    ("absolute", "idle"),
    "One text says that a session expires after 60 minutes, another that it does after as many without use.",
    "platform.md 0.2",
)
SECOND_SESSION = Rule(
    "second-session",
    ("same", "another"),
    "A new token is said to need the end of the session before it: signing in again may hand out the token "
    "that is still good, or another one beside it.",
    "platform.md 0.2",
)
SIGN_IN_REFUSAL = Rule(
    "sign-in-refusal",
    ("400", "401"),
    "For a session or a token the documents list 400 by name; which status a wrong password or client gets "
    "they do not say.",
    "platform.md 0.2",
)
KEYS_BY_KEY = Rule(
    "keys-by-key",
    ("403", "401"),
    "Key management takes every way to sign in but API keys, and the end of a session only sessions; what "
    "another way is answered there is not documented.",
    "platform.md 6",
)
LINKED_REFUSAL = Rule(
    "linked-key-refusal",
    ("403", "401"),
    "Beyond what it is linked to a key meets “unauthorized access”, without a status.",
    "platform.md 6",
)
LINKED_LOGS = Rule(
    "linked-key-logs",
    ("limited", "must-filter"),
    "A linked key that asks for logs or reports of everything may be given those of its own pairs, or be "
    "refused until it names one.",
    "platform.md 6",
)
APPLICATION_LINK = Rule(
    "application-link-covers",
    ("any-entity", "no-entity"),
    "Whether a key linked to an application alone may name entities under it is not documented.",
    "platform.md 6",
)
LINKED_IDS_ALIAS = Rule(
    "linked-id-alias",
    ("none", "id"),
    "Which alias an application or entity has that a link brings into being is not documented; those that a "
    "message brings have their id for one.",
    "platform.md 6",
)
SCOPES_WITH_LINKS = Rule(
    "key-scopes-with-links",
    ("refused", "accepted"),
    "Scopes and links exclude each other where a key is updated; where it is created only permissions and "
    "links are said to. A key with both needs both.",
    "platform.md 6",
)
KEY_DATES = Rule(
    "key-dates",
    ("checked", "free"),
    "The dates of a new key “should not” lie in the past or end before they begin; the documents' own "
    "examples do.",
    "platform.md 6",
)
NO_ADDRESSES = Rule(
    "key-empty-addresses",
    ("anywhere", "nowhere"),
    "Any address that is not listed is refused: an empty list may lift the limit, or shut the key.",
    "platform.md 6",
)

RULES = (
    SESSION_EXPIRY,
    SECOND_SESSION,
    SIGN_IN_REFUSAL,
    KEYS_BY_KEY,
    LINKED_REFUSAL,
    LINKED_LOGS,
    APPLICATION_LINK,
    LINKED_IDS_ALIAS,
    SCOPES_WITH_LINKS,
    KEY_DATES,
    NO_ADDRESSES,
)
