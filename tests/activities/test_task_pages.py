"""Tasks on the staff pages, in an account, and behind the link of a mail."""

import re
import uuid
from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import func, select

from campaign.activities.models import Task, TaskGiving, TaskKind, TaskOffer, TaskState, TaskTemplate
from campaign.activities.service import task_desk as desk
from campaign.activities.service import task_offers as offers
from campaign.activities.service import task_reminders, tasks
from campaign.activities.service.task_offers import Holder
from campaign.activities.service.task_words import Ending
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.kernel.registry_people import personal_data, segment_conditions
from campaign.people.models import Interaction, InteractionKind, Person
from campaign.people.queries.segment_tree import Chosen
from tests.activities.made_tasks import agreeing, fresh, helper, task
from tests.people.pages import ACTOR, come, send, staff, written_down
from tests.people.segments.made import add
from tests.people.segments.made import segment as segment_of
from tests.support import accounts, pens

BOARD, NEW = "/staff/tasks", "/staff/tasks/new"
VALUES = {
    "kind": "print", "title": "Print forty cards", "details": "On thick paper.", "about": "", "skill": "printing",
    "from_language": "", "to_language": "", "trust": "0", "group": "", "due_on": "", "who": "",
}  # fmt: skip


def delivered(app: Flask) -> None:
    for lane in (Lane.FAST, Lane.LETTERS, Lane.BULK):
        deliver_lane(lane, in_context=app.app_context, threads=1)
    session.expire_all()


def own_path(mail: object) -> str:
    found = re.search(r"(/tasks/own/[\w-]{48})", str(mail))
    assert found is not None
    return found[1]


def only() -> Task:
    session.expire_all()
    return session.scalars(select(Task)).one()


def test_staff_make_change_take_and_end_a_task(app: Flask, sign_in) -> None:
    client = sign_in(Role.COORDINATOR)
    assert "There is no task yet" in client.get(BOARD).text
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    wrong = send(client, NEW, "", **{**VALUES, "title": "", "about": "/nowhere", "due_on": yesterday})
    assert wrong.status_code == 422
    assert "On thick paper." in wrong.text
    assert "This day has passed" in wrong.text
    person = written_down("Анна Выдуманная")
    about = f"https://example.org/staff/people/{person.id}"
    answer = send(client, NEW, "", **{**VALUES, "about": about})
    assert answer.status_code == 303
    home = answer.headers["Location"]
    page = client.get(home).text
    assert "Print forty cards" in page
    assert "Анна Выдуманная" in page
    made = only()
    assert (made.subject_kind, made.about_id, made.subject_id) == ("person", person.id, None)
    board = client.get(f"{BOARD}?kind=print&skill=printing").text
    assert "Print forty cards" in board
    assert "Анна" not in board
    assert "Print forty cards" not in client.get(f"{BOARD}?kind=post").text
    changed = {**VALUES, "title": "Print fifty cards", "version": str(made.version)}
    del changed["who"]
    assert send(client, f"{home}/edit", "", **changed).status_code == 303
    assert send(client, f"{home}/edit", "", **changed).status_code == 409
    assert send(client, home, "/take").status_code == 303
    assert "Print fifty cards" in client.get(f"{BOARD}?whose=mine").text
    assert send(client, home, "/back").status_code == 303
    assert send(client, home, "/cancel", reason="").status_code == 422
    assert send(client, home, "/done", outcome="partly", minutes="999999").status_code == 422
    assert send(client, home, "/done", outcome="partly", minutes="20", text="Half").status_code == 303
    assert "Half" in client.get(home).text
    assert "Print fifty cards" in client.get(f"{BOARD}?state=done").text
    assert send(client, home, "/reopen").status_code == 303
    assert send(client, home, "/cancel", reason="Nobody prints").status_code == 303
    assert only().state == TaskState.CANCELLED
    for page_of in (BOARD, f"{BOARD}?state=cancelled&sort=-made", f"/ru{home}", f"/ru{BOARD}"):
        assert client.get(page_of).status_code == 200
    assert client.get(f"{BOARD}/{uuid.uuid4()}").status_code == 404


def test_the_board_says_what_is_overdue_and_leaves_as_a_file(app: Flask, sign_in) -> None:
    made, other = task("=cmd()", due_on=clock.today() + timedelta(days=1)), task("no day")
    client = sign_in(Role.ORGANISER)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        client = come(app, accounts.person(Role.ORGANISER, app=True))
        board = client.get(BOARD).text
        assert "1 task is overdue" in board
        late = client.get(f"{BOARD}?due=overdue").text
        assert str(made.id) in late
        assert str(other.id) not in late
        assert "tasks are overdue" in client.get("/staff").text
        assert client.get(f"{BOARD}/export").status_code == 200
        answer = send(client, f"{BOARD}/export", "")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "'=cmd()" in answer.text
    stale = come(app, accounts.person(Role.ORGANISER, app=True))
    with time_machine.travel(clock.now() + timedelta(minutes=30)):
        assert stale.get(f"{BOARD}/export").status_code == 303


def test_coordinators_of_a_group_see_its_tasks_alone(app: Flask, sign_in) -> None:
    group, other = pens.group(), pens.group()
    mine, theirs, free = task("mine", group_id=group.id), task("theirs", group_id=other.id), task("free")
    client = sign_in(Role.COORDINATOR, group=group.id)
    board = client.get(BOARD).text
    assert "mine" in board
    assert str(theirs.id) not in board
    assert str(free.id) not in board
    assert client.get(f"{BOARD}/{mine.id}").status_code == 200
    for closed in (theirs.id, free.id, uuid.uuid4()):
        assert client.get(f"{BOARD}/{closed}").status_code == 403
        assert client.post(f"{BOARD}/{closed}/take").status_code in {400, 403}
    page = client.get(NEW).text
    assert str(group.id) in page
    assert str(other.id) not in page
    stranger = written_down("Чужая")
    about = f"/staff/people/{stranger.id}"
    assert send(client, NEW, "", **{**VALUES, "group": str(group.id), "about": about}).status_code == 403
    assert send(client, NEW, "", **{**VALUES, "group": str(other.id)}).status_code == 422
    assert sign_in(Role.MODERATOR).get(BOARD).status_code == 403


def test_somebody_without_an_account_accepts_by_a_link_and_ends_it(app: Flask, client, mailserver) -> None:
    person = agreeing()
    office = staff(app, Role.ORGANISER)
    values = {**VALUES, "who": f"/staff/people/{person.id}"}
    home = send(office, NEW, "", **values).headers["Location"]
    delivered(app)
    [mail] = mailserver.mails
    assert "cards" not in mail.text
    assert "cards" not in mail.message["Subject"].lower()
    assert re.search(r"<http://localhost/ru/unsubscribe/[\w-]{48}>", mail.message["List-Unsubscribe"])
    assert mail.message["List-Id"] == "<news.localhost>"
    path = own_path(mail.text)
    shown = client.get(path)
    assert "Print forty cards" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "noindex" in shown.headers.get("X-Robots-Tag", "") + shown.text
    assert only().state == TaskState.OPEN
    assert client.post(f"{path}/accept").status_code == 303
    assert "It is yours" in client.get(path).text
    assert client.post(f"{path}/done", data={"outcome": "nonsense"}).status_code == 422
    assert client.post(f"{path}/done", data={"outcome": "done", "minutes": "15", "text": "Easy."}).status_code == 303
    assert client.post(f"{path}/done", data={"outcome": "done", "minutes": "15"}).status_code == 303
    assert "it is done" in client.get(path).text
    assert "Print forty cards" not in client.get(path).text
    gave = select(Interaction.amount).where(Interaction.kind == InteractionKind.GAVE_TIME)
    assert session.scalars(gave).all() == [15]
    assert "Easy." in office.get(home).text
    record = office.get(f"/staff/people/{person.id}").text
    assert "Gave 15 minutes" in record
    assert "Was asked to do a task" in record
    for language in ("ru", "de"):
        assert client.get(f"/{language}{path}").status_code == 200
    assert client.get("/tasks/own/" + "x" * 48).status_code == 404
    with time_machine.travel(clock.now() + timedelta(days=40)):
        assert "nothing behind this link" in client.get(path).text


def test_never_by_the_link_is_kept_and_a_taken_task_is_told(app: Flask, client, mailserver) -> None:
    made, person = task(), agreeing()
    with transaction():
        offer = offers.offer(made.id, person.id, actor=ACTOR)
    path = f"/tasks/own/{offers.token_of(offer)}"
    assert client.post(f"{path}/decline", data={"answer": "never"}).status_code == 303
    assert "do not ask you for this kind" in client.get(path).text
    assert client.post(f"{path}/ask-again").status_code == 303
    assert "do not ask you for this kind" not in client.get(path).text
    with transaction():
        offers.refuse(person.id, "print")
    assert client.post(f"{path}/accept").status_code == 409
    delivered(app)
    assert mailserver.mails == []


def test_a_volunteer_sees_what_fits_takes_hands_back_and_ends(app: Flask) -> None:
    who = helper()
    made, skilled, asked, left = task("open one"), task("skilled", skill="law"), task("asked"), task("left")
    with transaction():
        offers.offer(asked.id, who.person_id, actor=ACTOR)
    client = come(app, accounts.Person(who.account_id, who.pseudonym))
    home = "/account/tasks/own"
    page = client.get(home).text
    assert "open one" in page
    assert "You are asked" in page
    assert "skilled" not in page
    assert client.get(f"{home}/{skilled.id}").status_code == 404
    assert send(client, home, f"/{made.id}/take").status_code == 303
    assert send(client, f"{home}/{made.id}", "/give-back").status_code == 303
    assert fresh(made).state == TaskState.OPEN
    assert send(client, home, f"/{asked.id}/take").status_code == 303
    assert send(client, f"{home}/{asked.id}", "/done", outcome="done", minutes="x").status_code == 422
    assert send(client, f"{home}/{asked.id}", "/done", outcome="done", minutes="5").status_code == 303
    assert fresh(asked).state == TaskState.DONE
    assert "asked" in client.get(home).text
    with transaction():
        desk.take(made.id, actor=ACTOR)
    assert send(client, home, f"/{made.id}/take").status_code == 303
    assert "left" in client.get(f"{home}/{left.id}").text
    for language in ("ru", "de"):
        assert client.get(f"/{language}{home}").status_code == 200
    nobody = come(app, accounts.person())
    assert "Tasks are for those who help" in nobody.get(home).text


def test_a_reminder_leads_to_the_page_and_names_nothing(app: Flask, mailserver) -> None:
    who = helper(address="helper@example.org")
    made = task(due_on=clock.today() + timedelta(days=1))
    with transaction():
        offers.take_up(made.id, Holder(who.person_id, who.id), is_open_to_them=True)
    with transaction():
        task_reminders.remind(clock.today())
    delivered(app)
    [mail] = mailserver.mails
    assert f"/account/tasks/own/{made.id}" in mail.text
    assert "cards" not in str(mail.message)


def test_many_are_given_a_task_from_a_segment_and_it_is_taken_back(app: Flask, sign_in) -> None:
    people = [agreeing(number) for number in range(3)]
    written_down("Без адреса")
    who = accounts.person(Role.ORGANISER, app=True)
    segment = segment_of(add(Chosen("everybody")), actor=who.signed_in(), is_shared=True)
    client = come(app, who)
    give = f"{BOARD}/give"
    assert "Nobody is meant" in client.get(give).text
    begin = f"{give}?segment={segment.id}"
    assert "Give each a task" in client.get(f"/staff/segments/{segment.id}").text
    token = re.search(r'csrf_token"[^>]* value="([^"]+)"', client.get(begin).text)
    assert token is not None
    form = {
        "csrf_token": token[1], "segment": str(segment.id), "give-kind": "print", "give-title": "", "give-gap": "14",
        "give-details": "", "give-due_on": "", "give-skill": "", "give-group": "", "step": "preview",
    }  # fmt: skip
    assert client.post(give, data=form).status_code == 422
    form["give-title"] = "Print one card"
    preview = client.post(give, data=form).text
    assert "3 people get the task" in preview
    assert session.scalar(select(func.count()).select_from(Task)) == 0
    assert client.post(give, data={**form, "step": "begin", "seen": "3"}).status_code == 409
    answer = client.post(give, data={**form, "step": "begin", "seen": "4"})
    assert answer.status_code == 303
    home = answer.headers["Location"]
    assert "Print one card" in client.get(home).text
    assert "Tasks: Print" in client.get(f"/staff/segments/{segment.id}").text
    session.expire_all()
    giving = session.scalars(select(TaskGiving)).one()
    board = client.get(f"{BOARD}?giving={giving.id}").text
    assert board.count("task-card") == 3
    assert "Print one card" in client.get(f"{BOARD}/givings").text
    assert client.get(f"{home}/progress").json == {"done": 4, "is_at_work": False}
    assert send(client, home, "/undo").status_code == 303
    assert session.scalars(select(Task.state).distinct()).all() == [TaskState.CANCELLED]
    stale = come(app, who)
    with time_machine.travel(clock.now() + timedelta(minutes=30)):
        assert stale.get(begin).status_code == 303
    assert len(people) == 3


def test_the_ticked_ones_of_the_list_can_be_given_a_task(app: Flask) -> None:
    person = agreeing()
    client = staff(app, Role.ORGANISER)
    ticked = client.get(f"/staff/people/acts/new?who={person.id}").text
    assert "/staff/tasks/give" in ticked
    assert "The ticked ones: 1 person" in client.get(f"{BOARD}/give?who={person.id}").text
    assert client.get(f"{BOARD}/give?all=1&country=DE&skill=law").status_code == 200


def test_what_comes_again_is_made_changed_rested_and_ended(app: Flask, sign_in) -> None:
    client = sign_in(Role.ORGANISER)
    values = {
        **VALUES, "every": "2", "unit": "weeks", "weekday": "0", "month_day": "1", "due_in": "5",
        "starts_on": clock.today().isoformat(), "until_on": "",
    }  # fmt: skip
    wrong = {**values, "every": "0", "until_on": "2020-01-01"}
    page = f"{BOARD}/recurring/new"
    assert send(client, page, "", **wrong).status_code == 422
    answer = send(client, page, "", **values)
    assert answer.status_code == 303
    home = answer.headers["Location"]
    assert "every 2 weeks: Monday" in client.get(home).text
    template = session.scalars(select(TaskTemplate)).one()
    edited = {**values, "every": "1", "version": str(template.version)}
    assert send(client, f"{home}/edit", "", **edited).status_code == 303
    assert send(client, f"{home}/edit", "", **edited).status_code == 409
    assert "every week: Monday" in client.get(f"{BOARD}/recurring").text
    for step, state in (("pause", "paused"), ("go-on", "active"), ("end", "ended")):
        assert send(client, home, "/state", step=step).status_code == 303
        session.expire_all()
        assert session.scalars(select(TaskTemplate)).one().state == state
    assert client.get(f"/ru{home}").status_code == 200


def test_segments_know_of_tasks(app: Flask) -> None:
    did, has, asked, none = (agreeing(number) for number in range(4))
    for person, how in ((did, "done"), (has, "held"), (asked, "asked")):
        made = task()
        with transaction():
            offers.offer(made.id, person.id, actor=ACTOR)
            if how == "done":
                offers.finish_own(made.id, Holder(person.id), Ending())
            elif how == "held":
                offers.take_up(made.id, Holder(person.id))

    def found(name: str, **values: object) -> set[uuid.UUID]:
        return set(session.scalars(segment_conditions[name].select(values)))

    assert found("task-done", kind="print", days=None) == {did.id}
    assert found("task-done", kind="post", days=None) == set()
    assert found("task-open", kind="any") == {has.id, asked.id}
    assert found("task-offered", kind="print", days=3) == {did.id, has.id, asked.id}
    assert none.id not in found("task-offered", kind="any", days=None)
    for name in ("task-done", "task-open", "task-offered"):
        assert segment_conditions[name].describe({"kind": "print", "days": 7})


def test_ones_own_data_has_tasks_and_erasing_frees_them(app: Flask) -> None:
    person, about, held = agreeing(), task("about them"), task("held")
    with transaction():
        session.get_one(Task, about.id).about_id, session.get_one(Task, about.id).subject_kind = person.id, "person"
        offers.offer(held.id, person.id, actor=ACTOR)
        offers.take_up(held.id, Holder(person.id))
    told = personal_data["activities"].export(person.id)
    assert [each["title"] for each in told["yours"]] == ["held"]
    assert [each["title"] for each in told["about_you"]] == ["about them"]
    assert told["offered"][0]["answer"] == "accepted"
    with transaction():
        assert personal_data["activities"].erase(person.id) >= 3
        session.delete(session.get_one(Person, person.id))
    assert session.get(Task, about.id) is None
    assert (fresh(held).state, held.person_id) == (TaskState.OPEN, None)
    assert session.scalars(select(TaskOffer)).all() == []
    assert tasks.sweep(clock.today()) == 0


def test_kinds_of_letters_stand_on_the_board_without_acts(app: Flask, sign_in) -> None:
    with transaction():
        made = tasks.open_task(TaskKind.TRANSCRIBE_REPLY, uuid.uuid4(), actor=None)
    client = sign_in(Role.COORDINATOR)
    assert "Copy out an answer" in client.get(BOARD).text
    page = client.get(f"{BOARD}/{made.id}").text
    assert "I take it" not in page
    assert fresh(made).state == TaskState.OPEN
