"""What an account owns to talk with: numbers, senders, email domains, and where their messages go.

Sources: platform.md 2, 3; numbers.json, resources.json, email-domains.json.
"""

from __future__ import annotations

from typing import Any, ClassVar

from entitree.api.models.wire import ListOf, Platform, WireModel


class Number(WireModel):
    """A number that the account owns, with its own link to an application and an entity (platform.md 2.3).

    `application_id` is `default` where it is linked to nothing in particular.
    """

    identified_by: ClassVar = ("number_key",)
    in_paths: ClassVar = "number_key"

    number_key: str
    number: str | None = None
    country: str | None = None
    """ISO 3166 alpha-2."""
    type: str | None = None
    """VIRTUAL_LONG_NUMBER, SHORT_CODE, …; the enum is open."""
    capabilities: ListOf[str]
    shared: bool | None = None
    note: str | None = None
    keywords: ListOf[str]
    application_id: str | None = None
    entity_id: str | None = None


class Resource(WireModel):
    """One that the search over owned resources found: each type has some of the fields (platform.md 2.2).

    `platform` is there for numbers only. Nothing that all types have identifies one.
    """

    identified_by: ClassVar = (
        "resource_type",
        "number_key",
        "number",
        "sender_name",
        "resource",
        "country_code",
    )

    resource_type: str
    """NUMBER, ALPHANUMERIC (which associations call ALPHA), RCS_RESOURCE, …; the enum is open."""
    number: str | None = None
    number_key: str | None = None
    number_type: str | None = None
    sender_name: str | None = None
    resource: str | None = None
    country_code: str | None = None
    country_name: str | None = None
    capabilities: ListOf[str]
    display_name: str | None = None
    original_resource_name: str | None = None
    shared: bool | None = None
    platform: Platform | None = None


class Domain(WireModel):
    """An email domain; what it was registered for is never shown (platform.md 2.4)."""

    identified_by: ClassVar = ("domain_name",)
    in_paths: ClassVar = "domain_name"

    domain_name: str
    domain_id: int | None = None
    active: bool | None = None
    blocked: bool | None = None
    created_at: str | None = None
    tracking: dict[str, Any] | None = None
    dns_records: list[dict[str, Any]] | None = None


class InboundConfiguration(WireModel):
    """Where the messages to one resource go on one channel, and whose they are (platform.md 3).

    It does not say which resource it is for: who asked for it knows.
    """

    identified_by: ClassVar = ("configuration_key",)
    in_paths: ClassVar = "configuration_key"

    configuration_key: str
    channel: str | None = None
    keyword: str | None = None
    """None: all that no other keyword takes."""
    username: str | None = None
    platform: Platform | None = None
    forwarding: dict[str, Any] | None = None
    conversations: dict[str, Any] | None = None
    answers: dict[str, Any] | None = None
    auto_response: dict[str, Any] | None = None
    block_list_configuration: dict[str, Any] | None = None
