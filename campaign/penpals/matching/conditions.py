"""Hard conditions: which helpers may be given to a recipient, and what rules out the others.

Helpers who are alike in all that conditions look at share a *profile*. A condition is worked out once for each profile
and recipient, in one vector operation over the profiles, so that a hundred thousand writers cost as much as the few
hundred or thousand kinds of writers among them.

What is not known rules nobody out, with one exception: a place without any active way in takes no letters.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from campaign.penpals.matching.problem import Condition, Helper, Level, Recipient, TooLarge, Way

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# The words of people's and prisoners' tables that conditions turn on; a test compares them.
REACHABLE, REFUSED = "open", "refused"
PRESUMED_LANGUAGE = "ru"
NEEDS = {"post": ("print_and_post", "handwriting"), "f_pismo": ("e_letter_card",), "zt": ("e_letter_card",)}
_BY_REACH = {
    "no_letters": Condition.LETTERS_POLICY,
    "family_only": Condition.LETTERS_POLICY,
    "not_asked": Condition.CONSENT,
}
BIT = {condition: 1 << place for place, condition in enumerate(Condition)}
MOST_WORDS = 62


class Words:
    """Gives each word a bit, so that sets of words are integers."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words that can matter; others have no bit. Raises TooLarge beyond 62 of them."""
        self._bits = {word: 1 << place for place, word in enumerate(sorted(set(words)))}
        if len(self._bits) > MOST_WORDS:
            raise TooLarge(f"{len(self._bits)} words")
        self._known: dict[tuple[str, ...], int] = {}

    def mask(self, words: tuple[str, ...]) -> int:
        """The words as an integer."""
        found = self._known.get(words)
        if found is None:
            found = self._known[words] = sum(self._bits.get(word, 0) for word in set(words))
        return found


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the conditions say about one recipient, a figure for each profile."""

    failing: Ints
    """A bit for each condition that rules the profile out; 0: possible."""
    shared: Ints
    """Languages by which they could write, as bits."""


class Helpers:
    """All helpers of a problem by profile, and the conditions over them."""

    def __init__(self, level: Level, helpers: Sequence[Helper], recipients: Sequence[Recipient]) -> None:
        """Sort the helpers into profiles. Their free places are no part of it: pins change them."""
        self.level = level
        self.index = {helper.id: number for number, helper in enumerate(helpers)}
        self._languages = Words(word for each in recipients for word in languages_of(each))
        self._channels = Words(word for words in NEEDS.values() for word in words)
        self._traits = Words(word for each in recipients for word in each.traits)
        profiles: dict[tuple[int, ...], int] = {}
        members: dict[uuid.UUID, list[int]] = {}
        of = []
        for number, helper in enumerate(helpers):
            row = (
                self._languages.mask(helper.languages), self._channels.mask(helper.channels), helper.trust,
                helper.is_in_russia, self._traits.mask(helper.avoids), helper.is_ready, helper.takes_alone,
            )  # fmt: skip
            of.append(profiles.setdefault(row, len(profiles)))
            for group in helper.groups:
                members.setdefault(group, []).append(number)
        self.of: npt.NDArray[np.int32] = np.array(of, dtype=np.int32)
        """The profile of each helper."""
        columns = np.array(list(profiles), dtype=np.int64).reshape(len(profiles), 7).T
        self._speaks, self._uses, self._trust, self._russia, self._avoids, self._ready, self._alone = columns
        self._own: Ints = np.where(self._ready > 0, 0, BIT[Condition.NOT_READY])
        self._members = {group: np.array(numbers, dtype=np.int64) for group, numbers in members.items()}

    def __len__(self) -> int:
        """How many profiles there are."""
        return len(self._own)

    def judge(self, recipient: Recipient, room: int) -> Judgement:
        """What rules each profile out for `recipient`, who may have so many more helpers.

        Where `members_for` gives members, everybody else is ELSEWHERE on top of it.
        """
        usable, speaking, shared = self._by_ways(recipient)
        failing = self._own | _of_recipient(recipient, room)
        failing |= np.where(usable, 0, BIT[Condition.CHANNEL])
        failing |= np.where(np.where(usable, shared != 0, speaking), 0, BIT[Condition.LANGUAGE])
        failing |= np.where(self._trust >= recipient.trust_needed, 0, BIT[Condition.TRUST])
        if recipient.is_risky_in_russia:
            failing |= np.where(self._russia > 0, BIT[Condition.RISK], 0)
        failing |= np.where(self._avoids & self._traits.mask(recipient.traits), BIT[Condition.AVOIDED], 0)
        if self.level is Level.WRITERS and recipient.group_id is None:
            failing |= np.where(self._alone > 0, 0, BIT[Condition.ELSEWHERE])
        return Judgement(failing, shared)

    def members_for(self, recipient: Recipient) -> Ints | None:
        """The only helpers who come into question, those of the recipient's group; None: everybody."""
        if self.level is not Level.WRITERS or recipient.group_id is None:
            return None
        return self._members.get(recipient.group_id, np.zeros(0, dtype=np.int64))

    def _by_ways(self, recipient: Recipient) -> tuple[Bools, Bools, Ints]:
        """Whether some way is usable, whether a language passes by any, and the languages of the usable ways."""
        usable = np.zeros(len(self._uses), dtype=np.bool_)
        shared = np.zeros(len(self._uses), dtype=np.int64)
        reads = self._languages.mask(languages_of(recipient))
        passing = 0
        open_ways = [way for way in recipient.ways if way.strangers != REFUSED]
        for way in open_ways or recipient.ways:
            by_this = (self._uses & self._channels.mask(NEEDS.get(way.channel, ()))) != 0
            passes = reads & self._passes(way)
            passing |= passes
            usable |= by_this
            shared |= np.where(by_this, self._speaks & passes, 0)
        speaking = (self._speaks & (passing if recipient.ways else reads)) != 0
        return usable, speaking, shared

    def _passes(self, way: Way) -> int:
        return self._languages.mask(way.languages) if way.languages else -1


def languages_of(recipient: Recipient) -> tuple[str, ...]:
    """The languages they read; Russian where nobody has noted any."""
    return recipient.languages or (PRESUMED_LANGUAGE,)


def shared_languages(helper: Helper, recipient: Recipient) -> list[str]:
    """Languages of both that pass by a way which the helper can use."""
    passing: set[str] = set()
    reads = set(languages_of(recipient))
    for way in recipient.ways:
        if way.strangers != REFUSED and set(NEEDS.get(way.channel, ())) & set(helper.channels):
            passing |= reads & set(way.languages or reads)
    return sorted(passing & set(helper.languages))


def _of_recipient(recipient: Recipient, room: int) -> int:
    """What rules everybody out."""
    failing = 0
    if recipient.reach != REACHABLE:
        failing |= BIT[_BY_REACH.get(recipient.reach, Condition.ADDRESS)]
    if recipient.ways and all(way.strangers == REFUSED for way in recipient.ways):
        failing |= BIT[Condition.STRANGERS]
    if room <= 0:
        failing |= BIT[Condition.ENOUGH]
    return failing


def first_of(failing: int) -> Condition | None:
    """The first condition among the bits; None for none."""
    return next((condition for condition in Condition if failing & BIT[condition]), None)
