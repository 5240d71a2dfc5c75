"""How an account is put together: who asks, what is refused on the way, and who runs its jobs."""

from __future__ import annotations

import getpass
from functools import partial
from typing import TYPE_CHECKING

from entitree.api.credentials import Credential, SignIn
from entitree.settings.profile import naming

if TYPE_CHECKING:
    from entitree.api.client import PlatformClient
    from entitree.api.gate import RateGate
    from entitree.api.observing import Observer
    from entitree.api.transport import Transport
    from entitree.changes.desk import JobDesk
    from entitree.changes.journal import Journal
    from entitree.changes.worker.runner import Runner
    from entitree.handover import Handover
    from entitree.inventory.store import Store
    from entitree.settings.profile import Profile

JOURNAL = "journal.db"
"""In the account's folder."""


def credential_of(profile: Profile) -> Credential:
    """Raises SettingsError that names the variable, or the file and key, but nothing of the secret."""
    secrets = profile.secrets
    with naming(secrets.key_from):
        Credential(api_key=secrets.api_key)
    with naming(secrets.user_from):
        Credential(user=secrets.user, password=secrets.password)
    with naming(secrets.client_from):
        Credential(client_id=secrets.client_id, client_secret=secrets.client_secret)
    return Credential(
        api_key=secrets.api_key,
        user=secrets.user,
        password=secrets.password,
        client_id=secrets.client_id,
        client_secret=secrets.client_secret,
        sign_in=SignIn(profile.sign_in),
    )


def client_of(
    profile: Profile,
    transport: Transport,
    credential: Credential,
    gate: RateGate,
    observe: Observer | None = None,
) -> PlatformClient:
    """A client that obeys the rules of `profile`; what it sends for a job can be stopped at the gate."""
    from entitree.api.client import PlatformClient
    from entitree.api.guard import Guard
    from entitree.changes.worker.stop import Door

    guard = Guard(read_only=profile.read_only, protected=profile.protected)
    return PlatformClient(transport, credential, Door(gate), guard, observe=observe)


def desk_of(
    handover: Handover, client: PlatformClient, store: Store, *, here: bool
) -> tuple[Journal, JobDesk]:
    """Journal and desk of an account. Its jobs run in this process with `here`, else in one of their own.

    The journal is yet to be opened.
    """
    from entitree.changes.desk import JobDesk
    from entitree.changes.journal import Journal
    from entitree.changes.vault import Vault
    from entitree.changes.worker.process import Process
    from entitree.changes.worker.runner import InProcess
    from entitree.handover import written

    profile, folder = handover.profile, handover.folder
    journal, vault = Journal(folder / JOURNAL, who=_user()), Vault(folder)
    runner: Runner
    if here:
        runner = InProcess(journal, client, store, vault, pace=handover.pace)
    else:
        runner = Process(journal, store, partial(written, handover))
    desk = JobDesk(
        journal,
        client,
        store,
        account=profile.name,
        protected=profile.protected,
        read_only=profile.read_only,
        vault=vault,
        runner=runner,
    )
    return journal, desk


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
