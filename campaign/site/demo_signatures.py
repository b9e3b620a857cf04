"""Five thousand invented signatures for the demo petitions, so that charts and tables have something to show.

Drawn from a fixed seed: every demo looks the same. Nobody in them exists, and no address stands behind any.
"""

import random
import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, text

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.petitions.models import Audience, Petition
from campaign.signatures.models import NAME, Signature, SignatureState, Visibility
from campaign.signatures.service.sign import shown_name

TOTAL = 5000
DAYS = 60
COUNTRIES = ("DE", "GB", "US", "FR", "PL", "NL", "GE", "LT", "CZ", "AM", "RS", "CA", "IL", "ES", "FI", "NO", "KZ", None)
WEIGHTS = (22, 11, 10, 8, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 12)
PROVIDERS = ("gmail.com", "proton.me", "gmx.de", "outlook.com", "posteo.de", "tuta.com", "~3fa1c07d", "~b8e20d11")
FIRST = (
    "Anna", "Jonas", "Мария", "Павел", "Elif", "Tomasz", "Нино", "Ruth", "Олег", "Zoë", "Karim", "Лидия", "Hanna",
)  # fmt: skip
LAST = (
    "Made-Up", "Beispiel", "Выдуманная", "Пример", "Example", "Niemand", "Nobody", "Вымышлен", "Fictional", "Erfunden",
)  # fmt: skip
# A quiet start, a verdict on the twentieth day, and a long tail.
VERDICT_DAY = 20


def sign_demo_petitions(petitions: list[Petition]) -> None:
    """Spread the signatures over open demo petitions and bring their counts into agreement, in the open transaction."""
    chance = random.Random(30_10_1974)  # noqa: S311 - the same demo every time is the point
    shares = [round(TOTAL * share) for share in _shares(len(petitions))]
    for petition, amount in zip(petitions, shares, strict=True):
        petition.opened_on = clock.today() - timedelta(days=DAYS)
        rows = [_row(chance, petition) for _ in range(amount)]
        for start in range(0, len(rows), 500):
            session.execute(insert(Signature), rows[start : start + 500])
    session.flush()
    session.execute(_DAYS)
    session.execute(_TOTALS)


def _shares(count: int) -> list[float]:
    weights = [1 / (position + 1) for position in range(count)]
    return [weight / sum(weights) for weight in weights]


def _row(chance: random.Random, petition: Petition) -> dict[str, Any]:
    index = chance.randbytes(32)
    signature = uuid.UUID(bytes=index[:1] + chance.randbytes(15))
    visibility = chance.choices(list(Visibility), (80, 8, 12))[0]
    name = shown_name(f"{chance.choice(FIRST)} {chance.choice(LAST)}", visibility)
    day = _day(chance)
    abroad = petition.audience == Audience.OUTSIDE_RUSSIA
    return {
        "bucket": index[0],
        "id": signature,
        "petition_id": petition.id,
        "address_index": index,
        "state": SignatureState.CONFIRMED,
        "is_quarantined": False,
        "email_sealed": None,
        "name_sealed": NAME.seal(petition.scope, signature, name) if name else None,
        "mail_domain": chance.choice(PROVIDERS),
        "country": chance.choices(COUNTRIES[:-1] if abroad else COUNTRIES, WEIGHTS[:-1] if abroad else WEIGHTS)[0],
        "visibility": visibility,
        "wants_updates": False,
        "consent_version": None,
        "language": chance.choice(("en", "en", "ru", "de")),
        "token_version": 1,
        "signed_on": day,
        "confirmed_on": day,
        "reminded_on": None,
    }


def _day(chance: random.Random) -> date:
    if chance.random() < 0.25:
        after = chance.randrange(DAYS)
    else:
        after = VERDICT_DAY + min(int(chance.expovariate(1 / 6)), DAYS - VERDICT_DAY)
    return clock.today() - timedelta(days=DAYS - after)


_DAYS = text("""
    INSERT INTO signature_day (petition_id, day, country, count)
    SELECT petition_id, confirmed_on, coalesce(country, ''), count(*) FROM signature
    WHERE state = 'confirmed' GROUP BY 1, 2, 3
""")
_TOTALS = text("""
    INSERT INTO signature_total (petition_id, count)
    SELECT petition_id, count(*) FROM signature WHERE state = 'confirmed' GROUP BY 1
""")
