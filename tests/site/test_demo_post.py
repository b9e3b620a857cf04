"""The demo shows a letter on every part of its way."""

import pytest
from sqlalchemy import func, select

from campaign.accounts.service.demo import make_demo_accounts
from campaign.designations.service import load_register
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.rows import MailRow
from campaign.letters.models import Letter, LetterFinding, LetterState, Relay
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
