"""Starting again after the emergency wipe, on the same database: new keys for what is common to all.

Petitions and other subjects with keys of their own stay as dead as the wipe left them; they are written anew.
"""

from sqlalchemy import select

from campaign.kernel import audit
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.operations.wipe import supporter_tables
from campaign.kernel.registry import after_restore

DAY = "day:"


class NotWiped(Conflict):
    """The wipe was not run here, or not to its end."""


def begin_anew() -> list[str]:
    """Make new keys for the common scopes and end what lost its own; gives the scopes. Safe to repeat.

    A scope is common when its name has no subject behind a colon; the key of a day, which counts its mails, goes with
    them. Raises NotWiped while keys live or tables about people hold rows: their rows and the new keys would not fit.
    """
    scopes = sorted(scope for scope in keyring.destroyed() if ":" not in scope or scope.startswith(DAY))
    alive = set(keyring.scopes())
    if not scopes or alive - set(scopes):
        raise NotWiped(N_("There are keys in use here. This is for after “flask emergency wipe” only."))
    if not alive:
        _refuse_rows()
    made = [scope for scope in scopes if keyring.begin_anew(scope)]
    with transaction():
        for step in after_restore:
            step()
        if made:
            audit.record("emergency.begun_anew", about="everything about people", amount=len(made))
    return made


def _refuse_rows() -> None:
    filled = [table.name for table in supporter_tables() if session.scalar(select(select(table).exists()))]
    if filled:
        session.remove()
        raise NotWiped(N_("Tables about people hold rows that nobody can read. Run “flask emergency wipe” to its end."))
