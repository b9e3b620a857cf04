"""Somebody under 18 is written to by those alone to whom a coordinator has given the highest trust."""

from datetime import date, timedelta

import pytest

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.penpals.models import PrisonerCare
from campaign.penpals.queries.addressees import find_addressee
from campaign.penpals.queries.evenings import can_be_given_to_strangers
from campaign.penpals.queries.rota import list_unfit
from campaign.penpals.service import assignments, care
from campaign.penpals.service.assignments import Unfit
from campaign.prisoners.models import Prisoner
from tests.support import accounts, pens

A_YEAR = timedelta(days=365.25)


def aged(years: float, precision: str = "day") -> Prisoner:
    return pens.addressee(born_on=clock.today() - years * A_YEAR, born_precision=precision)


def needed_for(person: Prisoner) -> int:
    found = find_addressee(person.id, clock.today())
    assert found is not None
    return found.trust_needed


def test_a_minor_needs_the_highest_trust_unless_coordinators_said_otherwise(app):
    young, grown, unknown = aged(16), aged(19.1), pens.addressee(born_on=None, born_precision=None)
    assert [needed_for(each) for each in (young, grown, unknown)] == [2, 0, 0]
    with transaction():
        session.add(PrisonerCare(prisoner_id=young.id, trust_needed=1, changed_on=clock.today()))
    assert needed_for(young) == 1


def test_with_a_year_alone_one_is_a_minor_until_it_is_over(app):
    this_year = clock.today().year
    turning = pens.addressee(born_on=date(this_year - 18, 1, 1), born_precision="year")
    turned = pens.addressee(born_on=date(this_year - 19, 1, 1), born_precision="year")
    assert (needed_for(turning), needed_for(turned)) == (2, 0)


@pytest.mark.parametrize(("trust", "is_offered"), [(0, False), (1, False), (2, True)])
def test_only_the_most_trusted_are_asked_to_write_to_a_minor(app, trust, is_offered):
    person, writer = aged(16), pens.writer(trust=trust)
    if is_offered:
        with transaction():
            assert assignments.offer(person.id, writer.id, actor=None).state == "offered"
        return
    with pytest.raises(Unfit), transaction():
        assignments.offer(person.id, writer.id, actor=None)


def test_in_a_group_the_turn_passes_by_whoever_is_not_trusted_enough(app):
    group, person = pens.group(), aged(16)
    known, new = pens.writer(trust=2), pens.writer()
    for each in (known, new):
        pens.member(group, each)
    with transaction():
        assignments.give_to_group(person.id, group.id, actor=None)
    assert list_unfit(group.id) == {(person.id, new.id)}


def test_evenings_leave_minors_out_whatever_coordinators_said(app):
    person = aged(16)
    with transaction():
        session.add(PrisonerCare(prisoner_id=person.id, trust_needed=0, changed_on=clock.today()))
    assert not can_be_given_to_strangers(find_addressee(person.id, clock.today()))


def test_the_form_for_who_may_write_starts_with_what_holds_and_saving_that_says_nothing_new(app):
    person, actor = aged(16), accounts.person().id
    held = care.find_care(person.id)
    assert (held.trust_needed, held.version) == (2, 0)
    with transaction():
        assert not care.change_care(person.id, held, actor=actor)
    assert session.get(PrisonerCare, person.id) is None
