"""Two campaigns with codes of their own, and what was done by those who came: made up, as numbers."""

from datetime import timedelta

from sqlalchemy import insert

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.sharing.models import ShareAct
from campaign.sharing.service.codes import end_code, make_code
from campaign.signatures.service.confirm import CONFIRMED

# Signatures by days ago: an evening with its wave, and single days that are told together.
EVENING = {9: 41, 8: 23, 7: 12, 6: 4, 5: 6, 4: 2, 2: 1}


def make_share_codes() -> None:
    """Make them in the open transaction."""
    evening, posters = make_code("Berlin evening", actor=None), make_code("Posters, spring", actor=None)
    evening.made_on = clock.today() - timedelta(days=10)
    posters.made_on = clock.today() - timedelta(days=60)
    end_code(posters, actor=None)
    rows = [
        {"code_id": evening.id, "kind": CONFIRMED, "day": clock.today() - timedelta(days=ago), "amount": amount}
        for ago, amount in EVENING.items()
    ]
    session.execute(insert(ShareAct), rows)
