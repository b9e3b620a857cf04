"""Words of an answer in public: two persons, a consent, and nothing that outlasts it."""

import json
import threading
import uuid
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from campaign.kernel import clock
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError
from campaign.kernel.registry import after_restore, retention_rules
from campaign.letters.models import IncidentKind, IncidentState, PublicationState, Reply, ReplyEvent, ReplyState
from campaign.letters.queries.published import few_words_of, page_of_words
from campaign.letters.service import incidents, replies, reply_retention
from campaign.letters.service import reply_publication as service
from campaign.people.models import Volunteer
from campaign.prisoners.models import ConsentKind, Prisoner, PrisonerConsent, PrisonerState
from campaign.prisoners.service import publication
from campaign.prisoners.service.consent import find_consent, revoke_consent
from tests.letters.replies import reply, sent
from tests.letters.words import ASKER, RUSSIAN, SECOND, TEXTS, again, agree, approve, propose, shown, typed
from tests.support import make, pens

P, S = PublicationState, ReplyState


def public(made):
    """What the public reads of whoever wrote it."""
    return [each.in_language("ru").text for each in few_words_of(made.prisoner_id, 9)]


def notes(made):
    mine = session.query(ReplyEvent).filter(ReplyEvent.reply_id == made.id, ReplyEvent.reason.startswith("words:"))
    return [each.reason for each in mine.order_by(ReplyEvent.id)]


def is_erased(made):
    found = again(made)
    return (found.published_text, found.published_sealed, found.published_on, found.consent_id) == (
        "",
        None,
        None,
        None,
    )


def revoke(prisoner_id):
    with transaction():
        person = session.get_one(Prisoner, prisoner_id)
        revoke_consent(person, find_consent(prisoner_id, ConsentKind.WORDS).id, actor=SECOND)


def hide(prisoner_id):
    with transaction():
        publication.withdraw(session.get_one(Prisoner, prisoner_id), "made up", actor=SECOND)


def tell(made):
    with transaction():
        return incidents.open_incident(made.id, IncidentKind.THREAT, "made up", actor=ASKER)


def test_one_proposes_another_approves_and_only_then_the_public_reads(app):
    made = propose(typed())
    assert (made.publication, made.published_text) == (P.ASKED, "")
    assert made.published_sealed is not None
    assert RUSSIAN.encode() not in made.published_sealed
    assert public(made) == []
    made = approve(made)
    assert (made.publication, made.published_sealed, made.published_on) == (P.PUBLISHED, None, clock.today())
    assert json.loads(made.published_text) == {"written_in": "ru", "texts": TEXTS}
    assert public(made) == [RUSSIAN]
    assert notes(made) == ["words:asked", "words:approved", "words:published"]


def test_audit_and_history_hold_no_word(app):
    made = shown()
    with transaction():
        service.withdraw(made.id, actor=ASKER)
    entries = session.query(AuditEntry).filter(AuditEntry.action.startswith("words.")).order_by(AuditEntry.id).all()
    assert [each.action for each in entries] == ["words.asked", "words.approved", "words.published", "words.withdrawn"]
    for each in entries:
        assert "одуванчик" not in repr(vars(each))
        assert each.object == f"reply:{made.id}"


def test_nobody_approves_their_own_proposal_nor_what_they_changed_last(app):
    made = propose(typed())
    with pytest.raises(service.OwnProposal):
        approve(made, actor=ASKER)
    propose(made, {"ru": "Другие слова."}, actor=SECOND)
    with pytest.raises(service.OwnProposal):
        approve(made, actor=SECOND)
    approve(made, actor=ASKER)
    assert public(made) == ["Другие слова."]


@pytest.mark.parametrize(
    ("hindrance", "spoil"),
    [
        ("no_consent", lambda made: revoke(made.prisoner_id)),
        ("not_public", lambda made: hide(made.prisoner_id)),
        ("incident", lambda made: tell(made)),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_stored(app, hindrance, spoil):
    made = typed()
    spoil(made)
    with pytest.raises(service.NotShowable) as refusal:
        propose(made)
    assert refusal.value.hindrance == hindrance
    assert again(made).publication == P.NONE


def test_words_are_chosen_from_what_was_read_and_typed(app):
    read = reply(S.SCREENED)
    agree(read.prisoner_id)
    with pytest.raises(service.NotShowable) as refusal:
        propose(read)
    assert refusal.value.hindrance == "no_text"
    matched = typed(S.MATCHED)
    with pytest.raises(service.NotShowable) as refusal:
        propose(matched)
    assert refusal.value.hindrance == "not_read"


@pytest.mark.parametrize("texts", [{}, {"ru": " \n "}, {"fr": "Bonjour"}, {"en": "x" * 2_001}])
def test_an_excerpt_has_some_words_and_not_too_many(app, texts):
    made = typed()
    with pytest.raises(service.BadExcerpt):
        propose(made, texts)


def test_names_are_asked_about_and_the_writer_is_never_named(app):
    writer = pens.writer()
    with transaction():
        session.get_one(Volunteer, writer.id).pseudonym = "Ася"
    made = typed(letter=sent(writer=writer))
    with pytest.raises(service.NamesSomebody) as refusal:
        propose(made, {"ru": "Передайте привет Лизе."})
    assert refusal.value.names == ["Лизе"]
    with pytest.raises(service.NamesWriter):
        propose(made, {"ru": "Дорогая Ася, спасибо."}, may_name={"Ася"})
    propose(made, {"ru": "Передайте привет Лизе."}, may_name={"Лизе"})
    assert again(made).publication == P.ASKED


def test_words_that_are_shown_are_taken_back_before_others_are_proposed(app):
    made = shown()
    with pytest.raises(Conflict):
        propose(made, {"ru": "Другие слова."})
    assert public(made) == [RUSSIAN]
    with transaction():
        assert service.withdraw(made.id, actor=SECOND)
        assert not service.withdraw(made.id, actor=SECOND)
    assert is_erased(made)
    assert public(approve(propose(made, {"ru": "Другие слова."}))) == ["Другие слова."]


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_revoked_consent_takes_everything_of_theirs_in_the_same_moment(app, is_shown):
    made = shown() if is_shown else propose(typed())
    other = shown()
    revoke(made.prisoner_id)
    assert is_erased(made)
    assert notes(made)[-1] == "words:withdrawn:consent"
    assert public(other) == [RUSSIAN]
    agree(made.prisoner_id)
    assert public(made) == [], "a new consent brings back nothing"


def test_another_consent_that_ends_takes_no_words(app):
    made = shown()
    with transaction():
        person = session.get_one(Prisoner, made.prisoner_id)
        picture = PrisonerConsent(
            id=uuid.uuid4(), prisoner_id=person.id, kind=ConsentKind.PICTURE, given_by="self", given_on=clock.today(),
            evidence="letter",
        )  # fmt: skip
        session.add(picture)
        session.flush()
        revoke_consent(person, picture.id, actor=None)
    assert public(made) == [RUSSIAN]


def test_a_page_that_is_taken_away_takes_the_words_with_it(app):
    made = shown()
    hide(made.prisoner_id)
    make.publish(session.get_one(Prisoner, made.prisoner_id))
    assert public(made) == []
    assert is_erased(made)


def test_an_incident_takes_words_off_and_so_does_one_that_is_opened_again(app):
    made = shown()
    found = tell(made)
    assert is_erased(made)
    for state in (IncidentState.TRIAGE, IncidentState.CLOSED):
        with transaction():
            incidents.step(found.id, state, "made up", actor=ASKER, seen_version=found.version)
    approve(propose(made))
    assert public(made) == [RUSSIAN]
    with transaction():
        incidents.step(found.id, IncidentState.TRIAGE, "again", actor=ASKER, seen_version=found.version)
    assert public(made) == []
    assert is_erased(made)


def test_matched_anew_the_words_are_nobodys(app):
    made, other = typed(S.SCREENED), make.public_prisoner().id
    approve(propose(made))
    with transaction():
        replies.match(made.id, prisoner_id=other, actor=ASKER)
    assert is_erased(made)


def test_taken_back_from_its_writer_it_is_taken_back_from_all_but_put_away_it_stays(app):
    taken, put_away, asked = shown(), approve(propose(typed(S.SCREENED))), propose(typed(S.SCREENED))
    with transaction():
        for each in (taken, put_away, asked):
            replies.close(each.id, "made up", actor=ASKER)
    assert is_erased(taken)
    assert is_erased(asked)
    assert public(put_away) == [RUSSIAN]


def test_what_is_shown_outlasts_the_pages_and_what_waits_does_not(app):
    made, asked = shown(), propose(typed())
    with transaction():
        for each in (made, asked):
            reply_retention.erase(again(each), actor=None)
    assert public(made) == [RUSSIAN]
    assert is_erased(asked)
    assert notes(asked)[-1] == "words:withdrawn:erased"


def test_reading_asks_again_whatever_the_row_says(app):
    """As if something had ended the consent, the page or the peace without telling us."""
    made = shown()
    person, consent = made.prisoner_id, made.consent_id
    spoilt = (
        (PrisonerConsent, consent, {"revoked_on": clock.today()}, {"revoked_on": None}),
        (PrisonerConsent, consent, {"kind": ConsentKind.PICTURE}, {"kind": ConsentKind.WORDS}),
        (PrisonerConsent, consent, {"prisoner_id": make.prisoner().id}, {"prisoner_id": person}),
        (Prisoner, person, {"state": PrisonerState.HIDDEN}, {"state": PrisonerState.PUBLISHED}),
    )
    for table, key, wrong, right in spoilt:
        with transaction():
            session.query(table).filter(table.id == key).update(wrong)
        assert public(made) == [], wrong
        with transaction():
            session.query(table).filter(table.id == key).update(right)
        assert public(made) == [RUSSIAN]
    with transaction():
        session.query(PrisonerConsent).filter_by(id=consent).update({"revoked_on": clock.today()})
        assert retention_rules["reply-words"].apply(clock.today()) == 1
    assert is_erased(made)


def test_after_a_restore_everything_shown_waits_for_a_second_person_again(app):
    made = shown()
    for _ in range(2):
        with transaction():
            after_restore["reply-words"]()
    assert again(made).publication == P.ASKED
    assert public(made) == []
    with pytest.raises(service.OwnProposal):
        approve(made, actor=ASKER)
    approve(made)
    assert public(made) == [RUSSIAN]


def test_two_approve_at_once_and_one_is_told(app):
    made = propose(typed())
    key, version = made.id, made.version
    barrier, heard = threading.Barrier(2), []

    def work(actor):
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    service.approve(key, seen_version=version, actor=actor)
                heard.append("approved")
            except Conflict as problem:
                heard.append(problem.message)
            finally:
                session.remove()

    both = [threading.Thread(target=work, args=(uuid.UUID(int=30 + number),)) for number in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(heard) == ["Someone else changed this meanwhile. Look at it again before you go on.", "approved"]
    assert notes(made) == ["words:asked", "words:approved", "words:published"]


def test_a_consent_that_is_revoked_while_somebody_approves_wins(app):
    made = propose(typed())
    key, version, person = made.id, made.version, made.prisoner_id
    barrier, heard = threading.Barrier(2), []

    def approving():
        with transaction():
            service.approve(key, seen_version=version, actor=SECOND)

    def work(act):
        with app.app_context():
            barrier.wait()
            try:
                act()
            except DomainError as problem:
                heard.append(type(problem))
            finally:
                session.remove()

    both = [threading.Thread(target=work, args=(act,)) for act in (approving, lambda: revoke(person))]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert set(heard) <= {service.NotShowable, Conflict}
    assert public(made) == []
    assert is_erased(made)


def test_pages_of_words_are_the_newest_first_and_tell_the_month_alone(app):
    person = pens.addressee()
    agree(person.id)
    for number in range(5):
        on = clock.today() - timedelta(days=40 * number)
        made = typed(agreed=False, letter=sent(person), written_on=on)
        approve(propose(made, {"ru": f"Слова {number}."}))
    found, total = page_of_words(person.id, 2, 2)
    assert total == 5
    assert [each.in_language("de").text for each in found] == ["Слова 2.", "Слова 3."]
    assert {each.month.day for each in found} == {1}
    assert isinstance(found[0].month, date)
    assert page_of_words(person.id, 9, 2) == ([], 0)


class Publishing(RuleBasedStateMachine):
    """Whatever staff do in whatever order: the public reads words only while everything holds."""

    def __init__(self) -> None:
        super().__init__()
        self.made = typed()
        self.key, self.person = self.made.id, self.made.prisoner_id
        self.incident = None

    def attempt(self, act) -> None:
        try:
            with transaction():
                act()
        except DomainError:
            session.rollback()

    @property
    def row(self) -> Reply:
        session.expire_all()
        return session.get_one(Reply, self.key)

    @rule(actor=st.sampled_from((ASKER, SECOND)), text=st.sampled_from(("Первые слова.", "Другие слова.")))
    def propose(self, actor, text):
        version = self.row.version
        self.attempt(lambda: service.propose(self.key, {"ru": text}, seen_version=version, actor=actor))

    @rule(actor=st.sampled_from((ASKER, SECOND)))
    def approve(self, actor):
        version = self.row.version
        self.attempt(lambda: service.approve(self.key, seen_version=version, actor=actor))

    @rule()
    def withdraw(self):
        self.attempt(lambda: service.withdraw(self.key, actor=SECOND))

    @rule()
    def turn_consent(self):
        if find_consent(self.person, ConsentKind.WORDS) is None:
            agree(self.person)
        else:
            revoke(self.person)

    @rule()
    def turn_page(self):
        person = session.get_one(Prisoner, self.person)
        if person.is_public:
            hide(self.person)
        else:
            make.publish(person)

    @precondition(lambda self: self.incident is None)
    @rule()
    def open_incident(self):
        self.incident = tell(self.made)

    @precondition(lambda self: self.incident is not None)
    @rule()
    def turn_incident(self):
        found = session.merge(self.incident)
        after = {IncidentState.OPEN: IncidentState.TRIAGE, IncidentState.TRIAGE: IncidentState.CLOSED}
        with transaction():
            state = after.get(IncidentState(found.state), IncidentState.TRIAGE)
            incidents.step(found.id, state, "made up", actor=ASKER, seen_version=found.version)

    @rule()
    def erase(self):
        self.attempt(lambda: reply_retention.erase(self.row, actor=None))

    @invariant()
    def shown_only_while_everything_holds(self):
        row, words = self.row, public(self.made)
        holds = (
            session.get_one(Prisoner, self.person).is_public
            and find_consent(self.person, ConsentKind.WORDS) is not None
            and (self.incident is None or session.merge(self.incident).state == IncidentState.CLOSED)
        )
        assert bool(words) == (row.publication == P.PUBLISHED)
        assert not words or holds
        assert (row.published_text != "") == (row.publication == P.PUBLISHED)
        assert (row.published_sealed is not None) == (row.publication == P.ASKED)
        assert row.publication not in {P.ASKED, P.PUBLISHED} or holds


@pytest.mark.slow
def test_in_whatever_order_the_public_reads_only_while_everything_holds(app):
    limits = settings(
        max_examples=10, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Publishing, settings=limits)
