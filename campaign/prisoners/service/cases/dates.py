"""What cannot be true of a case: dates that contradict each other, named by the field that was typed."""

from datetime import date

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.prisoners.models import Case, Episode, Instance, Punishment, Sentence

# Only who is held already can be sent on into a colony; all else may be decided while somebody is at liberty, and
# whoever goes to a settlement colony often travels there alone.
FROM_CUSTODY = frozenset({Punishment.IMPRISONMENT})
WITHOUT_TERM = frozenset({Punishment.FINE, Punishment.NONE})
ORDER = {Instance.FIRST: 0, Instance.APPEAL: 1, Instance.CASSATION: 2, Instance.SUPERVISION: 3}


class BadCase(DomainError):
    """What was given of a case contradicts itself or what is known; `field` names the place."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name


def refuse_if(contradicts: bool, field: str, message: str) -> None:
    """Raise BadCase for `field` where something contradicts."""
    if contradicts:
        raise BadCase(field, message)


def is_future(day: date | None) -> bool:
    """Whether a day has not come yet."""
    return day is not None and day > clock.today()


def is_before(day: date | None, other: date | None) -> bool:
    """Whether both days are known and the first comes first."""
    return day is not None and other is not None and day < other


def check_opening(case: Case) -> None:
    """A case opens before anything happens in it, and not in the future."""
    opened = case.opened_on
    refuse_if(is_future(opened), "opened_on", N_("This day lies in the future."))
    hearings = [each.held_on for each in case.hearings]
    sentences = [each.decided_on for each in case.sentences]
    charges = [each.from_on for each in case.charges if each.from_on is not None]
    refuse_if(
        any(is_before(day, opened) for day in hearings), "opened_on",
        N_("A hearing of this case is on record for an earlier day."),
    )  # fmt: skip
    refuse_if(
        any(is_before(day, opened) for day in sentences), "opened_on",
        N_("A sentence in this case is on record for an earlier day."),
    )  # fmt: skip
    refuse_if(
        any(is_before(day, opened) for day in charges), "opened_on",
        N_("A charge in this case is on record from an earlier day."),
    )  # fmt: skip


def check_hearing_day(case: Case, held_on: date) -> None:
    """No court hears a case that has not been opened."""
    refuse_if(is_before(held_on, case.opened_on), "held_on", N_("The case was opened after this day."))


def check_sentence(case: Case, sentence: Sentence) -> None:
    """A sentence is passed in the past, in an open case, on somebody who is held, one court after the other."""
    decided = sentence.decided_on
    refuse_if(is_future(decided), "decided_on", N_("A sentence cannot lie in the future; set a hearing instead."))
    refuse_if(is_before(decided, case.opened_on), "decided_on", N_("The case was opened after this day."))
    refuse_if(_is_before_arrest(case, sentence), "decided_on", N_("The arrest is on record for a later day."))
    _check_order(case, sentence)
    _check_term(sentence)
    refuse_if(
        is_before(sentence.in_force_on, decided), "in_force_on", N_("It cannot be in force before it is passed.")
    )  # fmt: skip
    refuse_if(
        is_before(sentence.expected_release_on, decided), "expected_release_on",
        N_("The release would lie before the sentence."),
    )  # fmt: skip


def _is_before_arrest(case: Case, sentence: Sentence) -> bool:
    if case.episode_id is None or sentence.in_absentia or sentence.punishment not in FROM_CUSTODY:
        return False
    episode = session.get(Episode, case.episode_id)
    return episode is not None and sentence.decided_on < episode.arrested_on


def _check_order(case: Case, sentence: Sentence) -> None:
    rank = ORDER[Instance(sentence.instance)]
    for other in case.sentences:
        if other is sentence:
            continue
        other_rank = ORDER[Instance(other.instance)]
        refuse_if(
            other_rank < rank and sentence.decided_on < other.decided_on, "decided_on",
            N_("A lower court decided after this day."),
        )  # fmt: skip
        refuse_if(
            other_rank > rank and sentence.decided_on > other.decided_on, "decided_on",
            N_("A higher court decided before this day."),
        )  # fmt: skip


def _check_term(sentence: Sentence) -> None:
    term = sentence.term_months
    refuse_if(term is not None and not 1 <= term <= 1200, "term_months", N_("A term has between 1 and 1200 months."))
    refuse_if(
        term is not None and sentence.punishment in WITHOUT_TERM, "term_months", N_("This punishment has no term.")
    )  # fmt: skip
