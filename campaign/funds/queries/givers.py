"""How many people gave: never how many gifts (DOMAIN.md 10: k >= 5).

Whoever gives four times alone would else make a figure of five that shows them what the fifth gave. So gifts of one
giver count once, those that share any word are of one giver, and of whom nothing is known may be one of the others and
counts not at all.
"""

from collections.abc import Collection, Iterable, Mapping

from campaign.kernel.registry_money import entry_givers


def words_of(numbers: Collection[int]) -> Mapping[int, frozenset[str]]:
    """What tells the givers of these entries apart; those of which nothing is known are left out."""
    found: dict[int, frozenset[str]] = {}
    for part in entry_givers:
        found.update({number: words for number, words in part(numbers).items() if words})
    return found


def count_apart(givers: Iterable[frozenset[str]]) -> int:
    """How many people these are at least: whatever shares a word with another, also by way of a third, is one."""
    apart: list[set[str]] = []
    for words in givers:
        same = [each for each in apart if not words.isdisjoint(each)]
        apart = [each for each in apart if words.isdisjoint(each)]
        apart.append(set(words).union(*same))
    return len(apart)
