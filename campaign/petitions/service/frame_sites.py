"""Which other sites may show a petition in a frame."""

import re
import uuid
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.petitions.models import FrameSite, Petition, PetitionState
from campaign.petitions.service.states import NotPossible

MOST_SITES = 30
"""They all stand in one header of every answer."""
LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class BadOrigin(DomainError):
    """What was typed is no site that a frame could stand on."""


def read_origin(text: str, *, with_loopback: bool) -> str:
    """The origin of a site, as browsers write it (RFC 6454, 6.2), from an address or a bare name; raises BadOrigin.

    https alone, since over http anybody on the way could put a form of their own around ours; but for onion services,
    which are their own proof, and (`with_loopback`) for this machine, where a site is tried out.
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port, host = parts.port, (parts.hostname or "").rstrip(".")
        host = host if host.isascii() else host.encode("idna").decode()
    except ValueError as problem:
        raise BadOrigin(NO_SITE) from problem
    if not _HOST.fullmatch(host) or len(host) > 180 or parts.username is not None or (port == 0):
        raise BadOrigin(NO_SITE)
    is_here = host in LOOPBACK
    if ("." not in host or is_here) and not (with_loopback and is_here):
        raise BadOrigin(NO_SITE)
    if parts.scheme != "https" and not (parts.scheme == "http" and (is_here or host.endswith(".onion"))):
        raise BadOrigin(N_("Only sites with https:// can show the petition: on others somebody could change the form."))
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, usual} else "")


NO_SITE = N_("Give the address of a site, such as https://example.org. A path is not needed.")


def allow_site(petition: Petition, origin: str, *, actor: uuid.UUID | None) -> bool:
    """Let a site (from `read_origin`) show the petition in a frame; gives whether that is new. Raises NotPossible."""
    if petition.state == PetitionState.ARCHIVED:
        raise NotPossible(N_("An archived petition stays as it is."))
    mine = FrameSite.petition_id == petition.id
    if (session.scalar(select(func.count()).select_from(FrameSite).where(mine)) or 0) >= MOST_SITES:
        raise NotPossible(N_("There are 30 sites already. Take one out first."))
    added = insert(FrameSite).values(petition_id=petition.id, origin=origin, added_by=actor, added_on=clock.today())
    is_new = session.execute(added.on_conflict_do_nothing().returning(FrameSite.origin)).first() is not None
    if is_new:
        audit.record("petition.frame_allowed", actor=actor, about=f"petition:{petition.id}", reason=origin)
    return is_new


def forbid_site(petition: Petition, origin: str, *, actor: uuid.UUID | None) -> bool:
    """Let a site show it no longer; gives whether it could. Browsers hear of it within a minute."""
    gone = delete(FrameSite).where(FrameSite.petition_id == petition.id, FrameSite.origin == origin)
    was_there = session.execute(gone.returning(FrameSite.origin)).first() is not None
    if was_there:
        audit.record("petition.frame_forbidden", actor=actor, about=f"petition:{petition.id}", reason=origin)
    return was_there
