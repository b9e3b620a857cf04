"""Call lists: who comes onto one, who is next for whom, what came of each call, and what stays of it."""

import threading
import uuid
from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from campaign.activities.models import (
    CallAttempt,
    CallEntry,
    CallFill,
    CallList,
    CallListEvent,
    CallListState,
    EntryState,
    Outcome,
)
from campaign.activities.queries import calls as queries
from campaign.activities.service import calls, calls_filling, calls_working
from campaign.activities.service.calls import BadList, CallListDraft, NotThatState
from campaign.activities.service.calls_filling import LeftOut
from campaign.activities.service.calls_working import BadOutcome, CannotUndo, NotYours, Result
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError
from campaign.kernel.registry_people import segment_conditions
from campaign.people.models import (
    BulkKind,
    Consent,
    IdentityKind,
    Interaction,
    InteractionKind,
    KeptFor,
    Person,
    PersonIdentity,
    PersonNote,
    Purpose,
    SegmentFreeze,
)
from campaign.people.service.bulk import Deed, begin, undo
from campaign.people.service.consents import end_one_consent
from campaign.people.service.erasing import erase_person
from campaign.people.service.identities import add_identity, mark_wrong, read_identity
from campaign.people.service.merging import merge_people, undo_merge
from campaign.people.service.records import PersonDraft, add_person
from campaign.people.service.segments.freeze import freeze_people
from campaign.site.demo_calls import make_call_lists
from tests.support import accounts
from workers.drain import drain

ACTOR, OTHER = uuid.UUID(int=7), uuid.UUID(int=8)
_S, _E, _O = CallListState, EntryState, Outcome


class Everybody:
    """An organiser, as policies see one."""

    id = ACTOR

    def has_role(self, *_roles: object) -> bool:
        return True

    def has_role_in(self, *_args: object) -> bool:
        return True

    def subjects_of(self, *_args: object) -> None:
        return None


def person(number: int = 1, *, phone: bool = True, agrees: bool = True, kept_for: KeptFor = KeptFor.STAFF) -> uuid.UUID:
    """A committed record of somebody who can be called."""
    ways = [read_identity(IdentityKind.PHONE, f"+49302300{number:04d}")] if phone else []
    with transaction():
        draft = PersonDraft(name=f"Made Up {number}", language="ru", country="DE", source="an evening")
        made = add_person(draft, identities=ways, kept_for=kept_for, actor=ACTOR)
        if agrees:
            session.add(
                Consent(
                    id=uuid.uuid4(), person_id=made.id, purpose=Purpose.CALLS, text_version="1", given_on=clock.today()
                )
            )  # fmt: skip
    return made.id


def frozen(people: Sequence[uuid.UUID]) -> SegmentFreeze:
    with transaction():
        return freeze_people(select(Person.id).where(Person.id.in_(people)), "calls", actor=Everybody())  # type: ignore[arg-type]


def fill(made: CallList, people: Sequence[uuid.UUID], **more: object) -> CallFill:
    meant = frozen(people)
    with transaction():
        return calls_filling.begin_fill(made.id, meant, actor=ACTOR, **more)  # type: ignore[arg-type]


def call_list(*people: uuid.UUID, state: CallListState = _S.OPEN, **draft: object) -> CallList:
    """A committed list with these people on it."""
    with transaction():
        made = calls.create_list(CallListDraft("A list", scripts={"en": "Hello, {name}"}, **draft), actor=ACTOR)  # type: ignore[arg-type]
    if people:
        fill(made, people, may_be_on_others=True)
    if state is not _S.DRAFT:
        with transaction():
            calls.move_list(made.id, _S.OPEN, actor=ACTOR)
    return made


def take(made: CallList, who: uuid.UUID = ACTOR) -> uuid.UUID | None:
    with transaction():
        entry = calls_working.take_next(made.id, who, within=None)
        return entry.id if entry is not None else None


def entry_of(entry_id: uuid.UUID | None) -> CallEntry:
    assert entry_id is not None
    return session.get_one(CallEntry, entry_id, populate_existing=True)


def say(
    entry_id: uuid.UUID | None, outcome: str, who: uuid.UUID = ACTOR, *, seen: int | None = None, **more: object
) -> None:
    entry = entry_of(entry_id)
    with transaction():
        calls_working.write_down(
            entry.id, Result(outcome, **more), who, seen_attempts=entry.attempts if seen is None else seen, within=None  # type: ignore[arg-type]
        )  # fmt: skip


def lines_of(who: uuid.UUID) -> list[str]:
    statement = select(Interaction.word).where(Interaction.person_id == who, Interaction.kind == InteractionKind.CALLED)
    return list(session.scalars(statement.order_by(Interaction.id)))


def consent_of(who: uuid.UUID) -> Consent:
    return session.scalars(select(Consent).where(Consent.person_id == who)).one()


# Filling


def test_who_may_not_be_called_is_left_out_and_counted(app: Flask) -> None:
    good, silent, mute, wrong = person(1), person(2, agrees=False), person(3, phone=False), person(4)
    lately, elsewhere, here = person(5), person(6), person(7)
    with transaction():
        number = session.scalars(select(PersonIdentity.id).where(PersonIdentity.person_id == wrong)).one()
        mark_wrong(wrong, number, actor=ACTOR)
        session.add(Interaction(person_id=lately, kind="called", happened_on=clock.today() - timedelta(days=3)))
    call_list(elsewhere)
    made = call_list(here, state=_S.DRAFT)
    filled = fill(made, [good, silent, mute, wrong, lately, elsewhere, here], not_called_days=7)
    assert filled.left_out == dict.fromkeys(set(LeftOut) - {LeftOut.LIST_CLOSED}, 1)
    assert (filled.total, filled.seen, filled.added, filled.is_done) == (7, 7, 1, True)
    assert set(session.scalars(select(CallEntry.person_id).where(CallEntry.list_id == made.id))) == {good, here}
    again = fill(made, [lately, elsewhere], not_called_days=3, may_be_on_others=True)
    assert again.added == 2


def test_a_long_filling_goes_on_in_parts_and_nothing_happens_twice(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls_filling, "PART", 2)
    monkeypatch.setattr(calls_filling, "AT_ONCE", 2)
    people = [person(number) for number in range(5)]
    made = call_list(state=_S.DRAFT)
    filled = fill(made, people)
    assert (filled.seen, filled.is_done) == (0, False)
    with pytest.raises(BadList), transaction():
        calls.move_list(made.id, _S.OPEN, actor=ACTOR)
    with transaction():
        calls_filling.go_on(filled.id)
    drain(app)
    with transaction():
        calls_filling.go_on(filled.id)
    session.expire_all()
    after = session.get_one(CallFill, filled.id)
    assert (after.seen, after.added, after.is_done) == (5, 5, True)
    assert session.scalar(select(func.count()).select_from(CallEntry)) == 5


def test_a_list_closed_while_it_is_filled_takes_nobody_more(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls_filling, "AT_ONCE", 1)
    made = call_list(state=_S.DRAFT)
    filled = fill(made, [person(1), person(2)])
    with transaction():
        calls.move_list(made.id, _S.CLOSED, actor=ACTOR)
    drain(app)
    session.expire_all()
    assert session.get_one(CallFill, filled.id).left_out == {LeftOut.LIST_CLOSED: 2}
    assert session.scalar(select(func.count()).select_from(CallEntry)) == 0


# The way of a list


def test_a_list_opens_rests_and_closes_and_each_step_is_written_down(app: Flask) -> None:
    with transaction():
        empty = calls.create_list(CallListDraft("Nobody"), actor=ACTOR)
    for _attempt in range(2):
        with pytest.raises(BadList), transaction():
            calls.move_list(empty.id, _S.OPEN, actor=ACTOR)
    made = call_list(person())
    entry = take(made)
    for to in (_S.PAUSED, _S.OPEN, _S.CLOSED):
        with transaction():
            calls.move_list(made.id, to, actor=ACTOR)
    assert entry_of(entry).claimed_by is None
    for to in _S:
        with pytest.raises(NotThatState), transaction():
            calls.move_list(made.id, to, actor=ACTOR)
    steps = session.scalars(
        select(CallListEvent.now).where(CallListEvent.list_id == made.id).order_by(CallListEvent.id)
    )
    assert list(steps) == ["draft", "open", "paused", "open", "closed"]
    with pytest.raises(Conflict), transaction():
        calls_working.take_next(made.id, ACTOR, within=None)
    with pytest.raises(NotThatState), transaction():
        calls.edit_list(made.id, CallListDraft("Later"), seen_version=made.version, actor=ACTOR)


@pytest.mark.parametrize(
    "words", [["one", "One"], ["yes"], ["no_answer"], ["x" * 41], [str(each) for each in range(9)]]
)
def test_outcomes_of_its_own_are_few_short_and_each_once(app: Flask, words: list[str]) -> None:
    with pytest.raises(BadList), transaction():
        calls.create_list(CallListDraft("A list", outcomes=words), actor=ACTOR)


# Who is next


def test_whoever_asked_for_today_comes_first_then_who_was_tried_least_then_the_oldest(app: Flask) -> None:
    people = [person(number) for number in range(4)]
    made = call_list(*people[:1])
    for each in people[1:]:
        fill(made, [each], may_be_on_others=True)
    ids = {entry.person_id: entry.id for entry in session.scalars(select(CallEntry))}
    with transaction():
        session.execute(update(CallEntry).where(CallEntry.person_id == people[0]).values(attempts=1))
        session.execute(
            update(CallEntry).where(CallEntry.person_id == people[3]).values(call_on=clock.today(), attempts=2)
        )
    order = [take(made, uuid.uuid4()) for _caller in range(5)]
    assert order == [ids[people[3]], ids[people[1]], ids[people[2]], ids[people[0]], None]


def test_asking_again_gives_the_same_and_after_half_an_hour_another_may_have_them(app: Flask) -> None:
    made = call_list(person(1), person(2))
    mine = take(made)
    assert take(made) == mine
    theirs = take(made, OTHER)
    assert theirs not in {None, mine}
    assert take(made, uuid.uuid4()) is None
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert take(made, uuid.uuid4()) == min(mine, theirs, key=lambda each: entry_of(each).position)  # type: ignore[type-var]


def test_nobody_is_called_for_two_lists_at_once(app: Flask) -> None:
    who = person()
    one, other = call_list(who), call_list(who)
    assert take(one) is not None
    assert take(other, OTHER) is None


def test_two_callers_at_once_never_get_the_same_person(app: Flask) -> None:
    made = call_list(*(person(number) for number in range(6)))
    taken: list[uuid.UUID | None] = []
    barrier = threading.Barrier(8)

    def caller() -> None:
        with app.app_context():
            barrier.wait()
            taken.append(take(made, uuid.uuid4()))
            session.remove()

    threads = [threading.Thread(target=caller) for _each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = [each for each in taken if each is not None]
    assert len(found) == len(set(found)) == 6


def test_skipping_gives_them_back_for_later(app: Flask) -> None:
    made = call_list(person(1), person(2))
    first = take(made)
    assert first is not None
    for _twice in range(2):
        with transaction():
            calls_working.skip(first, ACTOR, within=None)
    second = take(made)
    assert second not in {None, first}
    with transaction():
        calls_working.stop(made.id, ACTOR)
    assert entry_of(second).claimed_by is None
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert take(made, OTHER) == first


# What came of it


@pytest.mark.parametrize("outcome", [_O.YES, _O.NO])
def test_whoever_was_reached_is_done(app: Flask, outcome: str) -> None:
    who = person()
    made = call_list(who)
    entry = take(made)
    say(entry, outcome, note="Will bring a cake")
    after = entry_of(entry)
    assert (after.state, after.attempts, after.last_outcome, after.claimed_by) == (_E.DONE, 1, outcome, None)
    assert lines_of(who) == [outcome]
    assert session.scalars(select(Interaction.subject_id)).all() == [made.id]
    assert session.scalar(select(func.count()).select_from(PersonNote)) == 1
    assert take(made) is None


def test_words_of_its_own_take_the_place_of_yes_and_no(app: Flask) -> None:
    made = call_list(person(), outcomes=["comes", "brings friends"])
    entry = take(made)
    with pytest.raises(BadOutcome):
        say(entry, _O.YES)
    say(entry, "brings friends")
    assert entry_of(entry).state == _E.DONE
    assert queries.list_own_outcomes() == ["brings friends", "comes"]


def test_no_answer_rests_and_ends_after_so_many(app: Flask) -> None:
    made = call_list(person(), most_attempts=2)
    entry = take(made)
    say(entry, _O.NO_ANSWER)
    assert take(made) is None
    with time_machine.travel(clock.now() + timedelta(hours=4)):
        assert take(made) == entry
        say(entry, _O.NO_ANSWER)
        assert entry_of(entry).state == _E.ENDED


def test_call_again_on_a_day(app: Flask) -> None:
    made = call_list(person())
    entry, day = take(made), clock.today() + timedelta(days=3)
    for wrong in (None, clock.today() - timedelta(days=1), clock.today() + timedelta(days=400)):
        with pytest.raises(BadOutcome):
            say(entry, _O.AGAIN, call_on=wrong)
    assert entry_of(entry).attempts == 0
    say(entry, _O.AGAIN, call_on=day)
    assert take(made) is None
    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert take(made) == entry


def test_a_wrong_number_is_never_called_again_on_any_list(app: Flask) -> None:
    who = person()
    made, other = call_list(who), call_list(who)
    entry = take(made)
    say(entry, _O.WRONG_NUMBER)
    assert entry_of(entry).state == _E.GONE
    assert take(other, OTHER) is None
    with transaction():
        calls_working.take_back(made.id, ACTOR, within=None)
    with transaction():
        calls_working.stop(made.id, ACTOR)
    assert take(other, OTHER) is not None


def test_of_two_numbers_it_is_said_which_is_wrong(app: Flask) -> None:
    who = person()
    with transaction():
        second = add_identity(who, read_identity(IdentityKind.PHONE, "+49302309999"), actor=ACTOR)
    made = call_list(who)
    entry = take(made)
    with pytest.raises(BadOutcome):
        say(entry, _O.WRONG_NUMBER)
    with pytest.raises(BadOutcome):
        say(entry, _O.WRONG_NUMBER, identity_id=uuid.uuid4())
    say(entry, _O.WRONG_NUMBER, identity_id=second)
    assert entry_of(entry).state == _E.WAITING
    assert [each.id == second for each in queries.numbers_of(who)] == [False]


def test_who_wants_no_calls_leaves_every_list_at_once(app: Flask) -> None:
    who = person()
    made, other = call_list(who), call_list(who)
    say(take(made), _O.NO_CALLS)
    assert consent_of(who).ended_on == clock.today()
    assert session.scalar(select(func.count()).select_from(PersonIdentity)) == 0
    assert set(session.scalars(select(CallEntry.state))) == {_E.GONE}
    assert take(other) is None
    with pytest.raises(CannotUndo), transaction():
        calls_working.take_back(made.id, ACTOR, within=None)


def test_a_record_that_stood_for_this_consent_alone_goes_with_it(app: Flask) -> None:
    who = person(kept_for=KeptFor.CONSENT)
    made = call_list(who)
    say(take(made), _O.NO_CALLS, note="Angry")
    assert session.get(Person, who) is None
    assert session.scalar(select(func.count()).select_from(CallEntry)) == 0
    [attempt] = session.scalars(select(CallAttempt))
    assert (attempt.entry_id, attempt.outcome) == (None, _O.NO_CALLS)


def test_a_consent_that_ends_elsewhere_takes_them_off_at_once(app: Flask) -> None:
    one, many, back = person(1), person(2), person(3)
    made = call_list(one, many, back)
    held = take(made)
    with transaction():
        end_one_consent(one, consent_of(one).id, actor=ACTOR)
    with transaction():
        chosen = select(Person.id).where(Person.id.in_([many, back]))
        act = begin(Deed(BulkKind.END_CONSENT, {"purpose": "calls"}), chosen, seen=2, actor=ACTOR)
    assert set(session.scalars(select(CallEntry.state))) == {_E.GONE}
    assert entry_of(held).claimed_by is None
    with pytest.raises(NotYours):
        say(held, _O.YES)
    with transaction():
        undo(act.id, actor=ACTOR)
    assert take(made) is None
    assert fill(made, [one, many, back]).added == 2
    assert take(made) is not None


def test_erasing_somebody_takes_them_off_and_keeps_the_figure(app: Flask) -> None:
    who = person()
    made = call_list(who, person(2))
    entry = session.scalars(select(CallEntry.id).where(CallEntry.person_id == who)).one()
    say(entry, _O.YES)
    with transaction():
        erase_person(who, actor=ACTOR)
    assert session.get(CallEntry, entry, populate_existing=True) is None
    figures = queries.figures_of([made])[made.id]
    assert (figures.people, figures.calls, figures.reached) == (1, 1, 1)


# Two at once, and taking back


def test_a_call_is_written_down_once(app: Flask) -> None:
    who = person()
    made = call_list(who)
    entry = take(made)
    say(entry, _O.NO_ANSWER)
    with pytest.raises(NotYours):
        say(entry, _O.NO_ANSWER, seen=0)
    assert lines_of(who) == [_O.NO_ANSWER]


def test_who_was_too_slow_may_write_down_unless_another_has_them(app: Flask) -> None:
    made = call_list(person(1))
    entry = take(made)
    with time_machine.travel(clock.now() + timedelta(minutes=45)):
        assert take(made, OTHER) == entry
        with pytest.raises(NotYours):
            say(entry, _O.YES)
    with time_machine.travel(clock.now() + timedelta(minutes=90)):
        say(entry, _O.YES)
    assert entry_of(entry).state == _E.DONE


def test_the_last_call_is_taken_back(app: Flask) -> None:
    who = person()
    made = call_list(who)
    entry = take(made)
    say(entry, _O.NO, note="In a hurry")
    with transaction():
        back = calls_working.take_back(made.id, ACTOR, within=None)
    assert (back.id, back.state, back.attempts, back.claimed_by) == (entry, _E.WAITING, 0, ACTOR)
    assert lines_of(who) == []
    assert session.scalar(select(func.count()).select_from(CallAttempt)) == 0
    assert session.scalar(select(func.count()).select_from(PersonNote)) == 1
    with pytest.raises(CannotUndo), transaction():
        calls_working.take_back(made.id, ACTOR, within=None)


def test_what_another_did_since_is_not_taken_back(app: Flask) -> None:
    made = call_list(person())
    entry = take(made)
    say(entry, _O.NO_ANSWER)
    with time_machine.travel((clock.now() + timedelta(days=1)).replace(hour=12)):
        with transaction():
            session.execute(update(CallAttempt).values(happened_on=clock.today()))
        assert take(made, OTHER) == entry
        with pytest.raises(CannotUndo), transaction():
            calls_working.take_back(made.id, ACTOR, within=None)
        say(entry, _O.YES, OTHER)
        with pytest.raises(CannotUndo), transaction():
            calls_working.take_back(made.id, ACTOR, within=None)
    assert entry_of(entry).state == _E.DONE


def test_a_note_that_is_too_long_leaves_everything_as_it_was(app: Flask) -> None:
    who = person()
    made = call_list(who)
    entry = take(made)
    with pytest.raises(DomainError):
        say(entry, _O.YES, note="x" * 4_001)
    assert (entry_of(entry).state, lines_of(who)) == (_E.WAITING, [])


def test_outcomes_sent_at_once_are_one(app: Flask) -> None:
    who = person()
    made = call_list(who)
    entry = take(made)
    barrier, refused = threading.Barrier(4), list[DomainError]()

    def press() -> None:
        with app.app_context():
            barrier.wait()
            try:
                say(entry, _O.YES, seen=0)
            except NotYours as problem:
                refused.append(problem)
            session.remove()

    threads = [threading.Thread(target=press) for _each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(refused) == 3
    assert lines_of(who) == [_O.YES]


# Around it


def test_thirty_days_after_the_end_only_figures_stay(app: Flask) -> None:
    made = call_list(person(1), person(2))
    say(take(made), _O.YES)
    with transaction():
        calls.move_list(made.id, _S.CLOSED, actor=ACTOR)
    with transaction():
        assert calls.erase_old(clock.today() + timedelta(days=29)) == 0
    with transaction():
        assert calls.erase_old(clock.today() + timedelta(days=30)) == 2
    with transaction():
        assert calls.erase_old(clock.today() + timedelta(days=31)) == 0
    session.expire_all()
    figures = queries.figures_of([session.get_one(CallList, made.id)])[made.id]
    assert (figures.waiting, figures.done, figures.calls, figures.reached) == (1, 1, 1, 1)
    assert session.scalars(select(CallAttempt.actor_id)).all() == [None]


def test_two_records_of_one_person_and_apart_again(app: Flask) -> None:
    winner, loser = person(1), person(2)
    one, both = call_list(loser), call_list(winner, loser)
    with transaction():
        merge = merge_people(winner, loser, actor=ACTOR)
    statement = select(CallEntry.list_id, CallEntry.person_id)
    assert {tuple(row) for row in session.execute(statement)} == {(one.id, winner), (both.id, winner)}
    with transaction():
        undo_merge(merge.id, actor=ACTOR)
    assert {tuple(row) for row in session.execute(statement)} == {(one.id, loser), (both.id, winner), (both.id, loser)}


def test_segments_know_who_was_called_and_who_is_to_be(app: Flask) -> None:
    called, waiting, neither = person(1), person(2), person(3)
    made = call_list(called, waiting)
    for entry in session.scalars(select(CallEntry.id).where(CallEntry.person_id == called)).all():
        say(entry, _O.NO)
    assert neither

    def found(name: str, **values: object) -> set[uuid.UUID]:
        return set(session.scalars(segment_conditions[name].select(values)))

    assert found("call-outcome", outcome="no", days=None) == {called}
    assert found("call-outcome", outcome="yes", days=7) == set()
    assert found("call-list", list="any") == found("call-list", list=str(made.id)) == {waiting}


def test_a_locked_account_has_nobody_in_hand(app: Flask) -> None:
    made, who = call_list(person()), accounts.person()
    entry = take(made, who.id)
    with transaction():
        calls.give_back_of(who.id)
    assert entry_of(entry).claimed_by is None


def test_the_demo_has_a_list_at_work_one_ahead_and_one_that_is_over(app: Flask) -> None:
    for number in range(100):
        person(number)
    with transaction():
        session.execute(update(Person).values(is_demo=True))
        make_call_lists()
    found = {each.state: queries.figures_of([each])[each.id] for each in session.scalars(select(CallList))}
    assert found.keys() == {_S.OPEN, _S.DRAFT, _S.CLOSED}
    assert found[_S.OPEN].people == 70
    assert found[_S.OPEN].calls == 42
    assert found[_S.DRAFT].calls == 0
    assert len(queries.by_day(session.scalars(select(CallList.id).where(CallList.state == _S.OPEN)).one())) in {8, 9}
