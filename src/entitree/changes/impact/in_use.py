"""Whether ids are still in use: messages of the last 48 hours, from the logs that the profile may read.

Never from reports or inboxes, which hand out each message once: reading them would take it from whoever it is
for (hazards: writes). Logs tell of what was sent, not of what came in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from entitree.api.client.logs import LOGS
from entitree.changes.impact.model import InUse, Use
from entitree.errors import EntitreeError, StorageError
from entitree.inventory.listings import Cost
from entitree.inventory.model import Kind
from entitree.inventory.reader import together
from entitree.inventory.sync import NotChecked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from entitree.api.client import PlatformClient
    from entitree.api.models import LogEntry
    from entitree.changes.impact.model import Impact

MOST_IDS = 20
"""Ids that are looked at; of more, those with the most tied to them, and it is said that it is a sample."""

MOST_MESSAGES = 1000
"""Messages of one id and channel that are counted: what one request gives."""


@dataclass(slots=True)
class _Tally:
    messages: int = 0
    more: bool = False
    last: datetime | None = None
    channels: list[str] = field(default_factory=list)


def sample(impact: Impact, most: int = MOST_IDS) -> tuple[str, ...]:
    """Those of the ids of `impact` that are looked at."""
    if len(impact.ids) <= most:
        return impact.ids
    tied = {each: impact.of(each) for each in impact.ids}
    heaviest = sorted(
        impact.ids,
        key=lambda each: (-len(tied[each].removals) - len(tied[each].resets) - len(tied[each].stops), each),
    )
    return tuple(sorted(heaviest[:most]))


def in_use_cost(ids: int, factor: float | None = 1.0) -> Cost:
    """What looking at so many ids takes: requests, and seconds at `factor` times the documented limits."""
    asked = min(ids, MOST_IDS)
    paces = [limit.seconds / limit.requests for each in LOGS.values() if (limit := each.limit) is not None]
    seconds = max(0, asked - 1) * max(paces, default=0.0)
    return Cost(asked * len(LOGS), seconds / factor if factor else 0.0)


async def in_use(client: PlatformClient, kind: Kind, ids: Collection[str], *, of: int | None = None) -> InUse:
    """Which of `ids` messages were sent with in the last 48 hours: one request for each id and channel that
    has logs, the channels side by side, each on its own limit.

    A channel whose logs may not be read is asked once, and stands in `not_checked`; so does one that failed,
    and what was found until then counts. Raises StorageError only.

    Args:
        of: how many ids there are, where `ids` is a sample of them.
    """
    looking = _Looking(client, kind, tuple(sorted(set(ids))))
    unread = await together([looking.at(channel) for channel in LOGS])
    used = [
        Use(
            item_id,
            tally.messages,
            tally.more,
            tally.last,
            tuple(channel for channel in LOGS if channel in tally.channels),
        )
        for item_id, tally in looking.tallies.items()
    ]
    never = datetime.min.replace(tzinfo=UTC)
    used.sort(key=lambda use: (use.last or never, use.messages, use.id), reverse=True)
    return InUse(
        used=tuple(used),
        sampled=looking.ids,
        of=len(looking.ids) if of is None else of,
        channels=tuple(channel for channel, why in zip(LOGS, unread, strict=True) if why is None),
        not_checked=tuple(each for each in unread if each is not None),
        requests=looking.requests,
    )


class _Looking:
    def __init__(self, client: PlatformClient, kind: Kind, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        self.tallies: Mapping[str, _Tally] = defaultdict(_Tally)
        self.requests = 0
        self._client = client
        self._kind = kind

    async def at(self, channel: str) -> NotChecked | None:
        """Look at the logs of one channel, id after id."""
        what = f"{channel} logs"
        try:
            for item_id in self.ids:
                if not await self._messages(channel, item_id):
                    return NotChecked(what, "the platform answers for other ids than it was asked for")
        except StorageError:
            raise
        except EntitreeError as error:
            return NotChecked(what, str(error))
        return None

    async def _messages(self, channel: str, item_id: str) -> bool:
        """Returns whether the answer was about this id: a key that is bound to others gets theirs."""
        own = {f"{self._kind.value}_id": item_id}
        self.requests += 1
        page = await anext(self._client.logs(channel, limit=MOST_MESSAGES, **own))
        messages = [each for each in page.results if self._tag(each) in (None, item_id)]
        count = len(messages) + len(page.odd)
        if not count:
            return not page.results
        tally = self.tallies[item_id]
        tally.messages += count
        tally.more |= len(page.results) + len(page.odd) >= MOST_MESSAGES
        tally.channels.append(channel)
        moments = [moment for each in messages if (moment := parsed(each.sent_at)) is not None]
        tally.last = max([*moments, *([tally.last] if tally.last else [])], default=None)
        return True

    def _tag(self, message: LogEntry) -> str | None:
        return message.application_id if self._kind is Kind.APPLICATION else message.entity_id


def parsed(text: str | None) -> datetime | None:
    """The moment that the platform writes as `2026-11-25T14:02:11.000+0000`; None for what is no moment."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
