"""The list of mailings, and one with what it says."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.mailings.models import Mailing, MailingEvent, MailingState, MailingText
from campaign.people.models import Topic

_WHEN = func.coalesce(Mailing.finished_at, Mailing.started_at, Mailing.send_at)
SORTS = {
    "title": func.lower(Mailing.title), "state": Mailing.state, "topic": Mailing.topic, "when": _WHEN,
    "total": Mailing.total, "made": Mailing.created_on,
}  # fmt: skip


def select_mailings(*, state: str = "", topic: str = "", search: str = "", sort: str = "") -> Select[Mailing]:
    """Every mailing, as far as it fits what was asked for; the newest first, unless sorted otherwise."""
    statement = select(Mailing)
    if state in set(MailingState):
        statement = statement.where(Mailing.state == state)
    if topic in set(Topic):
        statement = statement.where(Mailing.topic == topic)
    if search:
        statement = statement.where(func.lower(Mailing.title).contains(search.lower(), autoescape=True))
    column = SORTS.get(sort.removeprefix("-"), SORTS["made"])
    is_down = sort.startswith("-") or sort.removeprefix("-") not in SORTS
    order = column.desc().nulls_last() if is_down else column.asc().nulls_last()
    return statement.order_by(order, Mailing.id)


def get_mailing(mailing_id: uuid.UUID) -> Mailing:
    """One mailing. Raises NotFound."""
    found = session.get(Mailing, mailing_id)
    if found is None:
        raise NotFound
    return found


def texts_of(mailing_id: uuid.UUID) -> dict[str, MailingText]:
    """What a mailing says, by language."""
    statement = select(MailingText).where(MailingText.mailing_id == mailing_id).order_by(MailingText.language)
    return {text.language: text for text in session.scalars(statement)}


def list_events(mailing_id: uuid.UUID) -> Sequence[MailingEvent]:
    """The steps of a mailing, the newest first."""
    statement = select(MailingEvent).where(MailingEvent.mailing_id == mailing_id)
    return session.scalars(statement.order_by(MailingEvent.id.desc())).all()
