"""What others read of cases: next hearings, expected releases and the articles in use, of published people alone."""

import uuid
from datetime import date, timedelta

import pytest

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.prisoners.models import Instance, Punishment, ReleaseReason
from campaign.prisoners.queries import cases as queries
from campaign.prisoners.service import cases
from campaign.prisoners.service.cases import ChargeDraft, HearingDraft, SentenceDraft
from campaign.prisoners.service.liberty import EndDraft, end_imprisonment
from tests.prisoners.test_officials import publish
from tests.support import make

ACTOR = uuid.UUID(int=7)
COURT = "Made-up district court"
SOON = clock.today() + timedelta(days=5)
FAR = clock.today() + timedelta(days=4000)


def prosecuted(*, public=True):
    """Somebody who is held, with one case."""
    person = make.prisoner()
    case = make.case(person, episode_id=make.episode(person).id)
    if public:
        publish(person.id)
    return case


@pytest.fixture
def case(app):
    return prosecuted()


def do(act, case, *arguments, **changes):
    with transaction():
        return act(queries.get_case(case.prisoner_id, case.id), *arguments, make.SOURCE, actor=ACTOR, **changes)


def sentenced(case, release, **changes):
    values = {"decided_on": date(2025, 6, 1), "court": COURT, "punishment": Punishment.IMPRISONMENT, "term_months": 66,
              "expected_release_on": release, "release_basis": "Reckoned.", **changes}  # fmt: skip
    do(cases.record_sentence, case, SentenceDraft(**values))


def test_the_next_hearings_are_those_that_are_set_for_people_the_public_knows(case):
    hidden = prosecuted(public=False)
    for one in (case, hidden):
        do(cases.set_hearing, one, HearingDraft(SOON, COURT))
    off = do(cases.set_hearing, case, HearingDraft(SOON, COURT, "12:00"))
    do(cases.cancel_hearing, case, off.id, "The judge is ill.")
    do(cases.set_hearing, case, HearingDraft(FAR, COURT))
    found = queries.list_next_hearings(clock.today(), clock.today() + timedelta(days=30))
    assert [(each.prisoner.id, each.hearing.held_on) for each in found] == [(case.prisoner_id, SOON)]


def test_the_latest_decision_says_when_somebody_comes_free(case):
    sentenced(case, FAR)
    sentenced(case, SOON, decided_on=date(2025, 9, 2), instance=Instance.APPEAL, term_months=12)
    sentenced(prosecuted(public=False), SOON)
    found = queries.list_expected_releases(clock.today(), FAR)
    assert [(each.prisoner.id, each.sentence.expected_release_on) for each in found] == [(case.prisoner_id, SOON)]


def test_nobody_is_expected_who_is_free_already(case):
    sentenced(case, SOON)
    with transaction():
        end_imprisonment(case.prisoner_id, EndDraft(date(2025, 12, 1), ReleaseReason.PAROLE), make.SOURCE, actor=ACTOR)
    assert queries.list_expected_releases(clock.today(), FAR) == []


def test_articles_are_counted_by_people_as_they_are_charged_now(case):
    other = prosecuted()
    old = do(cases.add_charge, case, ChargeDraft("280.3", "1"))
    do(cases.replace_charge, case, old.id, ChargeDraft("207.3", "2"), on=date(2025, 3, 1))
    do(cases.add_charge, case, ChargeDraft("207.3", "1"))
    do(cases.add_charge, other, ChargeDraft("207.3", "2"))
    do(cases.add_charge, other, ChargeDraft("20.3.3", code="KoAP"))
    do(cases.add_charge, prosecuted(public=False), ChargeDraft("275"))
    assert queries.count_articles() == [("UK", "207.3", 2), ("KoAP", "20.3.3", 1)]
