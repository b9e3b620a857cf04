"""The demo shows words of made-up people, and one proposal that waits."""

import pytest

from campaign.accounts.service.demo import make_demo_accounts
from campaign.kernel.db import session, transaction
from campaign.letters.models import PublicationState, Reply
from campaign.letters.queries.published import few_words_of
from campaign.prisoners.models import Prisoner
from campaign.site.demo_prisoners import load_prisoners
from campaign.site.demo_words import show_demo_words


@pytest.mark.slow
def test_the_demo_has_words_that_are_shown_and_some_that_wait(app):
    with transaction():
        make_demo_accounts(is_demo=True)
        load_prisoners([])
        show_demo_words()
    shown = session.query(Reply).filter_by(publication=PublicationState.PUBLISHED).all()
    assert len({each.prisoner_id for each in shown}) == 2
    assert max(len(few_words_of(each.prisoner_id, 9)) for each in shown) == 4
    assert session.query(Reply).filter_by(publication=PublicationState.ASKED).count() == 1
    people = session.query(Prisoner).filter(Prisoner.id.in_([each.prisoner_id for each in session.query(Reply)])).all()
    assert all(each.is_demo and not each.is_public_figure for each in people)
    assert all(each.is_demo for each in session.query(Reply))
