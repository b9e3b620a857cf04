"""Replacing the master key: every data key is wrapped anew, no sealed field is touched (SAFETY.md 10)."""

import os
from pathlib import Path

from campaign.kernel import audit
from campaign.kernel.crypto.keyring import Progress, keyring
from campaign.kernel.db import transaction


def rewrap_keyring(new_master_key: bytes, *, progress: Progress) -> int:
    """Wrap every data key under the new master key and give how many were changed.

    Each hundred keys are a transaction of the keyring and each row names the key that wrapped it, so that this may be
    killed at any point and run again, while all other processes go on reading. Raises WrongMasterKey for a row that
    none of the configured keys opens.
    """
    done = keyring.rewrap(new_master_key, progress=progress)
    keyring.check_master()
    if done:
        with transaction():
            audit.record("keys.rotated", about="keyring", amount=done)
    return done


def put_in_place(new: Path, current: Path) -> None:
    """Make `new` the current key file and keep the former as `.old`, which processes started before still need.

    In this order, a crash in between leaves both keys readable under names that are looked at.
    """
    former = current.with_name(f"{current.name}.old")
    former.unlink(missing_ok=True)
    os.link(current, former)
    new.replace(current)
    folder = os.open(current.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
