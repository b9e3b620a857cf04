"""Changing what a petition says after it was opened.

People signed a text. Another one is published by a second person, whether it mends a letter or the demand, and what
stood there before stays readable with the day of the change.
"""

import uuid
from collections.abc import Iterable

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.versions import check_version
from campaign.petitions.models import (
    ChangeState,
    EventKind,
    Petition,
    PetitionState,
    PetitionText,
    WordingChange,
    WordingChangeText,
)
from campaign.petitions.queries import find_waiting_change
from campaign.petitions.service.record import note
from campaign.petitions.service.states import NeedsReason, NeedsSecondPerson, NotComplete, NotPossible
from campaign.petitions.service.write import TextDraft

COLLECTING = frozenset({PetitionState.OPEN, PetitionState.PAUSED})
COLUMNS = ("title", "summary", "addressee", "body")


class NothingChanged(DomainError):
    """The wording is the one that stands already."""


class LanguageGone(DomainError):
    """A language that people may have signed in cannot be taken away."""


def ask_for_wording(
    petition: Petition, texts: Iterable[TextDraft], *, reason: str, seen_version: int, actor: uuid.UUID
) -> WordingChange:
    """Put a change of the wording before a second person; one that waits already is replaced and becomes `actor`'s.

    `seen_version` is the version of the change that waits, 0 where none did. Raises NotPossible, NeedsReason,
    NotComplete, LanguageGone, NothingChanged, Conflict.
    """
    # Under the petition's lock, so that of two who ask at once the second is told of the first.
    session.refresh(petition, with_for_update=True)
    if petition.state not in COLLECTING:
        raise NotPossible(N_("The wording can be changed while the petition is open or paused."))
    if not reason:
        raise NeedsReason(N_("Say why the text should change, so that the second person knows."))
    rows = _differences(petition, list(texts))
    change = find_waiting_change(petition.id)
    check_version(change.version if change is not None else 0, seen_version)
    if change is None:
        change = WordingChange(id=uuid.uuid4(), petition_id=petition.id)
        session.add(change)
    else:
        # The old rows go first: the new ones may speak the same languages, of which each stands once.
        change.texts = []
        session.flush()
    change.texts, change.reason = rows, reason
    change.asked_by, change.asked_at = actor, clock.now()
    session.flush()
    note(petition, EventKind.WORDING, actor, "change asked for")
    return change


def approve_wording(
    petition: Petition, change: WordingChange, *, seen_version: int, actor: uuid.UUID, remark: str = ""
) -> None:
    """Publish a change exactly as the second person saw it. Raises NotPossible, NeedsSecondPerson, Conflict."""
    _check_waits(change, seen_version)
    if petition.state not in COLLECTING:
        raise NotPossible(N_("The wording can be changed while the petition is open or paused."))
    if actor == change.asked_by:
        raise NeedsSecondPerson(N_("Whoever asked for the change does not publish it. Another organiser has to."))
    _decide(change, ChangeState.APPROVED, actor, remark)
    change.published_on = clock.today()
    for text in change.texts:
        _put(petition, text)
    petition.edited_at = clock.now()
    session.flush()
    note(petition, EventKind.WORDING, actor, "change published")


def refuse_wording(
    petition: Petition, change: WordingChange, *, seen_version: int, actor: uuid.UUID, remark: str = ""
) -> None:
    """End a change unpublished. Who asked takes it back without a word; others say why (NeedsReason)."""
    _check_waits(change, seen_version)
    is_own = actor == change.asked_by
    if not remark and not is_own:
        raise NeedsReason(N_("Say why not, so that who asked for the change knows."))
    _decide(change, ChangeState.WITHDRAWN if is_own else ChangeState.REFUSED, actor, remark)
    session.flush()
    note(petition, EventKind.WORDING, actor, "change withdrawn" if is_own else "change refused")


def _check_waits(change: WordingChange, seen_version: int) -> None:
    if change.state != ChangeState.WAITING:
        raise NotPossible(N_("Someone has decided on this change already."))
    check_version(change.version, seen_version)


def _decide(change: WordingChange, state: ChangeState, actor: uuid.UUID, remark: str) -> None:
    change.state, change.decided_by, change.decided_at, change.remark = state, actor, clock.now(), remark


def _differences(petition: Petition, texts: list[TextDraft]) -> list[WordingChangeText]:
    standing = {text.language: text for text in petition.texts}
    if set(standing) - {text.language for text in texts}:
        raise LanguageGone(N_("A language that the public reads already cannot be emptied."))
    if not all(all(text.as_columns().values()) for text in texts):
        raise NotComplete(
            N_("Each language needs title, summary, text and addressee. Complete it, or empty all four of them.")
        )
    rows = [_row(standing.get(text.language), text) for text in texts]
    changed = [row for row in rows if row is not None]
    if not changed:
        raise NothingChanged(N_("This is what the petition says already."))
    return changed


def _row(standing: PetitionText | None, text: TextDraft) -> WordingChangeText | None:
    before = {name: getattr(standing, name, None) for name in COLUMNS}
    # Spaces at either end change nothing that anybody reads, and forms cut them off.
    if {name: (value or "").strip() for name, value in before.items()} == text.as_columns():
        return None
    former = {f"old_{name}": value for name, value in before.items()}
    return WordingChangeText(language=text.language, **text.as_columns(), **former)


def _put(petition: Petition, text: WordingChangeText) -> None:
    """Replace one language's wording. Raises Conflict unless what stands is what the history will say stood there."""
    row = next((each for each in petition.texts if each.language == text.language), None)
    if any(getattr(row, name, None) != getattr(text, f"old_{name}") for name in COLUMNS):
        raise Conflict(N_("The text changed meanwhile. Ask for the change anew."))
    if row is None:
        row = PetitionText(language=text.language)
        petition.texts.append(row)
    for name in COLUMNS:
        setattr(row, name, getattr(text, name))
