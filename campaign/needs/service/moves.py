"""The one way in which a need changes its state, its history, and what of it is sealed."""

import uuid

from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import after_commit, session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.needs.models import DECIDED, ENDED, NOTE, PROVEN, SCOPE, WORDS, Need, NeedEvent, NeedState
from campaign.needs.queries.needs import forget_shown

_S = NeedState
MOVES = {
    _S.REPORTED: {_S.VERIFIED, _S.DECLINED, _S.EXPIRED},
    _S.VERIFIED: {_S.APPROVED, _S.REPORTED, _S.DECLINED, _S.EXPIRED},
    _S.APPROVED: {_S.IN_FULFILMENT, _S.REPORTED, _S.DECLINED, _S.EXPIRED},
    _S.IN_FULFILMENT: {_S.FULFILLED, _S.APPROVED},
    _S.FULFILLED: {_S.APPROVED, _S.IN_FULFILMENT},
    _S.DECLINED: {_S.REPORTED},
    _S.EXPIRED: {_S.REPORTED},
}


class NotThatStep(Conflict):
    """The need stands where this step cannot be taken."""


def locked(need_id: uuid.UUID) -> Need:
    """The need under its lock. Raises NotFound."""
    need = session.get(Need, need_id, with_for_update=True, populate_existing=True)
    if need is None:
        raise NotFound
    return need


def move(
    need: Need, to: NeedState, word: str, *, actor: uuid.UUID | None, note: str = "", how: str = ""
) -> None:  # fmt: skip
    """Along MOVES, with a line of its history. The caller holds its lock. Raises NotThatStep."""
    was = NeedState(need.state)
    if to not in MOVES[was]:
        raise NotThatStep(N_("This need has moved on meanwhile. Look at it again."))
    need.state = to
    need.ended_on = clock.today() if to in ENDED else None
    if to not in PROVEN | ENDED:
        need.first_verified_by = need.second_verified_by = None
    if to not in DECIDED | ENDED:
        need.approved_by = None
    record(need, word, was=was, actor=actor, note=note, how=how)
    session.flush()


def record(
    need: Need, word: str, *, was: str | None = None, actor: uuid.UUID | None, note: str = "", how: str = ""
) -> None:  # fmt: skip
    """A line of its history; without `was` one that moves nothing."""
    row = uuid.uuid4()
    if note:
        keyring.ensure(SCOPE)
    session.add(
        NeedEvent(
            id=row, need_id=need.id, was=need.state if was is None else was, now=need.state, word=word, how=how,
            actor_id=actor, happened_on=clock.today(), note_sealed=NOTE.seal(SCOPE, row, note) if note else None,
        )
    )  # fmt: skip
    after_commit(forget_shown)


def write_words(need: Need, words: str) -> None:
    """Seal what is needed; nothing takes it away."""
    if words:
        keyring.ensure(SCOPE)
    need.words_sealed = WORDS.seal(SCOPE, need.id, words) if words else None


def words_of(need: Need) -> str:
    """What is needed, opened; empty where nothing was said, or it is erased."""
    return WORDS.unseal(SCOPE, need.id, need.words_sealed) if need.words_sealed is not None else ""


def note_of(event: NeedEvent) -> str:
    """What was said at a step, opened."""
    return NOTE.unseal(SCOPE, event.id, event.note_sealed) if event.note_sealed is not None else ""
