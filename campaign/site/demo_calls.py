"""Call lists of the demo: one at work, one that is not open yet, one that is over, with what came of the calls."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from campaign.accounts.queries import find_account_by_name
from campaign.activities.models import (
    NOT_REACHED,
    CallAttempt,
    CallEntry,
    CallList,
    CallListState,
    EntryState,
    Outcome,
)
from campaign.activities.service.calls import CallListDraft, create_list, move_list, words_of
from campaign.activities.service.calls_filling import begin_fill
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.people.models import IdentityKind, InteractionKind, Person, PersonIdentity, SegmentFreeze, SegmentMember
from campaign.people.queries.segment_tree import Tree, write_tree
from campaign.people.queries.segments import EVERYBODY
from campaign.people.service.details import record_interaction

CALLERS = ("coordinator-1", "organiser-1")
SCRIPTS = {
    "en": "Hello, am I speaking with **{name}**? This is the letter-writing group.\n\n- Is this a good moment?\n"
    "- We meet on Friday to write to people in prison. Will you come?\n- Is there anything you would need?\n\n"
    "*Thank them, whatever they say.*",
    "ru": "Здравствуйте, это **{name}**? Говорит группа, которая пишет письма.\n\n- Удобно ли сейчас говорить?\n"
    "- В пятницу мы встречаемся, чтобы писать людям в заключении. Придёте?\n- Нужно ли вам что-нибудь?\n\n"
    "*Поблагодарите, что бы ни ответили.*",
}
EVENING = CallListDraft(
    "Who comes to the letter evening?", "Ask who comes on Friday. Nobody is talked into anything.", SCRIPTS
)  # fmt: skip
THANKS = CallListDraft("Thank those who gave time", "No question at all: only thanks.", {"en": "Thank you, {name}."})
PRINTING = CallListDraft(
    "Can you print cards?", "We need four more printers.", {"en": "Hello, {name}. Do you have a printer at home?"},
    ("prints", "prints in colour", "has none"), most_attempts=2,
)  # fmt: skip


def make_call_lists() -> None:
    """Make them in the open transaction, out of the people the demo has."""
    chance = random.Random(1609)  # noqa: S311 - the same demo every time is the point
    has_number = select(PersonIdentity.person_id).where(PersonIdentity.kind == IdentityKind.PHONE)
    numbered = session.scalars(select(Person.id).where(Person.is_demo, Person.id.in_(has_number)).order_by(Person.id))
    people = list(numbered.all())
    others = select(Person.id).where(Person.is_demo, Person.id.not_in(has_number)).order_by(Person.id).limit(30)
    if not people:
        return
    evening = replace(EVENING, due_on=clock.today() + timedelta(days=4))
    _made(evening, [*people[:70], *session.scalars(others)], chance, days=9, share=0.6)
    _made(THANKS, people[70:95], chance, days=0, share=0)
    printing = _made(PRINTING, people[95:140], chance, days=20, share=1, until=6)
    move_list(printing.id, CallListState.CLOSED, actor=_callers()[0])
    printing.closed_on = clock.today() - timedelta(days=6)
    session.flush()


def _made(
    draft: CallListDraft, people: Sequence[uuid.UUID], chance: random.Random, *, days: int, share: float, until: int = 1
) -> CallList:  # fmt: skip
    callers = _callers()
    made = create_list(draft, actor=callers[0], is_demo=True)
    made.created_on = clock.today() - timedelta(days=days + 1)
    begin_fill(made.id, _frozen(people, draft.title), may_be_on_others=True, actor=callers[0])
    if days and people:
        move_list(made.id, CallListState.OPEN, actor=callers[0])
    entries = session.scalars(select(CallEntry).where(CallEntry.list_id == made.id).order_by(CallEntry.position)).all()
    called = entries[: int(len(entries) * share)]
    for at, entry in enumerate(called):
        steady = days - at * (days - until) // max(len(called), 1)
        _call(made, entry, chance, days_ago=max(until, steady - chance.choice((0, 0, 0, 1, 2))), callers=callers)
    session.flush()
    return made


def _frozen(people: Sequence[uuid.UUID], title: str) -> SegmentFreeze:
    row = SegmentFreeze(
        id=uuid.uuid4(), segment_id=None, title="", purpose=title, tree=write_tree(Tree()), audience=EVERYBODY,
        total=len(people), made_by=None, frozen_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(SegmentMember(freeze_id=row.id, person_id=each) for each in people)
    session.flush()
    return row


def _call(
    made: CallList, entry: CallEntry, chance: random.Random, *, days_ago: int, callers: Sequence[uuid.UUID]
) -> None:  # fmt: skip
    day = clock.today() - timedelta(days=days_ago)
    outcome = chance.choice((*words_of(made), *words_of(made), Outcome.NO_ANSWER, Outcome.NO_ANSWER, Outcome.AGAIN))
    who = chance.choice(callers)
    record_interaction(
        entry.person_id, InteractionKind.CALLED, on=day, word=outcome, subject=made.id, actor=who
    )  # fmt: skip
    session.add(
        CallAttempt(
            list_id=made.id, entry_id=entry.id, outcome=outcome, was_reached=outcome not in NOT_REACHED, actor_id=who,
            happened_on=day, interaction_id=None, before=None,
        )
    )  # fmt: skip
    entry.attempts, entry.last_outcome, entry.last_called_on = 1, outcome, day
    if outcome == Outcome.AGAIN:
        entry.call_on = clock.today() + timedelta(days=chance.randint(0, 3))
    elif outcome != Outcome.NO_ANSWER:
        entry.state = EntryState.DONE


def _callers() -> list[uuid.UUID]:
    found = [find_account_by_name(name) for name in CALLERS]
    return [each.id for each in found if each is not None] or [uuid.UUID(int=0)]
