"""Whether a dossier has what its body asks for: what stops it, and what somebody should think about. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from campaign.dossiers.bodies import BodyForm, Question, form_of
from campaign.dossiers.models import Body, Mark, Origin
from campaign.dossiers.service.content import Content, ToldAnswer
from campaign.kernel.errors import N_

OLD_SOURCE, OLD_CONSENT = timedelta(days=365), timedelta(days=365)
CATEGORY = re.compile(r"\b(I|II|III|IV|V)\b")
DAY = re.compile(r"\b(19|20)\d\d\b")
# Special procedures do not consider what is abusive or only political (DOMAIN.md 5); these words make it look so.
LOADED = re.compile(
    r"\b(fascis\w+|nazi\w*|bandits?|gangsters?|puppets?|dictator\w*|tyran\w+|junta|butchers?|scum|bastards?|criminal"
    r" regime|putin['’]s regime|bloody|monsters?|evil|so-called|obviously|clearly)\b",
    re.IGNORECASE,
)
_LETTERS, _CYRILLIC = re.compile(r"[^\W\d_]"), re.compile(r"[Ѐ-ӿ]")
MOST_LOADED = 5
MISSING = N_("The body needs an answer here.")


class Level(StrEnum):
    """Whether it stops the dossier."""

    BLOCK = "block"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, and where it is mended."""

    level: Level
    message: str
    """Marked with N_; `values` go into it."""
    question: str = ""
    place: str = ""
    """Of what belongs to no question: consent, sources, papers or look."""
    values: Mapping[str, str] = field(default_factory=dict)


def check(content: Content, *, pages: int, changed: Sequence[str] = ()) -> list[Finding]:
    """Everything there is to say, what stops it first. `pages`: of the paper; `changed`: questions to which the case
    has another answer now."""
    form = form_of(content.body)
    answers = {each.question: each for each in content.answers}
    found = [
        *_person(content),
        *(finding for question in form.questions() for finding in _question(question, answers.get(question.key))),
        *_body(content), *_annexes(content, form), *_pages(form, pages),
        *(Finding(Level.ADVICE, N_("The case says something else by now."), each) for each in changed),
    ]  # fmt: skip
    return sorted(found, key=lambda each: each.level != Level.BLOCK)


def blocks(findings: Sequence[Finding]) -> list[Finding]:
    """Those that stop it."""
    return [each for each in findings if each.level == Level.BLOCK]


def _person(content: Content) -> Iterator[Finding]:
    if content.consent is None:
        message = (
            N_("The consent was withdrawn. Nothing leaves without one.") if content.has_withdrawn_consent
            else N_("Nobody has agreed to this submission yet.")
        )  # fmt: skip
        yield Finding(Level.BLOCK, message, place="consent")
    else:
        if not content.consent.has_paper:
            yield Finding(Level.ADVICE, N_("There is no paper that proves the consent."), place="consent")
        if content.consent.given_on < content.as_of - OLD_CONSENT:
            yield Finding(Level.ADVICE, N_("The consent is more than a year old. Ask whether it still holds."),
                          place="consent")  # fmt: skip
    if content.has_changed_situation:
        yield Finding(Level.BLOCK, N_("Something has happened to the person. Look at the dossier again first."),
                      place="look")  # fmt: skip


def _question(question: Question, answer: ToldAnswer | None) -> Iterator[Finding]:
    text = answer.text if answer is not None else ""
    if answer is None or not text:
        if question.is_required:
            yield Finding(Level.BLOCK, MISSING, question.key)
        return
    if answer.mark == Mark.NEVER and question.is_required:
        yield Finding(Level.BLOCK, N_("The body needs this, and it is marked never to leave."), question.key)
    if answer.mark == Mark.PUBLIC and question.is_contact:
        yield Finding(Level.BLOCK, N_("How to reach whoever submits it is marked public."), question.key)
    if len(text) > question.longest:
        yield Finding(Level.BLOCK, N_("It is longer than %(longest)s characters: %(length)s."), question.key,
                      values={"longest": str(question.longest), "length": str(len(text))})  # fmt: skip
    yield from _language(question, text)
    if question.is_story and answer.origin == Origin.FILLED:
        yield Finding(Level.ADVICE, N_("It stands as the case filled it. Tell it in your own words."), question.key)
    loaded = list(dict.fromkeys(each.group(0).lower() for each in LOADED.finditer(text)))[:MOST_LOADED]
    if loaded:
        yield Finding(Level.ADVICE, N_("This sounds abusive or political rather than factual: %(words)s."),
                      question.key, values={"words": ", ".join(loaded)})  # fmt: skip


def _language(question: Question, text: str) -> Iterator[Finding]:
    letters, russian = len(_LETTERS.findall(text)), len(_CYRILLIC.findall(text))
    if not russian or question.key.endswith("_ru"):
        return
    if russian * 2 > letters:
        yield Finding(Level.BLOCK, N_("This is in Russian; the body reads English."), question.key)
    else:
        yield Finding(Level.ADVICE, N_("Some of it is in Russian letters."), question.key)


def _body(content: Content) -> Iterator[Finding]:
    if content.body == Body.WGAD:
        if content.text_of("categories") and not CATEGORY.search(content.text_of("categories")):
            yield Finding(Level.BLOCK, N_("Name at least one of the categories I to V."), "categories")
        if content.text_of("name_to_government") == "no":
            yield Finding(Level.ADVICE, N_("Without the name the government cannot be asked about the case."),
                          "name_to_government")  # fmt: skip
    if content.body == Body.SPECIAL_PROCEDURES:
        if content.text_of("victim_consent") == "no":
            yield Finding(Level.BLOCK, N_("The mandates write in nobody’s name who does not agree."), "victim_consent")
        if content.text_of("facts") and not DAY.search(content.text_of("facts")):
            yield Finding(Level.BLOCK, N_("No date stands in the facts."), "facts")
        if content.text_of("urgency") == "urgent" and not content.text_of("urgent_reasons"):
            yield Finding(Level.BLOCK, N_("For an urgent appeal say why it cannot wait."), "urgent_reasons")


def _annexes(content: Content, form: BodyForm) -> Iterator[Finding]:
    if not content.sources:
        yield Finding(Level.BLOCK, N_("No source stands in the annex."), place="sources")
    old = sum(each.retrieved_on < content.as_of - OLD_SOURCE for each in content.sources)
    if old:
        yield Finding(Level.ADVICE, N_("Sources that nobody has read for a year: %(count)s."), place="sources",
                      values={"count": str(old)})  # fmt: skip
    if form.needs_acts:
        yield from _acts(content)


def _acts(content: Content) -> Iterator[Finding]:
    if not content.acts:
        yield Finding(Level.BLOCK, N_("No act of this official is written down in the case."), "acts_account")
    there = {each.url for each in content.sources}
    for act in content.acts:
        if act.source_url not in there:
            yield Finding(Level.BLOCK, N_("The evidence of an act is missing from the annex: %(act)s"),
                          place="sources", values={"act": act.act[:80]})  # fmt: skip
        if act.acted_on is None:
            yield Finding(Level.ADVICE, N_("An act has no day: %(act)s"), "acts_account",
                          values={"act": act.act[:80]})  # fmt: skip


def _pages(form: BodyForm, pages: int) -> Iterator[Finding]:
    if form.most_pages is not None and pages > form.most_pages:
        yield Finding(Level.BLOCK, N_("It takes %(pages)s pages; the body reads one. Shorten it."), place="pages",
                      values={"pages": str(pages)})  # fmt: skip


def is_old(day: date, today: date) -> bool:
    """Whether a source was last read too long ago."""
    return day < today - OLD_SOURCE
