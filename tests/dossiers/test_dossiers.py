"""A dossier from the case to its answer: filled, written, checked, released by another, kept as it was."""

import hashlib
import re
from datetime import date, timedelta

import pypdfium2
import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from campaign.dossiers.bodies import FORMS, form_of
from campaign.dossiers.documents import Edition, render, render_dossier
from campaign.dossiers.forms.filling import court_in_english, fill_from_case
from campaign.dossiers.models import (
    Body,
    Dossier,
    DossierAnswer,
    DossierConsent,
    DossierDue,
    DossierPaper,
    DossierRelease,
    DossierState,
    Mark,
    Origin,
    Outcome,
    PaperKind,
    SentBy,
)
from campaign.dossiers.queries.case import read_case
from campaign.dossiers.queries.public import list_filings
from campaign.dossiers.service import consent, keeping, papers, releasing, steps, writing
from campaign.dossiers.service.moves import BadDossier, NotThatStep
from campaign.dossiers.service.papers import PaperDraft
from campaign.kernel import audit, clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.registry import consent_endings, person_erasers
from campaign.prisoners.models import Case, StatusChange
from campaign.prisoners.service.cases import ChargeDraft, add_charge
from tests.dossiers import made
from tests.dossiers.made import ASKER, RELEASER, WRITER, step
from tests.payments.made import picture
from tests.prisoners import changes as acts
from tests.support import make


@pytest.fixture
def person(app):
    return made.person()


@pytest.fixture
def wgad(person):
    return made.dossier(person)


def state(dossier_id):
    session.expire_all()
    return session.get_one(Dossier, dossier_id).state


def opened(dossier_id):
    return writing.open_answers(session.get_one(Dossier, dossier_id))


def fills(dossier_id):
    found = session.get_one(Dossier, dossier_id)
    return fill_from_case(form_of(found.body), read_case(found.prisoner_id, found.official_id))


def test_the_case_answers_first_and_nothing_of_it_is_readable_in_the_database(wgad, person):
    answers = opened(wgad)
    assert answers["family_name"].text == "Vymyshlennyi"
    assert answers["nationality"].text == "Russia"
    assert "10 March 2025" in answers["arrest_date"].text
    assert "article 207.3" in answers["arrest_law"].text.lower()
    assert "Nebyvalyi District Court" in answers["detention_reasons"].text
    assert "Category II" in answers["categories"].text
    assert answers["family_name"].origin == Origin.FILLED
    assert answers["submitter"].origin == Origin.EMPTY
    kept = session.scalars(select(DossierAnswer.text_sealed).where(DossierAnswer.text_sealed.is_not(None))).all()
    assert kept
    assert not any(b"Vymyshlennyi" in each for each in kept)
    assert [each.url for each in made.reads.list_sources(wgad)] == [make.SOURCE.url]


@pytest.mark.parametrize("body", [Body.SPECIAL_PROCEDURES, Body.EU_SANCTIONS, Body.MAGNITSKY, Body.PARLIAMENT])
def test_every_form_is_filled_in_english_and_complete_once_its_questions_are_answered(person, body):
    official = made.official(person) if FORMS[body].needs_acts else None
    found = made.dossier(person, body, official)
    assert "block" in made.levels(found).values()
    made.complete(found)
    assert "block" not in made.levels(found).values(), made.levels(found)


def test_a_court_is_named_in_latin_letters():
    assert court_in_english("Мещанский районный суд Москвы") == "Meshchanskii District Court Moskvy"
    assert court_in_english("Court of Nowhere") == "Court of Nowhere"


def test_what_is_written_is_told_from_what_is_filled_and_of_two_who_write_the_second_loses_nothing(wgad):
    form = form_of(Body.WGAD).section("identity")
    stamp = writing.stamp_of(form.questions, made.reads.list_answers(wgad))
    assert made.write(wgad, family_name="Vymyshlenny") == 1
    assert opened(wgad)["family_name"].origin == Origin.WRITTEN
    draft = writing.AnswerDraft("Somebody", Mark.PUBLIC)
    with pytest.raises(Conflict), transaction():
        writing.save_section(wgad, "identity", {"family_name": draft}, seen_stamp=stamp, actor=ASKER)
    assert opened(wgad)["family_name"].text == "Vymyshlenny"
    assert made.write(wgad, family_name="Vymyshlennyi") == 1
    assert opened(wgad)["family_name"].origin == Origin.FILLED
    assert made.write(wgad, family_name="Vymyshlennyi") == 0


def test_what_changed_in_the_case_is_shown_and_taken_over_only_where_it_is_wished(wgad, person):
    made.write(wgad, arrest_law="In our own words.")
    assert writing.find_drifts(form_of(Body.WGAD), opened(wgad), fills(wgad)) == []
    with transaction():
        case = session.query(Case).filter_by(prisoner_id=person.id).one()
        add_charge(case, ChargeDraft("275", "", "", from_on=date(2025, 5, 1)), make.SOURCE, actor=None)
    drifts = {each.question.key: each for each in writing.find_drifts(form_of(Body.WGAD), opened(wgad), fills(wgad))}
    assert drifts["arrest_law"].is_written
    assert not drifts["detention_law"].is_written
    assert "275" in drifts["detention_law"].now
    taken = step(writing.take_over, wgad, ["detention_law"], fills(wgad), actor=ASKER)
    assert taken == 1
    assert "275" in opened(wgad)["detention_law"].text
    assert opened(wgad)["arrest_law"].text == "In our own words."
    assert writing.find_drifts(form_of(Body.WGAD), opened(wgad), fills(wgad)) == [], "what was left is not asked again"


def test_the_check_says_what_stops_it_and_what_to_think_about(wgad):
    found = made.levels(wgad)
    assert found["consent"] == "block"
    assert found["submitter"] == "block"
    made.complete(wgad)
    assert "block" not in made.levels(wgad).values()
    made.write(wgad, arbitrary_reasons="Это написано по-русски и не переведено.")
    assert made.levels(wgad)["arbitrary_reasons"] == "block"
    made.write(wgad, arbitrary_reasons="The bloody junta of fascists did it in Москва, as the court said in 2025.")
    said = [each for each in releasing.find_problems(session.get_one(Dossier, wgad), made.plain)
            if each.question == "arbitrary_reasons"]  # fmt: skip
    assert {each.level.value for each in said} == {"advice"}
    assert any("junta" in each.values.get("words", "") for each in said)
    made.write(wgad, categories="It is unfair.", family_name=("Vymyshlennyi", Mark.NEVER))
    assert made.levels(wgad)["categories"] == "block"
    assert made.levels(wgad)["family_name"] == "block"


def test_an_act_without_its_evidence_in_the_annex_stops_a_submission_for_sanctions(person):
    found = made.dossier(person, Body.EU_SANCTIONS, made.official(person))
    made.complete(found)
    source = made.reads.list_sources(found)[0]
    with transaction():
        writing.remove_source(found, source.id, actor=WRITER)
    made.add_source(found, "https://news.example/other")
    assert made.levels(found)["sources"] == "block"
    with pytest.raises(BadDossier):
        made.dossier(person, Body.MAGNITSKY)


def test_two_others_release_it_and_what_was_released_stands(wgad):
    made.complete(wgad)
    with pytest.raises(NotThatStep):
        step(releasing.propose, wgad, actor=ASKER)
    made.proposed(wgad)
    for one in (ASKER, WRITER):
        with pytest.raises(Forbidden):
            step(releasing.release, wgad, made.plain, actor=one)
    kept = step(releasing.release, wgad, made.plain, actor=RELEASER)
    assert state(wgad) == DossierState.RELEASED
    with transaction():
        file = releasing.open_release(wgad, 1, actor=ASKER)
    assert hashlib.sha256(file).hexdigest() == kept.digest
    made.write(wgad, circumstances="Everything is otherwise, since 2026.", actor=ASKER)
    assert state(wgad) == DossierState.DRAFT
    with transaction():
        assert releasing.open_release(wgad, 1, actor=ASKER) == file
        assert "otherwise" not in releasing.open_snapshot(wgad, 1, actor=ASKER).text_of("circumstances")
    with pytest.raises(IntegrityError, match="stands as it is"), transaction():
        session.execute(update(DossierRelease).values(digest="0" * 64))
    made.proposed(wgad)
    assert step(releasing.release, wgad, made.plain, actor=RELEASER).version == 2
    actions = session.scalars(select(audit.AuditEntry.action)).all()
    assert {"dossier.begun", "dossier.checked", "dossier.released", "dossier.downloaded"} <= set(actions)


def test_a_withdrawn_consent_blocks_again_and_hides_what_was_told(wgad, person):
    made.complete(wgad)
    made.released(wgad)
    with transaction():
        consent_endings["dossiers"](person.id, "appeals", None)
    assert state(wgad) == DossierState.DRAFT
    assert made.levels(wgad)["consent"] == "block"
    for read in (releasing.open_release, releasing.open_snapshot):
        with pytest.raises(BadDossier, match="consent was withdrawn"), transaction():
            read(wgad, 1, actor=ASKER)
    made.agree(wgad)
    made.sent(wgad)
    step(steps.show_filing, wgad, actor=ASKER)
    assert [each.body for each in list_filings(person.id)] == [Body.WGAD]
    with transaction():
        consent.withdraw_consent(wgad, actor=ASKER)
    with transaction():
        consent.withdraw_consent(wgad, actor=ASKER)
    assert list_filings(person.id) == []
    assert state(wgad) == DossierState.SENT
    with pytest.raises(BadDossier):
        step(steps.show_filing, wgad, actor=ASKER)
    with transaction():
        assert releasing.open_release(wgad, 1, actor=ASKER), "what the body has is not secret from us"
    with pytest.raises(BadDossier, match="consent was withdrawn"), transaction():
        releasing.open_snapshot(wgad, 1, actor=ASKER)


def test_the_government_has_sixty_days_and_the_outcome_is_told_only_when_somebody_says_so(wgad, person):
    made.complete(wgad)
    made.sent(wgad)
    due = session.scalars(select(DossierDue)).one()
    assert due.due_on == clock.today() + timedelta(days=60)
    with pytest.raises(NotThatStep):
        made.write(wgad, circumstances="Too late.")
    with pytest.raises(BadDossier):
        step(steps.mark_answered, wgad, Outcome.LISTED, clock.today(), actor=ASKER)
    step(steps.mark_answered, wgad, Outcome.ARBITRARY, clock.today(), actor=ASKER)
    assert session.get_one(DossierDue, due.id).done_on == clock.today()
    step(steps.show_filing, wgad, actor=ASKER)
    assert list_filings(person.id)[0].outcome is None
    step(steps.show_outcome, wgad, actor=ASKER)
    assert list_filings(person.id)[0].outcome is Outcome.ARBITRARY


def test_nothing_of_sanctions_can_be_public(person):
    found = made.dossier(person, Body.MAGNITSKY, made.official(person))
    made.complete(found)
    made.sent(found)
    with pytest.raises(BadDossier):
        step(steps.show_filing, found, actor=ASKER)
    with pytest.raises(IntegrityError, match="filing_is_told"), transaction():
        session.execute(update(Dossier).values(filing_shown_on=clock.today()))


def test_a_release_marks_open_dossiers_once_and_undoing_it_takes_the_marks_back(person, run_work):
    first, gone = made.dossier(person), made.dossier(person, Body.PARLIAMENT)
    made.complete(first)
    made.released(first)
    step(steps.close, gone, actor=ASKER)
    change = acts.make_change(person.id, acts.released(clock.today()))
    run_work()
    run_work()
    session.expire_all()
    assert session.get_one(Dossier, first).look_change_id == change.id
    assert session.get_one(Dossier, gone).look_change_id is None
    with pytest.raises(BadDossier):
        step(steps.mark_sent, first, clock.today(), SentBy.EMAIL, actor=ASKER)
    acts.undo(session.get_one(StatusChange, change.id))
    run_work()
    run_work()
    session.expire_all()
    session.expire_all()
    assert session.get_one(Dossier, first).look_change_id is None
    step(steps.mark_sent, first, clock.today(), SentBy.EMAIL, actor=ASKER)


@pytest.mark.parametrize("body", [Body.WGAD, Body.PARLIAMENT])
def test_the_papers_that_go_stand_in_the_released_file_behind_its_own_pages(person, body):
    found = made.dossier(person, body)
    made.complete(found)
    page = papers.draw(picture())
    own = render_dossier(releasing.draft_content(session.get_one(Dossier, found)), with_papers=True)[1]
    with transaction():
        for kind, title, mark, pages in (
            (PaperKind.CONSENT, "The made-up consent", Mark.BODY, page),
            (PaperKind.COURT, "Made-up verdict", Mark.BODY, page * 2),
            (PaperKind.MEDICAL, "What never leaves", Mark.NEVER, page),
            (PaperKind.COURT, "Made-up appeal", Mark.BODY, page),
        ):
            papers.add_paper(found, PaperDraft(kind, title, mark), pages, actor=WRITER)
    step(releasing.mark_checked, found, render_dossier, actor=ASKER)
    step(releasing.propose, found, actor=ASKER)
    kept = step(releasing.release, found, render_dossier, actor=RELEASER)
    assert kept.pages == own + 3, "the page limit of a body is about its own pages alone"
    with transaction():
        file = releasing.open_release(found, 1, actor=RELEASER)
        said = releasing.open_snapshot(found, 1, actor=RELEASER)
    assert hashlib.sha256(file).hexdigest() == kept.digest
    document = pypdfium2.PdfDocument(file)
    read = [" ".join(each.get_textpage().get_text_bounded().split()) for each in document]
    heads = [re.match(r"Annex (B\d) (.+?) (page \d of \d)", each).groups() for each in read[own:]]
    assert heads == [
        ("B1", "Made-up verdict", "page 1 of 2"), ("B1", "Made-up verdict", "page 2 of 2"),
        ("B2", "Made-up appeal", "page 1 of 1"),
    ]  # fmt: skip
    # 3: an object of a page that is a picture.
    assert all(list(document[number].get_objects(filter=[3], max_depth=9)) for number in range(own, len(document)))
    listed = " ".join(read[:own])
    assert f"page {own + 1}" in listed
    assert f"page {own + 3}" in listed
    assert "made-up consent" not in " ".join(read)
    assert "never leaves" not in " ".join(read)
    assert render(said, Edition.PUBLIC, with_papers=True)[1] <= own, "nothing of them is for the public"


def test_a_closed_one_keeps_less_and_less_and_all_of_it_goes_with_the_person(wgad, person):
    made.complete(wgad)
    with transaction():
        page = papers.draw(picture())
        papers.add_paper(wgad, PaperDraft(PaperKind.CONSENT, "The consent", Mark.BODY), page, actor=WRITER)
    assert session.scalar(select(DossierPaper.mark)) == Mark.NEVER, "a consent proves, and does not leave"
    made.sent(wgad)
    step(steps.close, wgad, actor=ASKER)
    with time_machine.travel(clock.now() + timedelta(days=364)), transaction():
        assert keeping.forget_working(clock.today()) == 0
    with time_machine.travel(clock.now() + timedelta(days=366)), transaction():
        assert keeping.forget_working(clock.today()) > 0
        assert keeping.forget_working(clock.today()) == 0
        assert keeping.forget_released(clock.today()) == 0
    assert session.scalar(select(func.count()).select_from(DossierAnswer)) == 0
    assert session.scalar(select(func.count()).select_from(DossierPaper)) == 0
    assert session.scalar(select(DossierConsent.note_sealed)) is None
    with time_machine.travel(clock.now() + timedelta(days=3 * 365 + 1)), transaction():
        assert keeping.forget_released(clock.today()) == 1
        with pytest.raises(BadDossier):
            releasing.open_release(wgad, 1, actor=ASKER)
    assert session.scalar(select(DossierRelease.digest))
    with transaction():
        assert person_erasers["dossiers"].count(person.id) == 1
        assert person_erasers["dossiers"].erase(person.id) == 1
    assert session.scalar(select(func.count()).select_from(DossierRelease)) == 0
