"""Rules of inbound message configurations (platform.md 3)."""

from __future__ import annotations

from entitree.sandbox.rules.rule import Rule

CHANNEL_WITH_KEY = Rule(
    "inbound-channel-with-key",
    ("optional", "required"),
    "The text says that a configurationKey alone is enough, the schema that channel is required always.",
    "platform.md 3",
)
WITHOUT_RESOURCE = Rule(
    "inbound-without-resource",
    ("404", "400"),
    "A query that names neither a resource nor a configurationKey is wrong by the text and right by the "
    "schema; of the two refusals that fit only 404 is listed.",
    "platform.md 3",
)
UPDATE = Rule(
    "inbound-update",
    ("merges", "replaces"),
    "What an update does to settings that it does not send is not said; that there is an unset to remove "
    "them speaks for their being kept.",
    "platform.md 3",
)
PLATFORM_UPDATE = Rule(
    "inbound-platform-update",
    ("replaced", "merged"),
    "An update whose platform names only an application may drop the entity that was there, or keep it.",
    "platform.md 3",
)
PLATFORM_SHOWN = Rule(
    "inbound-platform-shown",
    ("omitted", "default"),
    "How a configuration without a platform is shown is not documented: without the field, or with the "
    "application default, which means the same.",
    "platform.md 3",
)
UNKNOWN_IDS = Rule(
    "inbound-unknown-ids",
    ("accepted", "400", "404"),
    "Whether the application and the entity of a platform must be there is not documented. 404 is listed, "
    "presumably for the resource.",
    "platform.md 3",
)
FOREIGN_FIELDS = Rule(
    "inbound-foreign-fields",
    ("ignored", "refused"),
    "Each channel has some of the settings: a platform on LINE_OA may be ignored as unknown fields are, or "
    "refused with 400.",
    "platform.md 3",
)
SHORT_CODE_COUNTRY = Rule(
    "inbound-short-code-country",
    ("required", "optional"),
    "A countryCode is called required to identify a short code; whether that holds for one that is in a "
    "single country of the account is not said.",
    "platform.md 3",
)
KEYWORD_CASE = Rule(
    "inbound-keyword-case",
    ("insensitive", "sensitive"),
    "Whether keywords tell large letters from small is not documented.",
    "platform.md 3",
)

RULES = (
    CHANNEL_WITH_KEY,
    WITHOUT_RESOURCE,
    UPDATE,
    PLATFORM_UPDATE,
    PLATFORM_SHOWN,
    UNKNOWN_IDS,
    FOREIGN_FIELDS,
    SHORT_CODE_COUNTRY,
    KEYWORD_CASE,
)
