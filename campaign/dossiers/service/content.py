"""What a dossier says at one moment, as one value: what is checked, what is printed, and what a release keeps."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from campaign.dossiers.bodies import form_of
from campaign.dossiers.models import Body, ConsentFrom, Dossier, DossierState, Mark, Origin, PaperKind
from campaign.dossiers.queries.case import list_acts
from campaign.dossiers.queries.dossiers import find_consent, list_consents, list_papers, list_sources
from campaign.dossiers.service.papers import title_of
from campaign.dossiers.service.writing import open_answers
from campaign.kernel.db import session
from campaign.prisoners.models import ConsentKind, Office, Prisoner, PrisonerConsent, PrisonerPicture


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """One answer."""

    question: str
    text: str
    mark: Mark
    origin: Origin


@dataclass(frozen=True, slots=True)
class ToldSource:
    """One line of the annex of sources."""

    title: str
    url: str
    retrieved_on: date


@dataclass(frozen=True, slots=True)
class ToldAct:
    """What an official did, on a day, and the source that says so."""

    office: Office
    act: str
    acted_on: date | None
    source_url: str


@dataclass(frozen=True, slots=True)
class ToldPaper:
    """One line of the annex of papers."""

    kind: PaperKind
    title: str
    pages: int
    mark: Mark
    paper_id: uuid.UUID | None = None
    """Whose pages stand behind it while they are kept."""


@dataclass(frozen=True, slots=True)
class ToldConsent:
    """Who agreed, and since when."""

    given_by: ConsentFrom
    given_on: date
    has_paper: bool


@dataclass(frozen=True, slots=True)
class Content:
    """All of it."""

    code: str
    body: Body
    version: int
    """The release that this is, or would be the next."""
    as_of: date
    answers: Sequence[ToldAnswer]
    sources: Sequence[ToldSource]
    acts: Sequence[ToldAct]
    papers: Sequence[ToldPaper]
    consent: ToldConsent | None
    has_withdrawn_consent: bool
    has_changed_situation: bool
    picture_of: uuid.UUID | None
    """Whose picture stands in it; None: nobody's."""
    picture_credit: str = ""

    def text_of(self, question: str) -> str:
        """The answer to one question; empty for none."""
        return next((each.text for each in self.answers if each.question == question), "")


def read_content(dossier: Dossier, *, version: int, as_of: date) -> Content:
    """What it says now; the caller has put the look on record."""
    answers = open_answers(dossier)
    holds, ever, papers = find_consent(dossier.id), list_consents(dossier.id), list_papers(dossier.id)
    acts = list_acts(dossier.prisoner_id, dossier.official_id) if form_of(dossier.body).needs_acts else []
    picture = find_usable_picture(dossier.prisoner_id) if dossier.has_picture else None
    return Content(
        dossier.code, Body(dossier.body), version, as_of,
        [ToldAnswer(key, each.text, each.mark, each.origin) for key, each in answers.items()],
        [ToldSource(each.title, each.url, each.retrieved_on) for each in list_sources(dossier.id)],
        [ToldAct(Office(each.act.office), each.act.act, each.act.acted_on, each.act.source_url) for each in acts],
        [ToldPaper(PaperKind(each.kind), title_of(each), each.pages, Mark(each.mark), each.id) for each in papers],
        None if holds is None else ToldConsent(
            ConsentFrom(holds.given_by), holds.given_on, any(each.kind == PaperKind.CONSENT for each in papers)
        ),
        holds is None and bool(ever), dossier.look_change_id is not None and dossier.state != DossierState.CLOSED,
        picture.prisoner_id if picture else None, f"{picture.credit}, {picture.licence}" if picture else "",
    )  # fmt: skip


def find_usable_picture(prisoner_id: uuid.UUID) -> PrisonerPicture | None:
    """The person's picture while its rights allow: their page shows it to everybody, or they agreed to its use."""
    prisoner, picture = session.get(Prisoner, prisoner_id), session.get(PrisonerPicture, prisoner_id)
    if prisoner is None or picture is None:
        return None
    agreed = select(PrisonerConsent.id).where(
        PrisonerConsent.prisoner_id == prisoner_id, PrisonerConsent.kind == ConsentKind.PICTURE,
        PrisonerConsent.revoked_on.is_(None),
    )  # fmt: skip
    return picture if prisoner.is_public or session.scalar(agreed) is not None else None


def dump_content(content: Content) -> str:
    """As JSON, to be sealed with a release: without what never leaves, since it did not."""
    gone = replace(
        content, answers=[each for each in content.answers if each.mark != Mark.NEVER],
        papers=[each for each in content.papers if each.mark != Mark.NEVER],
    )  # fmt: skip
    return json.dumps(asdict(gone), default=str, ensure_ascii=False)


def load_content(text: str) -> Content:
    """What `dump_content` wrote."""
    kept: Mapping[str, Any] = json.loads(text)
    consent = kept["consent"]
    return Content(
        kept["code"], Body(kept["body"]), kept["version"], date.fromisoformat(kept["as_of"]),
        [ToldAnswer(e["question"], e["text"], Mark(e["mark"]), Origin(e["origin"])) for e in kept["answers"]],
        [ToldSource(e["title"], e["url"], date.fromisoformat(e["retrieved_on"])) for e in kept["sources"]],
        [ToldAct(Office(e["office"]), e["act"], _day(e["acted_on"]), e["source_url"]) for e in kept["acts"]],
        [
            ToldPaper(PaperKind(e["kind"]), e["title"], e["pages"], Mark(e["mark"]), _id(e.get("paper_id")))
            for e in kept["papers"]
        ],
        None if consent is None else ToldConsent(
            ConsentFrom(consent["given_by"]), date.fromisoformat(consent["given_on"]), consent["has_paper"]
        ),
        kept["has_withdrawn_consent"], kept["has_changed_situation"],
        _id(kept["picture_of"]), kept["picture_credit"],
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _id(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
