"""API keys, without their secrets (platform.md 6; account-management.json)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import Field, model_validator

from entitree.api.models.wire import ListOf, WireModel


class KeyLink(WireModel):
    """An application, alone or with an entity, that a key is tied to.

    `action` is FILL (the ids are put into requests without them), FORCE (into every request) or None (they
    are only checked).
    """

    key: str | None = None
    application_id: str
    entity_id: str | None = None
    action: str | None = None


class ApiKey(WireModel):
    """A key as the platform lists it. Its secret, which every reply shows, is dropped before there is one of
    these: nothing here needs it, and what is not held cannot leak."""

    identified_by: ClassVar = ("id",)
    in_paths: ClassVar = "id"
    secrets: ClassVar = frozenset({"apiKeySecret", "api_key_secret"})

    id: str
    name: str | None = None
    account_id: str | None = None
    enabled: bool | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    allowed_ips: list[str] | None = Field(default=None, alias="allowedIPs")
    permissions: list[str] | None = None
    scope_guids: list[str] | None = None
    platform: ListOf[KeyLink]
    """Empty: the key is not tied to anything."""

    @model_validator(mode="before")
    @classmethod
    def _forget_secret(cls, value: object) -> object:
        if isinstance(value, dict):
            return {name: item for name, item in value.items() if name not in cls.secrets}
        return value


@dataclass(frozen=True, slots=True)
class CreatedApiKey:
    """A new key and its secret, which whoever made it has to be given."""

    key: ApiKey
    secret: str = field(repr=False)
