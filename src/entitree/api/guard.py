"""What this program refuses to send, whoever asks: the last gate below every screen and command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from entitree.api.names import DEFAULT_APPLICATION
from entitree.api.operations import (
    CREATE_SESSION,
    CREATE_TOKEN,
    DELETE_APPLICATION,
    DELETE_ENTITY,
    DESTROY_SESSION,
    OPERATIONS,
    Operation,
)
from entitree.errors import RefusedError
from entitree.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

READS: frozenset[Operation] = frozenset(operation for operation in OPERATIONS.values() if operation.reads)
"""All that a read-only profile may ask for; an operation that is not in the table is not in here either."""

SIGN_IN: frozenset[Operation] = frozenset({CREATE_SESSION, CREATE_TOKEN, DESTROY_SESSION})
"""What changes nothing of an account but who is signed in, so that a read-only profile may send it too."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of a profile. `protected` are ids of applications and entities that are never deleted."""

    read_only: bool = False
    protected: frozenset[str] = frozenset()

    def check(self, operation: Operation, ids: Iterable[str] = ()) -> None:
        """Let the operation on these ids pass, or not.

        Raises:
            RefusedError: a write on a read-only profile; the deletion of a protected id, or of the `default`
                application, which always exists (platform.md 1.4).
        """
        if self.read_only and operation not in READS and operation not in SIGN_IN:
            raise RefusedError(
                "This profile is read-only, so nothing was sent.",
                hint="Use a profile that may write, or set read_only = false in config.toml.",
            )
        if operation not in (DELETE_APPLICATION, DELETE_ENTITY):
            return
        for identifier in ids:
            if identifier in self.protected:
                raise RefusedError(
                    f"“{visible(identifier)}” is protected, so it was not deleted.",
                    hint="Take it off the profile's protected ids first, if you are sure.",
                )
            if operation == DELETE_APPLICATION and identifier == DEFAULT_APPLICATION:
                raise RefusedError(
                    "The application “default” always exists and is never deleted.",
                    hint="Choose other applications.",
                )
