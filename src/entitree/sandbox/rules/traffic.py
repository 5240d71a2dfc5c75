"""Rules of messages: what a send makes on the way, and how far filters are taken (platform.md 1.5, 7)."""

from __future__ import annotations

from entitree.sandbox.rules.rule import Rule

AUTO_CREATE_ENTITY = Rule(
    "auto-create-entity",
    ("on", "off"),
    "The documents say that a message with an unknown entity creates it, id and name alike; users of the "
    "platform sent many and found none.",
    "platform.md 1.5",
)
UNKNOWN_APPLICATION = Rule(
    "unknown-application",
    ("carried", "created"),
    "What a message with an unknown application does is not documented: it may carry the id and no more, or "
    "create the application as it does an entity.",
    "platform.md 7.2",
)
UNTAGGED_MESSAGE = Rule(
    "untagged-message",
    ("default", "none"),
    "One published report shows the application default on a message that presumably named none, others show "
    "no application at all.",
    "platform.md 7.1",
)
FILTERS = Rule(
    "traffic-filters",
    ("lenient", "strict"),
    "Most logs and reports list no 400, and their schemas allow what the texts forbid: a limit below 1, or "
    "over 1000 in an inbox, mnc without mcc, more than 2048 characters of ids, a cursor from nowhere. "
    "Lenient: the limit is brought into its bounds, the cursor has nothing after it, the rest is taken; "
    "strict: 400.",
    "platform.md 0.5",
)

RULES = (AUTO_CREATE_ENTITY, UNKNOWN_APPLICATION, UNTAGGED_MESSAGE, FILTERS)
