"""Officials: found in either alphabet, written down from a case, and never named to the public."""

import re
import uuid
from collections import deque
from datetime import date
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.prisoners.models import (
    ConsentEvidence,
    ConsentGiver,
    ConsentKind,
    Fact,
    Office,
    Official,
    OfficialAct,
    Prisoner,
    PrisonerConsent,
    PrisonerState,
    Publicity,
)
from campaign.prisoners.service import officials as service
from campaign.web import guards
from tests.petitions.pages import send, text_of, values_of
from tests.support import make

ROOT = Path(__file__).resolve().parents[2]
LIST = "/staff/prisoners/officials"
NAME, ACT = "Судейкина Вымыслава Небыловна", "Prolonged the made-up custody"
SOURCE = {"source_title": "", "source_url": "https://news.example/judge", "retrieved_on": "2026-03-01"}


@pytest.fixture
def editor(sign_in):
    return sign_in(Role.DATA_EDITOR)


@pytest.fixture
def case(app):
    return make.case(make.prisoner())


def home(case):
    return f"/staff/prisoners/{case.prisoner_id}/cases/{case.id}"


def read(client, url, **query):
    return text_of(client.get(url, query_string=query).get_data(as_text=True))


def official(name=NAME, **changes):
    with transaction():
        return service.add_official(service.OfficialDraft(name, **changes), make.SOURCE, actor=uuid.uuid4())


def act_in(case, someone, **changes):
    values = {"office": Office.JUDGE, "act": ACT, "acted_on": date(2025, 2, 1), **changes}
    with transaction():
        return service.record_act(someone, case, service.ActDraft(**values), make.SOURCE, actor=uuid.uuid4())


def test_somebody_who_acted_is_written_down_from_the_case(editor, case):
    page = f"{home(case)}/acts/new"
    assert "No official fits." in read(editor, page, q="Sudeykina")
    new = send(editor, f"{LIST}/new?prisoner={case.prisoner_id}&case={case.id}", "", name=NAME,
               sanctioned_by="EU; UK", **SOURCE)  # fmt: skip
    assert new.status_code == 303
    assert f"official={session.scalar(select(Official.id))}" in new.location
    assert NAME in read(editor, page, q="Sudeykina")
    assert send(editor, new.location, "", office="judge", act=ACT, acted_on="2025-02-01", **SOURCE).status_code == 303
    shown = read(editor, home(case))
    assert f"{NAME} · Judge {ACT}" in shown
    listed = read(editor, LIST, q="sudeikina vymyslava", office="judge", sanctioned="yes")
    assert "EU, UK" in listed
    assert "No official fits." in read(editor, LIST, sanctioned="no")
    someone = session.scalar(select(Official.id))
    assert "The made-up case" in read(editor, f"{LIST}/{someone}")


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"act": " "}, "Say what was done."), ({"acted_on": "2999-01-01"}, "This day lies in the future."),
     ({"source_url": "", "source_title": "A rumour"}, "needs a source that others can read")],
)  # fmt: skip
def test_what_is_said_of_an_official_needs_a_source_and_a_day_that_has_come(editor, case, changes, message):
    page = f"{home(case)}/acts/new?official={official().id}"
    answer = send(editor, page, "", **{"office": "judge", "act": ACT, **SOURCE, **changes})
    assert answer.status_code == 422
    assert message in text_of(answer.get_data(as_text=True))
    assert session.scalar(select(OfficialAct.id)) is None


def test_an_act_that_was_wrong_is_taken_back_with_a_reason_and_stays_in_the_history(editor, case):
    act = act_in(case, official())
    send(editor, home(case), f"{home(case)}/acts/{act.id}/remove")
    assert session.scalar(select(OfficialAct.id)) is not None
    send(editor, home(case), f"{home(case)}/acts/{act.id}/remove", reason="It was a namesake.")
    session.expire_all()
    assert session.scalar(select(OfficialAct.id)) is None
    last = session.scalars(select(Fact).where(Fact.subject_id == act.id, Fact.field == "act").order_by(Fact.id)).all()
    assert [(each.was, each.now) for each in last] == [(None, ACT), (ACT, None)]


def test_two_who_edit_an_official_at_once(editor, sign_in, app):
    page = f"{LIST}/{official().id}/edit"
    first = editor.get(page).get_data(as_text=True)
    assert send(sign_in(Role.ORGANISER), page, "", position="Judge of the other", **SOURCE).status_code == 303
    answer = editor.post(page, data={**values_of(first, ""), "position": "Judge of mine", **SOURCE})
    assert answer.status_code == 409
    assert {"Judge of the other", "Judge of mine"} <= set(re.findall("Judge of [a-z]+(?: other)?", answer.text))


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.TREASURER])
def test_other_staff_never_see_an_official(sign_in, case, role):
    someone = official()
    act_in(case, someone)
    reader = sign_in(role)
    assert NAME not in reader.get(home(case)).get_data(as_text=True)
    for page in (LIST, f"{LIST}/{someone.id}", f"{LIST}/new", f"{home(case)}/acts/new"):
        assert reader.get(page).status_code == 403


def publish(prisoner_id):
    """A published person, as the service for it will leave them."""
    with transaction():
        consent = PrisonerConsent(
            id=uuid.uuid4(), prisoner_id=prisoner_id, kind=ConsentKind.PUBLICITY, given_by=ConsentGiver.SELF,
            given_on=date(2026, 1, 1), evidence=ConsentEvidence.LETTER,
        )  # fmt: skip
        session.add(consent)
        session.flush()
        person = session.get(Prisoner, prisoner_id)
        person.state, person.publicity = PrisonerState.PUBLISHED, Publicity.PUBLIC
        person.publicity_consent_id, person.published_on = consent.id, clock.today()
        return person.slug


def public_addresses(app, slug):
    """Every public page that takes no more than a person's or a petition's slug."""
    known = guards.guards()
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or known[rule.endpoint.rpartition(".")[0]] is not guards.public:
            continue
        if "GET" in (rule.methods or ()) and rule.arguments <= {"slug"}:
            yield re.sub("<(?:[a-z]+:)?slug>", slug, rule.rule)


def test_no_public_answer_names_an_official(app, client, case):
    act_in(case, official(position="Judge of the made-up court"))
    slug = publish(case.prisoner_id)
    secrets = (NAME, "Sudeikina", "Судейкина", ACT, "Judge of the made-up court")
    queue, seen = deque(public_addresses(app, slug)), set()
    while queue and len(seen) < 400:
        address = queue.popleft()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        body = answer.get_data().decode(errors="replace")
        assert not [each for each in secrets if each in body], address
        if answer.mimetype == "text/html":
            links = (urlsplit(urljoin(address, each)) for each in re.findall('href="([^"]+)"', body))
            inside = {each.path for each in links if each.netloc in {"", "localhost"}}
            queue.extend(sorted(each for each in inside if not each.startswith(("/static", "/staff", "/account"))))
    assert len(seen) > 15


def test_a_fact_about_an_official_belongs_to_nobodys_page(app, case):
    act_in(case, official())
    kinds = ("official", "official_act")
    found = session.scalars(select(Fact).where(Fact.subject_kind.in_(kinds))).all()
    assert found
    assert {(each.prisoner_id, each.facility_id) for each in found} == {(None, None)}


def test_only_staff_views_and_their_rooms_know_of_officials():
    allowed = (
        "prisoners/models/", "prisoners/service/officials.py", "prisoners/queries/officials.py",
        "prisoners/forms/officials.py", "prisoners/forms/case_words.py", "prisoners/staff_views/",
        "prisoners/policy.py", "prisoners/hooks.py",
        # Counts them, so that undoing an act never deletes a case with its officials unseen.
        "prisoners/service/changes/ledger.py",
        # Dossiers for those who decide on sanctions name them; that room is for staff who are outside Russia.
        "dossiers/", "site/demo_dossiers.py",
    )  # fmt: skip
    word = re.compile(r"\b(Official|OfficialAct|official_act|queries\.officials|service\.officials)\b")
    found = {
        str(path.relative_to(ROOT / "campaign"))
        for path in (ROOT / "campaign").rglob("*.py")
        if word.search(path.read_text())
    }
    assert {each for each in found if not each.startswith(allowed)} == set()
