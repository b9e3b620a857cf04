"""What letters without an account add to the rest: the mail with the button, and when what nobody pressed goes."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from campaign.kernel.arrivals import ActionKind, action_kinds
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry import RetentionRule, retention_rules
from campaign.kernel.switches import Switch
from campaign.letters.models import Letter, LetterState
from campaign.letters.service import bodies, guests, retention
from campaign.letters.service.guest_links import token_of
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url

MAILS = (
    AutomaticMail(
        guests.MAIL, N_("Confirm a letter that was handed over"), N_("Somebody handed us a letter without an account."),
        N_("the address that was given"), Why.ACT, (page_link("/letters/example"),),
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    mail_kinds.register(guests.MAIL, MailKind(build_mails, switch=Switch.CONFIRM_MAIL))
    register_all(MAILS)
    action_kinds.register(guests.HANDED_IN, ActionKind(N_("Letters handed in"), 40))
    rule = RetentionRule(
        "letter-waiting", guests.WAITS_DAYS, retention.drop_waiting,
        N_(
            "A letter that was handed over without an account and never confirmed: deleted with its address after "
            "seven days."
        ),
    )  # fmt: skip
    retention_rules.register(rule.name, rule)


def build_mails(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """The mail to confirm, as long as its letter waits."""
    ids = [claim.ref for claim in claims if claim.ref is not None]
    waiting = select(Letter).where(Letter.id.in_(ids), Letter.state == LetterState.WAITING)
    found = {each.id: each for each in session.scalars(waiting.execution_options(populate_existing=True))}
    mails = {}
    for claim in claims:
        letter = found.get(claim.ref) if claim.ref else None
        try:
            address = bodies.read_contact(letter) if letter is not None else None
        except CryptoError:
            continue  # the keys are destroyed: there is nobody left to write to
        if letter is None or address is None:
            continue
        slots = {"link": absolute_url(f"/letters/{token_of(letter)}", claim.language)}
        mails[claim.id] = Mail(address, render_text("letter_hand_over", claim.language), slots)
    return mails
