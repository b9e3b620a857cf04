"""Prosecutions: charges that change, days in court, sentences, and what cannot be true of them."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.prisoners.models import Fact, Instance, Listing, ListingSource, ListingStatus, Prisoner, Punishment, Stage
from campaign.prisoners.queries import cases as queries
from campaign.prisoners.service import cases
from campaign.prisoners.service.cases import BadCase, CaseDraft, ChargeDraft, HearingDraft, SentenceDraft
from campaign.prisoners.service.cases.sentences import add_months
from campaign.prisoners.service.listings import BadListing, ListingDraft, add_listing
from tests.support import make

ACTOR = uuid.UUID(int=7)
COURT = "Made-up district court"


@pytest.fixture
def case(app):
    person = make.prisoner()
    return make.case(person, episode_id=make.episode(person).id)


def do(act, case, *arguments, **changes):
    with transaction():
        return act(queries.get_case(case.prisoner_id, case.id), *arguments, make.SOURCE, actor=ACTOR, **changes)


def facts(subject_id, field):
    found = select(Fact).where(Fact.subject_id == subject_id, Fact.field == field).order_by(Fact.id)
    return [(each.was, each.now) for each in session.scalars(found)]


def sentence(**changes):
    values = {"decided_on": date(2025, 6, 1), "court": COURT, "punishment": Punishment.IMPRISONMENT, "term_months": 66}
    return SentenceDraft(**{**values, **changes})


def test_a_case_is_written_down_with_its_source(case):
    assert facts(case.id, "names.en") == [(None, "The made-up case")]
    assert facts(case.id, "stage") == [(None, "under_investigation")]
    assert session.scalars(select(Fact.source_url).where(Fact.subject_id == case.id).distinct()).all() == [
        "https://news.example/made-up"
    ]


def test_a_change_of_the_case_keeps_what_stood_there(case):
    draft = CaseDraft({"en": "The made-up case", "ru": "Дело"}, stage=Stage.IN_COURT, opened_on=date(2025, 1, 5))
    with transaction():
        fresh = queries.get_case(case.prisoner_id, case.id)
        changed = cases.edit_case(fresh, draft, make.SOURCE, seen_version=fresh.version, actor=ACTOR)
    assert changed == 3  # the Russian name, the stage, and that no imprisonment is named any more
    assert facts(case.id, "stage")[-1] == ("under_investigation", "in_court")
    assert facts(case.id, "names.ru") == [(None, "Дело")]


def test_the_second_of_two_editors_overwrites_nothing(case):
    seen = case.version
    do(cases.add_charge, case, ChargeDraft("275"))
    with pytest.raises(Conflict):
        do(cases.set_hearing, case, HearingDraft(date(2025, 5, 1), COURT), seen_version=seen)


def test_a_change_of_the_case_is_none_of_the_person_for_their_editor(case):
    person = session.get(Prisoner, case.prisoner_id)
    version, person.changed_on = person.version, date(2025, 1, 1)
    session.commit()
    version = person.version
    do(cases.add_charge, case, ChargeDraft("275"))
    session.expire_all()
    person = session.get(Prisoner, case.prisoner_id)
    assert (person.version, person.changed_on) == (version, clock.today())


def test_a_charge_that_is_replaced_stays_on_record(case):
    old = do(cases.add_charge, case, ChargeDraft("207.3", "1", from_on=date(2025, 1, 12)))
    new = do(cases.replace_charge, case, old.id, ChargeDraft("207.3", "2", "д"), on=date(2025, 3, 1))
    fresh = queries.get_case(case.prisoner_id, case.id)
    assert [(each.part, each.until_on) for each in fresh.charges] == [("1", date(2025, 3, 1)), ("2", None)]
    assert fresh.charges[0].superseded_by_id == new.id
    assert facts(old.id, "superseded_by") == [(None, "п. «д» ч. 2 ст. 207.3 УК")]
    with pytest.raises(BadCase, match="ended already"):
        do(cases.end_charge, case, old.id, on=date(2025, 4, 1))


def test_a_charge_that_is_dropped_ends(case):
    charge = do(cases.add_charge, case, ChargeDraft("275"))
    do(cases.end_charge, case, charge.id, on=date(2025, 4, 1))
    assert facts(charge.id, "until_on") == [(None, "2025-04-01")]


def test_the_same_charge_again_is_the_one_that_stands(case):
    first = do(cases.add_charge, case, ChargeDraft("20.3.3", code="KoAP"))
    assert do(cases.add_charge, case, ChargeDraft("20.3.3", code="KoAP")).id == first.id


def test_an_article_the_register_lacks_is_taken_once_a_person_confirms_it(case):
    with pytest.raises(cases.UnknownArticle):
        do(cases.add_charge, case, ChargeDraft("399"))
    assert do(cases.add_charge, case, ChargeDraft("399"), is_confirmed=True).article == "399"


@pytest.mark.parametrize(
    "draft",
    [ChargeDraft("1000"), ChargeDraft("0.3"), ChargeDraft("275", "100"), ChargeDraft("275", "1", "d"),
     ChargeDraft("275", "", "д"), ChargeDraft("275", from_on=date(2025, 1, 4))],
)  # fmt: skip
def test_what_no_charge_can_look_like_is_refused_even_when_confirmed(case, draft):
    with pytest.raises(BadCase):
        do(cases.add_charge, case, draft, is_confirmed=True)


def test_a_hearing_is_held_with_an_outcome(case):
    hearing = do(cases.set_hearing, case, HearingDraft(date(2025, 5, 1), COURT, "10:30"))
    held = do(cases.hold_hearing, case, hearing.id, "Custody prolonged by two months.")
    assert (held.state, held.outcome) == ("held", "Custody prolonged by two months.")
    assert facts(hearing.id, "state") == [(None, "set"), ("set", "held")]


def test_a_hearing_that_is_moved_stays_on_record_and_cannot_be_moved_again(case):
    hearing = do(cases.set_hearing, case, HearingDraft(date(2025, 5, 1), COURT))
    later = do(cases.move_hearing, case, hearing.id, HearingDraft(date(2025, 5, 9), COURT))
    states = {each.held_on: each.state for each in queries.get_case(case.prisoner_id, case.id).hearings}
    assert states == {date(2025, 5, 1): "moved", date(2025, 5, 9): "set"}
    do(cases.cancel_hearing, case, later.id, "The judge is ill.")
    with pytest.raises(BadCase) as refusal:
        do(cases.move_hearing, case, hearing.id, HearingDraft(date(2025, 6, 1), COURT))
    assert refusal.value.field == "state"


@pytest.mark.parametrize(
    ("draft", "field"),
    [(HearingDraft(date(2025, 1, 4), COURT), "held_on"), (HearingDraft(date(2025, 5, 1), " "), "court"),
     (HearingDraft(date(2025, 5, 1), COURT, "25:00"), "starts_at")],
)  # fmt: skip
def test_a_hearing_that_cannot_be_is_refused_by_field(case, draft, field):
    with pytest.raises(BadCase) as refusal:
        do(cases.set_hearing, case, draft)
    assert refusal.value.field == field


def test_what_has_not_come_yet_was_not_held(case):
    hearing = do(cases.set_hearing, case, HearingDraft(clock.today() + timedelta(days=3), COURT))
    with pytest.raises(BadCase, match="not come"):
        do(cases.hold_hearing, case, hearing.id, "Adjourned.")


def test_an_appeal_is_a_sentence_of_its_own(case):
    do(cases.record_sentence, case, sentence())
    do(cases.record_sentence, case, sentence(decided_on=date(2025, 9, 2), instance=Instance.APPEAL, term_months=60))
    assert [each.term_months for each in queries.get_case(case.prisoner_id, case.id).sentences] == [66, 60]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decided_on": date(2025, 1, 9)}, "decided_on"),  # before the arrest
        ({"decided_on": date(2025, 1, 4), "in_absentia": True}, "decided_on"),  # before the case was opened
        ({"decided_on": clock.today() + timedelta(days=3)}, "decided_on"),
        ({"in_force_on": date(2025, 5, 1)}, "in_force_on"),
        ({"expected_release_on": date(2030, 7, 10)}, "release_basis"),
        ({"expected_release_on": date(2025, 5, 1), "release_basis": "Reckoned."}, "expected_release_on"),
        ({"punishment": Punishment.FINE}, "term_months"),
        ({"term_months": 0}, "term_months"),
        ({"court": ""}, "court"),
    ],
)
def test_a_sentence_that_contradicts_what_is_known_is_refused_by_field(case, changes, field):
    with pytest.raises(BadCase) as refusal:
        do(cases.record_sentence, case, sentence(**changes))
    assert refusal.value.field == field
    session.expire_all()
    assert queries.get_case(case.prisoner_id, case.id).sentences == []


def test_courts_decide_one_after_the_other(case):
    do(cases.record_sentence, case, sentence())
    with pytest.raises(BadCase, match="lower court"):
        do(cases.record_sentence, case, sentence(decided_on=date(2025, 5, 1), instance=Instance.APPEAL))


def test_somebody_may_be_sentenced_in_absence_before_an_arrest(case):
    assert do(cases.record_sentence, case, sentence(decided_on=date(2025, 1, 9), in_absentia=True)).in_absentia


def test_a_sentence_is_corrected_with_its_history(case):
    made = do(cases.record_sentence, case, sentence())
    do(cases.edit_sentence, case, made.id, sentence(term_months=72))
    assert facts(made.id, "term_months") == [(None, "66"), ("66", "72")]


def test_a_case_cannot_open_after_what_happened_in_it(case):
    do(cases.set_hearing, case, HearingDraft(date(2025, 2, 1), COURT))
    draft = CaseDraft({"en": "The made-up case"}, opened_on=date(2025, 3, 1))
    with pytest.raises(BadCase) as refusal, transaction():
        fresh = queries.get_case(case.prisoner_id, case.id)
        cases.edit_case(fresh, draft, make.SOURCE, seen_version=fresh.version, actor=ACTOR)
    assert refusal.value.field == "opened_on"


@pytest.mark.parametrize(
    ("draft", "field"),
    [(CaseDraft({"de": "Nur deutsch"}), "name_en"), (CaseDraft({"en": "X"}, region="RU-XX"), "region"),
     (CaseDraft({"en": "X"}, opened_on=date(2999, 1, 1)), "opened_on"),
     (CaseDraft({"en": "X"}, episode_id=uuid.UUID(int=3)), "episode_id")],
)  # fmt: skip
def test_a_case_that_cannot_be_is_refused_by_field(app, draft, field):
    person = make.prisoner()
    with pytest.raises(BadCase) as refusal, transaction():
        cases.add_case(person, draft, make.SOURCE, actor=ACTOR)
    assert refusal.value.field == field


def test_a_release_is_suggested_from_the_arrest_and_the_term(case):
    fresh = queries.get_case(case.prisoner_id, case.id)
    found = cases.suggest_release(fresh, 66)
    assert (found.on, found.arrested_on) == (date(2030, 7, 10), date(2025, 1, 10))
    assert cases.suggest_release(fresh, None) is None


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [(date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2023, 10, 13), 66, date(2029, 4, 13)),
     (date(2025, 12, 5), 12, date(2026, 12, 5))],
)  # fmt: skip
def test_months_end_in_the_month_they_reach(day, months, end):
    assert add_months(day, months) == end


def test_nobody_reads_the_case_of_another(case):
    with pytest.raises(NotFound):
        queries.get_case(make.prisoner().id, case.id)


def test_a_listing_says_who_recognises_somebody_and_keeps_what_it_said(app):
    person = make.prisoner()
    for status in (ListingStatus.CANDIDATE, ListingStatus.RECOGNISED, ListingStatus.RECOGNISED):
        with transaction():
            draft = ListingDraft(ListingSource.MEMORIAL, status, date(2025, 3, 1), "https://list.example/one")
            listing = add_listing(person, draft, make.SOURCE, actor=ACTOR)
    assert session.scalars(select(Listing)).all() == [listing]
    assert facts(listing.id, "status") == [(None, "candidate"), ("candidate", "recognised")]


@pytest.mark.parametrize(
    ("changes", "field"), [({"since_on": date(2999, 1, 1)}, "since_on"), ({"url": "javascript:alert(1)"}, "url")]
)
def test_a_listing_that_cannot_be_is_refused_by_field(app, changes, field):
    person = make.prisoner()
    with pytest.raises(BadListing) as refusal, transaction():
        add_listing(person, ListingDraft(ListingSource.OTHER, **changes), make.SOURCE, actor=ACTOR)
    assert refusal.value.field == field
