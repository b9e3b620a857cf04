"""The demo's people stand on every rung but the top ones, were asked, and answered."""

from flask import Flask
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.people.models import Ask, AskRest, AskState
from campaign.people.service.ladder import count
from campaign.site.demo_ladder import RESTING, load_ladder
from campaign.site.demo_people import load_people
from tests.support import make


def test_the_picture_speaks(app: Flask) -> None:
    petition = make.petition()
    with transaction():
        load_people()
        load_ladder([petition])
    figures = count.count_figures("")
    assert all(amount > 50 for amount in figures["rungs"][:3])
    assert figures["steps"]["write_one_letter"]["free"] > 100
    assert len(figures["steps"]["write_one_letter"]["holds"]) > 2
    assert figures["came"]["write_one_letter"]["did"] > 5
    states = set(session.scalars(select(Ask.state)))
    assert states == set(AskState)
    assert session.scalar(select(func.count()).select_from(AskRest)) == RESTING
    assert session.scalar(select(func.max(Ask.ended_on))) <= clock.today()
