"""The two bodies of error answers (platform.md 0.3)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from entitree.api.models.wire import WireModel


class Violation(WireModel):
    property: str = ""
    violation: str = ""


class ServiceException(WireModel):
    message_id: str = ""
    text: str = ""
    validation_errors: dict[str, list[str]] = Field(default_factory=dict)


class RequestError(WireModel):
    service_exception: ServiceException


class ApiException(WireModel):
    """The older error body (platform.md 0.3, shape A)."""

    request_error: RequestError


class ApiError(WireModel):
    """The newer error body (platform.md 0.3, shape B)."""

    error_code: str
    description: str = ""
    action: str = ""
    violations: list[Violation] = Field(default_factory=list)
    resources: list[dict[str, Any]] = Field(default_factory=list)
