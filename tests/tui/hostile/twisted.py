"""A platform whose every free text is hostile: a sandbox, its answers twisted, and requests turned back."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from tests.tui.hostile.strings import STRINGS

from entitree.api.transport import Reply, Request, Transport

if TYPE_CHECKING:
    from collections.abc import Callable

AS_IT_IS = frozenset(
    {
        *("resourceType", "channel", "type", "country", "countryCode", "destinationCountryCode", "status"),
        *("currency", "createdAt", "validFrom", "validTo", "events", "permissions", "action", "format"),
        *("level", "recordType", "senderType", "contentType", "capabilities", "days", "deliveryTimeZone"),
        *("sentAt", "receivedAt", "doneAt", "messageId", "errorCode", "groupName", "direction", "token"),
    }
)
"""What the platform picks from a list of its own, or what is a moment."""
IDS = frozenset(
    {
        *("applicationId", "entityId", "resourceId", "numberKey", "resourceKey", "number", "domainName"),
        *("subscriptionId", "sendingStrategyId", "configurationKey", "profileId", "id", "key", "resource"),
        *("senderName", "keyword"),
    }
)
"""What requests name things by."""
REFUSAL = {
    "requestError": {"serviceException": {"messageId": "BAD_REQUEST", "text": "TEXT"}},
    "errorCode": "E400",
    "description": "TEXT",
    "action": "TEXT",
    "violations": [{"property": "TEXT", "violation": "TEXT"}],
    "resources": [],
}
"""In both shapes at once: each family reads its own."""


class Twist:
    """Texts to hostile ones and back."""

    def __init__(self) -> None:
        self._there: dict[tuple[bool, str], str] = {}
        self._back: dict[str, str] = {}
        self._met: Counter[str] = Counter()

    def there(self, text: str, name: str) -> str:
        """A hostile text for what stands under `name`; of ids always the same, and no other's."""
        if text == "default":
            return text
        is_id = name in IDS
        known = self._there.get((is_id, text))
        if known is None:
            known = STRINGS[self._met[name] % len(STRINGS)]
            self._met[name] += 1
            if is_id:
                while known in self._back:
                    known += "·"
                self._back[known] = text
            self._there[is_id, text] = known
        return known

    def back(self, text: str, name: str = "") -> str:
        return self._back.get(text, text)


def _each(value: Any, change: Callable[[str, str], str], name: str = "") -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: each if key in AS_IT_IS else _each(each, change, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_each(each, change, name) for each in value]
    return change(value, name) if isinstance(value, str) else value


class TwistedTransport(Transport):
    """Every third write is refused, in words that are hostile too."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._twist = Twist()
        self._writes = 0

    async def send(self, request: Request, *, deadline: float) -> Reply:
        if request.method != "GET" and request.target.startswith("/provisioning/"):
            self._writes += 1
            if self._writes % 3 == 0:
                words = STRINGS[self._writes % len(STRINGS)]
                body = json.dumps(_each(REFUSAL, lambda text, _: words if text == "TEXT" else text))
                return Reply(400, {"content-type": "application/json"}, body.encode())
        reply = await self._inner.send(self._turned_back(request), deadline=deadline)
        try:
            found = json.loads(reply.body)
        except ValueError:
            return reply
        return Reply(reply.status, reply.headers, json.dumps(_each(found, self._twist.there)).encode())

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _turned_back(self, request: Request) -> Request:
        path, _, query = request.target.partition("?")
        path = "/".join(quote(self._twist.back(unquote(each)), safe="") for each in path.split("/"))
        if query:
            pairs = parse_qsl(query, keep_blank_values=True)
            query = "?" + urlencode([(name, self._twist.back(value)) for name, value in pairs])
        body = request.body
        if body:
            body = json.dumps(_each(json.loads(body), self._twist.back)).encode()
        return Request(request.method, path + query, request.headers, body)
