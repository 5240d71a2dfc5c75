"""Where files live: XDG through platformdirs, or all of it under `ENTITREE_HOME`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from entitree.errors import SettingsError, StorageError
from entitree.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping

WAYS_OUT = "Free some space, mend its rights, or set ENTITREE_HOME to another place."


@record
class Paths:
    """The folders of one user. Nothing is created before something is written."""

    config: Path
    data: Path

    @property
    def config_file(self) -> Path:
        """The user's own settings; read, never written."""
        return self.config / "config.toml"

    @property
    def profiles_file(self) -> Path:
        """Profiles saved by the app; written whole, by the app alone."""
        return self.config / "profiles.toml"

    @property
    def secrets_file(self) -> Path:
        """Keys of profiles, mode 0600."""
        return self.config / "secrets.toml"

    @property
    def themes(self) -> Path:
        """The user's own themes, a TOML file each; read, never written."""
        return self.config / "themes"

    @property
    def logs(self) -> Path:
        """What was sent and what happened, kept for a while."""
        return self.data / "logs"

    @property
    def sandbox(self) -> Path:
        """The kept sandbox: the platform's state, and the mirror and journal of its account."""
        return self.data / "sandbox"

    def account(self, folder: str) -> Path:
        """Mirror and journal of the account that goes by `folder`."""
        return self.data / "accounts" / folder

    def pace(self, host: str) -> Path:
        """The file by which all that ask the account on `host` keep its pace, whichever profile they use."""
        return self.data / "pace" / f"{host}.db"


def find_paths(environ: Mapping[str, str]) -> Paths:
    """The folders that `environ` asks for. A relative `ENTITREE_HOME` counts from the current folder.

    Raises SettingsError for one that names a user who is not there.
    """
    home = environ.get("ENTITREE_HOME", "").strip()
    if home:
        try:
            root = Path(home).expanduser().absolute()
        except RuntimeError:
            raise SettingsError(
                f"ENTITREE_HOME is {home!r}, and that user has no home folder.", hint="Give the whole path."
            ) from None
        return Paths(config=root / "config", data=root / "data")
    import platformdirs

    return Paths(
        config=platformdirs.user_config_path("entitree", appauthor=False),
        data=platformdirs.user_data_path("entitree", appauthor=False),
    )


def private_folder(folder: Path) -> Path:
    """`folder`, created with what is missing above it, for this user alone (0700). Raises StorageError.

    A folder that is there keeps its mode: it is the user's.
    """
    try:
        for each in (*reversed(folder.parents), folder):
            # With `parents`, Python would make those above by the umask alone.
            if not each.is_dir():
                each.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be made: {error.strerror}.", hint=WAYS_OUT) from error
    return folder
