"""Rules of subscriptions and of the notification profiles they deliver through (platform.md 4)."""

from __future__ import annotations

from entitree.sandbox.rules.rule import Rule

DUPLICATE = Rule(
    "subscription-duplicate",
    ("400", "409"),
    "No 409 is listed for a new subscription or profile whose id is taken, and no other answer either.",
    "platform.md 4",
)
PUT = Rule(
    "subscription-put",
    ("replace", "merge"),
    "What a modification of a subscription or profile does to fields that it leaves out is not documented: "
    "they may go, or stay.",
    "platform.md 4",
)
CRITERIA = Rule(
    "criteria-unknown-ids",
    ("accepted", "refused"),
    "Whether the criteria of a subscription may name applications and entities that do not exist is not "
    "documented; refused means 400.",
    "platform.md 4",
)
UNAVAILABLE_EVENTS = Rule(
    "unavailable-events",
    ("dropped", "kept"),
    "Events that a channel does not have are ignored, say the documents: they may be left out of the "
    "subscription, or stand in it and never come.",
    "platform.md 4",
)
FILTER = Rule(
    "subscription-filter",
    ("any-criterion", "one-criterion"),
    "A list filtered by an application and an entity may hold subscriptions that name them in different "
    "criteria, or only those that name the pair in one.",
    "platform.md 8.4",
)
IDS = Rule(
    "subscription-ids",
    ("per-channel", "per-account"),
    "Whether subscriptions of two channels may have the same id is not documented.",
    "platform.md 4",
)
PROFILE_IN_USE = Rule(
    "profile-in-use",
    ("refused", "cascade"),
    "What the deletion of a profile does to its subscriptions, which must have one, is not documented. A "
    "certificate that a profile has cannot be deleted either. Cascade: they go too.",
    "platform.md 4",
)
CONTENT_TYPE = Rule(
    "profile-content-type",
    ("as-sent", "filled"),
    "No default is documented for the content type of a webhook, but the published example of a reply has "
    "application/json where the one of the request has none.",
    "platform.md 4",
)

RULES = (DUPLICATE, PUT, CRITERIA, UNAVAILABLE_EVENTS, FILTER, IDS, PROFILE_IN_USE, CONTENT_TYPE)
