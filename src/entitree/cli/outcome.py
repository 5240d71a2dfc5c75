"""What the exit code of a command line says."""

from __future__ import annotations

from entitree.errors import (
    EntitreeError,
    NotFoundError,
    PlatformError,
    RefusedError,
    SettingsError,
    StorageError,
    UsageError,
)

EXIT_DONE = 0
EXIT_SOME_FAILED = 1
EXIT_USAGE = 2
EXIT_UNREACHABLE = 3
EXIT_CHANGED = 4
EXIT_INTERRUPTED = 130


def exit_code(error: EntitreeError) -> int:
    """The exit code for an error that ended the command."""
    match error:
        case UsageError() | SettingsError() | StorageError():
            return EXIT_USAGE
        case NotFoundError():
            return EXIT_SOME_FAILED
        case RefusedError() | PlatformError():
            return EXIT_UNREACHABLE
        case _:
            return EXIT_SOME_FAILED
