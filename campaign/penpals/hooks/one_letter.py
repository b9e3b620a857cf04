"""What promises of one letter add to the rest: their mail, what one can do for a person, what is forgotten when."""

import uuid
from collections.abc import Mapping, Sequence

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from campaign.kernel.arrivals import ActionKind, action_kinds
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.places import Place
from campaign.kernel.registry import Offer, RetentionRule, person_offers, retention_rules
from campaign.kernel.switches import Switch
from campaign.penpals.models import Reservation, ReservationState
from campaign.penpals.models.reservations import ADDRESS, SCOPE
from campaign.penpals.service import reservations
from campaign.prisoners.queries.public_directory import directory
from campaign.prisoners.queries.reach import Reach
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url

MAILS = (
    AutomaticMail(
        reservations.MAIL, N_("Confirm a promise of one letter"),
        N_("Somebody promised one letter, without an account."),
        N_("the address that was given"), Why.ACT,
        (page_link("/letter/example"),), folder="penpals_one_letter",
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    mail_kinds.register(reservations.MAIL, MailKind(build_mails, switch=Switch.CONFIRM_MAIL))
    register_all(MAILS)
    person_offers.register("one-letter", offer_letter)
    action_kinds.register(reservations.PROMISED, ActionKind(N_("Letters promised"), 50))
    rule = RetentionRule(
        "reservations", reservations.KEPT_DAYS, reservations.forget_old,
        N_(
            "That somebody promised one letter: the address is erased when it is confirmed, or deleted with the "
            "promise after 48 hours; what remains, without any name, is deleted after 30 days. Of a letter that was "
            "taken away on paper there is a code and to whom it goes, for 60 days."
        ),
    )  # fmt: skip
    retention_rules.register(rule.name, rule)


def offer_letter(prisoner_id: uuid.UUID, _place: Place, _language: str) -> Sequence[Offer]:
    """A letter, first of all that one can do; nothing where none arrives.

    From the directory in memory, so that the person's page asks the database for nothing more; its address, which is
    where offers stand, has the slug.
    """
    people, slug = directory(), (request.view_args or {}).get("slug", "")
    at = people.position.get(prisoner_id)
    if not slug or at is None or people.entries[at].reach is not Reach.OPEN:
        return ()
    if people.entries[at].is_minor:
        words = _("A letter to this person goes through a coordinator. Here is why, and how.")
    else:
        words = _("One page in your own words. We show you how, and keep the letter for you for two days.")
    return (Offer(10, _("Write a letter"), words, url_for("write_named.show_named", slug=slug)),)


def build_mails(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """The mail with the button; a promise that was confirmed or deleted meanwhile needs none."""
    ids = [claim.ref for claim in claims if claim.ref is not None]
    waiting = (
        select(Reservation)
        .where(Reservation.id.in_(ids), Reservation.state == ReservationState.WAITING)
        .execution_options(populate_existing=True)
    )
    found = {each.id: each for each in session.scalars(waiting)}
    mails = {}
    for claim in claims:
        reservation = found.get(claim.ref) if claim.ref else None
        if reservation is None or reservation.address_sealed is None:
            continue
        try:
            address = ADDRESS.unseal(SCOPE, reservation.id, reservation.address_sealed)
        except CryptoError:
            continue  # the keys are destroyed: there is nobody left to write to
        slots = {"link": absolute_url(f"/letter/{reservations.token_of(reservation)}", claim.language)}
        mails[claim.id] = Mail(address, render_text("penpals_one_letter", claim.language), slots)
    return mails
