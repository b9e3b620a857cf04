"""Words of an answer in public: proposed by one person, approved by another, shown, taken back at once.

Only while whoever wrote them agrees: the consent, the public page and open incidents are asked for at each step under
their locks, and again whenever the public reads (queries/published.py). Locks go from the person to the consent to the
answer, as a revoked consent and a withdrawn page take them.
"""

import json
import uuid
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import after_commit, session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.letters.models import SCOPE, PublicationState, Reply
from campaign.letters.models.incoming import PUBLISHED_TEXT
from campaign.letters.queries import published as queries
from campaign.letters.queries.published import LIVE, Hindrance, Words
from campaign.letters.queries.replies import find_writer_name, get_reply
from campaign.letters.service.errors import NotThatStep
from campaign.letters.service.reply_moves import locked, note
from campaign.letters.service.reply_names import find_named, names_person
from campaign.letters.service.typed import clean_text
from campaign.prisoners.models import ConsentKind, Prisoner, PrisonerConsent

P = PublicationState
STEPS: dict[PublicationState, frozenset[PublicationState]] = {
    P.NONE: frozenset({P.ASKED}),
    # Proposed anew: whoever did so last is not the one who approves.
    P.ASKED: frozenset({P.ASKED, P.APPROVED, P.WITHDRAWN}),
    P.APPROVED: frozenset({P.PUBLISHED, P.WITHDRAWN}),
    P.PUBLISHED: frozenset({P.WITHDRAWN}),
    P.WITHDRAWN: frozenset({P.ASKED}),
}
LANGUAGES = ("ru", "en", "de")
LONGEST = 2_000
SENTENCES = {
    Hindrance.NOT_READ: N_("Words are chosen once every page was read, and while the answer is not closed."),
    Hindrance.NO_TEXT: N_("Type what the letter says first: what is shown is chosen from that."),
    Hindrance.NO_CONSENT: N_("There is no recorded consent to show words from this person’s letters."),
    Hindrance.NOT_PUBLIC: N_("This person’s page is not public, so nothing they wrote is shown."),
    Hindrance.INCIDENT: N_("An incident about this answer is open. Nothing of it is shown until it is closed."),
}


class Why(StrEnum):
    """Why words were taken back."""

    BY_STAFF = "by_staff"
    CONSENT = "consent"
    PAGE = "page"
    INCIDENT = "incident"
    MATCHED_ANEW = "matched_anew"
    CLOSED = "closed"
    ERASED = "erased"
    """They were only proposed when the answer was erased."""


class NotShowable(DomainError):
    """Something that must hold does not; `hindrance` says what."""

    def __init__(self, hindrance: Hindrance) -> None:
        super().__init__(SENTENCES[hindrance])
        self.hindrance = hindrance


class BadExcerpt(DomainError):
    """No words, or too many."""


class NamesWriter(DomainError):
    """The words name whoever the answer is for."""


class NamesSomebody(DomainError):
    """Words of which nobody has said that they may stand; `names` gives all that were found."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(N_("This may name somebody else, or a place. Take it out, or say of each that it may stand."))
        self.names = names


class OwnProposal(DomainError):
    """Somebody else has to approve what one proposed."""


def propose(
    reply_id: uuid.UUID, texts: Mapping[str, str], *, may_name: Collection[str] = (), seen_version: int,
    actor: uuid.UUID,
) -> Reply:  # fmt: skip
    """Ask that these words (by language) be shown; a proposal that waits is replaced.

    `may_name`: what was found by `find_names` and may stand all the same. Raises BadExcerpt, NamesWriter,
    NamesSomebody, NotShowable, NotThatStep, Conflict.
    """
    plain = clean_excerpt(texts)
    reply, consent = _locked_with_ground(reply_id, seen_version)
    if (hindrance := queries.find_untyped(reply)) is not None:
        raise NotShowable(hindrance)
    refuse_names(reply, plain, may_name)
    _move(reply, P.ASKED, actor=actor)
    stored = json.dumps({"written_in": queries.language_of_letter(reply.id), "texts": plain}, ensure_ascii=False)
    keyring.ensure(SCOPE)
    reply.published_sealed = PUBLISHED_TEXT.seal(SCOPE, reply.id, stored)
    reply.published_text, reply.consent_id = "", consent
    session.flush()
    return reply


def approve(reply_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Reply:
    """Show what somebody else proposed, from this moment.

    Raises OwnProposal, NotShowable, NotThatStep where nothing waits (any more), Conflict.
    """
    reply, consent = _locked_with_ground(reply_id, seen_version)
    if P.APPROVED not in STEPS[P(reply.publication)]:
        raise NotThatStep(N_("Nothing waits here any more. Look at it again."))
    if queries.asked_by(reply.id) == actor:
        raise OwnProposal(N_("You proposed these words; somebody else reads them and approves."))
    stored = _stored(reply)
    reply.consent_id = consent
    _move(reply, P.APPROVED, actor=actor)
    reply.published_text, reply.published_sealed, reply.published_on = stored, None, clock.today()
    _move(reply, P.PUBLISHED, actor=actor)
    return reply


def withdraw(reply_id: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """Take words back, shown or proposed, and erase them; gives whether there were any."""
    return take_back(locked(reply_id), Why.BY_STAFF, actor=actor)


def take_back(reply: Reply, why: Why, *, actor: uuid.UUID | None) -> bool:
    """The same for whoever holds the answer's lock, with the reason; gives whether there was anything."""
    if reply.publication not in LIVE:
        return False
    reply.published_text, reply.published_sealed, reply.published_on, reply.consent_id = "", None, None, None
    _move(reply, P.WITHDRAWN, actor=actor, why=why)
    return True


def take_back_all(prisoner_id: uuid.UUID, why: Why, *, actor: uuid.UUID | None) -> int:
    """Take back every word of somebody; gives of how many answers."""
    mine = select(Reply).where(Reply.prisoner_id == prisoner_id, Reply.publication.in_(LIVE)).order_by(Reply.number)
    return _take_back_each(list(session.scalars(mine.with_for_update())), why, actor)


def take_back_groundless(_today: date) -> int:
    """Take back what no longer may stand, whatever way that came about; nobody reads it already."""
    mine = select(Reply).where(Reply.id.in_(queries.select_groundless())).order_by(Reply.number)
    return _take_back_each(list(session.scalars(mine.with_for_update(skip_locked=True))), Why.CONSENT, None)


def wait_anew() -> None:
    """After a restore what was shown waits for a second person again: it may have been taken back since the backup."""
    shown = select(Reply).where(Reply.publication == P.PUBLISHED).order_by(Reply.number).with_for_update()
    for reply in session.scalars(shown).all():
        reply.publication, reply.published_on = P.ASKED, None
        note(reply, "words:restored", actor=None)


def words_of(reply: Reply) -> Words | None:
    """What is shown or proposed; for staff who read answers."""
    if reply.publication not in LIVE:
        return None
    return queries.read_words(_stored(reply), reply.written_on or reply.logged_on)


def find_names(reply: Reply, texts: Mapping[str, str]) -> list[str]:
    """What in these texts may name somebody else, a place of custody or a way to reach people."""
    person = session.get(Prisoner, reply.prisoner_id) if reply.prisoner_id is not None else None
    if person is None:
        return find_named(texts)
    own = (person.full_name_ru, person.last_latin, person.first_latin, *person.aliases)
    return find_named(texts, own)


def refuse_names(reply: Reply, texts: Mapping[str, str], may_name: Collection[str]) -> None:
    """Raise NamesWriter, or NamesSomebody where a name was not said to be harmless."""
    writer = find_writer_name(reply)
    if writer and any(names_person(text, writer) for text in texts.values()):
        raise NamesWriter(N_("The words name whoever the letter is for. Take the name out: a writer is never shown."))
    names = find_names(reply, texts)
    if not set(names) <= set(may_name):
        raise NamesSomebody(names)


def clean_excerpt(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts fit to keep, by known language and without empty ones. Raises BadExcerpt."""
    plain = {language: clean_text(texts.get(language, "")).strip() for language in LANGUAGES}
    found = {language: text for language, text in plain.items() if text}
    if not found:
        raise BadExcerpt(N_("Choose some words, in one language at least."))
    if any(len(text) > LONGEST for text in found.values()):
        raise BadExcerpt(N_("An excerpt has at most 2,000 characters. Choose the part that says most."))
    return found


def _locked_with_ground(reply_id: uuid.UUID, seen_version: int) -> tuple[Reply, uuid.UUID]:
    """The answer and the consent that holds, under locks that keep both and the page as they are."""
    person = get_reply(reply_id).prisoner_id
    session.scalar(select(Prisoner.id).where(Prisoner.id == person).with_for_update(read=True))
    consents = select(PrisonerConsent.id).where(
        PrisonerConsent.prisoner_id == person, PrisonerConsent.kind == ConsentKind.WORDS,
        PrisonerConsent.revoked_on.is_(None),
    )  # fmt: skip
    consent = session.scalar(consents.with_for_update(read=True))
    reply = locked(reply_id, seen_version=seen_version)
    if reply.prisoner_id != person:
        raise Conflict(N_("Someone else changed this meanwhile. Look at it again before you go on."))
    hindrance = queries.find_hindrance(reply)
    if hindrance is not None or consent is None:
        raise NotShowable(hindrance or Hindrance.NO_CONSENT)
    return reply, consent


def _move(reply: Reply, state: PublicationState, *, actor: uuid.UUID | None, why: str = "") -> None:
    """Take one step, with its event and no word of the letter; the caller holds the row's lock. Raises NotThatStep."""
    if state not in STEPS[P(reply.publication)]:
        raise NotThatStep(N_("Words of this answer are shown already. Take them back before you choose others."))
    reply.publication = state
    after_commit(queries.forget_quoted)
    note(reply, f"words:{state}" + (f":{why}" if why else ""), actor=actor)
    audit.record(f"words.{state}", actor=actor, about=f"reply:{reply.id}", reason=why)


def _stored(reply: Reply) -> str:
    if reply.published_sealed is None:
        return reply.published_text
    return PUBLISHED_TEXT.unseal(SCOPE, reply.id, reply.published_sealed)


def _take_back_each(replies: list[Reply], why: Why, actor: uuid.UUID | None) -> int:
    return sum(take_back(each, why, actor=actor) for each in replies)
