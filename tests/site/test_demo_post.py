"""The demo shows a letter on every part of its way."""

import pytest
from sqlalchemy import func, select

from campaign.accounts.models import Account
from campaign.accounts.service.demo import make_demo_accounts
from campaign.designations.service import load_register
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.rows import MailRow
from campaign.letters.models import (
    Incident,
    IncidentState,
    Letter,
    LetterFinding,
    LetterStat,
    LetterState,
    LetterThread,
    Relay,
    Reply,
    ReplyState,
    ReportedNeed,
)
from campaign.letters.queries.own import list_letters, list_replies
from campaign.letters.service import stats
from campaign.people.models import Volunteer
from campaign.site.demo_letters import load_penpals
from campaign.site.demo_post import send_demo_letters
from campaign.site.demo_prisoners import load_prisoners


@pytest.mark.slow
def test_the_demo_has_letters_on_every_part_of_their_way(app):
    with transaction():
        load_register()
        make_demo_accounts(is_demo=True)
        load_prisoners([])
        load_penpals()
        send_demo_letters()
    counts = dict(session.execute(select(Letter.state, func.count()).group_by(Letter.state)).all())
    wanted = {
        LetterState.DRAFT, LetterState.IN_MODERATION, LetterState.IN_TRANSLATION, LetterState.QUEUED,
        LetterState.DISPATCHED, LetterState.REPORTED, LetterState.RETURNED, LetterState.CENSORED, LetterState.PRESUMED,
    }  # fmt: skip
    assert wanted <= set(counts), counts
    assert counts[LetterState.QUEUED] >= 5
    assert session.query(LetterFinding).filter_by(severity="block").count()
    assert session.query(Relay).filter_by(is_default=True).count() == 1
    assert session.query(MailRow).count() == 0, "nobody is told today of what left weeks ago"
    assert all(each.is_demo for each in session.query(Letter))
    waiting = session.scalars(select(Letter.submitted_on).where(Letter.state == LetterState.IN_MODERATION)).all()
    assert len(set(waiting)) == len(waiting), "the queue by waiting time has something to say"
    answers = dict(session.execute(select(Reply.state, func.count()).group_by(Reply.state)).all())
    assert set(answers) == set(ReplyState), answers
    assert all(each.is_demo and each.logged_on <= clock.today() for each in session.query(Reply))
    assert session.query(ReportedNeed).count() == 1
    assert [each.state for each in session.query(Incident)] == [IncidentState.CLOSED]
    stats.rebuild()
    assert session.scalar(select(func.max(LetterStat.median_days))) in range(10, 40), "enough to say how long it takes"
    the_writer_who_signs_in_finds_a_conversation()


def the_writer_who_signs_in_finds_a_conversation():
    mine = select(LetterThread.id).join(Volunteer, Volunteer.id == LetterThread.volunteer_id).join(
        Account, Account.id == Volunteer.account_id
    ).where(Account.username == "volunteer-1")  # fmt: skip
    said = {each: (len(list_letters(each)), list_replies(each)) for each in session.scalars(mine)}
    talks = [replies for letters, replies in said.values() if letters >= 2 and len(replies) >= 2]
    assert talks
    assert {each.read_on is None for each in talks[0]} == {True, False}, "one is read, one is new"
