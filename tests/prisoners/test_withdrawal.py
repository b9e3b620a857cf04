"""Who withdraws is gone from every page, search, picture and feed of this server within a minute, caches included."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.pictures import PictureDraft
from campaign.petitions.queries import get_petition
from campaign.petitions.service.people import add_person
from campaign.prisoners.models import (
    ConsentEvidence,
    ConsentGiver,
    ConsentKind,
    LettersPolicy,
    PortraitRendition,
    Prisoner,
    PrisonerConsent,
    PrisonerState,
    PublicChange,
    Publicity,
)
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.public_directory import forget_directory
from campaign.prisoners.service import publication
from campaign.prisoners.service.consent import ConsentDraft, record_consent
from campaign.prisoners.service.people import StoryDraft
from campaign.prisoners.service.portraits import set_portrait
from campaign.web.headers import PAGE_CACHE
from campaign.web.page_cache import FRESH_SECONDS
from campaign.web.pictures import FOR_A_MOMENT
from tests.petitions.pages import picture, send
from tests.support import make

# In full: a search page says again what was typed.
NAMES = ("Petr Nezabvennov", "Пётр Незабвеннов")
SECONDS = 60


@pytest.fixture
def person(app):
    """Somebody on every page: with a birthday tomorrow, a picture, a change in the feed, a petition."""
    tomorrow = (clock.today() + timedelta(days=1)).replace(year=1980)
    made = make.prisoner(
        last_ru="Незабвеннов", born_on=tomorrow, letters_policy=LettersPolicy.OPEN,
        stories=[StoryDraft("en", summary="Nezabvennov taught.", story="Nezabvennov taught nothing real.")],
    )  # fmt: skip
    petition = make.petition(slug="for-somebody")
    with transaction():
        row = get_prisoner(made.id)
        consent = ConsentDraft(ConsentKind.PUBLICITY, ConsentGiver.RELATIVE, clock.today(), ConsentEvidence.CALL)
        record_consent(row, consent, actor=None)
        row.publicity = Publicity.PUBLIC
        set_portrait(row, PictureDraft("CC0", "Somebody", {"en": "Nezabvennov"}, picture().read()), actor=None)
        add_person(get_petition(petition.id), row, actor=uuid.uuid4())
        session.add(
            PublicChange(
                id=uuid.uuid4(), prisoner_id=made.id, change_id=None, kind="transferred", happened_on=clock.today(),
                shown_from=clock.now() - timedelta(minutes=1), corrected_on=None,
            )
        )  # fmt: skip
    for state in (PrisonerState.REVIEW, PrisonerState.PUBLISHED):
        with transaction():
            row = get_prisoner(made.id)
            publication.move_prisoner(row, state, seen_version=row.version, actor=uuid.uuid4())
    forget_directory()
    return made


def addresses(person):
    portraits = session.scalars(select(PortraitRendition).where(PortraitRendition.prisoner_id == person.id))
    plain = [
        "/", "/prisoners", f"/prisoners/{person.slug}", "/prisoners?q=Nezabvennov", "/prisoners?q=Nezabvenof",
        "/prisoners/dates", "/feeds/dates.ics", "/feeds/changes.atom", "/petitions/for-somebody",
    ]  # fmt: skip
    pictures = [f"/prisoners/{person.slug}/portrait/{each.name}-{each.digest}.webp" for each in portraits]
    return [*plain, *(f"/ru{path}" for path in plain), *pictures]


def showing(client, paths):
    """Which of these answer with the person's name, or with a picture."""
    found = []
    for path in paths:
        answer = client.get(path, follow_redirects=True)
        if answer.status_code == 200 and (answer.mimetype == "image/webp" or any(n in answer.text for n in NAMES)):
            found.append(path)
    return found


def let_time_pass(app, seconds):
    """Age what the page cache keeps, which looks at a clock that no test can move."""
    for entry in app.extensions["page_cache"]._entries.values():
        entry.made_at -= seconds


def test_who_withdraws_is_gone_from_everything_although_all_of_it_was_cached(app, client, person, sign_in):
    paths = addresses(person)
    before = showing(client, paths)
    assert len(before) >= 14, sorted(set(paths) - set(before))
    consent = session.scalar(select(PrisonerConsent.id))
    home = f"/staff/prisoners/{person.id}"
    assert send(sign_in(Role.COORDINATOR), home, f"{home}/consents/{consent}/revoke").status_code == 303
    let_time_pass(app, FRESH_SECONDS + 1)
    # Each is asked twice: of two visitors at one moment the second may get the old copy while the first one's is made.
    showing(client, paths)
    assert showing(client, paths) == []
    session.expire_all()
    assert session.get(Prisoner, person.id).withdrawn_on == clock.today()


def test_no_cache_before_us_may_keep_a_person_for_a_minute(client, person):
    for path in addresses(person):
        control = client.get(path, follow_redirects=True).headers["Cache-Control"]
        if "petitions" in path or path in {"/", "/ru/"}:
            continue
        assert "stale-if-error" not in control, path
        parts = dict(part.strip().partition("=")[::2] for part in control.split(","))
        held = int(parts.get("max-age", 0)) + int(parts.get("stale-while-revalidate", 0))
        # What the application's own cache gives may be as old as it keeps a page.
        assert held + FRESH_SECONDS < SECONDS, path
    assert "stale" not in FOR_A_MOMENT
    assert "stale-if-error" not in PAGE_CACHE
