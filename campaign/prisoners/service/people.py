"""Writing down who somebody is."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy import func, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.slugs import slug_from
from campaign.kernel.versions import check_version
from campaign.prisoners.models import (
    Gender,
    Interest,
    LettersPolicy,
    Precision,
    Prisoner,
    PrisonerState,
    PrisonerText,
    ReplyMeans,
)
from campaign.prisoners.service.facts import Source, Subject, record_facts
from campaign.prisoners.service.names import clean_name, latin_of
from campaign.prisoners.service.search import index_prisoner

LONGEST_SLUG = 80


class BadPerson(DomainError):
    """What was given of a person contradicts itself; `field` names the place."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name


@dataclass(frozen=True, slots=True)
class StoryDraft:
    """What is told of a person in one language."""

    language: str
    occupation: str = ""
    summary: str = ""
    story: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is told in this language."""
        return not (self.occupation or self.summary or self.story)


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as a form or an import gives them. The names of the fields are those of the columns."""

    last_ru: str = ""
    first_ru: str = ""
    patronymic_ru: str = ""
    has_no_patronymic: bool = False
    dative_ru: str = ""
    is_dative_confirmed: bool = False
    last_latin: str = ""
    first_latin: str = ""
    aliases: Sequence[str] = ()
    born_on: date | None = None
    born_precision: Precision | None = None
    gender: Gender = Gender.UNKNOWN
    citizenships: Sequence[str] = ()
    home_region: str | None = None
    languages_read: Sequence[str] = ()
    letters_policy: LettersPolicy = LettersPolicy.UNKNOWN
    reply_means: ReplyMeans = ReplyMeans.UNKNOWN
    interests: Sequence[str] = ()
    """Slugs of the vocabulary."""
    stories: Sequence[StoryDraft] = field(default=())


_COLUMNS = tuple(each.name for each in fields(PersonDraft) if each.name not in {"interests", "stories"})


def create_prisoner(draft: PersonDraft, source: Source, *, actor: uuid.UUID | None, is_demo: bool = False) -> Prisoner:
    """Write down a person as a draft that the public does not see; flushed. Raises BadPerson.

    The Latin name is spelled by the passport's rule where none is given, the slug made from it.
    """
    values = _checked(draft)
    moment = clock.now()
    prisoner = Prisoner(
        id=uuid.uuid4(), slug=_free_slug(values), is_demo=is_demo, author_id=actor, created_at=moment,
        edited_at=moment, changed_on=moment.date(), **values,
    )  # fmt: skip
    session.add(prisoner)
    _tell(prisoner, draft.stories)
    prisoner.interests = find_interests(draft.interests)
    session.flush()
    index_prisoner(prisoner)
    record_facts(_subject(prisoner), {}, _facts_of(prisoner), source, actor=actor)
    audit.record("prisoner.created", actor=actor, about=f"prisoner:{prisoner.id}")
    return prisoner


def edit_prisoner(
    prisoner: Prisoner, draft: PersonDraft, source: Source, *, seen_version: int, actor: uuid.UUID | None
) -> int:
    """Change what is known of a person; gives how many fields differ now. Raises BadPerson, and Conflict where
    somebody else changed the person after `seen_version` was shown: nothing is overwritten unseen."""
    check_version(prisoner.version, seen_version)
    values = _checked(draft)
    before = _facts_of(prisoner)
    for name, value in values.items():
        setattr(prisoner, name, value)
    _tell(prisoner, draft.stories)
    prisoner.interests = find_interests(draft.interests)
    # A language that is told no more leaves no text to compare, and is a change all the same.
    after = {**dict.fromkeys(before), **_facts_of(prisoner)}
    changed = record_facts(_subject(prisoner), before, after, source, actor=actor)
    if changed:
        note_edit(prisoner, actor=actor)
        session.flush()
        index_prisoner(prisoner)
        audit.record("prisoner.edited", actor=actor, about=f"prisoner:{prisoner.id}", amount=changed)
    return changed


def note_edit(prisoner: Prisoner, *, actor: uuid.UUID | None) -> None:
    """Remember that a record was changed, and by whom.

    What is public already is corrected at once, and the history shows by whom; what is not yet public waits for
    somebody other than whoever wrote last.
    """
    prisoner.edited_at, prisoner.changed_on = clock.now(), clock.today()
    if prisoner.state != PrisonerState.PUBLISHED:
        prisoner.author_id, prisoner.publisher_id = actor, None


def find_interests(slugs: Sequence[str]) -> list[Interest]:
    """The words of the vocabulary with these slugs: for a merged one what it was merged into, for an unknown none."""
    found = session.scalars(select(Interest).where(Interest.slug.in_(slugs))).all()
    ids = {each.merged_into_id or each.id for each in found}
    return list(session.scalars(select(Interest).where(Interest.id.in_(ids)).order_by(Interest.slug)))


def _checked(draft: PersonDraft) -> dict[str, Any]:
    values = {name: value for name, value in asdict(draft).items() if name in _COLUMNS}
    for name in ("last_ru", "first_ru", "patronymic_ru", "dative_ru", "last_latin", "first_latin"):
        values[name] = clean_name(values[name])
    for name in ("aliases", "citizenships", "languages_read"):
        values[name] = list(values[name])
    if not values["last_ru"] and not values["last_latin"]:
        raise BadPerson("last_ru", N_("Enter the last name, in Russian or in Latin letters."))
    if draft.born_on is not None and draft.born_on > clock.today():
        raise BadPerson("born_on", N_("This day of birth lies in the future."))
    if draft.born_on is not None and draft.born_precision is None:
        values["born_precision"] = Precision.DAY
    values["last_latin"] = values["last_latin"] or latin_of(values["last_ru"])
    values["first_latin"] = values["first_latin"] or latin_of(values["first_ru"])
    return values


def _tell(prisoner: Prisoner, stories: Sequence[StoryDraft]) -> None:
    told = {text.language: text for text in prisoner.texts}
    wanted = {story.language: story for story in stories if not story.is_empty}
    for story in wanted.values():
        text = told.get(story.language)
        if text is None:
            text = PrisonerText(language=story.language)
            prisoner.texts.append(text)
        text.occupation, text.summary, text.story = story.occupation, story.summary, story.story
    for language, text in told.items():
        if language not in wanted:
            prisoner.texts.remove(text)


def _facts_of(prisoner: Prisoner) -> dict[str, Any]:
    """What the history compares: the columns, the interests, and the texts by language."""
    facts = {name: getattr(prisoner, name) for name in _COLUMNS if name != "is_dative_confirmed"}
    facts["interests"] = [each.slug for each in prisoner.interests]
    for text in prisoner.texts:
        for name in ("occupation", "summary", "story"):
            facts[f"{name}.{text.language}"] = getattr(text, name)
    return facts


def _subject(prisoner: Prisoner) -> Subject:
    return Subject("prisoner", prisoner.id, prisoner=prisoner.id)


def _free_slug(values: dict[str, Any]) -> str:
    wanted = slug_from(f"{values['first_latin']} {values['last_latin']}", LONGEST_SLUG - 8) or "person"
    taken = session.scalar(select(func.count()).select_from(Prisoner).where(Prisoner.slug == wanted))
    # A random tail and not a number: how many namesakes there are is nobody's business.
    return f"{wanted}-{secrets.token_hex(3)}" if taken else wanted
