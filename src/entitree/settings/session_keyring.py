"""The keyring of this user's session, where there is one: `keyring` is an extra, and few servers have one.

An entry holds all that one profile signs in with, and is named after the profile and its address: under
another address it is not found.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from entitree.errors import StorageError
from entitree.settings.profile import Secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyring.backend import KeyringBackend

SERVICE: Final = "entitree"
_SAFE: Final = 1.0
"""Backends below this priority are not recommended by the library: some keep plain text in a file."""
_FIELDS: Final = ("api_key", "user", "password", "client_id", "client_secret")


class SessionKeyring:
    """Every method may ask the user something and wait for it: never on an event loop. Raises StorageError,
    repeating nothing of what is kept.
    """

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def read(self, profile: str, base_url: str) -> Secrets | None:
        """What is kept for `profile` at `base_url`; None where there is nothing."""
        with _told("be read"):
            text = self._backend.get_password(SERVICE, _entry(profile, base_url))
        if text is None:
            return None
        where = f"the keyring ({SERVICE}, {_entry(profile, base_url)})"
        kept: dict[str, str | None] = dict.fromkeys(_FIELDS)
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
            raise StorageError(f"What {where} holds was not written by entitree.", hint="Delete that entry.")
        kept |= {name: found[name] for name in _FIELDS if name in found}
        return Secrets(**kept, key_from=where, user_from=where, client_from=where)

    def keep(self, profile: str, base_url: str, secrets: Secrets) -> None:
        """Replaces what is kept for `profile` at `base_url`."""
        given = {name: value for name in _FIELDS if (value := getattr(secrets, name))}
        with _told("keep anything"):
            self._backend.set_password(SERVICE, _entry(profile, base_url), json.dumps(given))

    def forget(self, profile: str, base_url: str) -> None:
        """Keeps nothing for `profile` at `base_url` any more."""
        entry = _entry(profile, base_url)
        with _told("be changed"):
            if self._backend.get_password(SERVICE, entry) is not None:
                self._backend.delete_password(SERVICE, entry)


def open_keyring() -> SessionKeyring | None:
    """The keyring of this session; None where there is none that is safe. Takes a tenth of a second."""
    try:
        import keyring
        from keyring.backends.chainer import ChainerBackend
    except ImportError:
        return None
    try:
        backend = keyring.get_keyring()
        # A chain may end in a file of plain text.
        chain = backend.backends if isinstance(backend, ChainerBackend) else [backend]
        safe = [each for each in chain if each.priority >= _SAFE]
    except Exception:  # noqa: BLE001 - backends are plug-ins: what they raise is anybody's guess
        return None
    return SessionKeyring(safe[0]) if safe else None


def _entry(profile: str, base_url: str) -> str:
    return f"{profile}@{base_url}"


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - as above; and its text may quote what was to be kept
        raise StorageError(
            f"The keyring of this session could not {what}: {type(error).__name__}.",
            hint="Unlock it, or keep the key elsewhere.",
        ) from None
