"""What all wire models share.

Replies are read leniently: unknown fields and unknown enum values are kept, because the platform's enums
grow. What is sent is exact: `body()` leaves out what is not set.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

T = TypeVar("T")


def _no_null(value: object) -> object:
    return [] if value is None else value


ListOf = Annotated[list[T], BeforeValidator(_no_null), Field(default_factory=list)]
"""A list that is empty where the platform leaves it out or says null."""


class WireModel(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, alias_generator=to_camel, populate_by_name=True)

    identified_by: ClassVar[tuple[str, ...]] = ()
    """The fields that tell a row of a list from every other row of it; empty for what no list holds."""
    in_paths: ClassVar[str | None] = None
    """The field by which paths name one; None where query or body do, which carry any string."""
    secrets: ClassVar[frozenset[str]] = frozenset()
    """Names, on the wire and here, of what the platform sends and this program never keeps."""

    def body(self) -> dict[str, Any]:
        """The JSON object to send: the platform's names, nothing that is not set."""
        return self.model_dump(by_alias=True, exclude_none=True)


class Platform(WireModel):
    """The application and entity that a configuration is tied to; either may be absent."""

    application_id: str | None = None
    entity_id: str | None = None


class Paging(WireModel):
    """Where a page stands. Totals may lie while the list changes (hazards: replies)."""

    page: int
    size: int
    total_pages: int
    total_results: int
