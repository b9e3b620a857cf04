"""What somebody does behind the link of a mail: ends topics or takes them up again, slows mails down, pauses.

Each act locks the person first and can be repeated. Nothing here knows who clicked: the link is the key.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from campaign.accounts.queries import get_account
from campaign.accounts.service.emails import email_of
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.mail.suppression import (
    Suppression,
    SuppressionReason,
    suppress,
    suppression_index,
)
from campaign.people.models import (
    IDENTITY,
    SCOPE,
    AskRest,
    Consent,
    EndedHow,
    IdentityKind,
    MailRhythm,
    MailWish,
    PersonIdentity,
    Purpose,
    Topic,
    Volunteer,
)
from campaign.people.queries.mail_wishes import find_wish
from campaign.people.service.consents import agree, unsubscribe
from campaign.people.service.ladder import answers
from campaign.people.service.mail_links import Link
from campaign.people.service.records import lock_person

TEXT = "2026-11 preferences"
"""The version of the words on the page of preferences."""
THEIR_OWN_WORD = (SuppressionReason.ASKED, SuppressionReason.COMPLAINED)
"""Why an address is never mailed, where its owner says so and can take it back."""
PAUSE = timedelta(days=91)
"""Three months: thirteen weeks."""
# The quieter of two wishes is what both records get.
_QUIETEST = text(
    "UPDATE mail_wish SET rhythm = both_.rhythm, paused_until = both_.paused_until,"
    " mailed_on = CASE WHEN both_.rhythm = 'any' THEN NULL ELSE both_.mailed_on END FROM (SELECT"
    " CASE WHEN bool_or(rhythm = 'monthly') THEN 'monthly' WHEN bool_or(rhythm = 'weekly') THEN 'weekly'"
    "  ELSE 'any' END AS rhythm, max(paused_until) AS paused_until, max(mailed_on) AS mailed_on"
    " FROM mail_wish WHERE person_id IN (:winner, :loser)) AS both_ WHERE person_id IN (:winner, :loser)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One topic on the page of preferences."""

    topic: Topic
    is_on: bool
    subject: uuid.UUID | None = None

    @property
    def key(self) -> str:
        """What a form calls it."""
        return str(self.topic if self.subject is None else self.subject)


def list_lines(person_id: uuid.UUID) -> list[Line]:
    """The topics somebody can turn on and off: the general ones, and petitions whose news they get or ended today."""
    statement = select(Consent).where(Consent.person_id == person_id).order_by(Consent.given_on, Consent.id)
    consents = session.scalars(statement.execution_options(populate_existing=True)).all()
    on = {(each.purpose, each.subject) for each in consents if each.ended_on is None}
    lines = [
        Line(Topic.NEWS, (Purpose.NEWS, None) in on),
        Line(Topic.ASKS, not _is_never_asked(person_id)),
        Line(Topic.EVENTS, (Purpose.EVENTS, None) in on),
    ]
    petitions = {each.subject for each in consents if each.subject is not None and _is_to_be_shown(each)}
    lines += [Line(Topic.PETITION, (Topic.PETITION, each) in on, each) for each in sorted(petitions)]
    return lines


def is_on(link: Link) -> bool:
    """Whether such mails still go out to them."""
    if link.topic is Topic.ASKS:
        return not _is_never_asked(link.person_id)
    current = select(Consent.id).where(Consent.person_id == link.person_id, Consent.ended_on.is_(None))
    return session.scalar(current.where(*link.consents()).limit(1)) is not None


def can_return(link: Link) -> bool:
    """Whether they can take it up again here: of a petition, which may close, only while the day lasts."""
    if link.topic is Topic.ALL:
        return False
    lines = [each for each in list_lines(link.person_id) if (each.topic, each.subject) == (link.topic, link.subject)]
    return bool(lines) and not lines[0].is_on


def end_topic(link: Link) -> None:
    """End what a link stands for; once is enough. Raises NotFound."""
    if link.topic is not Topic.ASKS:
        unsubscribe(link.person_id, *link.consents())
    elif not _is_never_asked(link.person_id):
        answers.rest(link.person_id, None, actor=None)


def take_up(link: Link) -> None:
    """Get such mails again, at their own act: a consent of today in the words of this page. Raises NotFound."""
    if link.topic is Topic.ASKS:
        answers.end_rest(link.person_id, actor=None)
    elif can_return(link):
        agree(link.person_id, link.topic, subject=link.subject, text_version=TEXT, actor=None)


def choose(
    person_id: uuid.UUID, *, seen: Collection[str], chosen: Collection[str], rhythm: str, language: str
) -> None:  # fmt: skip
    """Keep what the form says about the topics that it showed, `seen`; rhythm and language. Raises NotFound."""
    person = lock_person(person_id)
    for line in list_lines(person_id):
        if line.key in seen and line.is_on != (line.key in chosen):
            link = Link(person_id, line.topic, line.subject)
            end_topic(link) if line.is_on else take_up(link)
    wish = find_wish(person_id)
    if (wish.rhythm if wish is not None else MailRhythm.ANY) != rhythm:
        forgets = {"mailed_on": None} if rhythm == MailRhythm.ANY else {}
        _wish(person_id, rhythm=MailRhythm(rhythm).value, **forgets)
        audit.record("person.mail_wish", about=f"person:{person_id}", reason=f"rhythm {rhythm}")
    if person.language != language:
        person.language = language
        session.flush()
        audit.record("person.edit", about=f"person:{person_id}")


def pause(person_id: uuid.UUID) -> date:
    """Send nothing for three months from today; gives the last day of it. Raises NotFound."""
    lock_person(person_id)
    until = clock.today() + PAUSE
    _wish(person_id, paused_until=until)
    audit.record("person.mail_wish", about=f"person:{person_id}", reason="pause")
    return until


def resume(person_id: uuid.UUID) -> None:
    """Mails go out again. Raises NotFound."""
    lock_person(person_id)
    ended = update(MailWish).where(MailWish.person_id == person_id, MailWish.paused_until.is_not(None))
    if session.scalar(ended.values(paused_until=None).returning(MailWish.person_id)) is not None:
        audit.record("person.mail_wish", about=f"person:{person_id}", reason="pause ended")


def never_again(person_id: uuid.UUID) -> None:
    """Write to them never again, whatever it is: every consent to mails ends, and their addresses are suppressed."""
    unsubscribe(person_id, Consent.purpose != Purpose.CALLS, how=EndedHow.NEVER)
    for address in _addresses(person_id):
        suppress(address, SuppressionReason.ASKED)
    audit.record("person.mail_wish", about=f"person:{person_id}", reason="never")


def write_again(person_id: uuid.UUID) -> None:
    """Take that back: they can be written to, and agree to nothing until they say so. Raises NotFound."""
    lock_person(person_id)
    indexes = [suppression_index(each) for each in _addresses(person_id)]
    lifted = delete(Suppression).where(Suppression.address_index.in_(indexes), Suppression.reason.in_(THEIR_OWN_WORD))
    if session.execute(lifted.returning(Suppression.reason)).first() is not None:
        audit.record("person.mail_wish", about=f"person:{person_id}", reason="never ended")


def is_never_written(person_id: uuid.UUID) -> bool:
    """Whether they asked to be written to never again, or called a mail of ours spam."""
    indexes = [suppression_index(each) for each in _addresses(person_id)]
    asked = select(Suppression.reason).where(
        Suppression.address_index.in_(indexes), Suppression.reason.in_(THEIR_OWN_WORD)
    )
    return session.scalar(asked.limit(1)) is not None


def has_account(person_id: uuid.UUID) -> bool:
    """Whether they help under an account, by which they erase themselves."""
    return session.scalar(select(Volunteer.id).where(Volunteer.person_id == person_id).limit(1)) is not None


def quietest(winner: uuid.UUID, loser: uuid.UUID) -> None:
    """Before the wishes of two records become one."""
    session.execute(_QUIETEST, {"winner": winner, "loser": loser})


def export(person_id: uuid.UUID) -> dict[str, Any]:
    """How somebody wants to be mailed."""
    wish = find_wish(person_id)
    if wish is None:
        return {}
    return {"rhythm": wish.rhythm, "paused_until": wish.paused_until, "mailed_on": wish.mailed_on}


def erase(person_id: uuid.UUID) -> int:
    """Forget it."""
    gone = delete(MailWish).where(MailWish.person_id == person_id).returning(MailWish.person_id)
    return len(session.scalars(gone).all())


def _wish(person_id: uuid.UUID, **values: Any) -> None:
    """Keep some of it; the rest stays, or is as for everybody."""
    statement = insert(MailWish).values(person_id=person_id, **{"rhythm": MailRhythm.ANY.value, **values})
    session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))


def _is_never_asked(person_id: uuid.UUID) -> bool:
    rest = session.get(AskRest, person_id, populate_existing=True)
    return rest is not None and (rest.until_on is None or rest.until_on >= clock.today())


def _is_to_be_shown(consent: Consent) -> bool:
    if consent.purpose != Topic.PETITION or consent.ended_on is None:
        return consent.purpose == Topic.PETITION
    return consent.ended_how == EndedHow.UNSUBSCRIBED and consent.ended_on >= clock.today()


def _addresses(person_id: uuid.UUID) -> Sequence[str]:
    """Wherever mail could go to: every address of the record, and that of their account."""
    ways = select(PersonIdentity).where(
        PersonIdentity.person_id == person_id, PersonIdentity.kind == IdentityKind.EMAIL
    )
    found = [IDENTITY.unseal(SCOPE, each.id, each.value_sealed) for each in session.scalars(ways)]
    account = session.scalar(select(Volunteer.account_id).where(Volunteer.person_id == person_id).limit(1))
    own = email_of(get_account(account)) if account is not None else ""
    return [*found, *([own] if own else [])]
