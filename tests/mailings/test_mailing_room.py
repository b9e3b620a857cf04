"""The room of mailings: the list, writing, two who write at once, deleting, and who may do what."""

import uuid
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.mailings.models import Mailing, MailingEvent, MailingState, MailingText
from campaign.mailings.service import write
from campaign.mailings.service.text.store import TextDraft
from campaign.mailings.service.write import BadMailing, Frozen, MailingDraft
from campaign.people.models import Topic
from tests.people.pages import staff
from tests.support.pages import PageClient, field_values

ACTOR = uuid.UUID(int=7)
ENGLISH = TextDraft(subject="What happened in November", body="Hello.\n\nThank you for being here.")


FIELDS = {"title": "November", "topic": "news", "fallback": "en", "en-subject": "News", "en-body": "Hello."}


def made(title: str = "November", **values: object) -> Mailing:
    """A committed draft."""
    with transaction():
        return write.create_mailing(MailingDraft(title, texts={"en": ENGLISH}, **values), actor=ACTOR)


def send(client: PageClient, path: str, values: dict[str, str]) -> TestResponse:
    """A form that was sent."""
    token = field_values(client.get("/account").text, "/account/sign-out")["csrf_token"]
    return client.post(path, data={"csrf_token": token, **values})


def pushed(mailing: Mailing, state: MailingState) -> None:
    """The mailing in a state further on, whoever brought it there."""
    with transaction():
        session.execute(
            text(
                "UPDATE mailing SET state = :state, proposed_by = :one, approved_by = :two, send_at = now(),"
                " version = version + 1 WHERE id = :id"
            ),
            {"state": state, "one": uuid.UUID(int=8), "two": uuid.UUID(int=9), "id": mailing.id},
        )
    session.expire_all()


def test_a_written_mailing_is_a_draft_with_a_code_that_says_nothing(app: Flask) -> None:
    mailing = made()
    assert mailing.state == MailingState.DRAFT
    assert len(mailing.code) == 8
    assert mailing.code.isalpha()
    assert mailing.code.islower()
    assert session.scalars(select(MailingEvent.now)).all() == ["draft"]


def test_a_saved_text_moves_the_version_and_makes_its_writer(app: Flask) -> None:
    mailing, other = made(), uuid.UUID(int=8)
    before = mailing.version
    with transaction():
        draft = MailingDraft("November", texts={"en": TextDraft("Other", body="Other."), "ru": TextDraft("Тема")})
        write.edit_mailing(mailing.id, draft, seen_version=before, actor=other)
    assert session.get_one(Mailing, mailing.id).version == before + 1
    assert mailing.written_by == other
    assert sorted(session.scalars(select(MailingText.subject))) == ["Other", "Тема"]


def test_whoever_saves_second_changes_nothing(app: Flask) -> None:
    mailing = made()
    with pytest.raises(Conflict), transaction():
        write.edit_mailing(mailing.id, MailingDraft("Mine"), seen_version=mailing.version - 1, actor=ACTOR)
    session.expire_all()
    assert session.get_one(Mailing, mailing.id).title == "November"


def test_changing_a_proposed_mailing_makes_it_a_draft_again(app: Flask) -> None:
    mailing = made()
    pushed(mailing, MailingState.PROPOSED)
    with transaction():
        write.edit_mailing(mailing.id, MailingDraft("November"), seen_version=mailing.version, actor=ACTOR)
    session.expire_all()
    assert mailing.state == MailingState.DRAFT
    assert mailing.proposed_by is None
    assert session.scalars(select(MailingEvent.reason).order_by(MailingEvent.id)).all() == ["", "changed"]


@pytest.mark.parametrize("state", [MailingState.APPROVED, MailingState.SENDING, MailingState.PAUSED, MailingState.SENT])
def test_what_somebody_said_yes_to_stays_as_it_is(app: Flask, state: MailingState) -> None:
    mailing = made()
    pushed(mailing, state)
    with pytest.raises(Frozen), transaction():
        write.edit_mailing(mailing.id, MailingDraft("Other"), seen_version=mailing.version, actor=ACTOR)
    with pytest.raises(Frozen), transaction():
        write.delete_mailing(mailing.id, seen_version=mailing.version, actor=ACTOR)


def test_a_mailing_needs_a_title_and_a_topic_of_its_audience(app: Flask) -> None:
    with pytest.raises(BadMailing), transaction():
        write.create_mailing(MailingDraft(" "), actor=ACTOR)
    with pytest.raises(BadMailing), transaction():
        write.create_mailing(MailingDraft("November", topic=Topic.PETITION), actor=ACTOR)


def test_the_list_says_what_to_do_and_can_be_narrowed_and_sorted(app: Flask) -> None:
    client = staff(app, Role.ORGANISER)
    assert "There is no mailing yet." in client.get("/staff/mailings").text
    made("Winter")
    made("Autumn", topic=Topic.EVENTS)
    page = client.get("/staff/mailings?sort=title").text
    assert page.index("Autumn") < page.index("Winter")
    page = client.get("/staff/mailings?topic=events&state=draft").text
    assert "Autumn" in page
    assert "Winter" not in page
    assert "No mailing fits." in client.get("/staff/mailings?q=spring").text
    assert "Winter" in client.get("/staff/mailings?state=nonsense&topic=x&sort=zzz&page=9").text


def test_writing_showing_copying_and_deleting(app: Flask) -> None:
    client = staff(app, Role.ORGANISER)
    form = {"title": "November", "topic": "news", "fallback": "en", "en-subject": "What happened", "en-body": "Hello."}
    answer = send(client, "/staff/mailings/new", form)
    assert answer.status_code == 303
    shown = client.get(answer.location)
    assert "What happened" in shown.text
    mailing = session.scalars(select(Mailing)).one()
    copied = client.get(f"/staff/mailings/new?copy={mailing.id}").text
    assert "Copy of November" in copied
    assert "What happened" in copied
    assert client.get("/staff/mailings/new?copy=nonsense").status_code == 200
    gone = send(client, f"/staff/mailings/{mailing.id}/delete", {"version": str(mailing.version)})
    assert gone.status_code == 303
    assert client.get(answer.location).status_code == 404


def test_what_was_typed_stays_when_somebody_was_faster(app: Flask) -> None:
    client, mailing = staff(app, Role.ORGANISER), made()
    seen = str(mailing.version)
    with transaction():
        write.edit_mailing(mailing.id, MailingDraft("Theirs"), seen_version=mailing.version, actor=ACTOR)
    form = {
        "version": seen,
        "title": "Mine",
        "topic": "news",
        "fallback": "en",
        "en-subject": "Typed by me",
        "en-body": "Words.",
    }
    answer = send(client, f"/staff/mailings/{mailing.id}/edit", form)
    assert answer.status_code == 409
    assert "Typed by me" in answer.text
    assert f'value="{mailing.version}"' in answer.text


def test_only_writers_write_and_whoever_may_stop_only_looks(app: Flask) -> None:
    mailing = made()
    admin, moderator = staff(app, Role.ADMIN), staff(app, Role.MODERATOR)
    assert admin.get("/staff/mailings").status_code == 200
    assert "Write a mailing" not in admin.get("/staff/mailings").text
    assert admin.get(f"/staff/mailings/{mailing.id}").status_code == 200
    for path in ("/staff/mailings/new", f"/staff/mailings/{mailing.id}/edit"):
        assert admin.get(path).status_code == 403
    for path in ("/staff/mailings", f"/staff/mailings/{mailing.id}", "/staff/mailings/new"):
        assert moderator.get(path).status_code == 403
    assert app.test_client().get("/staff/mailings").status_code == 302


@pytest.mark.parametrize("is_demo", [False, True])
def test_what_is_written_on_a_demonstration_goes_to_its_made_up_people(app, monkeypatch, is_demo):
    monkeypatch.setitem(app.extensions, "unforgotten", replace(app.extensions["unforgotten"], demo=is_demo))
    send(staff(app, Role.ORGANISER), "/staff/mailings/new", FIELDS)
    assert session.scalars(select(Mailing.is_demo)).all() == [is_demo]
