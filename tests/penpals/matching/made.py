"""Made-up problems, and the same rules once more, written plainly."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import replace

from campaign.penpals.matching.problem import Helper, Level, Problem, Recipient, Running, Way
from campaign.penpals.smoothing import Near, OccasionKind

LANGUAGES = ("ru", "en", "uk", "de")
CHANNELS = ("print_and_post", "e_letter_card", "handwriting")
WAYS = ("post", "f_pismo", "zt")
TOPICS = ("chess", "birds", "trains", "poetry", "cats")
BIRTHDAY, RELEASE = OccasionKind.BIRTHDAY, OccasionKind.RELEASE
TRAITS = ("minors", "treason_charges", "military")


def identity(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


def helper(number: int = 1, **changes: object) -> Helper:
    """A writer to whom anybody could be given."""
    values: dict[str, object] = {
        "languages": ("ru",), "channels": ("print_and_post",), "capacity": 1, "promise_days": 30,
    }  # fmt: skip
    return Helper(id=identity(number), **{**values, **changes})


def recipient(number: int = 1001, **changes: object) -> Recipient:
    """A prisoner who could be given to anybody, and gets nothing."""
    values: dict[str, object] = {
        "reach": "open", "languages": ("ru",), "ways": (Way("post", "accepted", ("ru",)),), "quarters": 0,
        "most_helpers": 5,
    }  # fmt: skip
    return Recipient(id=identity(number), **{**values, **changes})


def some(chance: random.Random, words: tuple[str, ...], most: int) -> tuple[str, ...]:
    return tuple(sorted(chance.sample(words, chance.randint(0, min(most, len(words))))))


def some_day(chance: random.Random) -> Near | None:
    """Nothing near, mostly; or a day as smoothing.py weighs it."""
    kind, weight = chance.choice([(BIRTHDAY, 3.0), (BIRTHDAY, 1.6), (RELEASE, 2.1), (RELEASE, 0.3)])
    return Near(kind, chance.randint(1, 35), weight) if chance.random() < 0.4 else None


def problem(chance: random.Random, helpers: int, recipients: int, *, level: Level = Level.WRITERS) -> Problem:
    """A problem in which everything occurs: pins, blocked and running pairs, groups, all conditions."""
    groups = tuple(identity(9000 + number) for number in range(2))
    givers = tuple(
        helper(
            number, languages=some(chance, LANGUAGES[:3], 2) or ("ru",), channels=some(chance, CHANNELS, 3),
            capacity=chance.randint(0, 3), trust=chance.randint(0, 2), is_in_russia=chance.random() < 0.3,
            is_ready=chance.random() < 0.9, takes_alone=chance.random() < 0.8,
            groups=tuple(each for each in groups if chance.random() < 0.3), avoids=some(chance, TRAITS, 1),
            topics=some(chance, TOPICS, 4), professions=some(chance, ("baker", "nurse"), 1),
            promise_days=chance.choice([7, 14, 30, 60, 180]),
        )
        for number in range(1, helpers + 1)
    )  # fmt: skip
    takers = tuple(
        recipient(
            1000 + number, reach=chance.choice(["open"] * 8 + ["stale", "no_letters"]),
            languages=some(chance, LANGUAGES[:3], 2),
            ways=tuple(
                Way(way, chance.choice(["accepted", "unknown", "refused"]), some(chance, LANGUAGES[:2], 2))
                for way in some(chance, WAYS, 2) or ("post",)
            ),
            quarters=chance.randint(0, 14), most_helpers=chance.randint(1, 4),
            group_id=chance.choice([None, None, *groups]), trust_needed=chance.choice([0, 0, 0, 1, 2]),
            is_risky_in_russia=chance.random() < 0.2, traits=some(chance, TRAITS, 1),
            interests=some(chance, TOPICS, 3), professions=some(chance, ("baker", "nurse"), 1),
            waiting_days=chance.randint(0, 500), near=some_day(chance),
        )
        for number in range(1, recipients + 1)
    )  # fmt: skip
    pairs = [(giver.id, taker.id) for giver in givers for taker in takers]
    chance.shuffle(pairs)
    few = chance.randint(0, 1 + min(len(pairs) // 10, 12))
    # A pin that is blocked, a pin that runs, and a running pair that is blocked occur too.
    pins, blocked, running = pairs[:few], pairs[few - 1 : 2 * few], pairs[2 * few - 1 : 3 * few] + pairs[:few:5]
    running = list(dict.fromkeys(running))
    return _with_running(Problem(level, givers, takers, (), tuple(pins), tuple(blocked)), running, chance)


def crowded(chance: random.Random, helpers: int, recipients: int) -> Problem:
    """A problem in which most pairs are possible and many run, so that moving them is worth something."""
    givers = tuple(
        helper(
            number, capacity=chance.randint(1, 3), languages=("ru", *some(chance, ("en", "uk"), 2)),
            trust=chance.randint(0, 1), topics=some(chance, TOPICS, 4), professions=some(chance, ("baker", "nurse"), 1),
            promise_days=chance.choice([7, 14, 30, 60, 180]),
        )
        for number in range(1, helpers + 1)
    )  # fmt: skip
    takers = tuple(
        recipient(
            1000 + number, quarters=chance.randint(0, 14), most_helpers=chance.randint(1, 4),
            languages=("ru", *some(chance, ("en", "uk"), 2)), ways=(Way("post", "accepted"),),
            trust_needed=chance.choice([0, 0, 1]), interests=some(chance, TOPICS, 3),
            professions=some(chance, ("baker", "nurse"), 1), waiting_days=chance.randint(0, 500), near=some_day(chance),
        )
        for number in range(1, recipients + 1)
    )  # fmt: skip
    pairs = [(giver.id, taker.id) for giver in givers for taker in takers]
    chance.shuffle(pairs)
    running = pairs[: chance.randint(0, min(len(pairs), helpers + recipients))]
    rest = pairs[len(running) :]
    made = Problem(Level.WRITERS, givers, takers, pins=tuple(rest[:1]), blocked=tuple(rest[1:3]))
    return _with_running(made, running, chance)


def _with_running(
    made: Problem, pairs: list[tuple[uuid.UUID, uuid.UUID]], chance: random.Random
) -> Problem:  # fmt: skip
    live = [helper_id for helper_id, _recipient in pairs]
    held = [recipient_id for _helper, recipient_id in pairs]
    return Problem(
        made.level,
        tuple(_changed(each, live=live.count(each.id)) for each in made.helpers),
        tuple(_changed(each, helpers=held.count(each.id)) for each in made.recipients),
        tuple(Running(*pair, chance.random() < 0.5) for pair in pairs),
        made.pins,
        made.blocked,
    )


def without_pins(made: Problem) -> Problem:
    """The same before anything was pinned."""
    return replace(made, pins=())


def _changed(each: Helper | Recipient, **changes: object) -> object:
    return replace(each, **changes)


def may(level: Level, giver: Helper, taker: Recipient) -> bool:
    """Whether the pair meets all conditions but those of places, written as plainly as can be."""
    needs = {"post": {"print_and_post", "handwriting"}, "f_pismo": {"e_letter_card"}, "zt": {"e_letter_card"}}
    reads = set(taker.languages or ("ru",))
    by_some_way = any(
        way.strangers != "refused"
        and needs[way.channel] & set(giver.channels)
        and reads & set(giver.languages) & (set(way.languages) or reads)
        for way in taker.ways
    )
    belongs = taker.group_id in giver.groups if taker.group_id else giver.takes_alone
    return bool(
        taker.reach == "open"
        and by_some_way
        and giver.trust >= taker.trust_needed
        and not (taker.is_risky_in_russia and giver.is_in_russia)
        and not set(giver.avoids) & set(taker.traits)
        and giver.is_ready
        and (belongs or level is Level.GROUPS)
    )


def allowed(made: Problem) -> Iterator[tuple[Helper, Recipient]]:
    """Pairs that may be newly made, places aside: by the conditions, not blocked, not running, not pinned."""
    apart = {(each.helper_id, each.recipient_id) for each in made.running} | set(made.blocked) | set(made.pins)
    for giver in made.helpers:
        for taker in made.recipients:
            if (giver.id, taker.id) not in apart and may(made.level, giver, taker):
                yield giver, taker
