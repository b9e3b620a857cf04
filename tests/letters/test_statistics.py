"""What is learned of letters: figures by place and way, rules beside the censor, weeks for the public; deadlines."""

import uuid
from datetime import timedelta

import pytest
import time_machine

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.letters.models import Letter, LetterFinding, LetterStat, LetterState, Reply, ReturnReason
from campaign.letters.queries import statistics as queries
from campaign.letters.queries.deadlines import Deadline, list_deadlines
from campaign.letters.service import moves, outcomes
from campaign.prisoners.models import Channel, Prisoner, Publicity
from tests.support import make, pens, post
from tests.support.pages import field_values, parse
from workers.lines.letters import count_letters, turn_letters

S = LetterState
STATISTICS, DEADLINES = "/staff/letters/statistics", "/staff/letters/deadlines"


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


def text(response) -> str:
    return " ".join("".join(parse(response.get_data(as_text=True)).find(".//main").itertext()).split())


def sent(person, ago=21, rules=()) -> Letter:
    letter = post.letter(S.PRINTED, person)
    with transaction():
        outcomes.dispatch([moves.locked(letter.id)], clock.today() - timedelta(days=ago), actor=None)
        for rule in rules:
            session.add(LetterFinding(letter_id=letter.id, rule=rule, severity="warn", rules_version="1"))
    return letter


def heard(letter, state, **more) -> None:
    with transaction():
        outcomes.report_outcome(letter.id, state, actor=None, **more)


def answered(letter) -> None:
    with transaction():
        session.add(
            Reply(
                id=uuid.uuid4(), state="matched", channel=letter.channel, letter_id=letter.id,
                thread_id=letter.thread_id, prisoner_id=letter.prisoner_id, logged_on=clock.today(),
            )
        )  # fmt: skip


def stat(person) -> LetterStat:
    count_letters()
    count_letters()
    session.expire_all()
    return session.query(LetterStat).one()


def test_letters_of_a_year_are_counted_by_place_and_way(app):
    person = pens.addressee()
    for state in (S.REPORTED, S.RETURNED, S.CENSORED, S.LOST):
        heard(sent(person), state)
    under_way, presumed = sent(person, ago=1), sent(person, ago=40)
    answered(under_way)
    answered(under_way)
    sent(person, ago=365)
    post.letter(S.QUEUED, person)
    with transaction():
        outcomes.run_deadlines(clock.today())
    found = stat(person)
    assert session.get_one(Letter, presumed.id).state == S.PRESUMED
    assert (found.sent, found.reported, found.presumed, found.returned, found.censored, found.lost) == (
        6,
        1,
        1,
        1,
        1,
        1,
    )
    assert (found.replies, found.median_days, found.channel) == (1, None, Channel.POST)
    assert queries.list_places()[0].under_way == 1


def test_how_long_it_takes_is_told_from_five_letters_on(app, client):
    person = pens.addressee()
    for ago in (10, 20, 22, 30):
        heard(sent(person, ago), S.REPORTED)
    assert stat(person).median_days is None
    address = f"/prisoners/{person.slug}"
    assert "take about" not in client.get(address).get_data(as_text=True)
    answered(sent(person, 22))
    assert stat(person).median_days == 22
    queries.forget_weeks()
    app.extensions["page_cache"].clear()
    assert "letters to this facility take about 3 weeks" in client.get(address).get_data(as_text=True)
    assert "Briefe in dieses Gefängnis brauchen etwa 3 Wochen" in client.get(f"/de{address}").get_data(as_text=True)


def test_nothing_is_told_of_whoever_is_spoken_of_little_and_the_page_asks_no_more(app, client, statements):
    place = make.facility()
    person, careful = pens.addressee(place), pens.addressee(place)
    for _ in range(5):
        heard(sent(person), S.REPORTED)
    count_letters()
    with transaction():
        session.get_one(Prisoner, careful.id).publicity = Publicity.LIMITED
    app.extensions["page_cache"].clear()
    with statements() as first:
        assert "take about" in client.get(f"/prisoners/{person.slug}").get_data(as_text=True)
    app.extensions["page_cache"].clear()
    with statements() as second:
        client.get(f"/prisoners/{person.slug}")
    assert len([each for each in first if "letter_stat" in each]) == 1
    assert len(second) <= 3, "the page's budget; the weeks are read once in ten minutes"
    assert not [each for each in second if "letter_stat" in each]
    assert "take about" not in client.get(f"/prisoners/{careful.slug}").get_data(as_text=True)


def test_rules_stand_beside_what_the_censor_did(app):
    person = pens.addressee()
    heard(sent(person, rules=["L08", "L10"]), S.CENSORED, is_partly=True)
    heard(sent(person, rules=["L08"]), S.RETURNED, reason=ReturnReason.REFUSED)
    heard(sent(person, rules=["L10"]), S.RETURNED, reason=ReturnReason.MOVED)
    sent(person, rules=["L10"])
    held = post.letter(S.QUEUED, person)
    with transaction():
        session.add(LetterFinding(letter_id=held.id, rule="L08", severity="block", rules_version="1"))
    assert [tuple(each) for each in queries.list_rules(clock.today())] == [("L08", 2, 2), ("L10", 3, 1)]
    base = queries.base_rate(clock.today())
    assert (base.left, base.stopped, base.share) == (4, 2, 500)


def test_the_page_of_figures_has_pictures_and_the_same_in_tables(coordinator):
    assert "No letter has left yet" in text(coordinator.get(STATISTICS))
    heard(sent(pens.addressee(), rules=["L08"]), S.CENSORED)
    count_letters()
    page = coordinator.get(STATISTICS)
    assert "L08" in text(page)
    assert "Nothing fits." in text(coordinator.get(f"{STATISTICS}?channel=zt"))
    for picture in ("fates", "rules"):
        for scheme in ("light", "dark"):
            drawn = coordinator.get(f"{STATISTICS}/{picture}-{scheme}.svg")
            assert drawn.mimetype == "image/svg+xml"
            assert parse(drawn.get_data(as_text=True)) is not None
        assert coordinator.get(f"{STATISTICS}/{picture}-pink.svg").status_code == 404


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MODERATOR, Role.DATA_EDITOR])
def test_others_than_coordinators_are_refused(sign_in, role):
    client = sign_in(role)
    for path in (STATISTICS, f"{STATISTICS}/fates-light.svg", DEADLINES, f"{DEADLINES}/post"):
        assert client.get(path).status_code == 403
    assert client.post(f"{DEADLINES}/post", data={"days": "1"}).status_code in {400, 403}
    assert list_deadlines()["post"].days == 30


def test_a_role_for_one_group_does_not_set_what_holds_for_all(sign_in):
    client = sign_in(Role.COORDINATOR, group=pens.group().id)
    assert client.get(DEADLINES).status_code == 403
    assert client.get(STATISTICS).status_code == 403


def test_a_deadline_is_set_checked_and_noted_and_an_old_page_overwrites_nothing(coordinator):
    address = f"{DEADLINES}/f_pismo"
    values = field_values(coordinator.get(address).get_data(as_text=True), address)
    for days in ("0", "366", "soon", ""):
        assert coordinator.post(address, data={**values, "days": days}).status_code == 422
    assert coordinator.post(address, data={**values, "becomes": "delivered"}).status_code == 422
    assert coordinator.post(address, data={**values, "days": "12", "becomes": "lost"}).status_code == 303
    assert list_deadlines()["f_pismo"] == Deadline(12, S.LOST)
    assert coordinator.post(address, data={**values, "days": "12", "becomes": "lost"}).status_code == 303
    assert session.query(AuditEntry).filter_by(action="letters.deadline").count() == 1
    stale = coordinator.post(address, data={**values, "days": "40"})
    assert stale.status_code == 409
    assert "Stored now: 12 days" in text(stale)
    assert coordinator.get(f"{DEADLINES}/pigeon").status_code == 404
    assert "12" in text(coordinator.get(DEADLINES))


def test_silence_becomes_what_staff_said(coordinator):
    address = f"{DEADLINES}/post"
    values = field_values(coordinator.get(address).get_data(as_text=True), address)
    coordinator.post(address, data={**values, "days": "5", "becomes": "lost"})
    letter = sent(pens.addressee(), ago=0)
    with time_machine.travel(clock.now() + timedelta(days=5)):
        turn_letters()
    session.expire_all()
    assert session.get_one(Letter, letter.id).state == S.LOST
