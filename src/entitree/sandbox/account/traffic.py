"""Messages put into the account as if they had been sent or had come in (`POST /_sandbox/traffic`).

    {"sent": [{"channel": "SMS", "sender": "BigCola", "destination": "385910000001", "entityId": "big-cola",
               "applicationId": "marketing", "status": "DELIVERED", "agoSeconds": 60, "count": 10}],
     "inbound": [{"channel": "SMS", "to": "385990000001", "from": "385910000001", "text": "STOP"}]}

Sent ones need `channel`, `sender`, and `destination` or `destinations`; they may have `text`,
`applicationId`, `entityId`, `status` (DELIVERED), `bulkId`, `messageId` (of a single message only),
`campaignReferenceId`, `mccMnc` and `callbackData`. Inbound ones need `channel`, `to` (a number of the
account) and `from`; they may have `text`, `applicationId`, `entityId`, `messageId`, `campaignReferenceId` and
`callbackData`. Each may say when it happened, `at` (as replies write it) or `agoSeconds` (0), and by `count`
(1) how many alike there are.
"""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entitree.api.names import DEFAULT_APPLICATION
from entitree.sandbox.account import messages
from entitree.sandbox.account.creation import create
from entitree.sandbox.account.inbound_tag import met, tag_of
from entitree.sandbox.account.kinds import APPLICATION, ENTITY, MESSAGE
from entitree.sandbox.account.objects import find, spelled
from entitree.sandbox.rules.traffic import AUTO_CREATE_ENTITY, UNKNOWN_APPLICATION, UNTAGGED_MESSAGE
from entitree.sandbox.wire.checks import Checks, given
from entitree.sandbox.wire.replies import ProblemError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from entitree.sandbox.account.ledger import Ledger
    from entitree.sandbox.account.records import Columns
    from entitree.sandbox.rules import Rules

    Tag = tuple[str | None, str | None]

MOST = 10_000
"""Messages of one injection."""

_LONGEST_TEXT = 32_000
_LONGEST_DATA = 4_000
"""Characters of `callbackData`."""

_LONG_AGO = 10 * 365 * 24 * 3600
_MCC_MNC = re.compile(r"[0-9]{5,6}", re.ASCII)

_COMMON = (
    *("channel", "text", "applicationId", "entityId", "messageId", "campaignReferenceId", "callbackData"),
    *("at", "agoSeconds", "count"),
)
_SENT_FIELDS = (*_COMMON, "sender", "destination", "destinations", "status", "bulkId", "mccMnc")
_INBOUND_FIELDS = (*_COMMON, "to", "from")


@dataclass(frozen=True, slots=True)
class _Batch:
    """Messages that are alike, one to each destination so many times."""

    columns: Columns
    destinations: list[str]
    count: int

    def __len__(self) -> int:
        return len(self.destinations) * self.count

    def rows(self) -> Iterator[Columns]:
        for destination in self.destinations * self.count:
            id_ = self.columns["id"] or str(uuid.uuid4())
            yield {**self.columns, "id": id_, "destination": destination}


def inject(
    db: sqlite3.Connection, ledger: Ledger, rules: Rules, now: float, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Adds the messages, all or none; `body` is as above. A field that it does not know is a typing error.

    A sent message with an unknown entity creates it, and by rule an application too (platform.md 1.5, 7.2);
    an inbound one without ids gets those of its configuration or number (platform.md 3).

    Returns:
        How many were `sent` and came in (`inbound`), the `messageIds` in order, and the ids of the
        `applications` and `entities` that were created.

    Raises:
        ProblemError: 400 with everything that is wrong with it.
    """
    injection = _Injection(db, ledger, rules, now)
    checks = Checks(body)
    _refuse_unknown(checks, ("sent", "inbound"))
    sent = [injection.sent(one) for one in checks.objects("sent") or ()]
    inbound = [injection.inbound(one) for one in checks.objects("inbound") or ()]
    for name, batches in (("sent", sent), ("inbound", inbound)):
        if sum(map(len, batches)) > MOST:
            checks.wrong(name, f"there may be at most {MOST} messages")
    checks.done()
    created = injection.create_missing(sent)
    ids = []
    for batch in (*sent, *inbound):
        for row in batch.rows():
            ledger.add(MESSAGE, row)
            ids.append(row["id"])
    counts = {"sent": sum(map(len, sent)), "inbound": sum(map(len, inbound))}
    return {**counts, "messageIds": ids, **created}


@dataclass(frozen=True, slots=True)
class _Injection:
    db: sqlite3.Connection
    ledger: Ledger
    rules: Rules
    now: float

    def sent(self, checks: Checks) -> _Batch:
        _refuse_unknown(checks, _SENT_FIELDS)
        columns = messages.columns(
            checks.id("messageId", required=False) or "",
            messages.SENT,
            checks.choice("channel", messages.SENT_CHANNELS) or "",
            sender=checks.id("sender") or "",
            destination="",
            tag=self._spelled(_ids(checks)),
            at=self._moment(checks),
            status=checks.choice("status", messages.OUTCOMES, required=False) or "DELIVERED",
            bulk_id=checks.id("bulkId", required=False) or str(uuid.uuid4()),
            body=_body(checks, mccMnc=_mcc_mnc(checks)),
        )
        return _batch(checks, columns, _destinations(checks))

    def inbound(self, checks: Checks) -> _Batch:
        _refuse_unknown(checks, _INBOUND_FIELDS)
        channel, to = checks.choice("channel", messages.INBOUND_CHANNELS), checks.id("to")
        body, tag = _body(checks), _ids(checks)
        number = self.db.execute("SELECT number_key FROM numbers WHERE number = ?", (to,)).fetchone()
        if to is not None and number is None:
            checks.wrong("to", "must be a number of this account")
        elif channel is not None and number is not None:
            place, text = (channel, number["number_key"]), body.get("text")
            body |= given({"keyword": self._keyword(*place, text)})
            if tag == (None, None):
                tag = tag_of(self.db, *place, text)
        columns = messages.columns(
            checks.id("messageId", required=False) or "",
            messages.INBOUND,
            channel or "",
            sender=checks.id("from") or "",
            destination="",
            tag=self._spelled(tag),
            at=self._moment(checks),
            body=body,
        )
        return _batch(checks, columns, [to or ""])

    def create_missing(self, sent: Sequence[_Batch]) -> dict[str, list[str]]:
        """What the messages name and the account lacks, as far as the rules have it created."""
        created: dict[str, list[str]] = {}
        for kind, column, creates in (
            (APPLICATION, "application_id", self.rules[UNKNOWN_APPLICATION] == "created"),
            (ENTITY, "entity_id", self.rules[AUTO_CREATE_ENTITY] == "on"),
        ):
            created[kind.family] = []
            for id_ in dict.fromkeys(batch.columns[column] for batch in sent) if creates else ():
                if id_ is None or find(self.db, self.rules, kind, id_) is not None:
                    continue
                # Where a rule forbids it the message still carries the id.
                with suppress(ProblemError):
                    create(self, kind, id_, id_)
                    created[kind.family].append(id_)
        return created

    def _keyword(self, channel: str, number_key: str, text: str | None) -> str | None:
        """That of the configuration which the message meets."""
        keywords = self.db.execute(
            "SELECT keyword FROM inbound_configurations WHERE channel = ? AND resource_key = ?",
            (channel, number_key),
        )
        return met([row["keyword"] for row in keywords], text, self.rules)

    def _spelled(self, tag: Tag) -> Tag:
        """The ids as the account spells them; one that names no application belongs to the default one."""
        application, entity = tag
        if application is None and self.rules[UNTAGGED_MESSAGE] == "default":
            application = DEFAULT_APPLICATION
        return (
            None if application is None else spelled(self.db, self.rules, APPLICATION, application),
            None if entity is None else spelled(self.db, self.rules, ENTITY, entity),
        )

    def _moment(self, checks: Checks) -> float:
        ago = checks.whole_number("agoSeconds", low=0, high=_LONG_AGO)
        at, text = self.now - (ago or 0), checks.text("at")
        if text is None:
            return at
        try:
            at = messages.parsed_moment(text) / 1_000_000
        except ValueError:
            checks.wrong("at", "must be a date and time as yyyy-MM-dd'T'HH:mm:ss.SSSZ")
        if ago is not None:
            checks.wrong("at", "excludes agoSeconds")
        if not self.now - _LONG_AGO <= at <= self.now:
            checks.wrong("at", "must be in the last ten years")
        return at


def _refuse_unknown(checks: Checks, known: Collection[str]) -> None:
    for name in checks.names():
        if name not in known:
            checks.wrong(name, f"is unknown; there are {', '.join(known)}")


def _batch(checks: Checks, columns: Columns, destinations: list[str]) -> _Batch:
    batch = _Batch(columns, destinations, checks.whole_number("count", low=1, high=MOST) or 1)
    if columns["id"] and len(batch) > 1:
        checks.wrong("messageId", "is for a single message")
    return batch


def _destinations(checks: Checks) -> list[str]:
    several = checks.texts("destinations", most=MOST)
    if several is None:
        return [checks.id("destination") or ""]
    if "destination" in checks.names():
        checks.wrong("destination", "excludes destinations")
    if not all(several):
        checks.wrong("destinations", "must not hold empty ones")
    if not several:
        checks.wrong("destinations", "must not be empty")
    return several


def _ids(checks: Checks) -> Tag:
    return checks.id("applicationId", required=False), checks.id("entityId", required=False)


def _body(checks: Checks, **more: str | None) -> dict[str, str]:
    return given(
        {
            "text": checks.text("text", high=_LONGEST_TEXT),
            "campaignReferenceId": checks.text("campaignReferenceId"),
            "callbackData": checks.text("callbackData", high=_LONGEST_DATA),
            **more,
        }
    )


def _mcc_mnc(checks: Checks) -> str | None:
    text = checks.text("mccMnc")
    if text is not None and _MCC_MNC.fullmatch(text) is None:
        checks.wrong("mccMnc", "must be a country code of three digits and a network code of two or three")
    return text
