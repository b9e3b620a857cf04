"""The version of a record that a person saw when they began to change it."""

from campaign.kernel.errors import N_, Conflict


def check_version(current: int, seen: int) -> None:
    """Raise Conflict when what the person saw is no longer what is stored."""
    if current != seen:
        raise Conflict(N_("Someone else changed this meanwhile. Look at it again before you go on."))
