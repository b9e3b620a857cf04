"""A PDF of an answer waits sealed, is drawn by a job, once whatever dies meanwhile, and never stays."""

import io
import tracemalloc
from datetime import timedelta

import pytest
import time_machine
from PIL import Image
from sqlalchemy import text

from campaign.kernel import clock, jobs
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.images import BadPicture
from campaign.kernel.jobs import JobRow
from campaign.kernel.pdf_pages import draw_pages
from campaign.letters.jobs import DrawScans
from campaign.letters.models import Reply, ReplyPage, ReplyScan, ReplyState
from campaign.letters.service import replies, reply_pages, reply_retention, reply_scans
from campaign.letters.service.errors import NotThatStep
from tests.kernel.test_pdf_pages import pdf
from tests.letters.replies import STAFF, reply, scan
from tests.support.pages import field_values
from workers import run_jobs

S = ReplyState
BROKEN = b"%PDF-1.7\n1 0 obj<<>>endobj"


def add(made, *files):
    with transaction():
        added = reply_scans.add_files(made.id, files, actor=STAFF)
    session.expire_all()
    return added


def draw() -> int:
    done = run_jobs.run_due_jobs()
    session.expire_all()
    return done


def files() -> list[ReplyScan]:
    session.expire_all()
    return session.query(ReplyScan).all()


def sizes(made) -> list[tuple[int, int]]:
    return [(each.width, each.height) for each in reply_pages.list_pages(made.id)]


def test_a_pdf_waits_sealed_and_gives_as_many_pages_as_it_has(app):
    made, raw = reply(), pdf(2)
    assert add(made, raw) == (0, 1)
    [waiting] = files()
    assert raw[:40] not in waiting.content_sealed
    assert session.get_one(Reply, made.id).state == S.LOGGED
    assert draw() == 1
    assert files() == []
    pages = reply_pages.list_pages(made.id)
    assert [each.position for each in pages] == [1, 2]
    assert {Image.open(io.BytesIO(reply_pages.open_page(each))).format for each in pages} == {"WEBP"}
    assert session.get_one(Reply, made.id).state == S.SCANNED


def test_pages_keep_the_order_in_which_they_were_scanned(app):
    made = reply()
    assert add(made, scan(size=(300, 301)), pdf(1), scan(size=(300, 302))) == (1, 2)
    assert add(made, scan(size=(300, 303))) == (0, 1)
    draw()
    heights = [height for _width, height in sizes(made)]
    assert (len(heights), heights[0], heights[2:]) == (4, 301, [302, 303])


@pytest.mark.parametrize("raw", [BROKEN, pdf(41)])
def test_what_cannot_be_drawn_ends_in_a_line_and_is_gone(app, raw):
    made = reply(S.SCANNED)
    add(made, raw, scan())
    assert draw() == 2
    [failed] = files()
    assert (failed.state, failed.content_sealed) == ("failed", None)
    assert failed.problem
    assert len(sizes(made)) == 2, "what stood behind it comes all the same"


def test_too_many_pages_together_add_none(app):
    made = reply(S.SCANNED, pages=2)
    add(made, pdf(39))
    draw()
    assert "40 pages" in files()[0].problem
    assert len(sizes(made)) == 2


def test_a_lot_with_one_bad_picture_keeps_nothing(app):
    made = reply()
    for bad in (b"<svg/>", b"%PDF-" + b"\0" * 11 * 1024 * 1024):
        with pytest.raises(BadPicture), transaction():
            reply_scans.add_files(made.id, [scan(), pdf(1), bad], actor=STAFF)
    assert (files(), session.query(ReplyPage).count(), session.query(JobRow).count()) == ([], 0, 0)


def test_run_twice_or_by_two_at_once_it_makes_nothing_twice(app, monkeypatch):
    made = reply()
    add(made, pdf(1))
    seen = reply_scans.draw_pages

    def meanwhile(raw):
        monkeypatch.setattr(reply_scans, "draw_pages", seen)
        reply_scans.draw_next(made.id)
        return seen(raw)

    monkeypatch.setattr(reply_scans, "draw_pages", meanwhile)
    with transaction():
        reply_scans.draw_next(made.id)
    with transaction():
        reply_scans.draw_next(made.id)
    assert len(sizes(made)) == 1
    assert files() == []


class Killed(BaseException):
    """As a worker that is ended while it draws."""


def test_a_worker_killed_while_drawing_loses_and_doubles_nothing(app, monkeypatch):
    made = reply()
    add(made, pdf(2))

    def die(_raw):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(reply_scans, "draw_pages", die)
        with pytest.raises(Killed):
            run_jobs.run_due_jobs()
    session.rollback()
    assert (len(files()), sizes(made)) == (1, [])
    assert draw() == 0, "the lease of the dead one still runs"
    with time_machine.travel(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        assert draw() == 1
        assert draw() == 0
    assert (files(), len(sizes(made))) == ([], 2)


def test_nothing_is_screened_while_pages_are_being_prepared(app):
    made = reply(S.MATCHED)
    add(made, pdf(1))
    version = session.get_one(Reply, made.id).version
    with pytest.raises(NotThatStep), transaction():
        replies.screen(made.id, actor=STAFF)
    draw()
    assert session.get_one(Reply, made.id).version > version, "who has not seen the new page has not read every page"
    with transaction():
        replies.screen(made.id, actor=STAFF)


def test_what_is_closed_or_erased_keeps_no_file_and_gets_no_page(app):
    closed, erased = reply(S.SCANNED), reply(S.SCANNED)
    for made in (closed, erased):
        add(made, pdf(1))
    with transaction():
        replies.close(closed.id, "an advertisement", actor=STAFF)
        reply_retention.erase(session.get_one(Reply, erased.id), actor=STAFF)
    assert files() == []
    draw()
    assert (len(sizes(closed)), len(sizes(erased))) == (1, 0)


def test_a_file_that_nobody_could_draw_goes_after_seven_days(app):
    made = reply()
    add(made, pdf(1))
    for days, gone in ((6, 0), (7, 1), (8, 0)):
        with time_machine.travel(clock.now() + timedelta(days=days)), transaction():
            assert reply_scans.drop_old(clock.today()) == gone
    [failed] = files()
    assert (failed.state, failed.content_sealed) == ("failed", None)


def test_a_pdf_that_takes_minutes_keeps_its_transaction(app, monkeypatch):
    made, seen = reply(), []

    def slow(raw):
        seen.append(session.scalar(text("SHOW idle_in_transaction_session_timeout")))
        return draw_pages(raw)

    monkeypatch.setattr(reply_scans, "draw_pages", slow)
    add(made, pdf(1))
    assert (draw(), seen) == (1, ["6min"])


@pytest.mark.slow
def test_many_pages_take_little_memory(app):
    made = reply()
    add(made, pdf(15))
    tracemalloc.start()
    draw()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    session.expire_all()
    assert session.query(ReplyPage).count() == 15
    assert most < 60 * 1024 * 1024


def test_the_page_says_what_is_being_prepared_and_looks_again_without_a_script(app, sign_in):
    made = reply()
    client, page = sign_in(Role.COORDINATOR), f"/staff/replies/{made.id}"
    upload = {**field_values(client.get(page).text, "pages"), "files": (io.BytesIO(pdf(1)), "letter.pdf")}
    answer = client.post(f"{page}/pages", data=upload)
    assert answer.location.endswith("/pages/waiting")
    waiting = client.get(answer.location)
    assert waiting.headers["Refresh"] == "3"
    assert "1 file waits" in waiting.text
    assert "being prepared" in client.get(page).text
    draw()
    assert client.get(answer.location).status_code == 303
    assert "being prepared" not in client.get(page).text


def test_a_pdf_that_cannot_be_read_is_told_of_until_somebody_has_seen_it(app, sign_in):
    made = reply()
    client, page = sign_in(Role.COORDINATOR), f"/staff/replies/{made.id}"
    add(made, BROKEN)
    draw()
    html = client.get(page).text
    assert "This PDF is damaged" in html
    assert "The file is deleted." in html
    remove = f"files/{files()[0].id}/remove"
    assert sign_in(Role.MODERATOR).get(page).status_code == 200
    for _click in range(2):
        assert client.post(f"{page}/{remove}", data=field_values(html, remove)).status_code == 303
    assert "This PDF is damaged" not in client.get(page).text


def test_asked_for_twice_it_is_one_job(app):
    made = reply()
    add(made, pdf(1))
    add(made, pdf(1))
    assert session.query(JobRow).filter_by(kind=DrawScans.kind).count() == 1
    assert draw() == 2
    assert len(sizes(made)) == 2
