"""What the way of a letter adds to the rest: its mails, what follows from a status change, what is forgotten when."""

import uuid
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import delete, func, select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry import (
    PersonEraser,
    RetentionRule,
    consequences,
    page_withdrawals,
    person_erasers,
    retention_rules,
)
from campaign.letters.models import Letter, LetterState, LetterThread
from campaign.letters.service import retention
from campaign.letters.service.consequences import LETTERS
from campaign.letters.service.guest_links import token_of
from campaign.letters.service.queue import settle_prisoner
from campaign.letters.service.tidings import Tidings
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url

OWN_PAGE, GUEST_PAGE = "/account/letters", "/letters"
EVERYWHERE = frozenset(LetterState)
_HOLDS_WHILE: Mapping[Tidings, frozenset[LetterState]] = {
    Tidings.CHANGES: frozenset({LetterState.CHANGES_REQUESTED}),
    Tidings.HELD: frozenset({LetterState.HELD}),
}
"""Where the letter must still be when the mail leaves; whatever is not named here stays true."""

ASKS_THE_WRITER = frozenset({Tidings.CHANGES, Tidings.REJECTED})
READER, OWN_LINK = N_("whoever wrote the letter"), (page_link(OWN_PAGE),)
MAILS = tuple(
    AutomaticMail(what, name, trigger, READER, Why.SERVICE, OWN_LINK)
    for what, name, trigger in (
        (Tidings.CHANGES, N_("Changes to a letter are asked for"), N_("A moderator sends a letter back for changes.")),
        (Tidings.REJECTED, N_("A letter cannot leave"), N_("A moderator rejects a letter.")),
        (Tidings.HELD, N_("A letter waits"), N_("A letter is held, since it would probably be lost now.")),
        (Tidings.FREED, N_("A letter goes on"), N_("What held a letter is over.")),
        (Tidings.SENT, N_("A letter has left"), N_("The post with which a letter goes is handed over.")),
        (Tidings.NEWS, N_("News of a letter"), N_("Something is heard of a letter: delivered, returned, kept, lost.")),
        (Tidings.REPLY, N_("A reply has arrived"), N_("A reply to a letter can be read on its writer's page.")),
    )
)


def register() -> None:
    """Fill the registries."""
    for what in Tidings:
        # What asks the writer to do something comes at once; how a letter fares can wait a day.
        mail_kinds.register(what.value, MailKind(_BUILDERS[what], counts=what not in ASKS_THE_WRITER))
    register_all(MAILS)
    consequences.register(LETTERS.name, LETTERS)
    page_withdrawals.register("letters", page_withdrawn)
    person_erasers.register("letters", ERASER)
    for rule in RULES:
        retention_rules.register(rule.name, rule)


def page_withdrawn(prisoner_id: uuid.UUID, actor: uuid.UUID | None) -> None:
    """Nothing leaves for somebody whose page was taken away."""
    settle_prisoner(prisoner_id, actor=actor)


def _builder(what: Tidings) -> Callable[[Sequence[Claim]], Mapping[uuid.UUID, Mail]]:
    def build(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
        known = _letters({claim.ref for claim in claims if claim.ref})
        mails = {}
        for claim in claims:
            letter = known.get(claim.ref) if claim.ref else None
            if letter is None or letter.state not in _HOLDS_WHILE.get(what, EVERYWHERE):
                continue
            text = render_text(what.value.replace(".", "_"), claim.language)
            mails[claim.id] = Mail(claim.recipient(), text, {"link": _link(letter, claim.language)})
        return mails

    return build


def _letters(ids: set[uuid.UUID]) -> dict[uuid.UUID, Letter]:
    statement = select(Letter).where(Letter.id.in_(ids)).execution_options(populate_existing=True)
    return {each.id: each for each in session.scalars(statement)}


def _link(letter: Letter, language: str) -> str:
    # The list, never one letter's page: a path in a mail says nothing. Without an account the token is the page.
    is_guest = letter.written_by is None
    return absolute_url(f"{GUEST_PAGE}/{token_of(letter)}" if is_guest else OWN_PAGE, language)


def _count(prisoner_id: uuid.UUID) -> int:
    return session.scalar(select(func.count()).select_from(Letter).where(Letter.prisoner_id == prisoner_id)) or 0


def _erase(prisoner_id: uuid.UUID) -> int:
    gone = delete(Letter).where(Letter.prisoner_id == prisoner_id).returning(Letter.id)
    amount = len(session.execute(gone).all())
    session.execute(delete(LetterThread).where(LetterThread.prisoner_id == prisoner_id))
    return amount


_BUILDERS = {what: _builder(what) for what in Tidings}
ERASER = PersonEraser(N_("Letters to them, with their history: %(count)s"), _count, _erase)
RULES = (
    RetentionRule(
        "letter-bodies", retention.AFTER_RECONCILED, retention.erase_bodies,
        N_(
            "The words of a letter: erased as soon as its delivery is reported, else 14 days after the post with which "
            "it left was checked off; a letter that came back keeps them until it is sent again or given up."
        ),
    ),
    RetentionRule(
        "letter-drafts", retention.DRAFT_DAYS, retention.drop_drafts,
        N_("A letter that was begun and not handed in: deleted when nobody has touched it for half a year."),
    ),
    RetentionRule(
        "letter-fingerprints", retention.FINGERPRINT_DAYS, retention.drop_fingerprints,
        N_("A keyed hash of a letter's text, by which the same letter to many is noticed: deleted after 90 days."),
    ),
    RetentionRule(
        "letter-contacts", retention.CONTACT_DAYS, retention.erase_contacts,
        N_(
            "The address of somebody who wrote a letter without an account: erased half a year after it left, or as "
            "soon as the letter was rejected, withdrawn or given up for a month."
        ),
    ),
)  # fmt: skip
