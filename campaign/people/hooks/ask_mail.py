"""The mail that asks somebody for the next step: discreet, with the page on which it is done and a way to say no."""

import uuid
from collections.abc import Mapping, Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import UNSUBSCRIBE, AutomaticMail, Slot, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry_ladder import ladder_steps
from campaign.kernel.switches import Switch
from campaign.people.models import Topic
from campaign.people.service.ladder.ask import MAIL
from campaign.people.service.ladder.links import list_to_mail, token_of
from campaign.people.service.mail_links import token_of as token_to_unsubscribe
from campaign.web.mailing import render_text, unsubscribe_slots, with_unsubscribe
from campaign.web.settings import absolute_url

SENTENCE = N_("Would you write one letter to somebody who gets few? It takes half an hour, and we help with it:")
MAILS = (
    AutomaticMail(
        MAIL, N_("Asked for the next step"),
        N_("A person on the ladder is asked for the next step: by hand, for a round, or by a rule."),
        N_("somebody who agreed to our news"), Why.CONSENT,
        (
            Slot("ask", N_("the sentence that asks, by the step"), SENTENCE), page_link("/write"),
            Slot("own", N_("the link to their page, where they say no"), "/asks/own/example"), UNSUBSCRIBE,
        ),
    ),
)  # fmt: skip


def build(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """By row; whoever answered, took the consent back or is gone meanwhile gets none."""
    try:
        found = list_to_mail([claim.ref for claim in claims if claim.ref is not None])
    except CryptoError:
        return {}  # the key is gone: there is nobody left to write to
    mails = {}
    for claim in claims:
        if claim.ref not in found:
            continue
        row, address = found[claim.ref]
        if row.step not in ladder_steps:
            continue
        step, own = ladder_steps[row.step], absolute_url(f"/asks/own/{token_of(row)}", claim.language)
        text = with_unsubscribe(render_text("ask_step", claim.language))
        with force_locale(claim.language):
            slots = {"ask": _(step.mail), "link": absolute_url(step.path, claim.language), "own": own}
        slots |= unsubscribe_slots(token_to_unsubscribe(row.person_id, Topic.ASKS), claim.language)
        mails[claim.id] = Mail(address, text, slots)
    return mails


def register() -> None:
    """Fill the registry."""
    # A mail whose fate is unknown waits for a person: asked twice is once too often.
    kind = MailKind(build, switch=Switch.BULK_MAIL, resend_unknown=False, by_consent=True, counts=True)
    mail_kinds.register(MAIL, kind)
    register_all(MAILS)
