"""Rules of applications, entities and associations (platform.md 1)."""

from __future__ import annotations

from entitree.sandbox.rules.rule import Rule

PUT_WITHOUT_NAME = Rule(
    "put-without-name",
    ("clears", "keeps"),
    "What a modification without a name does to the alias is not documented.",
    "platform.md 1.2",
)
CONCURRENT_PUT = Rule(
    "concurrent-put",
    ("allowed", "conflict"),
    "409 is listed for modifications and explained nowhere; here it can mean that the object was changed by "
    "another key or user less than a second ago.",
    "platform.md 1.1",
)
DEFAULT_DELETION = Rule(
    "default-deletion",
    ("400", "403"),
    "Whether the default application can be deleted is not documented; 400 is listed without a cause.",
    "platform.md 1.4",
)
DEFAULT_ALIAS = Rule(
    "default-alias",
    ("allowed", "refused"),
    "Whether the default application can be given an alias is not documented.",
    "platform.md 1.4",
)
BLANK_ID = Rule(
    "blank-id",
    ("refused", "accepted"),
    "The documents give no shortest id; one client of the platform demands a character. An id of spaces is "
    "the open case: the empty one is always refused.",
    "platform.md 1.3",
)
ID_CASE = Rule(
    "id-case",
    ("sensitive", "insensitive"),
    "Whether ids that differ in the case of their ASCII letters alone are different ids is not documented.",
    "platform.md 1.2",
)
MOST_OBJECTS = Rule(
    "most-objects",
    ("unlimited", "1000", "10000"),
    "How many applications, entities and associations an account may have, each, is not documented.",
    "platform.md 9",
)
PAGE_SIZE = Rule(
    "provisioning-page-size",
    ("1000", "100"),
    "The documents say 1000; clients of older deployments never ask for more than 100.",
    "platform.md 0.5",
)
NULL_ENTITY_SENT = Rule(
    "association-null-entity-sent",
    ("accepted", "refused"),
    "The texts say to send null where there is no entity; the schema says that entityId is a string.",
    "platform.md 1.2",
)
NULL_ENTITY_SHOWN = Rule(
    "association-null-entity-shown",
    ("omitted", "null"),
    "An association without an entity may be shown without entityId, or with null.",
    "platform.md 11",
)
ASSOCIATION_ENUMS = Rule(
    "association-enums",
    ("closed", "open"),
    "The lists of resource types and channels grow and shrink from year to year; what an unlisted one "
    "answers is not documented.",
    "platform.md 1.2",
)
ASSOCIATION_TARGETS = Rule(
    "association-targets",
    ("checked", "free"),
    "404 is listed for a new association without a cause: presumably an application, entity or resource "
    "that does not exist.",
    "platform.md 1.2",
)
RESOURCE_SHARING = Rule(
    "resource-sharing",
    ("many", "one"),
    "The documents do not say whether a resource may be associated with several pairs on one channel.",
    "platform.md 1.2",
)
ASSOCIATION_LINKS = Rule(
    "association-links-number",
    ("no", "yes"),
    "One guide says that associations are needed for inbound traffic too, another that they only group "
    "senders: they may set the number's own link, or leave it alone.",
    "platform.md 1.2",
)

RULES = (
    PUT_WITHOUT_NAME,
    CONCURRENT_PUT,
    DEFAULT_DELETION,
    DEFAULT_ALIAS,
    BLANK_ID,
    ID_CASE,
    MOST_OBJECTS,
    PAGE_SIZE,
    NULL_ENTITY_SENT,
    NULL_ENTITY_SHOWN,
    ASSOCIATION_ENUMS,
    ASSOCIATION_TARGETS,
    RESOURCE_SHARING,
    ASSOCIATION_LINKS,
)
