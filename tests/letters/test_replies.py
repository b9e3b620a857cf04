"""An answer from the envelope to its writer: each step once, sealed, by those who may, forgotten in time."""

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from PIL import Image

from campaign.kernel import clock
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.images import BadPicture
from campaign.kernel.mail.rows import MailRow
from campaign.letters.models import (
    IncidentKind,
    IncidentState,
    Letter,
    LetterState,
    NeedKind,
    Reply,
    ReplyEvent,
    ReplyPage,
    ReplyState,
    ReplyText,
    ReportedNeed,
    TextKind,
)
from campaign.letters.queries import replies as queries
from campaign.letters.service import incidents, needs, replies, reply_moves, reply_pages, reply_retention, reply_texts
from campaign.letters.service.errors import ChangedElsewhere, NotThatStep
from campaign.letters.service.tidings import Tidings
from campaign.penpals.service.codes import BadCode, new_code, show_code
from tests.letters.replies import STAFF, reply, scan, sent
from tests.support import pens

S = ReplyState


def again(found) -> Reply:
    session.expire_all()
    return session.get_one(Reply, found.id)


def mails() -> int:
    return session.query(MailRow).filter_by(kind=Tidings.REPLY.value).count()


def test_a_code_however_typed_finds_letter_thread_and_person(app):
    letter = sent()
    typed = show_code(letter.code).lower().replace("0", "o").replace("1", "l")
    with transaction():
        made = replies.log_envelope(replies.EnvelopeDraft("post", code=f" {typed} "), actor=STAFF)
    assert (made.letter_id, made.thread_id, made.prisoner_id) == (letter.id, letter.thread_id, letter.prisoner_id)
    assert made.number > 0


def test_a_wrong_code_and_one_of_nobody_are_told_apart(app):
    for code, problem in (("nonsense", BadCode), (new_code(), replies.UnknownCode)):
        with pytest.raises(problem), transaction():
            replies.log_envelope(replies.EnvelopeDraft("post", code=code), actor=STAFF)
    assert session.query(Reply).count() == 0


def test_a_second_envelope_for_one_letter_is_asked_about(app):
    letter = sent()
    first = reply(letter=letter)
    with pytest.raises(replies.SecondEnvelope):
        reply(letter=letter)
    second = reply(letter=letter, is_another=True)
    assert second.number > first.number
    assert [each.id for each in queries.list_answers(letter.id)] == [first.id, second.id]


def test_scans_are_drawn_anew_without_what_the_scanner_wrote_and_sealed(app):
    made = reply(S.SCANNED)
    page = session.query(ReplyPage).one()
    content = reply_pages.open_page(page)
    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.size) == ("WEBP", (page.width, page.height))
    assert not dict(picture.getexif())
    assert b"scanner" not in content
    assert content not in page.content_sealed
    assert again(made).state == S.SCANNED


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.jpg", b"\0" * 20_000_000)
    return target.getvalue()


def flat_giant() -> bytes:
    target = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, "PNG")
    return target.getvalue()


HOSTILE = {
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "zip": bomb,
    "giant": flat_giant,
    "html": lambda: b"<html><body>page</body></html>",
    "cut": lambda: scan()[:200],
    "huge": lambda: scan() + b"\0" * 10 * 1024 * 1024,
    "tiff": lambda: scan("TIFF"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_plain_picture_is_refused_and_nothing_of_the_lot_is_kept(app, name):
    made = reply()
    with pytest.raises(BadPicture), transaction():
        reply_pages.add_pages(made.id, [scan(), HOSTILE[name]()], actor=STAFF)
    assert session.query(ReplyPage).count() == 0
    assert again(made).state == S.LOGGED


def test_an_answer_has_forty_pages_at_most(app):
    made = reply(S.SCANNED, pages=2)
    with pytest.raises(reply_pages.TooManyPages), transaction():
        reply_pages.add_pages(made.id, [scan(size=(100, 100))] * 39, actor=STAFF)


def test_pages_are_put_in_order_turned_and_removed_until_the_screening(app):
    made = reply(S.SCANNED, pages=3)
    first, second, third = (each.id for each in reply_pages.list_pages(made.id))
    with transaction():
        reply_pages.shift_page(made.id, third, -1)
        reply_pages.turn_page(made.id, first, reply_pages.Turn.LEFT)
    session.expire_all()
    assert [each.id for each in reply_pages.list_pages(made.id)] == [first, third, second]
    turned = session.get_one(ReplyPage, first)
    assert (turned.width, turned.height) == (400, 300)
    with transaction():
        reply_pages.remove_page(made.id, third, actor=STAFF)
    assert [each.position for each in reply_pages.list_pages(made.id)] == [1, 2]
    with transaction():
        replies.match(made.id, letter_id=made.letter_id, actor=STAFF)
        replies.screen(made.id, actor=STAFF)
    with pytest.raises(NotThatStep), transaction():
        reply_pages.remove_page(made.id, first, actor=STAFF)


def test_an_answer_closes_the_loop_of_its_letter_unless_somebody_says_no(app):
    one, other = sent(), sent()
    reply(S.MATCHED, one)
    second = reply(S.SCANNED, other)
    with transaction():
        replies.match(second.id, letter_id=other.id, has_arrived=False, actor=STAFF)
    session.expire_all()
    states = [session.get_one(Letter, each.id).state for each in (one, other)]
    assert states == [LetterState.REPORTED, LetterState.DISPATCHED]


def test_what_nobody_knows_waits_in_the_queue_and_is_matched_later(app):
    letter = sent()
    with transaction():
        made = replies.log_envelope(replies.EnvelopeDraft("post"), actor=STAFF)
        reply_pages.add_pages(made.id, [scan()], actor=STAFF)
        replies.leave_unmatched(made.id, actor=STAFF)
    assert again(made).state == S.UNMATCHED
    with transaction():
        replies.match(made.id, letter_id=letter.id, actor=STAFF)
    assert again(made).thread_id == letter.thread_id


def test_passing_on_twice_is_once_and_owes_one_mail(app):
    writer = pens.writer()
    pens.with_address(writer, "anna@example.org")
    made = reply(S.SCREENED, sent(writer=writer))
    with transaction():
        assert replies.forward(made.id, actor=STAFF)
    with pytest.raises(NotThatStep), transaction():
        replies.forward(made.id, actor=STAFF)
    assert (mails(), again(made).forwarded_on) == (1, clock.today())


def test_two_answers_to_one_letter_owe_two_mails(app):
    writer = pens.writer()
    pens.with_address(writer, "anna@example.org")
    letter = sent(writer=writer)
    reply(S.FORWARDED, letter)
    reply(S.FORWARDED, letter, is_another=True)
    assert mails() == 2


def test_without_a_writer_or_with_every_page_kept_back_nothing_is_passed_on(app):
    made = reply(S.SCREENED)
    page = reply_pages.list_pages(made.id)[0]
    with transaction():
        reply_pages.withhold_page(made.id, page.id, reply_pages.WithheldReason.NAMES_OTHERS, actor=STAFF)
    with pytest.raises(replies.NobodyToTell), transaction():
        replies.forward(made.id, actor=STAFF)
    theirs = reply(S.SCANNED)
    with transaction():
        replies.match(theirs.id, prisoner_id=theirs.prisoner_id, actor=STAFF)
        replies.screen(theirs.id, actor=STAFF)
    with pytest.raises(replies.NobodyToTell), transaction():
        replies.forward(theirs.id, actor=STAFF)
    assert again(theirs).state == S.SCREENED


@pytest.mark.parametrize("was", S)
def test_only_the_drawn_steps_are_possible(app, was):
    made = reply(S.SCANNED)
    for step in set(S) - reply_moves.STEPS[was]:
        with pytest.raises(NotThatStep), transaction():
            found = reply_moves.locked(made.id)
            found.state, found.forwarded_on = was, clock.today()
            reply_moves.move(found, step, actor=STAFF)
    assert again(made).state == S.SCANNED


def test_who_saw_an_older_state_changes_nothing(app):
    made = reply(S.MATCHED)
    with pytest.raises(Conflict), transaction():
        replies.screen(made.id, actor=STAFF, seen_version=made.version - 1)


def test_neither_history_nor_audit_holds_a_word_of_it(app):
    made = reply(S.SCREENED, pages=2)
    page = reply_pages.list_pages(made.id)[0]
    with transaction():
        reply_pages.withhold_page(made.id, page.id, reply_pages.WithheldReason.NOT_THEIRS, actor=STAFF)
        reply_texts.type_text(made.id, TextKind.TRANSCRIPTION, "ru", "Тайное слово", seen_revision=0, actor=STAFF)
        incidents.open_incident(made.id, IncidentKind.THREAT, "Тайное слово на странице 1", actor=STAFF)
        needs.report_need(made.id, NeedKind.BOOKS, "Тайное слово", is_urgent=False, actor=STAFF)
    told = " ".join(each.reason for each in session.query(ReplyEvent)) + " ".join(
        f"{each.action} {each.object} {each.reason}" for each in session.query(AuditEntry)
    )
    assert "withheld:1:not_theirs" in told
    assert "айное" not in told


def test_typed_words_have_revisions_and_two_who_type_lose_nothing(app):
    made = reply(S.MATCHED)

    def type_it(text, seen):
        with transaction():
            return reply_texts.type_text(made.id, TextKind.TRANSLATION, "en", text, seen_revision=seen, actor=STAFF)

    assert type_it("Dear Anna", 0).revision == 1
    with pytest.raises(ChangedElsewhere):
        type_it("Dear Ann", 0)
    assert type_it("Dear Anna", 0).revision == 1, "the same again is no second one"
    assert type_it("Dear Anna!", 1).revision == 2
    newest = queries.list_texts(made.id)
    assert [reply_texts.open_text(each) for each in newest] == ["Dear Anna!"]
    assert session.query(ReplyText).count() == 2


def test_a_need_is_written_down_once(app):
    made = reply(S.MATCHED)
    for _turn in range(2):
        with transaction():
            needs.report_need(made.id, NeedKind.MEDICINE, "очки", is_urgent=True, actor=STAFF)
    need = session.query(ReportedNeed).one()
    assert (need.prisoner_id, need.is_urgent) == (made.prisoner_id, True)
    assert "очки".encode() not in need.note_sealed


def test_an_incident_is_read_by_who_opened_or_took_it_and_closed_with_words(app):
    opener, other, third = (pens.volunteer().account_id for _each in range(3))
    made = reply(S.MATCHED)
    with transaction():
        incident = incidents.open_incident(made.id, IncidentKind.ILL_TREATMENT, "Бьют", actor=opener)
    with pytest.raises(incidents.Forbidden), transaction():
        incidents.read(incident.id, actor=other)
    with transaction():
        incidents.take(incident.id, "", actor=other)
    with pytest.raises(incidents.NoNote), transaction():
        incidents.take(incident.id, "", actor=third)
    with transaction():
        incidents.read(incident.id, actor=other)
    session.expire_all()
    found = session.get_one(type(incident), incident.id)
    assert incidents.note_of(found) == "Бьют"
    with pytest.raises(incidents.NoNote), transaction():
        incidents.step(found.id, IncidentState.CLOSED, "", actor=other, seen_version=found.version)
    with transaction():
        incidents.step(found.id, IncidentState.CLOSED, "Адвокат знает", actor=other, seen_version=found.version)
    session.expire_all()
    assert session.get_one(type(incident), incident.id).closed_on == clock.today()


def pages_left() -> int:
    session.expire_all()
    return session.query(ReplyPage).count()


def clean(days: int) -> int:
    with time_machine.travel(clock.now() + timedelta(days=days)), transaction():
        return reply_retention.erase_old(clock.today())


def test_pages_go_ninety_days_after_they_were_read_and_reading_again_keeps_them(app):
    made = reply(S.FORWARDED)
    assert clean(90) == 0, "nobody has read it"
    with transaction():
        replies.note_read(reply_moves.locked(made.id))
    assert (clean(89), pages_left()) == (0, 1)
    with time_machine.travel(clock.now() + timedelta(days=80)), transaction():
        replies.note_read(reply_moves.locked(made.id))
    assert clean(90) == 0
    assert (clean(170), pages_left(), clean(171)) == (1, 0, 0)
    assert again(made).body_erased_on is not None


def test_unread_pages_go_after_a_year_and_those_of_a_closed_one_after_a_month(app):
    reply(S.FORWARDED)
    closed = reply(S.SCANNED)
    with transaction():
        replies.close(closed.id, "an advertisement", actor=STAFF)
    assert (clean(29), clean(30), pages_left()) == (0, 1, 1)
    assert (clean(364), clean(365), pages_left()) == (0, 1, 0)


def test_what_is_withheld_or_not_passed_on_is_in_nobodys_list(app):
    letter = sent()
    made = reply(S.SCREENED, letter, pages=2)
    assert queries.list_pages_for_letter(letter.id) == []
    page = reply_pages.list_pages(made.id)[0]
    with transaction():
        reply_pages.withhold_page(made.id, page.id, reply_pages.WithheldReason.HARMS_SENDER, actor=STAFF)
        replies.forward(made.id, actor=STAFF)
    [(found, shown)] = queries.list_pages_for_letter(letter.id)
    assert found.id == made.id
    assert [each.position for each in shown] == [2]
    with pytest.raises(NotFound):
        replies.get_forwarded(made.id, pens.writer().id)
