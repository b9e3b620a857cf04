"""What is looked at before a mailing goes to a second person: errors stop it, warnings are read, notes stand always."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import or_, select

from campaign.designations.service.gate import find_designated
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.spelling import fold
from campaign.mailings.models import Mailing, MailingText
from campaign.mailings.queries.mailings import texts_of
from campaign.mailings.service.text.links import is_shortener, is_unsafe
from campaign.mailings.service.text.parts import WITH_FALLBACK, Field, Parsed
from campaign.mailings.service.text.read import check_subject, read_plain, read_text
from campaign.mailings.service.text.store import check_refs, digest_of
from campaign.petitions.models import PUBLIC_STATES, Petition, PetitionText
from campaign.prisoners.models import Prisoner, SearchEntry

LANGUAGES = ("en", "ru", "de")
LONG_SUBJECT, LONG_BODY, MANY_LINKS = 70, 8_000, 12
SHORTEST_NAME = 5
MOST_TOLD = 50
_CAPITAL_WORD = re.compile(r"\b[^\W\d_][\w’'-]{2,}")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+\.[\w.-]+")
_NUMBER = re.compile(r"\+\d[\d \-()]{8,16}\d")
DESIGNATED = N_(
    "A designated organisation is named here. Nobody knows where a mail is read, so name and address are left out when"
    " it leaves."
)
LOUD = re.compile(
    r"\b(?:urgent|free|act now|last chance|winner|click|срочно|бесплатно|последний шанс|жми|кликни|dringend|gratis|"
    r"kostenlos|letzte chance)\b",
    re.I,
)


class Level(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """It stops the mailing."""
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a mailing, and what to do."""

    level: Level
    message: str
    """Marked with N_."""
    values: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    line: int = 0
    """0: none."""


ALWAYS = (
    Finding(
        Level.NOTE,
        N_(
            "What stands in a mail is read by mail hosts, and by whoever takes a phone or a mailbox. Write nothing"
            " about a person that should not be read there."
        ),
    ),
    Finding(
        Level.NOTE,
        N_("The link that ends these mails and the one to the preferences are put at the end of every mail."),
    ),
)


def check_mailing(mailing: Mailing) -> list[Finding]:
    """Everything that is to be said of its texts, errors first. Whoever proposes it lets no error through."""
    texts = texts_of(mailing.id)
    found = [*_languages(mailing, texts)]
    for language, text in texts.items():
        found += _subjects(mailing, text)
        for parsed, body in ((read_text(text.body), text.body), (read_plain(text.plain), text.plain)):
            found += _parsed(mailing, language, parsed)
            found += _words(language, body)
        found += _whole(text)
    return [*_by_weight(found), *ALWAYS]


def _by_weight(found: Iterable[Finding]) -> list[Finding]:
    """Each once, errors first; of a language no more than somebody reads, and how many more there are."""
    order = list(Level)
    once = {(each.level, each.message, tuple(each.values.items()), each.language, each.line): each for each in found}
    kept: list[Finding] = []
    told: Counter[str] = Counter()
    left: dict[str, Finding] = {}
    for each in sorted(once.values(), key=lambda each: order.index(each.level)):
        told[each.language] += 1
        if told[each.language] <= MOST_TOLD:
            kept.append(each)
        else:
            left.setdefault(each.language, each)
    for language, first in left.items():
        more = {"count": str(told[language] - MOST_TOLD)}
        kept.append(Finding(first.level, N_("And %(count)s more of this kind or lighter."), more, language))
    return sorted(kept, key=lambda each: order.index(each.level))


def has_errors(findings: list[Finding]) -> bool:
    """Whether something stops the mailing."""
    return any(each.level is Level.ERROR for each in findings)


def _languages(mailing: Mailing, texts: Mapping[str, MailingText]) -> Iterator[Finding]:
    whole = {code for code, text in texts.items() if text.subject and text.body}
    for code in sorted(set(texts) - whole):
        yield Finding(Level.ERROR, N_("Either the subject or the text is missing."), language=code)
    if mailing.fallback not in whole:
        message = N_("Nothing is written in the language for everybody else. Write it, or choose another one.")
        yield Finding(Level.ERROR, message, language=mailing.fallback)
    for code in LANGUAGES:
        if code not in texts and code != mailing.fallback:
            message = N_("Nothing is written: who reads this language gets the text for everybody else.")
            yield Finding(Level.WARNING, message, language=code)


def _subjects(mailing: Mailing, text: MailingText) -> Iterator[Finding]:
    for subject in filter(None, (text.subject, text.subject_b)):
        for problem in check_subject(subject):
            yield Finding(Level.ERROR, problem.message, problem.values, text.language)
        yield from _one_subject(subject, text.language)
    if mailing.ab_share and not text.subject_b:
        yield Finding(Level.ERROR, N_("Two subjects are to be tried: write the second one."), language=text.language)
    if text.subject_b and text.subject_b == text.subject:
        yield Finding(Level.WARNING, N_("Both subjects are the same."), language=text.language)


def _one_subject(subject: str, language: str) -> Iterator[Finding]:
    def warn(message: str, **values: str) -> Finding:
        return Finding(Level.WARNING, message, values, language)

    for name, is_certain in named_in(subject):
        level = Level.ERROR if is_certain else Level.WARNING
        message = N_("“%(name)s” in the subject may be the name of a prisoner. Subjects name nobody.")
        yield Finding(level, message, {"name": name}, language)
    for title in _petitions_named_in(subject):
        yield warn(N_("The subject names the petition “%(title)s”. A quiet subject keeps readers safer."), title=title)
    if len(subject) > LONG_SUBJECT:
        yield warn(N_("The subject is long: phones show some 40 characters of it."))
    letters = [each for each in subject if each.isalpha()]
    if len(letters) > 5 and subject.upper() == subject:
        yield warn(N_("The subject is all capitals, which filters take for spam and readers for shouting."))
    if subject.count("!") > 1 or LOUD.search(subject):
        yield warn(N_("The subject sounds like advertising, and filters may think so too."))


def named_in(subject: str) -> list[tuple[str, bool]]:
    """Words of a subject that are a prisoner's last name in any spelling or case, and whether that is fairly certain: a
    long name whose capital does not come from its place at the beginning."""
    words = [found for found in _CAPITAL_WORD.finditer(subject) if found[0][0].isupper()]
    begun = {found[0]: _begin(fold(found[0])) for found in words if len(fold(found[0])) > 2}
    if not begun:
        return []
    like = or_(*(SearchEntry.folded.op("~")(rf"\m{begin}") for begin in set(begun.values())))
    statement = select(Prisoner.last_ru, Prisoner.last_latin).join(SearchEntry, SearchEntry.prisoner_id == Prisoner.id)
    names = {fold(name) for row in session.execute(statement.where(like)) for name in row if name}
    return [
        (found[0], found.start() > 0 and len(fold(found[0])) >= SHORTEST_NAME)
        for found in words
        if any(_is_form_of(fold(found[0]), name) for name in names)
    ]


def _begin(word: str) -> str:
    """What stays of a name in all its cases."""
    return word[: max(3, len(word) - 3)]


def _is_form_of(word: str, name: str) -> bool:
    if word == name:
        return True
    same = next((at for at, (one, other) in enumerate(zip(word, name, strict=False)) if one != other), None)
    shared = min(len(word), len(name)) if same is None else same
    return len(name) > 3 and shared >= max(3, len(name) - 2) and -2 <= len(word) - len(name) <= 3


def _petitions_named_in(subject: str) -> list[str]:
    """Titles of public petitions that stand in it as a whole."""
    folded = f" {fold(subject)} "
    titles = select(PetitionText.title).join(Petition).where(Petition.state.in_(PUBLIC_STATES))
    return [title for title in session.scalars(titles) if " " in fold(title) and f" {fold(title)} " in folded]


def _parsed(mailing: Mailing, language: str, parsed: Parsed) -> Iterator[Finding]:
    for problem in (*parsed.problems, *check_refs(parsed.refs, language, mailing.petition_id)):
        yield Finding(Level.ERROR, problem.message, problem.values, language, problem.line)
    for used in parsed.used:
        is_known = used.field is Field.PETITION and mailing.petition_id is not None
        if used.field in WITH_FALLBACK and not used.fallback and not is_known:
            message = N_("“%(what)s” needs a word for those of whom it is not known: [[%(what)s|friend]].")
            yield Finding(Level.ERROR, message, {"what": used.field.value}, language, used.line)
    for link in parsed.links:
        if is_unsafe(link.target):
            message = N_("This address begins with http://, so anybody on the way reads along. Use https://")
            yield Finding(Level.WARNING, message, {}, language, link.line)
        if is_shortener(link.target):
            message = N_("This address hides where it leads, and tells a third party who pressed it. Write it out.")
            yield Finding(Level.WARNING, message, {}, language, link.line)
    if len(parsed.links) > MANY_LINKS:
        yield Finding(
            Level.WARNING, N_("There are many links. One thing to do is done more often than ten."), {}, language
        )


def _words(language: str, body: str) -> Iterator[Finding]:
    for number, line in enumerate(body.split("\n"), 1):
        if _NUMBER.search(line) or _ADDRESS.search(line):
            message = N_("A telephone number or an address stands here. Is it meant for everybody who gets the mail?")
            yield Finding(Level.WARNING, message, {}, language, number)
        if find_designated(line):
            yield Finding(Level.WARNING, DESIGNATED, {}, language, number)
    if len(body) > LONG_BODY:
        yield Finding(
            Level.WARNING, N_("The text is long; mail hosts cut long mails, and readers put them off."), {}, language
        )


def _whole(text: MailingText) -> Iterator[Finding]:
    if text.plain and text.plain_for != digest_of(text.body):
        message = N_("The text has changed since the plain text was written by hand. Read both once more.")
        yield Finding(Level.WARNING, message, language=text.language)
