"""What the checker is told besides the words: whom they are for, by which way, and what the register knows."""

import uuid
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from campaign.designations.service.gate.current import find_designated
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.letters.checker.check import check
from campaign.letters.checker.context import (
    Author,
    Channel,
    Context,
    Placement,
    Recipient,
    Standing,
)
from campaign.letters.checker.context import Letter as Circumstances
from campaign.letters.checker.findings import Report
from campaign.letters.models import GONE_OUT, Letter, LetterThread, RuleAdjustment
from campaign.letters.queries.destinations import Destination, find_destination
from campaign.letters.queries.pages import room_for
from campaign.letters.service.fingerprints import count_same
from campaign.penpals.models import WriterPlace, WriterProfile
from campaign.penpals.queries.addressees import Addressee, find_addressee
from campaign.prisoners.models import Channel as Way
from campaign.prisoners.models import Liberty, LibertyStatus, Prisoner
from campaign.prisoners.queries.reach import Reach

ENDS = {
    Liberty.DIED: Standing.DIED, Liberty.RELEASED: Standing.RELEASED, Liberty.EXCHANGED: Standing.EXCHANGED,
    Liberty.AT_LIBERTY_SENTENCED: Standing.RELEASED, Liberty.ABROAD_WANTED: Standing.RELEASED,
}  # fmt: skip
PLACES = {Reach.IN_TRANSIT: Placement.IN_TRANSIT, Reach.UNKNOWN: Placement.UNKNOWN}
UNWANTED = frozenset({Reach.NO_LETTERS, Reach.FAMILY_ONLY, Reach.NOT_ASKED})
UNSURE = frozenset({Reach.STALE, Reach.PROBABLE})
PLATFORM = frozenset({"Unforgotten"})


def check_letter(letter: Letter, text: str) -> Report:
    """Check the words of a stored letter, with all that is known of its reader and its writer."""
    context = context_for(letter.prisoner_id, letter.channel, clock.today())
    thread = session.get_one(LetterThread, letter.thread_id)
    circumstances = Circumstances(
        is_first=not _has_written(thread.id),
        wants_reply_form=letter.wants_reply_form,
        encloses_paper=letter.channel == Way.POST and letter.wants_reply_form,
        same_texts=count_same(letter.prisoner_id, text),
        leaves_on=clock.today(),
    )
    return check(text, replace(context, letter=circumstances, author=_author(thread.volunteer_id)))


def check_words(text: str, prisoner_id: uuid.UUID, channel: str) -> Report:
    """Check words that nobody has stored, written to somebody by somebody unknown."""
    return check(text, context_of_stranger(prisoner_id, channel))


def context_of_stranger(prisoner_id: uuid.UUID, channel: str) -> Context:
    """What is known of a first letter to somebody by somebody unknown."""
    context = context_for(prisoner_id, channel, clock.today())
    return replace(context, letter=Circumstances(is_first=True, leaves_on=clock.today()))


def context_for(prisoner_id: uuid.UUID, channel: str, today: date) -> Context:
    """What is known of the reader and of the way to them."""
    room = room_for(prisoner_id, channel)
    place = find_destination(prisoner_id, channel, today)
    return Context(
        recipient=_recipient(session.get_one(Prisoner, prisoner_id), find_addressee(prisoner_id, today), place),
        channel=Channel(
            page_characters=room.characters, most_pages=room.most_pages, has_reply_form=room.has_reply_form
        ),
        designated=_designated,
        other_names=PLATFORM,
        adjustments=_adjustments(place.facility_id),
    )


def _recipient(person: Prisoner, addressee: Addressee | None, place: Destination) -> Recipient:
    reach = addressee.reach if addressee is not None else None
    status = session.scalar(
        select(LibertyStatus.status).where(LibertyStatus.prisoner_id == person.id, LibertyStatus.until_on.is_(None))
    )
    ways = addressee.ways_in if addressee is not None else ()
    charged = addressee.articles if addressee is not None else ()
    return Recipient(
        has_surname=bool(person.last_ru),
        has_given_name=bool(person.first_ru),
        has_patronymic=bool(person.patronymic_ru),
        goes_without_patronymic=person.has_no_patronymic,
        birth_year=person.born_on.year if person.born_on else None,
        has_facility=place.facility_id is not None,
        postal_index=place.postal_index,
        is_address_fresh=reach not in UNSURE,
        placement=PLACES.get(reach, Placement.KNOWN) if reach is not None else Placement.KNOWN,
        standing=ENDS.get(Liberty(status), Standing.HELD) if status else Standing.HELD,
        wants_letters=reach not in UNWANTED,
        is_minor=bool(addressee is not None and addressee.is_minor),
        articles=frozenset(each.split(" ")[-1] for each in charged),
        languages=frozenset(language for way in ways for language in way.languages),
    )


def _author(volunteer_id: uuid.UUID | None) -> Author:
    lives = session.scalar(select(WriterProfile.lives).where(WriterProfile.volunteer_id == volunteer_id))
    return Author(is_at_risk=lives == WriterPlace.RUSSIA)


def _has_written(thread_id: uuid.UUID) -> bool:
    earlier = select(func.count()).select_from(Letter).where(Letter.thread_id == thread_id, Letter.state.in_(GONE_OUT))
    return bool(session.scalar(earlier))


def _designated(text: str) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in find_designated(text)]


def _adjustments(facility_id: uuid.UUID | None) -> dict[str, str]:
    rows = session.execute(
        select(RuleAdjustment.rule, RuleAdjustment.becomes).where(RuleAdjustment.facility_id == facility_id)
    )
    return {row.rule: row.becomes for row in rows}
