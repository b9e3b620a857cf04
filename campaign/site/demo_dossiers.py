"""Dossiers of the demo, each at another point of its way, about made-up people alone. Nobody named in them exists."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from campaign.accounts.queries import find_account_by_name
from campaign.dossiers.bodies import form_of
from campaign.dossiers.documents import render_dossier
from campaign.dossiers.forms.filling import fill_from_case
from campaign.dossiers.models import Body, ConsentFrom, ConsentProof, Dossier, Mark, PaperKind, SentBy
from campaign.dossiers.queries.case import KnownSource, list_known_sources, read_case
from campaign.dossiers.queries.dossiers import list_answers
from campaign.dossiers.service import consent, papers, releasing, steps, writing
from campaign.dossiers.service.consent import ConsentDraft
from campaign.dossiers.service.papers import PaperDraft
from campaign.dossiers.service.writing import AnswerDraft
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.prisoners.models import Case, Office, Prisoner, PrisonerState, Stage
from campaign.prisoners.service import officials
from campaign.prisoners.service.facts import Source
from campaign.prisoners.service.officials import ActDraft, OfficialDraft
from campaign.site.demo_scans import draw_scan
from campaign.web.i18n import day_in

AUTHOR = {
    "submitter": "Unforgotten, a made-up organisation of this demo",
    "submitter_contact": "dossiers@unforgotten.example\nP.O. Box 17, 00000 Nowhere",
}
WGAD = {
    "arrest_place": "At home, in the stairwell of the building, at six in the morning",
    "arrest_forces": "Six men, two of them in uniform. One showed a card of the Investigative Committee; nobody gave a"
    " name.",
    "warrant": "no",
    "circumstances": """
At six in the morning six men rang at the door. They searched the flat for four hours, took two telephones and letters,
and left no list of what they took. No lawyer was let in until the evening.

- On the day of the arrest a judge ordered pretrial custody for two months. The hearing took eleven minutes.
- The custody was prolonged four times, each time with the same sentence.
- In the trial the court heard two experts of the prosecution and refused both experts of the defence.
- The verdict repeats the indictment word for word, with its two slips of the pen.
""",
    "categories": "Category II: the detention punishes the use of freedom of expression (article 19 of the Covenant).\n"
    "Category III: the trial was not fair (article 14).",
    "arbitrary_reasons": """
Category II. The only acts named in the verdict are words, said in public and without any call to violence. The court
did not ask whether the restriction was necessary, nor for what.

Category III. The defence could question no witness whose statement was read out, and its experts were refused without
a reason. The same judge had ordered the custody.
""",
    "relation": "An organisation, on behalf of the family",
    "name_to_government": "yes",
    "health": "Back pain since the winter; no doctor for three months.",
}
SPECIAL = {
    "urgency": "allegation", "victim_consent": "yes",
    "facts_place": "The made-up colony of Vymyslensk, and the court of the same town",
    "facts": """
The verdict was read on a day when the entrance of the court was closed to the public.

- From the first day in the colony letters were handed over opened and late, up to seven weeks.
- On {visit} a visit of the mother was refused at the gate, without a paper.
- On {lawyer} the lawyer waited from nine to five and was not let in.
""",
    "perpetrators": "- The administration of the made-up colony\n- The court that refused the complaint",
    "violations": "Article 10 of the Covenant: humane treatment of whoever is deprived of liberty.\nArticle 17: family"
    " and correspondence.",
    "asks": "- Ask the government why visits and letters are kept back.\n- Ask for a visit of an independent doctor.",
    "confidential": "The name of the mother, and that she told of the visit.",
    "remedies": "A complaint to the prosecutor was answered with a form letter after 40 days.",
}  # fmt: skip
BRIEF = {
    "why_now": "The appeal is heard in three weeks, and the court has put it off twice when nobody was watching.",
    "said_before": "The Parliament has asked for the release of all political prisoners again and again.",
    "asks": "- Name this case, and ask for an immediate release.\n- Ask delegations to attend the appeal.\n- Ask the"
    " member states to give humanitarian visas to the family.",
}
SANCTIONS = {
    "identifiers": "Born in 1970 in the made-up town of Vymyslensk, by the court’s own page on its judges.",
    "exculpatory": "The judge let the defence speak for its whole time and had the minutes corrected once. Whether the"
    " judge was told what to decide is not known; nothing of the kind was found.",
    "official_link": "The judge presided over the trial from the first day to the verdict.",
}  # fmt: skip


def make_dossiers() -> None:
    """Make them in the open transaction."""
    editor, other, organiser = (_account(name) for name in ("data-editor-1", "data-editor-2", "organiser-1"))
    people = _people()
    if len(people) < 4:
        return
    draft = _begin(people[0], Body.WGAD, {**AUTHOR, **WGAD}, editor)
    _agree(draft, editor)
    papers.add_paper(
        draft.id, PaperDraft(PaperKind.COURT, "Verdict of the made-up court (first page)", Mark.BODY),
        papers.draw(draw_scan(["A made-up verdict.", "In the name of nobody the court of a place that does not exist"
                               " has decided nothing about anybody."], 3)), actor=editor,
    )  # fmt: skip
    told = SPECIAL["facts"]
    for name, ago in (("{visit}", 75), ("{lawyer}", 68)):
        told = told.replace(name, day_in("en", clock.today() - timedelta(days=ago)))
    texts = {**AUTHOR, **SPECIAL, "facts": told}
    _sent(_begin(people[1], Body.SPECIAL_PROCEDURES, texts, editor), editor, other, organiser)
    brief = _begin(people[2], Body.PARLIAMENT, {**AUTHOR, **BRIEF}, editor)
    _agree(brief, editor)
    _propose(brief, other)
    judge = officials.add_official(
        OfficialDraft("Небылицын Ипполит Вымыслович", "Nebylitsyn Ippolit", "Judge of the Made-up District Court"),
        Source("A made-up newspaper", "https://news.example/judge", clock.today()), actor=editor,
    )  # fmt: skip
    case = session.scalars(select(Case).where(Case.prisoner_id == people[3].id)).first()
    if case is None:
        return
    decided = max((each.decided_on for each in case.sentences), default=clock.today())
    acts = (
        ("Prolonged the custody four times without naming a reason", 120),
        ("Refused both experts of the defence", 30), ("Read a verdict that repeats the indictment", 0),
    )  # fmt: skip
    source = Source("A made-up newspaper, on the trial", "https://news.example/judge", clock.today())
    for act, days in acts:
        day = decided - timedelta(days=days)
        officials.record_act(judge, case, ActDraft(Office.JUDGE, act, day), source, actor=editor)
    made = _begin(people[3], Body.EU_SANCTIONS, {**AUTHOR, **SANCTIONS}, editor, judge.id)
    writing.add_source(made.id, KnownSource(source.title, source.url, clock.today()), actor=editor)


def _people() -> Sequence[Prisoner]:
    """Made-up people who serve a sentence and whose page is public."""
    sentenced = select(Case.prisoner_id).where(Case.stage == Stage.SENTENCE_IN_FORCE)
    statement = select(Prisoner).where(
        Prisoner.is_demo, Prisoner.is_public_figure.is_(False), Prisoner.state == PrisonerState.PUBLISHED,
        Prisoner.id.in_(sentenced),
    )  # fmt: skip
    return session.scalars(statement.order_by(Prisoner.number).limit(4)).all()


def _begin(
    person: Prisoner, body: Body, texts: Mapping[str, str], actor: uuid.UUID, official: uuid.UUID | None = None
) -> Dossier:
    fills = fill_from_case(form_of(body), read_case(person.id, official))
    sources = list_known_sources(person.id)
    made = writing.begin(person.id, body, official, fills=fills, sources=sources, actor=actor, is_demo=True)
    for section in form_of(body).sections:
        stands = writing.open_answers(made)
        drafts = {
            each.key: AnswerDraft(_unwrapped(texts[each.key]), stands[each.key].mark)
            for each in section.questions if each.key in texts
        }  # fmt: skip
        stamp = writing.stamp_of(section.questions, list_answers(made.id))
        writing.save_section(made.id, section.key, drafts, seen_stamp=stamp, actor=actor)
    return made


def _unwrapped(text: str) -> str:
    """A text of several lines above, as somebody would type it: a line a paragraph."""
    if not text.startswith("\n"):
        return text
    blocks = text.strip().split("\n\n")
    return "\n\n".join(block if block.startswith("- ") else " ".join(block.split()) for block in blocks)


def _agree(dossier: Dossier, actor: uuid.UUID) -> None:
    given = clock.today() - timedelta(days=40)
    note = "The made-up mother, on the telephone; a signed paper is to come."
    draft = ConsentDraft(ConsentFrom.RELATIVE, given, ConsentProof.CALL, note)
    consent.record_consent(dossier.id, draft, actor=actor)


def _propose(dossier: Dossier, actor: uuid.UUID) -> None:
    releasing.mark_checked(dossier.id, render_dossier, seen_version=dossier.version, actor=actor)
    releasing.propose(dossier.id, seen_version=dossier.version, actor=actor)


def _sent(dossier: Dossier, editor: uuid.UUID, other: uuid.UUID, organiser: uuid.UUID) -> None:
    _agree(dossier, editor)
    _propose(dossier, other)
    releasing.release(dossier.id, render_dossier, seen_version=dossier.version, actor=organiser)
    day = clock.today() - timedelta(days=20)
    steps.mark_sent(dossier.id, day, SentBy.EMAIL, seen_version=dossier.version, actor=other)
    steps.show_filing(dossier.id, seen_version=dossier.version, actor=organiser)


def _account(name: str) -> uuid.UUID:
    found = find_account_by_name(name)
    if found is None:
        raise LookupError(name)
    return found.id
