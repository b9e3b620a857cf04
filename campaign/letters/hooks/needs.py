"""That a need can come from an answer, where a prisoner asked for something."""

import uuid

from flask import url_for

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_needs import NeedOrigin, OriginFacts, need_origins
from campaign.letters.models import NeedKind, ReportedNeed
from campaign.letters.service import needs
from campaign.needs.models import NeedCategory

LETTER = "letter"
CATEGORIES = {
    NeedKind.PARCEL: NeedCategory.PARCELS, NeedKind.MEDICINE: NeedCategory.MEDICINE,
    NeedKind.LAWYER: NeedCategory.LAWYER, NeedKind.MONEY: NeedCategory.SHOP, NeedKind.BOOKS: NeedCategory.PARCELS,
    NeedKind.VISIT: NeedCategory.TRAVEL, NeedKind.LETTERS: NeedCategory.LETTERS, NeedKind.OTHER: NeedCategory.OTHER,
}  # fmt: skip


def find(need_id: uuid.UUID) -> OriginFacts | None:
    """What was asked for in an answer."""
    found = session.get(ReportedNeed, need_id)
    if found is None:
        return None
    category = CATEGORIES[NeedKind(found.kind)]
    return OriginFacts(found.prisoner_id, category, found.is_urgent, is_open=found.state == needs.OPEN)


def words_of(need_id: uuid.UUID) -> str:
    """What was written down of it, opened to be sealed anew."""
    found = session.get(ReportedNeed, need_id)
    return needs.words_of(found) if found is not None else ""


def take(need_id: uuid.UUID, actor: uuid.UUID) -> None:
    """It is looked after as a need from now on."""
    needs.take_over(need_id, actor=actor)


def url_of(need_id: uuid.UUID) -> str:
    """The answer in which it was asked for."""
    found = session.get(ReportedNeed, need_id)
    if found is None or found.reply_id is None:
        return ""
    return url_for("replies_staff.show_reply", reply_id=found.reply_id)


ORIGIN = NeedOrigin(N_("An answer"), find, words_of, take, url_of)


def register() -> None:
    """Fill the registry."""
    need_origins.register(LETTER, ORIGIN)
