"""Answers with words for the public, for tests."""

import uuid

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.letters.models import Reply, ReplyState, TextKind
from campaign.letters.service import reply_publication, reply_texts
from campaign.prisoners.models import ConsentEvidence, ConsentGiver, ConsentKind, Prisoner, PrisonerConsent
from campaign.prisoners.service.consent import ConsentDraft, record_consent
from tests.letters.replies import reply, sent

ASKER, SECOND = uuid.UUID(int=21), uuid.UUID(int=22)
RUSSIAN = "Сегодня во дворе зацвёл одуванчик, и мы обходим его стороной."
TEXTS = {"ru": RUSSIAN, "en": "Today a dandelion opened in the yard, and we walk around it."}


def agree(prisoner_id: uuid.UUID) -> PrisonerConsent:
    """A committed consent to show words."""
    with transaction():
        person = session.get_one(Prisoner, prisoner_id)
        draft = ConsentDraft(ConsentKind.WORDS, ConsentGiver.SELF, clock.today(), ConsentEvidence.LETTER)
        return record_consent(person, draft, actor=None)


def typed(state: ReplyState = ReplyState.FORWARDED, text: str = RUSSIAN, *, agreed: bool = True, **kwargs) -> Reply:
    """A committed answer whose words were typed."""
    made = reply(state, **kwargs)
    with transaction():
        reply_texts.type_text(made.id, TextKind.TRANSCRIPTION, "ru", text, seen_revision=0, actor=ASKER)
    if agreed and made.prisoner_id:
        agree(made.prisoner_id)
    return again(made)


def again(made: Reply) -> Reply:
    """It as it is stored now."""
    key = made.id
    session.expire_all()
    return session.get_one(Reply, key)


def propose(made: Reply, texts: dict[str, str] | None = None, *, actor: uuid.UUID = ASKER, **kwargs) -> Reply:
    """Propose words, committed."""
    with transaction():
        reply_publication.propose(
            made.id, TEXTS if texts is None else texts, seen_version=again(made).version, actor=actor, **kwargs
        )
    return again(made)


def approve(made: Reply, *, actor: uuid.UUID = SECOND) -> Reply:
    """Approve them, committed."""
    with transaction():
        reply_publication.approve(made.id, seen_version=again(made).version, actor=actor)
    return again(made)


def shown(texts: dict[str, str] | None = None, *, person: Prisoner | None = None, **kwargs) -> Reply:
    """A committed answer whose words the public reads."""
    letter = sent(person) if person is not None else None
    made = typed(letter=letter, **kwargs)
    return approve(propose(made, texts))
