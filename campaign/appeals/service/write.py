"""Writing an appeal: drafts with their texts, for whom and to whom, and what became of it."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from campaign.appeals.models import (
    Appeal,
    AppealAddressee,
    AppealKind,
    AppealPrisoner,
    AppealState,
    AppealText,
    Audience,
    EventKind,
    Target,
)
from campaign.appeals.queries.offered import forget_spoken_for
from campaign.appeals.service.errors import NotComplete, NotPossible, SlugTaken
from campaign.appeals.service.record import note, note_step
from campaign.kernel import clock
from campaign.kernel.db import after_commit, session
from campaign.kernel.errors import N_
from campaign.kernel.languages import in_language
from campaign.kernel.registry import PersonEraser
from campaign.kernel.slugs import slug_from
from campaign.kernel.versions import check_version

LONGEST_SLUG = 80
COLUMNS = ("title", "summary", "body", "subject", "opening", "closing")
DRAFT_ONLY = N_("What an appeal says can be changed as a draft only. Send it back first.")


@dataclass(frozen=True, slots=True)
class TextDraft:
    """What an appeal says in one language."""

    language: str
    title: str
    summary: str
    body: str
    subject: str
    opening: str
    points: Sequence[str]
    closing: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written in this language."""
        return not self.points and not any(getattr(self, name) for name in COLUMNS)

    @property
    def is_complete(self) -> bool:
        """Whether a page and a letter can be made of it."""
        return bool(self.points) and all(getattr(self, name) for name in COLUMNS)


@dataclass(frozen=True, slots=True)
class AppealDraft:
    """All that can be edited before an appeal is published. Without a slug one is made from the title."""

    slug: str
    kind: AppealKind
    audience: Audience
    deadline_at: datetime | None
    texts: Sequence[TextDraft]


def create_appeal(draft: AppealDraft, *, author: uuid.UUID | None, is_demo: bool = False) -> Appeal:
    """Make a draft. Raises NotComplete and SlugTaken."""
    texts = _written(draft)
    moment = clock.now()
    appeal = Appeal(
        id=uuid.uuid4(), slug=_free_slug(draft.slug, texts, None), kind=draft.kind, audience=draft.audience,
        deadline_at=draft.deadline_at, author_id=author, created_at=moment, edited_at=moment, is_demo=is_demo,
        state=AppealState.DRAFT,
        texts=[_filled(AppealText(language=each.language, outcome=""), each) for each in texts],
    )  # fmt: skip
    session.add(appeal)
    session.flush()
    note_step(appeal, None, AppealState.DRAFT, author)
    return appeal


def edit_appeal(appeal: Appeal, draft: AppealDraft, *, seen_version: int, actor: uuid.UUID) -> None:
    """Store what a draft says now; whoever did is its author. Raises Conflict, NotPossible, NotComplete, SlugTaken."""
    check_version(appeal.version, seen_version)
    check_draft(appeal)
    texts = _written(draft)
    appeal.slug = _free_slug(draft.slug, texts, appeal.id)
    appeal.kind, appeal.audience, appeal.deadline_at = draft.kind, draft.audience, draft.deadline_at
    known = {text.language: text for text in appeal.texts}
    appeal.texts = [
        _filled(known.get(each.language) or AppealText(language=each.language, outcome=""), each) for each in texts
    ]
    _changed(appeal, actor)


def set_outcome(
    appeal: Appeal, outcomes: Mapping[str, str], *, seen_version: int, actor: uuid.UUID
) -> None:  # fmt: skip
    """Say what became of it, by language; shown once it is over. Raises Conflict, NotPossible."""
    check_version(appeal.version, seen_version)
    if appeal.state in {AppealState.DRAFT, AppealState.REVIEW}:
        raise NotPossible(N_("What became of it is told once it was published."))
    for text in appeal.texts:
        text.outcome = outcomes.get(text.language, "")
    appeal.edited_at = clock.now()
    session.flush()
    note(appeal, EventKind.OUTCOME, actor)


def add_person(appeal: Appeal, prisoner_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Say that a draft is for somebody. Raises NotPossible."""
    check_draft(appeal)
    values = {"appeal_id": appeal.id, "prisoner_id": prisoner_id}
    session.execute(insert(AppealPrisoner).values(values).on_conflict_do_nothing())
    after_commit(forget_spoken_for)
    _changed(appeal, actor)


def remove_person(appeal: Appeal, prisoner_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Say that a draft is not for somebody. Raises NotPossible."""
    check_draft(appeal)
    session.execute(
        delete(AppealPrisoner).where(AppealPrisoner.appeal_id == appeal.id, AppealPrisoner.prisoner_id == prisoner_id)
    )
    _changed(appeal, actor)


def add_addressees(appeal: Appeal, target_ids: Collection[uuid.UUID], *, actor: uuid.UUID | None) -> int:
    """Say to whom one writes for a draft; gives how many are new. Raises NotPossible."""
    check_draft(appeal)
    known = session.scalars(select(Target.id).where(Target.id.in_(target_ids), Target.retired_on.is_(None))).all()
    rows = [{"appeal_id": appeal.id, "target_id": each} for each in known]
    if not rows:
        return 0
    made = insert(AppealAddressee).values(rows).on_conflict_do_nothing().returning(AppealAddressee.target_id)
    count = len(session.execute(made).all())
    _changed(appeal, actor)
    return count


def remove_addressees(appeal: Appeal, target_ids: Collection[uuid.UUID] | None, *, actor: uuid.UUID) -> None:
    """Take some of them out, or without `target_ids` all. Raises NotPossible."""
    check_draft(appeal)
    statement = delete(AppealAddressee).where(AppealAddressee.appeal_id == appeal.id)
    if target_ids is not None:
        statement = statement.where(AppealAddressee.target_id.in_(target_ids))
    session.execute(statement)
    _changed(appeal, actor)


def check_draft(appeal: Appeal) -> None:
    """Raise NotPossible for what a second person is looking at, or the public."""
    if appeal.state != AppealState.DRAFT:
        raise NotPossible(DRAFT_ONLY)


def _changed(appeal: Appeal, actor: uuid.UUID | None) -> None:
    appeal.edited_at, appeal.author_id, appeal.submitter_id = clock.now(), actor, None
    session.flush()
    note(appeal, EventKind.EDITED, actor)


def _written(draft: AppealDraft) -> list[TextDraft]:
    if draft.kind is AppealKind.URGENT and draft.deadline_at is None:
        raise NotComplete(N_("An urgent action needs the moment at which it ends."))
    written = [each for each in draft.texts if not each.is_empty]
    if not any(each.title for each in written):
        raise NotComplete(N_("Write a title in one language at least."))
    return written


def _filled(row: AppealText, draft: TextDraft) -> AppealText:
    for name in COLUMNS:
        setattr(row, name, getattr(draft, name))
    row.points = list(draft.points)
    return row


def _free_slug(wanted: str, texts: Sequence[TextDraft], own: uuid.UUID | None) -> str:
    slug = wanted or slug_from(in_language(texts, "en").title, LONGEST_SLUG) or "appeal"
    taken = set(_taken(slug, own))
    if slug not in taken:
        return slug
    if wanted:
        raise SlugTaken(N_("Another appeal stands at this address. Choose another."))
    numbered = (f"{slug[: LONGEST_SLUG - 5]}-{number}" for number in range(2, 10_000))
    return next(each for each in numbered if each not in taken)


def _taken(slug: str, own: uuid.UUID | None) -> Iterable[str]:
    statement = select(Appeal.slug).where(Appeal.slug.startswith(slug[: LONGEST_SLUG - 5], autoescape=True))
    return session.scalars(statement if own is None else statement.where(Appeal.id != own))


def _count_links(prisoner_id: uuid.UUID) -> int:
    mine = AppealPrisoner.prisoner_id == prisoner_id
    return session.scalar(select(func.count()).select_from(AppealPrisoner).where(mine)) or 0


def _erase_links(prisoner_id: uuid.UUID) -> int:
    """An appeal that spoke of them alone goes as a whole: its text tells who it was."""
    gone = delete(AppealPrisoner).where(AppealPrisoner.prisoner_id == prisoner_id).returning(AppealPrisoner.appeal_id)
    ids = set(session.scalars(gone))
    shared = set(session.scalars(select(AppealPrisoner.appeal_id).where(AppealPrisoner.appeal_id.in_(ids))))
    session.execute(delete(Appeal).where(Appeal.id.in_(ids - shared)))
    return len(ids)


LINKS = PersonEraser(N_("Appeals that are for this person no more: %(count)s"), _count_links, _erase_links)
