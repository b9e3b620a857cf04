"""How alike two names are, and why: other letters, turned around, slips of the hand, pet names. Pure, in memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from campaign.kernel.spelling import fold_word
from campaign.people.queries.name_text import words_of

SAME, PET, SLIP, TWO_SLIPS, ALONE, LEFT_OVER = 92, 84, 82, 74, 62, 10
SHORTEST_WITH_SLIP, LONG_WORD, MOST_SLIPS = 4, 8, 2
# A name and what those are called who bear it, in German, English and Russian; a pet name may belong to several.
_PET_NAMES = """
александр саша саня шура alexander alex sasha sandro | александра саша шура alexandra sandra sasha alex
алексей лёша алёша alexej alexey aljoscha | анна аня нюра анюта anna anja annie hanna | анастасия настя anastasia nastja
андрей андрюша andrej andrew andy | антон тоша anton toni | борис боря boris | вадим вадик vadim
валентина валя valentina | валерий валера valery | василий вася vassili | вера верочка | виктор витя victor vitja
виктория вика victoria vicky | владимир вова володя vladimir wolodja | вячеслав слава | станислав стас слава
галина галя galina | георгий гоша жора george georg | григорий гриша grigori grischa | дарья даша daria dascha
дмитрий дима митя dmitri dima | евгений женя eugen eugene | евгения женя | екатерина катя catherine katharina kate
елена лена helena elena helen | елизавета лиза elisabeth elizabeth lisa liz beth | иван ваня ivan john johann hans
ирина ира irina | ксения ксюша xenia | константин костя konstantin | лариса лара larissa | лидия лида lydia
любовь люба | людмила люда мила ludmila | максим макс maxim max | мария маша маруся maria mary marie mascha
маргарита рита margarita margaret margarete grete greta | михаил миша michael mischa mike michel | надежда надя nadja
наталья наташа ната natalia natascha | никита никитка | николай коля nikolai nicholas nick klaus nikolaus
ольга оля olga olja | павел паша pavel paul | пётр петя peter pete | полина поля polina pauline | роман рома roman
светлана света swetlana | семён сёма | сергей серёжа sergej sergey serge | софья соня sofia sophie sonja
татьяна таня tatjana tanja | тимофей тима timothy tim | фёдор федя theodor theodore ted | юлия юля julia julie
юрий юра juri | яков яша jakob jacob james | robert bob rob | william bill will wilhelm willi | richard rick dick
thomas tom tomasz | josef joseph joe sepp | daniel dan dani | david dave | edward ed eddie | patricia pat trish
jennifer jenny | susanne susan susi | friedrich fritz frederick fred | heinrich heinz henry harry | jonas jonathan jon
"""


def _read_pet_names() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for number, group in enumerate(_PET_NAMES.replace("\n", "|").split("|")):
        for word in group.split():
            found[fold_word(word)].add(number)
    return {word: frozenset(groups) for word, groups in found.items()}


PET_NAMES = _read_pet_names()
_NONE: frozenset[int] = frozenset()


class Reason(StrEnum):
    """Why two records may be of one person."""

    SAME_NAME = "same_name"
    LETTERS = "letters"
    SWAPPED = "swapped"
    SLIP = "slip"
    PET_NAME = "pet_name"
    PART = "part"
    MAILBOX = "mailbox"
    NUMBER = "number"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, repr=False)
class Called:
    """A name as it was written and folded (kernel/spelling.py), word by word."""

    plain: tuple[str, ...]
    folded: tuple[str, ...]


def called(name: str) -> Called:
    """A name, made ready to be compared; empty where there is none."""
    plain = tuple(words_of(name))
    return Called(plain, tuple(filter(None, map(fold_word, plain))))


def compare(one: Called, other: Called) -> tuple[int, list[Reason]] | None:
    """How alike two names are, to 100, and why; None: not alike."""
    short, long = sorted((one.folded, other.folded), key=len)
    if not short:
        return None
    left, places, total, reasons = list(enumerate(long)), [], 0, set()
    for word in short:
        score, reason, at, known = max((*_alike(word, known), at, known) for at, known in left)
        if not score:
            return None
        left.remove((at, known))
        places.append(at)
        total += score
        if reason:
            reasons.add(Reason(reason))
    if len(long) > 1 and len(short) == 1:
        return None
    if left:
        reasons.add(Reason.PART)
    elif places != sorted(places):
        reasons.add(Reason.SWAPPED)
    if not reasons:
        reasons.add(Reason.SAME_NAME if one.plain == other.plain else Reason.LETTERS)
    elif set(one.plain).isdisjoint(other.plain):
        reasons.add(Reason.LETTERS)
    score = ALONE if len(long) == 1 else total // len(short) - LEFT_OVER * len(left)
    return score, sorted(reasons, key=list(Reason).index)


def _alike(one: str, other: str) -> tuple[int, str]:
    if one == other:
        return SAME, ""
    if PET_NAMES.get(one, _NONE) & PET_NAMES.get(other, _NONE):
        return PET, Reason.PET_NAME
    shorter = min(len(one), len(other))
    allowed = 0 if shorter < SHORTEST_WITH_SLIP else MOST_SLIPS if shorter >= LONG_WORD else 1
    if abs(len(one) - len(other)) > allowed or one[0] != other[0]:
        return 0, ""
    distance = DamerauLevenshtein.distance(one, other, score_cutoff=allowed)
    return (0, "") if distance > allowed else (SLIP if distance == 1 else TWO_SLIPS, Reason.SLIP)


class Blocks:
    """Names that are worth comparing: two share a word, or a pet name of it, and another word is nearly the same."""

    def __init__(self, names: Iterable[tuple[str, ...]]) -> None:
        """Names as their folded words, each once."""
        self._blocks: dict[_Key, tuple[list[tuple[str, ...]], list[str]]] = defaultdict(lambda: ([], []))
        for name in names:
            for key, other in set(_keys(name)):
                block = self._blocks[key]
                block[0].append(name)
                block[1].append(other)

    def near(self, name: Sequence[str]) -> set[tuple[str, ...]]:
        """Those that may be like `name`, itself among them; `compare` says which are."""
        found: set[tuple[str, ...]] = set()
        for key, other in set(_keys(name)):
            names, others = self._blocks.get(key, ((), ()))
            if other and len(names) > 1:
                alike = process.extract(
                    other, others, scorer=DamerauLevenshtein.distance, score_cutoff=MOST_SLIPS, limit=None
                )
                found.update(names[at] for _other, _distance, at in alike)
            else:
                found.update(names)
        return found


_Key = tuple[str | int, str]


def _keys(name: Sequence[str]) -> Iterator[tuple[_Key, str]]:
    """The blocks in which a name stands, each with the word that must be nearly the same there; none: any."""
    if len(name) == 1:
        yield (name[0], ""), ""
    for word, other in permutations(name[:4], 2):
        yield (word, other[0]), other
        for group in PET_NAMES.get(word, _NONE):
            yield (group, other[0]), other
            # Both may be short for something.
            for second in PET_NAMES.get(other, _NONE):
                yield (group, str(second)), ""
