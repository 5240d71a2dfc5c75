"""Messages that were sent, as logs have them (platform.md 7.1; traffic/*.json)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import model_validator

from entitree.api.models.wire import WireModel

_TAG = (("applicationId", "application_id"), ("entityId", "entity_id"))


class LogEntry(WireModel):
    """One message. Its tag stands at the top in older families and in `platform` in newer ones; here at the
    top always. All the rest is kept as it came."""

    identified_by: ClassVar = ("message_id", "bulk_id")

    message_id: str | None = None
    bulk_id: str | None = None
    sent_at: str | None = None
    application_id: str | None = None
    entity_id: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _lift_tag(cls, value: object) -> object:
        if not isinstance(value, dict) or not isinstance(value.get("platform"), dict):
            return value
        lifted = {name: item for name, item in value.items() if name != "platform"}
        for wire, name in _TAG:
            tag = value["platform"].get(wire)
            if tag is not None and lifted.get(wire) is None and lifted.get(name) is None:
                lifted[wire] = tag
        return lifted
