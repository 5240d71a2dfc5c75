"""Rules of what goes with an application or an entity: each line of the proposal, and its other readings."""

from __future__ import annotations

from entitree.sandbox.rules.rule import Rule

_WORDS_DISAGREE = (
    "One guide says that what is linked is removed, another that it is reset to default and none"
)

ASSOCIATIONS = Rule(
    "deletion-associations",
    ("removed", "reset", "kept"),
    f"{_WORDS_DISAGREE}.",
    "platform.md 8.2",
)
STRATEGIES = Rule(
    "deletion-strategies",
    ("removed", "kept"),
    f"{_WORDS_DISAGREE}, and speaks as if configurations were left behind.",
    "platform.md 8.2",
)
SUBSCRIPTIONS = Rule(
    "deletion-subscriptions",
    ("whole", "prune", "kept"),
    "A subscription may go whole when one of its criteria names the id, or lose that one alone. Pruned of "
    "its last it matches all traffic.",
    "platform.md 8.3",
)
NUMBERS = Rule(
    "deletion-numbers",
    ("both", "half", "kept"),
    "Resources are reset to the default application and no entity; whether the half of a pair that was not "
    "deleted goes too is said in so many words only once.",
    "platform.md 8.2",
)
INBOUND = Rule(
    "deletion-inbound",
    ("reset", "removed", "kept"),
    "Inbound configurations are mentioned only among what should be reassigned before.",
    "platform.md 8.3",
)
KEYS = Rule(
    "deletion-keys",
    ("kept", "dropped"),
    "API keys are mentioned only among what should be reassigned before. Dropped: the link goes, and a key "
    "that loses its last one is disabled.",
    "platform.md 8.3",
)
TRAFFIC = Rule(
    "deletion-traffic",
    ("kept", "cleared"),
    "Whether past messages keep the ids of what was deleted is not documented. Cleared: an application falls "
    "back to default, an entity to none.",
    "platform.md 8.3",
)
IN_USE = Rule(
    "deletion-in-use",
    ("allowed", "refused"),
    "No conflict is listed for a deletion of what is linked; refused means 400.",
    "platform.md 8.3",
)
RECREATION = Rule(
    "recreation",
    ("allowed", "refused"),
    "Whether the id of something deleted can be given again is not documented; refused means 409.",
    "platform.md 8.3",
)

RULES = (
    ASSOCIATIONS,
    STRATEGIES,
    SUBSCRIPTIONS,
    NUMBERS,
    INBOUND,
    KEYS,
    TRAFFIC,
    IN_USE,
    RECREATION,
)
