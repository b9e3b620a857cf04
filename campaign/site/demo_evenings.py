"""Letter evenings of the demo: one that was held and recorded, and some ahead for which nobody is reserved yet, so that
a coordinator can do it."""

import uuid
from datetime import UTC, datetime, time, timedelta
from itertools import cycle

from sqlalchemy import select

from campaign.accounts.queries import find_account_by_name
from campaign.activities.models import EventKind
from campaign.activities.service.events import EventDraft, create_event
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.models import Evening, EveningState, Group, GroupKind, Reservation, ReservationState
from campaign.penpals.queries.addressees import list_addressees
from campaign.penpals.queries.evenings import can_be_given_to_strangers, expires_on
from campaign.penpals.service.codes import new_code
from campaign.penpals.service.evening_results import read_lines, record
from campaign.penpals.service.evenings import EveningDraft, plan_evening

EVENINGS = (
    ("Briefe und Tee", "Berlin, ein erfundenes Café", 9, 24, "de"),
    ("An evening of letters", "Riga, the made-up library", 23, 40, "en"),
    ("Вечер писем", "Tbilisi", 37, 60, "ru"),
)
"""Title, place, days ahead, people to write to, language of the prints."""
HELD = ("Briefe am Herd", "Berlin, eine erfundene Küche", "de")
HELD_DAYS_AGO = 10
MOST_HELD = 9
RESULTS = ("written", "written", "written", "taken home", "written", "not written")


def plan_evenings() -> None:
    """Plan them, each by the group of that town, in the open transaction."""
    groups = session.scalars(
        select(Group).where(Group.is_demo, Group.kind != GroupKind.PENPAL).order_by(Group.is_public.desc(), Group.slug)
    ).all()
    for (title, place, days, people, language), group in zip(EVENINGS, groups, strict=False):
        draft = EventDraft(title, place, clock.today() + timedelta(days=days))
        plan_evening(EveningDraft(draft, group.id, people, language), actor=None, is_demo=True)
    if groups:
        _hold_evening(groups[0])


def _hold_evening(group: Group) -> None:
    """One in the past, with what came of its cards.

    Its letters went to people of the demo who get some anyway: that half of them get none is the demo's story.
    """
    title, place, language = HELD
    held_on = clock.today() - timedelta(days=HELD_DAYS_AGO)
    event = create_event(EventKind.LETTER_EVENING, EventDraft(title, place, held_on), actor=None, is_demo=True)
    people = [each for each in list_addressees(clock.today()) if each.quarters and can_be_given_to_strangers(each)]
    chosen = people[:MOST_HELD]
    coordinator = find_account_by_name("coordinator-1")
    if not chosen or coordinator is None:
        return
    session.add(
        Evening(
            event_id=event.id, group_id=group.id, state=EveningState.RESERVED, addressees=len(chosen), language=language
        )
    )  # fmt: skip
    session.flush()
    cards = [
        Reservation(
            id=uuid.uuid4(), code=new_code(), prisoner_id=each.id, evening_id=event.id, language=language,
            state=ReservationState.LIVE, made_on=held_on - timedelta(days=3),
            expires_at=datetime.combine(expires_on(held_on), time.min, UTC),
        )
        for each in chosen
    ]  # fmt: skip
    session.add_all(cards)
    session.flush()
    typed = "\n".join(f"{card.code}\t{result}" for card, result in zip(cards, cycle(RESULTS), strict=False))
    record(event.id, read_lines(event.id, typed), is_whole=True, actor=coordinator.id)
