"""Secrets of planned requests, kept apart from plans and journal: forwarding URLs with a password or a query.

A secret is known by its fingerprint, which tells nothing of it to who has not the vault: so a state can say
which URL there is, and a plan which one to send, and neither holds it. A vault belongs to one account on one
machine.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import secrets
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from entitree.changes.private import read_private, write_private
from entitree.disk import storage_error
from entitree.errors import StorageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

MARK = "$secret"
"""An object with this name alone stands for a secret; its value is the fingerprint."""

NAMED = "fingerprint"
"""What states call the fingerprint of a secret that they do not hold."""

KEPT_FOR = timedelta(days=2)
"""What no job uses is kept for so long: a plan may be on somebody's screen, or in a file."""

_FRESH = timedelta(hours=1)
_NAME = "vault.json"
_VERSION = 1
_LENGTH = 32


class Vault:
    """The secrets beside the journal in `folder`, in a file with mode 0600 that several processes may use.

    Every method blocks for a small file, and may raise StorageError.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = folder / _NAME
        self._clock = clock

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._path)!r})"

    def put(self, value: str) -> dict[str, str]:
        """Keep `value`, and return what stands for it in a body. Equal values are one secret."""
        now = self._clock()
        with self._opened() as content:
            fingerprint = _fingerprint(content, value)
            known = content["secrets"].get(fingerprint)
            # What was put a moment ago need not be written again.
            if known is None or datetime.fromisoformat(known["used"]) < now - _FRESH:
                content["secrets"][fingerprint] = {"value": value, "used": now.isoformat()}
        return {MARK: fingerprint}

    def fingerprint(self, value: str) -> str:
        """What tells `value` from every other, without telling what it is; nothing is kept of it."""
        content = self._read()
        if content is None:
            with self._opened() as made:
                content = made
        return _fingerprint(content, value)

    def has(self, fingerprint: str) -> bool:
        """Whether the secret with this fingerprint is kept here."""
        content = self._read()
        return content is not None and fingerprint in content["secrets"]

    def resolve(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """`body` as it is to be sent, with the secrets it refers to.

        Raises:
            UsageError: one of them is not here.
        """
        if not any(True for _ in references(body)):
            return dict(body)
        content = self._read()
        known = {} if content is None else content["secrets"]
        return {name: _replaced(each, known) for name, each in body.items()}

    def hold(self, *fingerprints: str) -> None:
        """Say that these are needed, so that no sweep takes them for `KEPT_FOR`.

        Raises:
            UsageError: one of them is not here.
        """
        if not fingerprints:
            return
        with self._opened() as content:
            for each in fingerprints:
                if each not in content["secrets"]:
                    raise _missing()
                content["secrets"][each]["used"] = self._clock().isoformat()

    def sweep(self, used: Collection[str]) -> int:
        """Forget what is not among `used`, which are the `fingerprints` of all steps that are kept, and was
        not put or held for `KEPT_FOR`. Returns how many.
        """
        if self._read() is None:
            return 0
        oldest = self._clock() - KEPT_FOR
        with self._opened() as content:
            old = [
                name
                for name, each in content["secrets"].items()
                if name not in used and datetime.fromisoformat(each["used"]) < oldest
            ]
            for name in old:
                del content["secrets"][name]
        return len(old)

    @contextmanager
    def _opened(self) -> Iterator[dict[str, Any]]:
        """What the file holds, to be changed: it is written at the end, and nobody else writes meanwhile."""
        with self._alone():
            before = self._read()
            content = before or {"version": _VERSION, "key": secrets.token_hex(32), "secrets": {}}
            shape = json.dumps(before)
            yield content
            if (now := json.dumps(content)) != shape:
                write_private(self._path, now.encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = self._path.with_name(self._path.name + ".lock")
        try:
            lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise storage_error(str(lock), error, if_damaged="Remove it.") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _read(self) -> dict[str, Any] | None:
        raw = read_private(self._path)
        if raw is None:
            return None
        try:
            content = json.loads(raw)
            if content["version"] != _VERSION:
                raise StorageError(
                    f"{self._path} was written by a newer version of this program.", hint="Update it."
                )
            bytes.fromhex(content["key"])
            for each in content["secrets"].values():
                datetime.fromisoformat(each["used"]), str(each["value"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            # Without the cause: its message might quote what the file holds.
            raise StorageError(
                f"{self._path} cannot be used: it is damaged.",
                hint="Move it away: jobs that need a secret of it then say so, and have to be planned again.",
            ) from None
        found: dict[str, Any] = content
        return found


def references(value: object) -> Iterator[str]:
    """The fingerprints of all secrets that a body, or any part of one, refers to."""
    if isinstance(value, dict):
        if (found := _reference(value)) is not None:
            yield found
            return
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from references(each)


def fingerprints(value: object) -> Iterator[str]:
    """All secrets that a body or a state speaks of, referred to or only recognised: what a sweep has to leave
    while undo may need it.
    """
    if isinstance(value, dict):
        for name, each in value.items():
            if name in (MARK, NAMED) and isinstance(each, str):
                yield each
            else:
                yield from fingerprints(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from fingerprints(each)


def _reference(value: Mapping[str, Any]) -> str | None:
    found = value.get(MARK) if len(value) == 1 else None
    return found if isinstance(found, str) else None


def _replaced(value: object, known: Mapping[str, Any]) -> object:
    if isinstance(value, dict):
        if (name := _reference(value)) is None:
            return {key: _replaced(each, known) for key, each in value.items()}
        if name not in known:
            raise _missing()
        return known[name]["value"]
    if isinstance(value, list | tuple):
        return [_replaced(each, known) for each in value]
    return value


def _fingerprint(content: Mapping[str, Any], value: str) -> str:
    # A lone surrogate has no encoding, and is part of no URL that a request could carry.
    data = value.encode("utf-8", "surrogatepass")
    return hmac.new(bytes.fromhex(content["key"]), data, sha256).hexdigest()[:_LENGTH]


def _missing() -> UsageError:
    return UsageError(
        "A forwarding URL with a password or a query is not kept on this machine any more.",
        hint="Make the plan again, here, and type the URL.",
    )
