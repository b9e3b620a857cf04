"""What events add to the rest: the staff navigation, the mails about sign-ups, and what is forgotten when."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from campaign.activities.models import Event, EventSignup, SignupState
from campaign.activities.queries.activity import days_of_events
from campaign.activities.service import entering, signups
from campaign.kernel.arrivals import ActionKind, action_kinds
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry import RetentionRule, StaffLink, retention_rules, staff_links
from campaign.kernel.registry_people import PersonalData, active_days, personal_data
from campaign.kernel.switches import Switch
from campaign.people import policy
from campaign.people.models import Volunteer
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url

LINK = StaffLink("events_staff.list_events", N_("Events"), frozenset(policy.READERS), 27, scope=policy.SCOPE)
ANY = frozenset(SignupState)
MAILS = {
    "event.confirm": frozenset({SignupState.PENDING}),
    "event.news": ANY,
    "event.offer": frozenset({SignupState.OFFERED}),
    "event.reminder": frozenset({SignupState.CONFIRMED}),
    "event.cancelled": ANY,
}
"""By kind in which states a mail still says something true when it leaves."""
OWN_PAGE, COMING = (page_link("/events/own/example"),), N_("whoever signed up for an event")
TEXTS = (
    AutomaticMail(
        "event.confirm", N_("Confirm a sign-up for an event"), N_("Somebody signed up without an account."),
        N_("the address that was given"), Why.ACT, OWN_PAGE,
    ),
    AutomaticMail(
        "event.news", N_("News of a sign-up"), N_("Staff changed the event, or where a sign-up for it stands."), COMING,
        Why.SERVICE, OWN_PAGE,
    ),
    AutomaticMail(
        "event.offer", N_("A place is free"), N_("A place became free and is held for the next in the queue."),
        N_("the next in the queue"), Why.SERVICE, OWN_PAGE,
    ),
    AutomaticMail(
        "event.reminder", N_("Reminder of an event"), N_("The day before an event."), COMING, Why.SERVICE, OWN_PAGE
    ),
    AutomaticMail(
        "event.cancelled", N_("Event called off"), N_("Staff call an event off."), COMING, Why.SERVICE, OWN_PAGE
    ),
)  # fmt: skip
RULES = (
    RetentionRule(
        "event-signups-unconfirmed", entering.WAITS_DAYS, entering.delete_unconfirmed,
        N_("A sign-up for an event that was not confirmed: deleted after 7 days."),
    ),
    RetentionRule(
        "event-signups", entering.KEPT_DAYS, entering.erase_old,
        N_("Who signed up for an event, name and address: sealed, erased 30 days after the event."),
    ),
)  # fmt: skip


class _Mails:
    """Mails of one kind: whoever signed up is found through the sign-up."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Mails) and other.kind == self.kind

    def __hash__(self) -> int:
        return hash(self.kind)

    def __call__(self, claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
        mails = {}
        for claim in claims:
            signup = session.get(EventSignup, claim.ref, populate_existing=True) if claim.ref else None
            if signup is None or signup.name_sealed is None or signup.state not in MAILS[self.kind]:
                continue
            try:
                address = entering.address_of(signup)
                link = absolute_url(f"/events/own/{entering.token_of(signup)}", claim.language)
            except CryptoError:
                continue  # the key is gone: there is nobody left to write to
            if address:
                text = render_text(self.kind.replace(".", "_"), claim.language)
                mails[claim.id] = Mail(address, text, {"link": link})
        return mails


def export(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What somebody signed up for with their account."""
    rows = session.execute(
        select(EventSignup, Event)
        .join(Volunteer, Volunteer.id == EventSignup.volunteer_id)
        .join(Event, Event.id == EventSignup.event_id)
        .where(Volunteer.person_id == person_id)
    )
    return [
        {
            "event": event.title, "held_on": event.held_on, "state": signup.state, "signed_on": signup.signed_on,
            "attendance": signup.attendance,
        }
        for signup, event in rows
    ]  # fmt: skip


def erase(person_id: uuid.UUID) -> int:
    """Forget it."""
    mine = select(Volunteer.id).where(Volunteer.person_id == person_id)
    statement = delete(EventSignup).where(EventSignup.volunteer_id.in_(mine)).returning(EventSignup.id)
    return len(session.execute(statement).all())


WORDS = {
    "event": N_("Event"), "held_on": N_("Day"), "state": N_("State"), "signed_on": N_("Signed up on"),
    "attendance": N_("Whether you came"), "came": N_("Came"), "missed": N_("Did not come"),
    "pending": N_("Not confirmed yet"), "confirmed": N_("Has a place"), "queued": N_("On the waiting list"),
    "offered": N_("A place is held"), "lapsed": N_("The held place ran out"), "cancelled": N_("Cancelled"),
}  # fmt: skip
OWN = PersonalData(N_("Events you signed up for with your account"), export, erase, WORDS)


def register() -> None:
    """Fill the registries."""
    staff_links.register("events", LINK)
    for kind in MAILS:
        mail_kinds.register(kind, MailKind(_Mails(kind), switch=Switch.CONFIRM_MAIL, counts=kind == "event.news"))
    register_all(TEXTS)
    action_kinds.register(signups.SIGNED_UP, ActionKind(N_("Sign-ups for events"), 30))
    for rule in RULES:
        retention_rules.register(rule.name, rule)
    personal_data.register("events", OWN)
    active_days.register("events", days_of_events)
