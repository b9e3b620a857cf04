"""A stranger is offered somebody who gets least, promises one letter, confirms from the mail, posts it and says so."""

import threading
import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.rows import MailRow
from campaign.kernel.mail.suppression import SuppressionReason, suppress
from campaign.kernel.switches import Switch, set_switch
from campaign.penpals.models import (
    AttentionEntry,
    AttentionSource,
    Counted,
    PrisonerCare,
    Reservation,
)
from campaign.penpals.queries import field as fields
from campaign.penpals.service import attention, reservations
from campaign.penpals.service.codes import BadCode, new_code, show_code
from campaign.penpals.service.offers import Offer, OfferKind, read_offer, sign_offer
from campaign.people.models import Volunteer
from campaign.prisoners.models import Custody, LettersPolicy, Liberty, LibertyStatus, Prisoner, Publicity
from campaign.prisoners.queries.public_directory import forget_directory
from campaign.site import write, write_gates
from tests.support import make, pens
from tests.support.pages import field_values, parse
from workers.lines.penpals import drop_expired_reservations

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh_field(app, monkeypatch):
    """What a test has just changed is in the field at once."""
    monkeypatch.setattr(fields, "REREAD_AFTER", 0.0)
    monkeypatch.setattr(fields, "OLDEST", 0.0)
    monkeypatch.setattr("campaign.prisoners.queries.public_directory.REREAD_AFTER", 0.0)
    forget_directory()


def letters_to(person: Prisoner, amount: int) -> None:
    with transaction():
        for _ in range(amount):
            attention.record(person.id, AttentionSource.LETTER, uuid.uuid4(), Counted.REPORTED, clock.today())


def promise(client, path: str = "/write", **changes: str):
    page = client.get(path).get_data(as_text=True)
    values = field_values(page, "/write") | {"email": "anna@example.org"} | changes
    return client.post(path.partition("?")[0], data=values)


def link_in_mail(client, mailserver, run_work, path: str = "/write") -> str:
    assert promise(client, path).status_code == 303
    run_work()
    return mailserver.mails[-1].link("/letter/")


def states() -> Counter[str]:
    session.rollback()
    return Counter(session.scalars(select(Reservation.state)))


def counted(person: Prisoner) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.execute(
        select(AttentionEntry.source, AttentionEntry.counted).where(AttentionEntry.prisoner_id == person.id)
    )
    return [tuple(row) for row in rows]


def test_a_letter_is_promised_confirmed_and_posted(client, mailserver, run_work):
    person = pens.addressee(last_latin="Wintermorgen")
    answer = promise(client)
    assert answer.status_code == 303
    assert "mail" in client.get(answer.location).get_data(as_text=True)
    assert (states(), counted(person)) == ({"waiting": 1}, [])

    run_work()
    mail = mailserver.mails[0]
    assert mail.recipients == ["anna@example.org"]
    assert "Wintermorgen" not in mail.message.as_string()
    link = mail.link("/letter/")
    page = client.get(link)
    assert "Wintermorgen" in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert states() == {"waiting": 1}, "looking at the page must not confirm"

    for _ in range(2):
        assert client.post(link).status_code == 303
    assert (states(), counted(person)) == ({"live": 1}, [("reservation", "reserved")])
    reservation = session.scalars(select(Reservation)).one()
    assert (reservation.address_sealed, reservation.address_index) == (None, None)
    page = client.get(link).get_data(as_text=True)
    assert show_code(reservation.code) in page
    assert "Кому" in page

    for _ in range(2):
        assert client.post(link + "/posted").status_code == 303
    assert (states(), counted(person)) == ({"written": 1}, [("letter", "reported")])
    assert "on its way" in client.get(link).get_data(as_text=True)
    client.post(link + "/give-back")
    assert states() == {"written": 1}


def test_a_letter_that_is_given_back_counts_no_more_and_cannot_be_posted(client, mailserver, run_work):
    person = pens.addressee()
    link = link_in_mail(client, mailserver, run_work)
    client.post(link)
    for step in ("/give-back", "/give-back", "/posted"):
        assert client.post(link + step).status_code == 303
    assert (states(), counted(person)) == ({"released": 1}, [])
    assert "Given back" in client.get(link).get_data(as_text=True)


def test_not_me_deletes_everything_and_can_be_said_for_ever(client, mailserver, run_work):
    pens.addressee()
    link = link_in_mail(client, mailserver, run_work)
    assert client.post(link + "/not-me", data={"never_again": "y"}).status_code == 303
    assert states() == {}
    assert "no letter behind this link" in client.get(link).get_data(as_text=True)
    promise(client)
    run_work()
    assert len(mailserver.mails) == 1


@pytest.mark.parametrize("token", ["x", "A" * 48, "%00"])
@pytest.mark.parametrize("step", ["", "/posted", "/give-back", "/not-me"])
def test_a_forged_link_finds_nothing(client, token, step):
    assert client.get(f"/letter/{token}").status_code == 404
    assert client.post(f"/letter/{token}{step}").status_code == 404


def test_a_hundred_confirmations_at_once_make_one_live_promise(app, client, mailserver, run_work):
    person = pens.addressee()
    link = link_in_mail(client, mailserver, run_work)
    session.remove()
    answers: list[int] = []

    def press() -> None:
        with app.app_context():
            answers.append(app.test_client().post(link).status_code)

    threads = [threading.Thread(target=press) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answers) == {303: 100}
    assert (states(), counted(person)) == ({"live": 1}, [("reservation", "reserved")])


def test_pressing_the_button_twice_owes_one_mail(client, mailserver, run_work):
    pens.addressee()
    values = field_values(client.get("/write").get_data(as_text=True), "/write") | {"email": "anna@example.org"}
    for _ in range(3):
        assert client.post("/write", data=values).status_code == 303
    run_work()
    assert (len(mailserver.mails), states()) == (1, {"waiting": 1})


def test_three_mails_a_day_go_to_one_address_and_the_answer_is_always_the_same(client, mailserver, run_work):
    pens.addressee()
    with transaction():
        suppress("blocked@example.org", SuppressionReason.ASKED)
    answers = {(answer.status_code, answer.location) for answer in (promise(client) for _ in range(5))}
    answers |= {(answer.status_code, answer.location) for answer in (promise(client, email="blocked@example.org"),)}
    answers |= {(answer.status_code, answer.location) for answer in (promise(client, email="new@example.org"),)}
    assert answers == {(303, "/write/sent")}
    run_work()
    assert Counter(mail.recipients[0] for mail in mailserver.mails) == {"anna@example.org": 3, "new@example.org": 1}


def test_a_program_that_fills_in_everything_is_told_that_all_went_well(client):
    pens.addressee()
    assert promise(client, website="x").location == "/write/sent"
    assert states() == {}


@pytest.mark.parametrize("email", ["", " ", "anna", "anna@", "a\x00b@example.org", "анна@example.org", "a" * 5000])
def test_what_is_no_address_is_told_and_the_person_stays(client, email):
    for _ in range(20):
        pens.addressee()
    page = client.get("/write").get_data(as_text=True)
    values = field_values(page, "/write")
    answer = client.post("/write", data=values | {"email": email})
    assert answer.status_code == 422
    shown, again = (parse(html).find(".//article//h3/a").get("href") for html in (page, answer.get_data(as_text=True)))
    assert shown == again
    assert states() == {}


def test_what_was_shown_is_what_is_kept_and_nobody_else_can_be_asked_for(client, app):
    poor = [pens.addressee() for _ in range(3)]
    star = pens.addressee()
    letters_to(star, 30)
    values = field_values(client.get("/write").get_data(as_text=True), "/write") | {"email": "anna@example.org"}
    secret = app.extensions["unforgotten"].secret_key
    offer = read_offer(values["offer"], clock.now(), secret)
    assert offer is not None
    assert offer.prisoner_id in {each.id for each in poor}
    forged = [
        "", "x" * 60, values["offer"][:-1] + ("A" if values["offer"][-1] != "A" else "B"),
        sign_offer(Offer(OfferKind.DRAWN, star.id, 1), clock.now(), "another secret"),
        sign_offer(Offer(OfferKind.NAMED, star.id, 1), clock.now(), secret),
        sign_offer(Offer(OfferKind.DRAWN, star.id, 1), clock.now(), secret),
        sign_offer(Offer(OfferKind.DRAWN, poor[0].id, 1), clock.now() - timedelta(hours=3), secret),
        sign_offer(Offer(OfferKind.DRAWN, poor[0].id, 1), clock.now() + timedelta(hours=3), secret),
        sign_offer(Offer(OfferKind.DRAWN, uuid.uuid4(), 1), clock.now(), secret),
    ]  # fmt: skip
    for each in forged:
        assert client.post("/write", data=values | {"offer": each}).status_code == 422
    assert states() == {}
    assert client.post("/write", data=values | {"seed": "0", "language": "ru"}).status_code == 303
    assert session.scalars(select(Reservation.prisoner_id)).all() == [offer.prisoner_id]


def test_a_get_writes_nothing_and_is_kept_nowhere(client, statements):
    for _ in range(3):
        pens.addressee()
    with statements() as seen:
        answers = [client.get("/write") for _ in range(5)]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert not [each for each in seen if not each.lstrip().upper().startswith("SELECT")]
    assert states() == {}


def test_a_draw_can_be_followed_in_the_log_which_names_nobody(client, monkeypatch):
    people = [pens.addressee() for _ in range(3)]
    told = []
    monkeypatch.setattr(write.log, "info", lambda event, **figures: told.append((event, figures)), raising=False)
    page = client.get("/write?seed=77").get_data(as_text=True)
    [(event, figures)] = told
    assert (event, set(figures)) == ("write.drawn", {"seed", "pool", "passed", "weight", "chance"})
    assert (figures["seed"], figures["pool"], figures["passed"], figures["weight"]) == ("77", 3, 0, 1.0)
    drawn = fields.field().draw(write.Wish(), int(figures["seed"], 16))
    assert drawn.slug in page
    pool = fields.field().pool(write.Wish())
    assert figures["chance"] == pytest.approx(pool.chance_of(drawn.id), abs=1e-6)
    assert sum(pool.chance_of(each.id) for each in people) == pytest.approx(1)
    assert pool.chance_of(uuid.uuid4()) == 0


def test_the_field_is_read_again_after_ten_seconds_at_most(app, monkeypatch):
    monkeypatch.undo()
    fields.forget_field()
    moment = [1000.0]
    monkeypatch.setattr(fields.time, "monotonic", lambda: moment[0])
    assert fields.field().candidates == []
    pens.addressee()
    moment[0] += 7
    assert fields.field().candidates == []
    moment[0] += 3
    assert len(fields.field().candidates) == 1
    assert fields.OLDEST == 10.0


def test_who_has_been_promised_a_letter_is_offered_after_the_others(client, mailserver, run_work):
    taken, others = pens.addressee(), [pens.addressee() for _ in range(2)]
    writer = pens.writer()
    for person in (taken, *others[:1]):
        with transaction():
            reservations.reserve(person.id, writer.id, language="en")
    drawn = Counter(found.id for seed in range(300) if (found := fields.field().draw(write.Wish(), seed)) is not None)
    assert drawn[others[1].id] > drawn[taken.id]
    assert {each.id: each.load for each in fields.field().candidates} == {
        taken.id: 4, others[0].id: 4, others[1].id: 0,
    }  # fmt: skip


def test_somebody_else_is_somebody_else_and_the_link_says_the_same_twice(client):
    for _ in range(8):
        pens.addressee()
    page = parse(client.get("/write?language=ru").get_data(as_text=True))
    (another,) = [a.get("href") for a in page.iter("a") if (a.text or "").strip() == "Somebody else"]
    names = [parse(client.get(another).get_data(as_text=True)).find(".//article//h3/a").get("href") for _ in range(3)]
    assert len(set(names)) == 1
    assert names[0] != page.find(".//article//h3/a").get("href")


@pytest.mark.parametrize(
    "query", ["seed=zz&not=,,,&by=owl&language=xx", "seed=" + "f" * 400, "not=" + "a," * 500, "seed=%00&not=%00", "by="]
)
def test_odd_questions_get_somebody_all_the_same(client, query):
    pens.addressee()
    answer = client.get("/write?" + query)
    assert answer.status_code == 200
    assert "A letter is missing here" in answer.get_data(as_text=True)


def test_nobody_who_fits_is_told_with_a_way_out(client):
    assert "Nobody can be reached" in client.get("/write").get_data(as_text=True)
    pens.addressee()
    page = client.get("/write?language=de").get_data(as_text=True)
    assert "Letters in Russian, by post" in page


def test_a_signed_in_writer_keeps_a_letter_at_once(client, app, sign_in):
    person = pens.addressee()
    visitor, writer = signed_in_writer(sign_in)
    page = visitor.get("/write").get_data(as_text=True)
    assert 'name="email"' not in page
    values = field_values(page, "/write")
    first = visitor.post("/write", data=values)
    assert first.status_code == 303
    assert first.location.startswith("/letter/")
    assert visitor.post("/write", data=values).location == first.location
    assert (states(), counted(person)) == ({"live": 1}, [("reservation", "reserved")])
    assert first.location in visitor.get("/write").get_data(as_text=True)
    assert session.scalars(select(Reservation.volunteer_id)).one() == writer
    assert session.scalar(select(func.count()).select_from(MailRow)) == 0


def signed_in_writer(sign_in):
    """A client of a writer, and the writer's id."""
    visitor = sign_in(Role.VOLUNTEER)
    writer = pens.writer().id
    with transaction():
        session.execute(update(Volunteer).where(Volunteer.id == writer).values(account_id=visitor.person.id))
    return visitor, writer


def test_who_is_signed_in_and_no_writer_confirms_by_mail(sign_in):
    pens.addressee()
    assert promise(sign_in(Role.COORDINATOR)).location == "/write/sent"
    assert states() == {"waiting": 1}


def test_a_writer_promises_five_letters_and_not_six(client, sign_in):
    for _ in range(6):
        pens.addressee()
    visitor, writer = signed_in_writer(sign_in)
    people = [each.id for each in fields.field().candidates]
    for person in people[:5]:
        with transaction():
            reservations.reserve(person, writer, language="en")
    with pytest.raises(reservations.TooManyOpen), transaction():
        reservations.reserve(people[5], writer, language="en")
    page = field_values(visitor.get("/write").get_data(as_text=True), "/write")
    offer = sign_offer(
        Offer(OfferKind.DRAWN, people[5], 1), clock.now(), visitor.application.extensions["unforgotten"].secret_key
    )
    answer = visitor.post("/write", data=page | {"offer": offer})
    assert answer.status_code == 409
    assert "five letters" in answer.get_data(as_text=True)


def test_a_promise_ends_after_48_hours_once_and_a_late_letter_is_a_letter(client, mailserver, run_work):
    with time_machine.travel(NOON, tick=False) as moment:
        person = pens.addressee()
        link = link_in_mail(client, mailserver, run_work)
        client.post(link)
        moment.shift(timedelta(hours=47))
        assert drop_expired_reservations() == 0
        moment.shift(timedelta(hours=1))
        assert "hours are over" in client.get(link).get_data(as_text=True)
        assert drop_expired_reservations() == 1
        assert (states(), counted(person)) == ({"expired": 1}, [])
        assert drop_expired_reservations() == 0
        client.post(link)
        client.post(link + "/give-back")
        assert states() == {"expired": 1}
        client.post(link + "/posted")
        assert (states(), counted(person)) == ({"written": 1}, [("letter", "reported")])


def test_what_nobody_confirms_goes_with_its_address(client, mailserver, run_work):
    with time_machine.travel(NOON, tick=False) as moment:
        pens.addressee()
        link = link_in_mail(client, mailserver, run_work)
        moment.shift(timedelta(hours=48))
        client.post(link)
        assert states() == {"waiting": 1}, "too late to confirm, also before it is deleted"
        assert drop_expired_reservations() == 1
        assert states() == {}
        assert "no letter behind this link" in client.get(link).get_data(as_text=True)


def test_what_is_over_is_forgotten_after_a_month(client, mailserver, run_work):
    with time_machine.travel(NOON, tick=False) as moment:
        person = pens.addressee()
        link = link_in_mail(client, mailserver, run_work)
        client.post(link)
        client.post(link + "/posted")
        moment.shift(timedelta(days=31))
        with transaction():
            assert reservations.forget_old(clock.today()) == 0
        moment.shift(timedelta(days=2))
        with transaction():
            assert reservations.forget_old(clock.today()) == 1
        assert (states(), counted(person)) == ({}, [("letter", "reported")])


def test_a_code_tells_that_a_letter_is_posted(client):
    person, writer = pens.addressee(), pens.writer()
    with transaction():
        code = reservations.reserve(person.id, writer.id, language="en").code
    for typed in (show_code(code).lower(), code):
        answer = client.post("/write/posted", data={"code": typed})
        assert answer.status_code == 200
        assert person.last_latin not in answer.get_data(as_text=True)
    assert (states(), counted(person)) == ({"written": 1}, [("letter", "reported")])


def test_a_letter_that_is_taken_away_counts_nothing_until_its_code_is_told(client):
    with time_machine.travel(NOON, tick=False) as moment:
        person = pens.addressee()
        with transaction():
            code = reservations.take_away(person.id, language="en").code
        taken = session.scalars(select(Reservation)).one()
        assert (taken.volunteer_id, taken.evening_id, taken.address_sealed, taken.address_index) == (None,) * 4
        assert (states(), counted(person)) == ({"expired": 1}, [])
        assert [each.load for each in fields.field().candidates] == [0]
        moment.shift(timedelta(days=59))
        drop_expired_reservations()
        with transaction():
            reservations.forget_old(clock.today())
        for _ in range(2):
            assert client.post("/write/posted", data={"code": show_code(code)}).status_code == 200
        assert (states(), counted(person)) == ({"written": 1}, [("letter", "reported")])


def test_a_letter_that_was_taken_away_is_forgotten_after_sixty_days(client):
    with time_machine.travel(NOON, tick=False) as moment:
        person = pens.addressee()
        with transaction():
            code = reservations.take_away(person.id, language="en").code
        moment.shift(timedelta(days=60))
        with transaction():
            assert reservations.forget_old(clock.today()) == 1
        answer = client.post("/write/posted", data={"code": code})
        assert answer.status_code == 422
        assert "No letter waits" in answer.get_data(as_text=True)


def test_nobody_takes_a_letter_to_whom_none_can_be_taken(app):
    for person in (young(), make.public_prisoner()):
        with pytest.raises(reservations.NotReachable), transaction():
            reservations.take_away(person.id, language="en")


@pytest.mark.parametrize("code", ["", "nonsense", "\x00", "7" * 4000])
def test_what_is_no_code_is_told(client, code):
    assert client.post("/write/posted", data={"code": code}).status_code == 422


def test_a_code_of_nothing_open_is_told(client, mailserver, run_work):
    pens.addressee()
    assert client.post("/write/posted", data={"code": new_code()}).status_code == 422
    link_in_mail(client, mailserver, run_work)
    waiting = session.scalars(select(Reservation.code)).one()
    assert client.post("/write/posted", data={"code": waiting}).status_code == 422
    assert states() == {"waiting": 1}
    with pytest.raises(BadCode), transaction():
        reservations.report_written(code="")


def test_asking_for_a_famous_name_is_allowed_and_shows_three_who_get_none(client):
    star, others = pens.addressee(), [pens.addressee() for _ in range(5)]
    letters_to(star, 25)
    page = client.get(f"/prisoners/{star.slug}/write")
    text = page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Twenty letters and more" in text
    assert "Many write here already" in text
    offered = {each.slug for each in others if f"/prisoners/{each.slug}/write" in text}
    assert len(offered) == 3
    assert promise(client, f"/prisoners/{star.slug}/write").location == "/write/sent"
    assert session.scalars(select(Reservation.prisoner_id)).all() == [star.id]


@pytest.mark.parametrize(("letters", "words"), [(0, "would be the first"), (2, "Fewer than five"), (7, "Between five")])
def test_a_page_says_how_many_letters_somebody_gets(client, letters, words):
    person = pens.addressee()
    letters_to(person, letters)
    text = client.get(f"/prisoners/{person.slug}/write").get_data(as_text=True)
    assert words in text
    assert "Many write here already" not in text


def test_nothing_is_said_of_letters_where_publicity_is_limited(client):
    person = pens.addressee(publicity=Publicity.LIMITED)
    letters_to(person, 30)
    text = client.get(f"/prisoners/{person.slug}/write").get_data(as_text=True)
    assert "90 days" not in text
    assert "Many write here already" not in text


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (LettersPolicy.FAMILY_ONLY, "family only"),
        (LettersPolicy.NONE, "No letters are wanted"),
        (LettersPolicy.UNKNOWN, "do not know yet"),
    ],
)
def test_who_wants_no_letters_from_strangers_is_left_in_peace_and_others_are_shown(client, policy, words):
    person, other = pens.addressee(), pens.addressee()
    stale = field_values(client.get(f"/prisoners/{person.slug}/write").get_data(as_text=True), "/write")
    with transaction():
        session.execute(update(Prisoner).where(Prisoner.id == person.id).values(letters_policy=policy))
    text = client.get(f"/prisoners/{person.slug}/write").get_data(as_text=True)
    assert words in text
    assert other.slug in text
    assert 'name="offer"' not in text
    answer = client.post(f"/prisoners/{person.slug}/write", data=stale | {"email": "anna@example.org"})
    assert answer.status_code == 422
    assert states() == {}


@pytest.mark.parametrize(("status", "words"), [(Liberty.DIED, "No letter arrives"), (Liberty.RELEASED, "No longer in")])
def test_the_dead_and_the_free_get_kind_words(client, status, words):
    person = pens.addressee()
    with transaction():
        session.execute(update(LibertyStatus).where(LibertyStatus.prisoner_id == person.id).values(status=status))
    text = client.get(f"/prisoners/{person.slug}/write").get_data(as_text=True)
    assert words in text
    assert 'name="offer"' not in text
    assert "/write" not in client.get(f"/prisoners/{person.slug}").get_data(as_text=True).split("<main")[1]


def test_somebody_who_was_moved_meanwhile_is_not_written_to(client, mailserver, run_work):
    person = pens.addressee()
    link = link_in_mail(client, mailserver, run_work)
    with transaction():
        session.execute(
            update(Custody).where(Custody.prisoner_id == person.id).values(certainty="in_transit", facility_id=None)
        )
    client.post(link)
    assert states() == {"waiting": 1}
    text = client.get(link).get_data(as_text=True)
    assert "do not post it now" in text
    assert "Кому" not in text


def test_a_page_that_was_taken_down_says_nothing_of_whose_letter_it_was(client, mailserver, run_work):
    person = pens.addressee(last_latin="Wintermorgen")
    link = link_in_mail(client, mailserver, run_work)
    client.post(link)
    with transaction():
        session.execute(update(Prisoner).where(Prisoner.id == person.id).values(state="hidden"))
    text = client.get(link).get_data(as_text=True)
    assert "no letter behind this link" in text
    assert "Wintermorgen" not in text
    assert client.get(f"/prisoners/{person.slug}/write").status_code == 404


def care(person: Prisoner, **values: object) -> None:
    with transaction():
        session.add(PrisonerCare(prisoner_id=person.id, changed_on=clock.today(), **values))


def test_who_is_risky_to_write_to_from_russia_is_offered_outside_alone(client):
    person = pens.addressee()
    care(person, is_risky_in_russia=True)
    assert "Nobody can be reached" in client.get("/write").get_data(as_text=True)
    client.post("/place", data={"place": "ru"})
    text = client.get(f"/prisoners/{person.slug}/write").get_data(as_text=True)
    assert "held against you" in text
    assert 'name="offer"' not in text
    client.post("/place", data={"place": "out"})
    assert "A letter is missing here" in client.get("/write").get_data(as_text=True)


def test_who_needs_a_careful_writer_is_for_writers_we_know(client, sign_in):
    person = pens.addressee()
    care(person, trust_needed=2)
    assert "careless letter" in client.get(f"/prisoners/{person.slug}/write").get_data(as_text=True)
    visitor, writer = signed_in_writer(sign_in)
    assert "careless letter" in visitor.get(f"/prisoners/{person.slug}/write").get_data(as_text=True)
    with transaction():
        session.execute(update(Volunteer).where(Volunteer.id == writer).values(trust=2))
    assert "Keep this letter" in visitor.get(f"/prisoners/{person.slug}/write").get_data(as_text=True)


def young(**changes) -> Prisoner:
    return pens.addressee(born_on=clock.today() - timedelta(days=16 * 365), born_precision="day", **changes)


def test_strangers_are_not_led_to_minors_and_told_how_a_letter_reaches_them(client, sign_in):
    person = young()
    assert "Nobody can be reached" in client.get("/write").get_data(as_text=True)
    visitor, writer = signed_in_writer(sign_in)
    with transaction():
        session.execute(update(Volunteer).where(Volunteer.id == writer).values(trust=2))
    for each in (client, visitor):
        text = each.get(f"/prisoners/{person.slug}/write").get_data(as_text=True)
        assert "is under 18" in text
        assert 'href="/volunteer"' in text
        assert 'name="offer"' not in text
    page = client.get(f"/prisoners/{person.slug}").get_data(as_text=True)
    assert "Under 18: a letter goes through a coordinator" in page
    with pytest.raises(reservations.NotReachable), transaction():
        reservations.reserve(person.id, writer, language="en")


def test_coordinators_word_on_a_minor_opens_matching_and_not_the_draw(client):
    person = young()
    care(person, trust_needed=0)
    assert "Nobody can be reached" in client.get("/write").get_data(as_text=True)
    assert "is under 18" in client.get(f"/prisoners/{person.slug}/write").get_data(as_text=True)


def test_the_age_of_a_minor_is_not_told_where_publicity_is_limited(client):
    person = young(publicity=Publicity.LIMITED)
    for path in (f"/prisoners/{person.slug}", f"/prisoners/{person.slug}/write"):
        assert "18" not in client.get(path).get_data(as_text=True).split("<main")[1].split("</main")[0]


def test_who_turns_out_to_be_a_minor_is_not_written_to_by_a_stranger(client, mailserver, run_work):
    person = pens.addressee()
    link = link_in_mail(client, mailserver, run_work)
    with transaction():
        session.execute(update(Prisoner).where(Prisoner.id == person.id).values(born_on=clock.today()))
    client.post(link)
    assert states() == {"waiting": 1}
    text = client.get(link).get_data(as_text=True)
    assert "goes through a coordinator" in text
    assert "Кому" not in text


@pytest.mark.parametrize(("place", "words"), [("ru", "please read this first"), ("out", ""), ("", "Say where you are")])
def test_a_visitor_in_russia_is_told_what_is_known_of_risk(client, place, words):
    pens.addressee()
    client.post("/place", data={"place": place})
    text = client.get("/write").get_data(as_text=True)
    assert words in text
    assert ("risk-title" in text) == (place == "ru")


def test_with_letters_switched_off_people_are_shown_and_nothing_is_kept(client):
    pens.addressee()
    values = field_values(client.get("/write").get_data(as_text=True), "/write") | {"email": "anna@example.org"}
    with transaction():
        set_switch(Switch.LETTERS, on=False, reason="test")
    assert "paused" in client.get("/write").get_data(as_text=True)
    assert client.post("/write", data=values).status_code == 503
    assert states() == {}


def test_a_flood_from_one_network_is_slowed(app, client, config, monkeypatch):
    pens.addressee()
    monkeypatch.setitem(app.extensions, "unforgotten", replace(config, rate_limits=True))
    monkeypatch.setattr(write.promising, "_monotonic", lambda: 0.0)
    monkeypatch.setattr(write_gates, "client_network", lambda: "192.0.2.0/24")
    write.promising.clear()
    answers = Counter(promise(client, email=f"a{number}@example.org").status_code for number in range(42))
    write.promising.clear()
    write.looking.clear()
    assert answers == {303: 40, 429: 2}


def test_another_site_cannot_press_the_button(client):
    person = pens.addressee()
    for path in ("/write", f"/prisoners/{person.slug}/write", "/write/posted"):
        assert client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400


def test_a_person_page_offers_the_letter_and_names_it_in_every_language(client):
    person = pens.addressee()
    for prefix in ("", "/ru", "/de"):
        text = client.get(f"{prefix}/prisoners/{person.slug}").get_data(as_text=True)
        assert text.count(f'href="{prefix}/prisoners/{person.slug}/write"') == 2
        assert client.get(f"{prefix}/prisoners/{person.slug}/write").status_code == 200


def test_mails_are_written_in_the_language_of_the_page(client, mailserver, run_work):
    pens.addressee()
    for prefix in ("", "/ru", "/de"):
        page = client.get(prefix + "/write").get_data(as_text=True)
        client.post(prefix + "/write", data=field_values(page, "/write") | {"email": "anna@example.org"})
    run_work()
    assert len({mail.message.get_content().split("\n")[0] for mail in mailserver.mails}) == 3
    assert len({mail.link("/letter/").rpartition("/letter/")[0] for mail in mailserver.mails}) == 3
