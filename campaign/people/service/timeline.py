"""Everything that happened with somebody, as every feature tells it, newest first."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from campaign.kernel.registry_people import Happening, consent_subjects, people_timelines
from campaign.people.models import Consent

MONTHS = 24


def list_happenings(person_id: uuid.UUID) -> list[Happening]:
    """The lines of all features, in the reader's language; of one day in the order of the features."""
    found = [line for each in people_timelines for line in each(person_id)]
    return sorted(found, key=lambda line: line.day, reverse=True)


def kinds_of(lines: Iterable[Happening]) -> list[tuple[str, int]]:
    """The kinds there are, with how many of each, the most frequent first."""
    return Counter(line.kind for line in lines).most_common()


def by_month(lines: Iterable[Happening], today: date, *, months: int = MONTHS) -> Sequence[tuple[date, int]]:
    """How much happened in each of the last months, the oldest first; empty months count 0."""
    counts = Counter(line.day.replace(day=1) for line in lines)
    first = today.year * 12 + today.month - months
    days = [date((first + at) // 12, (first + at) % 12 + 1, 1) for at in range(months)]
    return [(day, counts[day]) for day in days]


def subjects_of(consents: Sequence[Consent]) -> dict[uuid.UUID, str]:
    """What consents are about, by subject, in the reader's language; what is gone is left out."""
    titles: dict[uuid.UUID, str] = {}
    for purpose, find in consent_subjects.items():
        ids = frozenset(each.subject for each in consents if each.purpose == purpose and each.subject is not None)
        titles |= find(ids) if ids else {}
    return titles
