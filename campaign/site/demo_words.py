"""Words of made-up people from made-up letters: shown with a consent, and one proposal that waits."""

import tomllib
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select, update

from campaign.accounts.queries import find_account_by_name
from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.letters.models import SCOPE, Reply, ReplyEvent, ReplyState, TextKind
from campaign.letters.service import replies, reply_publication, reply_texts
from campaign.letters.service.reply_moves import move
from campaign.prisoners.models import (
    Channel,
    ConsentEvidence,
    ConsentGiver,
    ConsentKind,
    Gender,
    Prisoner,
    PrisonerState,
    Publicity,
)
from campaign.prisoners.service.consent import ConsentDraft, record_consent
from campaign.site.demo_letters import FAMOUS

TEXTS = Path(__file__).with_name("demo_words.toml")


def show_demo_words() -> None:
    """Make them, in the open transaction; nothing without demo accounts."""
    coordinator, moderator = find_account_by_name("coordinator-1"), find_account_by_name("moderator-1")
    if coordinator is None or moderator is None:
        return
    keyring.ensure(SCOPE)
    people = _people()
    for entry, person in zip(tomllib.loads(TEXTS.read_text())["person"], people, strict=False):
        agreed = ConsentDraft(ConsentKind.WORDS, ConsentGiver.SELF, clock.today(), ConsentEvidence.LETTER)
        record_consent(person, agreed, actor=coordinator.id)
        for letter in entry["letter"]:
            on = clock.today() - timedelta(days=letter["days_ago"])
            reply = _answer(person, letter["text"], on, coordinator.id)
            _propose(reply, letter["text"], coordinator.id)
            if not letter.get("waits"):
                _show(reply, moderator.id)


def _people() -> Sequence[Prisoner]:
    """Somebody well known, then others by name; all made up, with a page and alive in prison as far as it says."""
    mine = select(Prisoner).where(
        Prisoner.is_demo, ~Prisoner.is_public_figure, Prisoner.state == PrisonerState.PUBLISHED,
        Prisoner.publicity == Publicity.PUBLIC, Prisoner.gender == Gender.FEMALE,
    )  # fmt: skip
    return session.scalars(mine.order_by(Prisoner.last_ru != FAMOUS, Prisoner.slug).limit(3)).all()


def _answer(person: Prisoner, texts: Mapping[str, str], on: date, actor: uuid.UUID) -> Reply:
    """An electronic answer that was read and typed, without a scan."""
    draft = replies.EnvelopeDraft(Channel.F_PISMO.value, prisoner_id=person.id, written_on=on)
    reply = replies.log_envelope(draft, actor=actor, is_demo=True)
    reply.logged_on = min(on + timedelta(days=12), clock.today())
    move(reply, ReplyState.SCANNED, actor=actor)
    replies.match(reply.id, prisoner_id=person.id, actor=actor)
    replies.screen(reply.id, actor=actor)
    for language, text in texts.items():
        kind = TextKind.TRANSCRIPTION if language == "ru" else TextKind.TRANSLATION
        reply_texts.type_text(reply.id, kind, language, text, seen_revision=0, actor=actor)
    session.execute(update(ReplyEvent).where(ReplyEvent.reply_id == reply.id).values(happened_on=reply.logged_on))
    return reply


def _propose(reply: Reply, texts: Mapping[str, str], actor: uuid.UUID) -> None:
    plain = reply_publication.clean_excerpt(texts)
    names = reply_publication.find_names(reply, plain)
    reply_publication.propose(reply.id, plain, may_name=names, seen_version=reply.version, actor=actor)


def _show(reply: Reply, actor: uuid.UUID) -> None:
    """Shown, and put away: nobody of ours waits for this answer."""
    reply_publication.approve(reply.id, seen_version=reply.version, actor=actor)
    replies.close(reply.id, "Demo: answers no letter of ours.", actor=actor)
