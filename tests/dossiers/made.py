"""Made-up dossiers: of a person with a case, an official and sources."""

import uuid
from datetime import date

from campaign.dossiers.bodies import form_of
from campaign.dossiers.forms.filling import fill_from_case
from campaign.dossiers.models import Body, ConsentFrom, ConsentProof, Dossier, SentBy
from campaign.dossiers.queries import dossiers as reads
from campaign.dossiers.queries.case import KnownSource, list_known_sources, read_case
from campaign.dossiers.service import consent, releasing, steps, writing
from campaign.dossiers.service.consent import ConsentDraft
from campaign.dossiers.service.content import Content
from campaign.dossiers.service.writing import AnswerDraft
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.prisoners.models import Case, Liberty, Office, Prisoner, Punishment, Regime, Theme
from campaign.prisoners.service import liberty, officials
from campaign.prisoners.service.cases import ChargeDraft, SentenceDraft, add_charge, record_sentence
from campaign.prisoners.service.officials import ActDraft, OfficialDraft
from tests.support import make

WRITER, ASKER, RELEASER = (uuid.UUID(int=0x0E << 120 | number) for number in range(1, 4))
SECRET = "The made-up mother lives at 5 Nowhere Lane."


def person() -> Prisoner:
    """Somebody arrested, charged and sentenced."""
    made = make.prisoner(citizenships=["RU"], last_latin="Vymyshlennyi", first_latin="Pyotr")
    case = make.case(made, themes=[Theme.SPEECH], court="Небывалый районный суд")
    with transaction():
        liberty.open_episode(made.id, date(2025, 3, 10), Liberty.PRETRIAL_CUSTODY, make.SOURCE, actor=None)
        case = session.get_one(Case, case.id)
        add_charge(case, ChargeDraft("207.3", "2", "", from_on=date(2025, 3, 11)), make.SOURCE, actor=None)
        record_sentence(
            case,
            SentenceDraft(
                date(2025, 9, 1), "Небывалый районный суд", Punishment.IMPRISONMENT, regime=Regime.GENERAL,
                term_months=66,
            ),
            make.SOURCE, actor=None,
        )  # fmt: skip
    return made


def official(person: Prisoner) -> uuid.UUID:
    """A made-up judge who acted in the person's case."""
    with transaction():
        case = session.query(Case).filter_by(prisoner_id=person.id).one()
        made = officials.add_official(OfficialDraft("Судья Вымыслова", "Vymyslova", "Judge"), make.SOURCE, actor=None)
        act = ActDraft(Office.JUDGE, "Sentenced a man to 66 months for a post.", date(2025, 9, 1))
        officials.record_act(made, case, act, make.SOURCE, actor=None)
    return made.id


def dossier(person: Prisoner, body: Body = Body.WGAD, official_id: uuid.UUID | None = None) -> uuid.UUID:
    """A committed draft, filled from the case."""
    with transaction():
        fills = fill_from_case(form_of(body), read_case(person.id, official_id))
        sources = list_known_sources(person.id)
        made = writing.begin(person.id, body, official_id, fills=fills, sources=sources, actor=WRITER)
    return made.id


def write(dossier_id: uuid.UUID, *, actor: uuid.UUID = WRITER, **texts: str) -> int:
    """Write some answers as somebody who has just looked; a text `key=(text, mark)` sets the mark, too."""
    found, changed = session.get_one(Dossier, dossier_id), 0
    for section in form_of(found.body).sections:
        own = {each.key: each for each in section.questions if each.key in texts}
        if own:
            stands = writing.open_answers(found)
            drafts = {
                key: AnswerDraft(*texts[key]) if isinstance(texts[key], tuple)
                else AnswerDraft(texts[key], stands[key].mark, stands[key].note)
                for key in own
            }  # fmt: skip
            stamp = writing.stamp_of(section.questions, reads.list_answers(dossier_id))
            with transaction():
                changed += writing.save_section(dossier_id, section.key, drafts, seen_stamp=stamp, actor=actor)
    return changed


def complete(dossier_id: uuid.UUID) -> None:
    """Answer whatever the body still needs, and record a consent."""
    found = session.get_one(Dossier, dossier_id)
    stands, texts = writing.open_answers(found), {}
    for each in form_of(found.body).questions():
        if (each.is_required or each.key == "urgent_reasons") and not stands[each.key].text:
            texts[each.key] = each.options[0][0] if each.options else "A made-up answer of 2025."
    write(dossier_id, **texts)
    if any(each.key == "categories" for each in form_of(found.body).questions()):
        write(dossier_id, categories="Category II: it punishes speech.")
    agree(dossier_id)


def agree(dossier_id: uuid.UUID) -> None:
    """The family agrees."""
    with transaction():
        draft = ConsentDraft(ConsentFrom.RELATIVE, clock.today(), ConsentProof.CALL, "A made-up sister said so.")
        consent.record_consent(dossier_id, draft, actor=WRITER)


def add_source(dossier_id: uuid.UUID, url: str) -> None:
    with transaction():
        writing.add_source(dossier_id, KnownSource("The Made-up Gazette", url, clock.today()), actor=WRITER)


def plain(content: Content, *, with_papers: bool = True) -> tuple[bytes, int]:
    """A file without typst, for tests that are about something else."""
    return f"%PDF {content.version} {content.text_of('circumstances')}".encode(), 1


def version(dossier_id: uuid.UUID) -> int:
    session.expire_all()
    return session.get_one(Dossier, dossier_id).version


def step(act: object, dossier_id: uuid.UUID, *arguments: object, actor: uuid.UUID, **more: object) -> object:
    """One step as somebody who has just looked."""
    seen = version(dossier_id)
    with transaction():
        return act(dossier_id, *arguments, seen_version=seen, actor=actor, **more)


def proposed(dossier_id: uuid.UUID) -> None:
    """Checked and proposed."""
    step(releasing.mark_checked, dossier_id, plain, actor=ASKER)
    step(releasing.propose, dossier_id, actor=ASKER)


def released(dossier_id: uuid.UUID) -> None:
    """Released by a third."""
    proposed(dossier_id)
    step(releasing.release, dossier_id, plain, actor=RELEASER)


def sent(dossier_id: uuid.UUID) -> None:
    """Sent today."""
    released(dossier_id)
    step(steps.mark_sent, dossier_id, clock.today(), SentBy.EMAIL, actor=ASKER)


def levels(dossier_id: uuid.UUID) -> dict[str, str]:
    """What the check says, by question or place."""
    found = releasing.find_problems(session.get_one(Dossier, dossier_id), plain)
    return {each.question or each.place: each.level.value for each in reversed(found)}
