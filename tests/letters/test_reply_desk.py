"""Volunteers type and translate answers: offered to few, shown only while it is theirs, compared before it counts."""

import threading
from datetime import timedelta

import pytest
import time_machine

from campaign.activities.models import Task, TaskState
from campaign.activities.service import tasks
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.letters.models import IncidentKind, Reply, ReplyEvent, ReplyPage, ReplyState, ReplyText, TextKind
from campaign.letters.queries import reply_tasks
from campaign.letters.queries.replies import list_texts
from campaign.letters.service import desk, incidents, replies, reply_pages, reply_retention, reply_texts, reply_work
from campaign.letters.service.errors import ChangedElsewhere, NotThatStep, Unsendable
from campaign.penpals.queries.writers import find_own
from campaign.penpals.service.assignments.blocks import block_pair
from campaign.people.models import Volunteer, VolunteerState
from tests.letters.replies import STAFF, reply, sent
from tests.letters.test_reply_views import as_writer
from tests.support import pens
from tests.support.pages import field_values, parse

S = ReplyState
HOME = "/account/tasks/answers"
WORDS = "Здравствуйте! Спасибо за письмо о помидорах."


def asked(made: Reply | None = None, *, kind=TextKind.TRANSCRIPTION, to="", writer_may=False, pages=None) -> Task:
    made = made or reply(S.SCREENED, pages=2)
    with transaction():
        chosen = pages if pages is not None else [each.id for each in reply_pages.list_pages(made.id)]
        return reply_work.ask(
            made.id, kind, from_language="ru", to_language=to, pages=chosen, writer_may=writer_may, actor=STAFF
        )


@pytest.fixture
def typist(app) -> Volunteer:
    return pens.writer(trust=2, languages=["ru"])


@pytest.fixture
def client(app, typist):
    return as_writer(app, typist)


def at(task) -> str:
    return f"{HOME}/{task.id}"


def again(row):
    session.expire_all()
    return session.get_one(type(row), row.id)


def me(who: Volunteer):
    found = find_own(who.account_id)
    assert found is not None
    return found


def token(browser) -> dict[str, str]:
    return {"csrf_token": field_values(browser.get("/account").text, "/account/sign-out")["csrf_token"]}


def take(browser, task):
    return browser.post(f"{at(task)}/take", data=token(browser))


def save(browser, task, text, step="save", seen=None):
    page = browser.get(at(task)).text
    values = {**field_values(page, str(task.id)), "text": text, "step": step}
    if seen is not None:
        values["seen"] = seen
    answer = browser.post(at(task), data=values)
    session.expire_all()
    return answer


def seen_in(page: str) -> str:
    return next(each.get("value") for each in parse(page).iter("input") if each.get("name") == "seen")


def hold(task, who, text=WORDS, *, hands_in=False) -> None:
    with transaction():
        desk.take(task.id, *me(who))
    with transaction():
        held, answer = desk.open_work(task.id, *me(who))
        seen = desk.mark_of(desk.newest(held))
        desk.save(held, answer, text, seen=seen, actor=who.account_id)
        if hands_in:
            desk.hand_in(held, answer, who)
    session.expire_all()


def test_asked_typed_sent_back_and_accepted_by_clicking(app, client, typist, sign_in):
    made, staff = reply(S.SCREENED, pages=2), sign_in(Role.MODERATOR)
    page, ask = f"/staff/replies/{made.id}", f"/staff/replies/{made.id}/ask/transcription"
    assert ask in staff.get(page).text
    assert staff.get(ask).status_code == 303, "opened by a button that puts the look on record"
    staff.post(f"{page}/open", data=token(staff))
    first, second = (each.id for each in reply_pages.list_pages(made.id))
    refused = staff.post(ask, data={**field_values(staff.get(ask).text, ""), f"page-{first}": "y"})
    assert refused.status_code == 422
    assert "Look at every page" in refused.text
    assert parse(refused.text).xpath(f"//input[@name='page-{first}'][@checked]"), "what was ticked stays"
    filled = {**field_values(staff.get(ask).text, ""), "is_fit": "y"}
    assert "at least one page" in staff.post(ask, data=filled).text
    assert staff.post(ask, data={**filled, f"page-{first}": "y"}).status_code == 303
    task = session.query(Task).one()
    assert "To type, in Russian" in client.get(HOME).text
    assert take(client, task).location.endswith(at(task))
    shown = client.get(at(task))
    assert f"/pages/{first}" in shown.text
    assert str(second) not in shown.text
    assert "js/compose" in shown.text
    assert save(client, task, "Здравствуй").status_code == 303
    assert save(client, task, "Здравствуйте, Мира!", "submit").status_code == 303
    assert again(task).state == TaskState.SUBMITTED
    assert client.get(at(task)).status_code == 404
    assert "handed in" in client.get(HOME).text
    assert "Texts of volunteers wait to be compared" in staff.get("/staff").text
    work = f"{page}/work/{task.id}"
    assert work in staff.get("/staff/replies/work").text
    other = sign_in(Role.COORDINATOR)
    closed = other.get(work).text
    assert WORDS not in closed
    assert "Мира" not in closed
    assert other.post(f"{work}/open", data=field_values(closed, "/open")).status_code == 303
    assert "Мира" in other.get(work).text
    compared = staff.get(work).text
    assert "<del>" in compared
    assert "Здравствуйте, Мира!" in compared
    assert typist.pseudonym in compared
    empty = staff.post(f"{work}/return", data={**field_values(compared, "/return"), "words": ""})
    assert empty.status_code == 422
    sent_back = {**field_values(compared, "/return"), "words": "Посмотрите на вторую строку."}
    assert staff.post(f"{work}/return", data=sent_back).status_code == 303
    assert staff.post(f"{work}/return", data=sent_back).status_code == 409, "a second click changes nothing"
    assert "look at it again" in client.get(HOME).text
    assert "Посмотрите на вторую строку." in client.get(at(task)).text
    assert save(client, task, WORDS, "submit").status_code == 303
    decide = field_values(staff.get(work).text, "/accept")
    assert staff.post(f"{work}/accept", data={**decide, "seen": "1.1"}).status_code == 409, "of an older text"
    assert staff.post(f"{work}/accept", data=decide).status_code == 303
    assert staff.post(f"{work}/accept", data=decide).status_code == 409
    assert again(task).state == TaskState.DONE
    assert WORDS in staff.get(page).text
    assert [desk.words_of(each) for each in list_texts(made.id)] == [WORDS]
    assert "What was typed was accepted" in staff.get(page).text


def test_the_writer_reads_what_was_accepted_and_no_draft(app, typist):
    writer = pens.writer()
    made = reply(S.FORWARDED, sent(writer=writer))
    task, own, page = asked(made), as_writer(app, writer), f"/account/letters/replies/{made.id}"
    hold(task, typist, hands_in=True)
    assert WORDS not in own.get(page).text
    with transaction():
        reply_work.accept(made.id, task.id, seen=desk.mark_of(desk.newest(task)), actor=STAFF)
    assert WORDS in own.get(page).text


def test_pages_are_pictures_kept_by_nobody_and_each_look_is_on_record(app, client):
    other = reply_pages.list_pages(reply(S.SCREENED).id)[0].id
    made = reply(S.SCREENED, pages=2)
    shown, hidden = (each.id for each in reply_pages.list_pages(made.id))
    task = asked(made, pages=[shown])
    assert client.get(f"{at(task)}/pages/{shown}").status_code == 404, "not before it is taken"
    take(client, task)
    picture = client.get(f"{at(task)}/pages/{shown}")
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/webp", "no-store")
    assert client.get(f"{at(task)}/pages/{hidden}").status_code == 404
    assert client.get(f"{at(task)}/pages/{other}").status_code == 404
    client.get(at(task))
    looks = session.query(AuditEntry).filter_by(action="reply.look").all()
    assert [each.reason for each in looks] == ["transcribe_reply"], "once, when it was taken: a GET writes nothing"
    with transaction():
        reply_pages.withhold_page(made.id, shown, reply_pages.WithheldReason.NAMES_OTHERS, actor=STAFF)
        reply_pages.withhold_page(made.id, shown, None, actor=STAFF)
    assert client.get(f"{at(task)}/pages/{shown}").status_code == 404, "kept back once, it is chosen anew"
    assert client.get(at(task)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True), ({"trust": 1}, False), ({"languages": ["en", "de"]}, False),
        ({"state": VolunteerState.PAUSED}, False), ({"state": VolunteerState.SCREENING}, False),
    ],
)  # fmt: skip
def test_it_is_offered_and_given_to_those_who_fit(app, changes, fits):
    task = asked()
    browser = as_writer(app, pens.writer(**{"trust": 2, "languages": ["ru"], **changes}))
    assert (f"{task.id}/take" in browser.get(HOME).text) is fits
    take(browser, task)
    assert (again(task).state == TaskState.CLAIMED) is fits
    assert (browser.get(at(task)).status_code == 200) is fits


def test_a_translation_asks_for_both_languages_and_shows_what_was_typed(app, typist):
    made = reply(S.SCREENED)
    with transaction():
        reply_texts.type_text(made.id, TextKind.TRANSCRIPTION, "ru", WORDS, seen_revision=0, actor=STAFF)
    task = asked(made, kind=TextKind.TRANSLATION, to="de")
    both = as_writer(app, pens.writer(trust=2, languages=["ru", "de"]))
    assert f"{task.id}/take" not in as_writer(app, typist).get(HOME).text
    take(both, task)
    assert WORDS in both.get(at(task)).text
    save(both, task, "Guten Tag!", "submit")
    [text] = session.query(ReplyText).filter_by(kind="translation")
    assert (text.language, desk.words_of(text), text.approved_by) == ("de", "Guten Tag!", None)


def test_what_was_typed_of_pages_that_they_do_not_see_is_not_shown(app):
    made = reply(S.SCREENED, pages=2)
    with transaction():
        reply_texts.type_text(made.id, TextKind.TRANSCRIPTION, "ru", WORDS, seen_revision=0, actor=STAFF)
    first = reply_pages.list_pages(made.id)[0].id
    task = asked(made, kind=TextKind.TRANSLATION, to="en", pages=[first])
    browser = as_writer(app, pens.writer(trust=2, languages=["ru", "en"]))
    take(browser, task)
    assert WORDS not in browser.get(at(task)).text


def test_neither_names_nor_who_wrote_to_whom_stand_on_the_desk(app, client):
    person = pens.addressee()
    writer = pens.writer()
    made = reply(S.SCREENED, sent(person=person, writer=writer))
    task = asked(made)
    take(client, task)
    for page in (client.get(HOME).text, client.get(at(task)).text):
        for secret in (writer.pseudonym, person.last_latin, person.full_name_ru, person.slug, str(made.id)):
            assert secret not in page


def test_its_own_reader_may_when_coordinators_say_so_and_it_was_passed_on(app):
    writer = pens.writer(trust=2, languages=["ru"])
    made, own = reply(S.SCREENED, sent(writer=writer)), as_writer(app, writer)
    task = asked(made)
    assert f"{task.id}/take" not in own.get(HOME).text, "trust alone is not enough for one's own"
    asked(made, writer_may=True)
    assert f"{task.id}/take" not in own.get(HOME).text, "not passed on yet"
    with transaction():
        replies.forward(made.id, actor=STAFF)
        session.get_one(Volunteer, writer.id).trust = 0
    assert "It answers a letter of yours" in own.get(HOME).text
    assert HOME in own.get(f"/account/letters/replies/{made.id}").text
    take(own, task)
    assert "let you do it yourself" in own.get(at(task)).text
    save(own, task, WORDS, "submit")
    assert again(task).state == TaskState.SUBMITTED


def test_who_is_kept_apart_from_somebody_sees_no_answer_of_theirs(app, client, typist):
    task = asked()
    take(client, task)
    assert client.get(at(task)).status_code == 200
    with transaction():
        block_pair(session.get_one(Reply, task.subject_id).prisoner_id, volunteer_id=typist.id, reason="x", actor=STAFF)
    assert client.get(at(task)).status_code == 404


def test_two_who_take_one_at_once_do_not_both_get_it(app):
    task, people = asked(), [pens.writer(trust=2, languages=["ru"]) for _each in range(4)]
    ids, got = [each.account_id for each in people], []

    def run(account):
        with app.app_context():
            try:
                with transaction():
                    desk.take(task_id, *find_own(account))
                got.append(account)
            except tasks.TakenByAnother:
                pass
            finally:
                session.remove()

    task_id = task.id
    session.remove()
    threads = [threading.Thread(target=run, args=(each,)) for each in ids]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(got) == 1


def test_taking_and_handing_in_twice_is_once(app, client, typist):
    task = asked()
    for _click in range(2):
        assert take(client, task).status_code == 303
    save(client, task, WORDS, "submit")
    with pytest.raises(tasks.TakenByAnother), transaction():
        desk.open_work(task.id, *me(typist))
    assert session.query(ReplyText).count() == 1
    assert session.query(ReplyEvent).filter_by(reason="handed_in:transcription").count() == 1


def test_asking_twice_is_one_task_with_the_pages_chosen_last(app):
    made = reply(S.SCREENED, pages=2)
    first, second = (each.id for each in reply_pages.list_pages(made.id))
    assert asked(made, pages=[first]).id == asked(made, pages=[second]).id
    assert [each.id for each in reply_tasks.list_shown_pages(made.id)] == [second]
    with pytest.raises(reply_work.NothingToShow):
        asked(made, pages=[])
    assert session.query(Task).count() == 1


@pytest.mark.parametrize("state", [S.LOGGED, S.SCANNED, S.MATCHED])
def test_nothing_is_asked_before_the_screening(app, state):
    made = reply(state)
    with pytest.raises(NotThatStep):
        asked(made)


def test_two_windows_show_the_difference_and_lose_nothing(app, client):
    task = asked()
    take(client, task)
    old = seen_in(client.get(at(task)).text)
    save(client, task, "Здравствуйте, Мира!")
    answer = save(client, task, "Здравствуйте, Лев!", seen=old)
    assert answer.status_code == 409
    assert "<del>" in answer.text
    assert "Лев" in answer.text
    assert "Мира" in answer.text
    merged = client.post(
        at(task), data={**field_values(answer.text, str(task.id)), "text": "Мира и Лев", "step": "save"}
    )
    assert merged.status_code == 303
    session.expire_all()
    assert [desk.words_of(each) for each in session.query(ReplyText).order_by(ReplyText.revision)] == [
        "Здравствуйте, Мира!", "Мира и Лев",
    ]  # fmt: skip


def test_what_is_saved_while_one_types_takes_one_place_and_tells_windows_apart(app, client):
    task = asked()
    take(client, task)
    values = field_values(client.get(at(task)).text, str(task.id))
    first = client.post(f"{at(task)}/autosave", data={**values, "text": "Здр"})
    second = client.post(f"{at(task)}/autosave", data={**values, "text": "Здрав", "seen": first.json["seen"]})
    assert second.json["seen"] != first.json["seen"]
    stale = client.post(f"{at(task)}/autosave", data={**values, "text": "Иное", "seen": first.json["seen"]})
    assert stale.status_code == 409
    assert "another window" in stale.json["problem"]
    save(client, task, "Здравствуйте")
    save(client, task, "Здравствуйте!")
    assert [desk.words_of(each) for each in session.query(ReplyText).order_by(ReplyText.revision)] == [
        "Здравствуйте", "Здравствуйте!",
    ]  # fmt: skip


def test_given_back_it_is_open_with_what_there_is(app, client):
    task = asked()
    take(client, task)
    save(client, task, WORDS)
    for _click in range(2):
        assert client.post(f"{at(task)}/give-back", data=token(client)).status_code in {303, 404}
    assert client.get(at(task)).status_code == 404
    other = as_writer(app, pens.writer(trust=2, languages=["ru"]))
    take(other, task)
    assert WORDS in other.get(at(task)).text


def test_after_a_week_nothing_is_shown_and_others_may_take_it(app, client, typist):
    task = asked()
    page = reply_pages.list_pages(task.subject_id)[0].id
    hold(task, typist)
    with time_machine.travel(clock.now() + timedelta(days=7)), transaction():
        assert reply_tasks.find_work(task.id, *me(typist)) is not None
        assert tasks.sweep(clock.today()) == 0
    with time_machine.travel(clock.now() + timedelta(days=8)):
        with transaction():
            assert reply_tasks.find_work(task.id, *me(typist)) is None, "at once, whenever it is swept"
        with pytest.raises(tasks.TakenByAnother), transaction():
            desk.open_work(task.id, *me(typist))
        for amount in (1, 0):
            with transaction():
                assert tasks.sweep(clock.today()) == amount
    assert again(task).state == TaskState.OPEN
    late = client.post(at(task), data={**token(client), "text": "Моя работа.", "seen": "1.1"})
    assert late.status_code == 404
    assert "Моя работа." in late.text, "what they typed comes back, and nothing of the answer"
    assert WORDS not in late.text
    assert client.get(f"{at(task)}/pages/{page}").status_code == 404


def test_what_was_sent_back_and_forgotten_is_open_again_after_a_week(app, typist):
    task = asked()
    hold(task, typist, hands_in=True)
    with transaction():
        reply_work.send_back(task.subject_id, task.id, "Ещё раз", seen=desk.mark_of(desk.newest(task)), actor=STAFF)
    assert again(task).claimed_until == clock.today() + timedelta(days=7)
    with time_machine.travel(clock.now() + timedelta(days=8)), transaction():
        assert tasks.sweep(clock.today()) == 1


def an_incident(made):
    incidents.open_incident(made.id, IncidentKind.THREAT, "Страница 1", actor=STAFF)


ENDS = {
    "an incident": an_incident,
    "retention": lambda made: reply_retention.erase(session.get_one(Reply, made.id), actor=None),
    "matched anew": lambda made: replies.match(made.id, letter_id=made.letter_id, actor=STAFF),
    "closed": lambda made: replies.close(made.id, "not theirs", actor=STAFF),
}


@pytest.mark.parametrize("what", ENDS)
def test_an_incident_retention_and_whatever_ends_it_end_task_and_view_at_once(app, client, typist, what):
    made = reply(S.SCREENED)
    task = asked(made)
    page = reply_pages.list_pages(made.id)[0].id
    take(client, task)
    key = field_values(client.get(at(task)).text, str(task.id))
    with transaction():
        ENDS[what](made)
    assert again(task).state == TaskState.CANCELLED
    assert client.get(at(task)).status_code == 404
    assert client.get(f"{at(task)}/pages/{page}").status_code == 404
    late = client.post(at(task), data={**key, "text": "Моя работа."})
    assert late.status_code == 409
    assert "Моя работа." in late.text
    assert session.query(ReplyPage).filter_by(is_for_volunteers=True).count() == 0
    assert session.query(ReplyText).count() == 0


def test_nobody_is_asked_while_an_incident_is_open(app):
    made = reply(S.SCREENED)
    with transaction():
        an_incident(made)
    with pytest.raises(NotThatStep):
        asked(made)


def test_an_incident_that_nobody_ended_the_task_for_hides_it_all_the_same(app, client, typist, monkeypatch):
    made = reply(S.SCREENED)
    task = asked(made)
    take(client, task)
    monkeypatch.setattr(incidents, "end_work", lambda *_all, **_named: None)
    with transaction():
        an_incident(made)
    assert client.get(at(task)).status_code == 404


def test_drafts_and_words_of_moderators_go_with_the_pages(app, typist):
    made = reply(S.FORWARDED)
    task = asked(made)
    hold(task, typist, hands_in=True)
    with transaction():
        reply_work.send_back(made.id, task.id, "Тайное слово", seen=desk.mark_of(desk.newest(task)), actor=STAFF)
    row = session.query(ReplyText).one()
    assert "Тайное".encode() not in row.remark_sealed
    with time_machine.travel(clock.now() + timedelta(days=365)), transaction():
        assert reply_retention.erase_old(clock.today()) == 1
    assert session.query(ReplyText).count() == 0
    assert again(task).state == TaskState.CANCELLED


def test_the_timetable_ends_tasks_of_answers_that_are_gone_and_twice_is_once(app):
    task, other = asked(), asked()
    with transaction():
        session.delete(session.get_one(Reply, task.subject_id))
    for amount in (1, 0):
        with transaction():
            assert reply_work.cancel_needless() == amount
    assert (again(task).state, again(other).state) == (TaskState.CANCELLED, TaskState.OPEN)


def test_nothing_new_is_not_handed_in(app, client):
    task = asked()
    take(client, task)
    answer = save(client, task, "  ", "submit")
    assert answer.status_code == 422
    assert "nothing new" in answer.text
    assert again(task).state == TaskState.CLAIMED


def test_too_long_a_text_comes_back_unsaved(app, client, typist):
    task = asked()
    take(client, task)
    answer = save(client, task, "я" * 60_001)
    assert answer.status_code == 422
    assert "я" * 60_001 in answer.text
    assert session.query(ReplyText).count() == 0
    with pytest.raises(Unsendable), transaction():
        desk.save(*desk.open_work(task.id, *me(typist)), "я" * 60_001, seen="0", actor=typist.account_id)


def test_whoever_typed_it_does_not_accept_it(app, typist):
    task = asked()
    hold(task, typist, hands_in=True)
    with pytest.raises(reply_work.OwnWords), transaction():
        reply_work.accept(task.subject_id, task.id, seen=desk.mark_of(desk.newest(task)), actor=typist.account_id)
    assert again(task).state == TaskState.SUBMITTED


def test_what_staff_type_ends_it_and_the_draft_stays_a_revision(app, client, typist):
    made = reply(S.SCREENED)
    task = asked(made)
    hold(task, typist)
    with transaction():
        reply_texts.type_text(made.id, TextKind.TRANSCRIPTION, "ru", "Наш текст", seen_revision=1, actor=STAFF)
    assert again(task).state == TaskState.DONE
    late = client.post(at(task), data={**token(client), "text": "Моя работа.", "seen": "1.1"})
    assert late.status_code == 409
    assert "Моя работа." in late.text
    assert [desk.words_of(each) for each in list_texts(made.id)] == ["Наш текст"]
    assert session.query(ReplyText).count() == 2


def test_staff_who_store_a_draft_unchanged_approve_it(app, typist):
    made = reply(S.SCREENED)
    hold(asked(made), typist)
    with transaction():
        reply_texts.type_text(made.id, TextKind.TRANSCRIPTION, "ru", WORDS, seen_revision=1, actor=STAFF)
    assert [desk.words_of(each) for each in list_texts(made.id)] == [WORDS]


def test_only_who_has_it_sees_it_staff_neither(app, client, sign_in):
    task = asked()
    page = reply_pages.list_pages(task.subject_id)[0].id
    take(client, task)
    other = as_writer(app, pens.writer(trust=2, languages=["ru"]))
    for browser in (other, sign_in(Role.ADMIN), sign_in(Role.COORDINATOR)):
        assert browser.get(at(task)).status_code == 404
        assert browser.get(f"{at(task)}/pages/{page}").status_code == 404
    assert app.test_client().get(at(task)).status_code in {302, 303}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ORGANISER, Role.DATA_EDITOR, Role.TREASURER])
def test_nobody_else_of_the_staff_asks_or_compares(app, sign_in, role):
    task = asked()
    browser, page = sign_in(role), f"/staff/replies/{task.subject_id}"
    for address in (f"{page}/ask/transcription", f"{page}/work/{task.id}", "/staff/replies/work"):
        assert browser.get(address).status_code == 403
    for step in ("accept", "return", "stop"):
        assert browser.post(f"{page}/work/{task.id}/{step}", data=token(browser)).status_code == 403
    assert again(task).state == TaskState.OPEN


def test_a_coordinator_stops_asking_twice_is_once(app, sign_in):
    task = asked()
    browser, page = sign_in(Role.COORDINATOR), f"/staff/replies/{task.subject_id}"
    stop = f"{page}/work/{task.id}/stop"
    for _click in range(2):
        assert browser.post(stop, data=token(browser)).status_code == 303
    assert again(task).state == TaskState.CANCELLED
    other = reply(S.SCREENED)
    assert browser.get(f"/staff/replies/{other.id}/work/{task.id}").status_code == 404
    assert browser.post(f"/staff/replies/{other.id}/work/{task.id}/stop", data=token(browser)).status_code == 404
    assert "Nothing is asked for" in browser.get("/staff/replies/work").text
    assert "To type, in Russian" in browser.get("/staff/replies/work?state=cancelled").text
    assert browser.get("/staff/replies/work?state=nonsense&page=900").status_code == 200


def test_neither_history_nor_audit_holds_a_word_of_it(app, typist):
    task = asked()
    hold(task, typist, "Тайное слово", hands_in=True)
    with transaction():
        reply_work.send_back(task.subject_id, task.id, "тайное", seen=desk.mark_of(desk.newest(task)), actor=STAFF)
    told = " ".join(each.reason for each in session.query(ReplyEvent)) + " ".join(
        f"{each.action} {each.object} {each.reason}" for each in session.query(AuditEntry)
    )
    assert "returned:transcription" in told
    assert "айное" not in told


def test_who_does_not_write_is_told_what_to_do(sign_in):
    assert "given to volunteers who write with us" in sign_in().get(HOME).text


def test_a_new_volunteer_is_told_why_nothing_is_open(app):
    asked()
    assert "known for some time" in as_writer(app, pens.writer(trust=1, languages=["ru"])).get(HOME).text


def test_what_is_not_there_is_not_found(app, typist):
    task = asked()
    other = reply(S.SCREENED)
    with pytest.raises(NotFound), transaction():
        reply_work.stop_asking(other.id, task.id, actor=STAFF)
    hold(task, typist)
    with pytest.raises(ChangedElsewhere), transaction():
        desk.save(*desk.open_work(task.id, *me(typist)), "x", seen="0", actor=typist.account_id)
