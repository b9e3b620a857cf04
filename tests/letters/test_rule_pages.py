"""Coordinators say what a rule means at one facility; what was read already is read again only when they ask."""

import pytest

from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.letters.models import HoldReason, Letter, LetterEvent, LetterFinding, LetterState, RuleAdjustment
from campaign.letters.service import moderation, moves, submitting
from campaign.prisoners.models import Custody
from tests.support import accounts, make, pens, post
from tests.support.accounts import submit

HOME = "/staff/letters/rules"
PITY = post.TEXT + " Держитесь!"
REASON = "Three letters came back."


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


def approved(place, text=PITY) -> Letter:
    letter = post.draft(pens.addressee(place), text=text)
    with transaction():
        found = moves.locked_with_prisoner(letter.id)
        submitting.submit(found, actor=found.written_by)
    actor = accounts.person(Role.MODERATOR).id
    with transaction():
        moderation.approve(
            letter.id, actor=actor, seen_text_version=letter.text_version, override_reason="A made-up person."
        )
    session.expire_all()
    return session.get_one(Letter, letter.id)


def put(client, place, rule="L19", becomes="block", reason=REASON):
    return submit(client, f"{HOME}/{place.id}", f"{place.id}", rule=rule, becomes=becomes, reason=reason)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MODERATOR, Role.DATA_EDITOR, Role.TREASURER])
def test_for_coordinators_alone(sign_in, role):
    client, place = sign_in(role), make.facility("ИК-77")
    assert [client.get(path).status_code for path in (HOME, f"{HOME}/{place.id}")] == [403, 403]
    for path in (f"{HOME}/{place.id}", f"{HOME}/{place.id}/read-again", f"{HOME}/{place.id}/L19/remove"):
        assert client.post(path).status_code in {400, 403}


def test_set_changed_and_removed_each_with_a_reason(coordinator):
    place = make.facility("ИК-77")
    assert "Nowhere yet" in coordinator.get(HOME).text
    assert f"{HOME}/{place.id}" in coordinator.get(f"{HOME}?q={place.name_ru}").text
    answer = put(coordinator, place, reason=" ")
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert put(coordinator, place).status_code == 303
    assert put(coordinator, place, becomes="off", reason="They pass.").status_code == 303
    row = session.query(RuleAdjustment).one()
    assert (row.rule, row.becomes, row.reason) == ("L19", "off", "They pass.")
    assert place.name_ru in coordinator.get(HOME).text
    page = f"{HOME}/{place.id}"
    assert submit(coordinator, page, "L19/remove", reason="").status_code == 422
    assert submit(coordinator, page, "L19/remove", reason="A new censor.").status_code == 303
    assert session.query(RuleAdjustment).count() == 0
    kept = session.query(AuditEntry).filter(AuditEntry.action.startswith("letter_rule")).all()
    assert len(kept) == 3


def test_what_does_not_exist(coordinator):
    place = make.facility("ИК-77")
    assert put(coordinator, place, rule="L99").status_code == 422
    assert coordinator.get(f"{HOME}/00000000-0000-0000-0000-000000000000").status_code == 404


def test_what_was_read_stays_until_it_is_read_again(coordinator):
    place, other = make.facility("ИК-77"), make.facility("ИК-78")
    letter, elsewhere = approved(place), approved(other)
    put(coordinator, place)
    session.expire_all()
    assert session.get_one(Letter, letter.id).state == LetterState.QUEUED
    assert "1 letter to this place was read" in coordinator.get(f"{HOME}/{place.id}").text
    assert submit(coordinator, f"{HOME}/{place.id}", "/read-again").status_code == 303
    session.expire_all()
    found = session.get_one(Letter, letter.id)
    assert (found.state, found.approved_by) == (LetterState.IN_MODERATION, None)
    assert session.get_one(Letter, elsewhere.id).state == LetterState.QUEUED
    assert session.query(LetterFinding).filter_by(letter_id=letter.id, rule="L19").one().severity == "block"
    steps = session.query(LetterEvent).filter_by(letter_id=letter.id, now=LetterState.HELD).all()
    assert [each.reason for each in steps] == [HoldReason.RULE_CHANGE]
    assert "None waits here" in coordinator.get(f"{HOME}/{place.id}").text


def test_what_somebody_stopped_by_hand_is_left_alone(coordinator):
    place = make.facility("ИК-77")
    letter = approved(place)
    with transaction():
        moves.move(moves.locked(letter.id), LetterState.HELD, actor=None, held_reason=HoldReason.BY_STAFF)
    assert session.query(Custody).filter_by(facility_id=place.id).count() == 1
    assert "None waits here" in coordinator.get(f"{HOME}/{place.id}").text
