"""Demo people: the founding cases with what is publicly known of them, and sixty that are made up, in made-up places.

Everything goes through the services that staff use, with two demo accounts as author and publisher, so that sources,
histories and two-person rules look as they would. Drawn from a fixed seed: every demo looks the same.
"""

import random
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from campaign.accounts.queries import find_account_by_name
from campaign.kernel import clock
from campaign.petitions.models import Petition
from campaign.petitions.service.people import add_person
from campaign.prisoners.models import (
    AT_LIBERTY,
    Certainty,
    Channel,
    ConsentEvidence,
    ConsentGiver,
    ConsentKind,
    DeathKind,
    Evidence,
    Facility,
    FacilityKind,
    Gender,
    LettersPolicy,
    Liberty,
    Precision,
    Prisoner,
    PrisonerState,
    Publicity,
    Punishment,
    Regime,
    ReleaseReason,
    ReplyMeans,
    Severity,
    Stage,
    StrangersPolicy,
    Theme,
)
from campaign.prisoners.service import consent, facilities, publication
from campaign.prisoners.service.cases import (
    CaseDraft,
    ChargeDraft,
    HearingDraft,
    SentenceDraft,
    add_case,
    add_charge,
    record_sentence,
    set_hearing,
)
from campaign.prisoners.service.custody import StayDraft, record_stay
from campaign.prisoners.service.facts import Source
from campaign.prisoners.service.interests import load_starting_words
from campaign.prisoners.service.liberty import EndDraft, end_imprisonment, open_episode
from campaign.prisoners.service.names import dative_of
from campaign.prisoners.service.people import PersonDraft, StoryDraft, create_prisoner

CONTENT = Path(__file__).with_name("demo_prisoners.toml")
PEOPLE = 60
MINORS = frozenset({20, 40})
TERMS = {66: ("5 years and 6 months", "5 лет и 6 месяцев", "5 Jahren und 6 Monaten"),
         60: ("5 years", "5 лет", "5 Jahren"), 42: ("3 years and 6 months", "3 года и 6 месяцев",
                                                   "3 Jahren und 6 Monaten")}  # fmt: skip
INTERESTS = ("cats", "chess", "football", "gardening", "history", "poetry", "cooking", "music", "physics", "cinema",
             "travel", "drawing", "languages", "mountains", "birds", "crafts")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hands:
    """The two demo accounts that write and publish."""

    author: uuid.UUID
    publisher: uuid.UUID


def load_prisoners(petitions: list[Petition]) -> None:
    """Make places and people, and tie one made-up person to the first petition; in the open transaction."""
    content = tomllib.loads(CONTENT.read_text())
    hands = Hands(_account("data-editor-1"), _account("data-editor-2"))
    load_starting_words(actor=hands.author)
    for entry in content["founding"]:
        _found(entry, content["lawyers"], hands)
    places = [_place(entry, hands) for entry in content["facility"]]
    chance = random.Random(18_01_2021)  # noqa: S311 - the same demo every time is the point
    people = [_Fiction(content["fiction"], places, hands, chance, number).make() for number in range(PEOPLE)]
    if petitions:
        add_person(petitions[0], people[0], actor=hands.author)


def _account(username: str) -> uuid.UUID:
    account = find_account_by_name(username)
    if account is None:
        raise LookupError(f"the demo account {username} is missing")
    return account.id


def _stories(texts: Mapping[str, Mapping[str, str]], term: tuple[str, str, str] | None = None) -> list[StoryDraft]:
    terms = dict(zip(("en", "ru", "de"), term or ("", "", ""), strict=True))
    return [
        StoryDraft(code, text["occupation"], text["summary"].replace("{term}", terms[code]), text["story"].strip())
        for code, text in texts.items()
    ]


def _publish(prisoner: Prisoner, hands: Hands) -> None:
    for state, actor in ((PrisonerState.REVIEW, hands.author), (PrisonerState.PUBLISHED, hands.publisher)):
        publication.move_prisoner(prisoner, state, seen_version=prisoner.version, actor=actor)


def _found(entry: Mapping[str, Any], lawyers: Mapping[str, Any], hands: Hands) -> None:
    """A public figure: dated facts with their source, and nothing that nobody published."""
    is_lawyer = "lawyer_months" in entry
    about = lawyers if is_lawyer else entry
    source = Source(about["source_title"], about["source_url"], clock.today())
    term = TERMS[entry["lawyer_months"]] if is_lawyer else None
    over = LettersPolicy.NONE if "end" in entry else LettersPolicy.UNKNOWN
    draft = PersonDraft(
        last_ru=entry["last_ru"], first_ru=entry["first_ru"], patronymic_ru=entry["patronymic_ru"],
        last_latin=entry["last_latin"], first_latin=entry["first_latin"], gender=Gender(entry["gender"]),
        languages_read=["ru"], letters_policy=over, stories=_stories(about["text"], term),
    )  # fmt: skip
    prisoner = create_prisoner(draft, source, actor=hands.author, is_demo=True)
    publicity = publication.PublicityDraft(Publicity.LIMITED, True, entry["why"])
    publication.set_publicity(prisoner, publicity, source, seen_version=prisoner.version, actor=hands.author)
    open_episode(
        prisoner.id, entry["arrested"], Liberty.PRETRIAL_CUSTODY, source, actor=hands.author,
        precision=Precision(entry.get("arrested_precision", "day")),
    )  # fmt: skip
    if is_lawyer:
        _sentence_lawyer(prisoner, entry["lawyer_months"], lawyers, source, hands)
    elif "case" in entry:
        _tell_case(prisoner, entry["case"], source, hands)
    if "end" in entry:
        end = entry["end"]
        told = Source(entry.get("end_title", source.title), entry.get("end_url", source.url), clock.today())
        death = DeathKind(end["death"]) if "death" in end else None
        end_imprisonment(
            prisoner.id, EndDraft(end["on"], ReleaseReason(end["reason"]), death_kind=death), told, actor=hands.author
        )
    _publish(prisoner, hands)


def _tell_case(prisoner: Prisoner, told: Mapping[str, Any], source: Source, hands: Hands) -> None:
    themes = [Theme(each) for each in told["themes"]]
    draft = CaseDraft(told["names"], Stage.SENTENCE_IN_FORCE, themes, court=told["court"])
    case = add_case(prisoner, draft, source, actor=hands.author)
    for article in told["charges"]:
        add_charge(case, ChargeDraft(article), source, actor=hands.author)
    said = told["sentence"]
    sentence = SentenceDraft(
        said["on"], told["court"], Punishment.IMPRISONMENT, regime=Regime(said["regime"]), term_months=said["months"]
    )
    record_sentence(case, sentence, source, actor=hands.author)


def _sentence_lawyer(prisoner: Prisoner, months: int, told: Mapping[str, Any], source: Source, hands: Hands) -> None:
    draft = CaseDraft(
        told["names"], Stage.SENTENCE_IN_FORCE, [Theme.LAWYER], group_name="lawyers of Alexei Navalny",
        region="RU-VLA", court=told["court"],
    )  # fmt: skip
    case = add_case(prisoner, draft, source, actor=hands.author)
    add_charge(case, ChargeDraft(told["charge"], told["part"]), source, actor=hands.author)
    sentence = SentenceDraft(told["decided"], told["court"], Punishment.IMPRISONMENT, term_months=months)
    record_sentence(case, sentence, source, actor=hands.author)
    # Known from the sentence alone, and looked up by nobody since.
    stay = StayDraft(Certainty.UNKNOWN, told["decided"], evidence=Evidence.MEDIA, verified_on=told["decided"])
    record_stay(prisoner.id, stay, source, actor=hands.author)


def _place(entry: Mapping[str, Any], hands: Hands) -> Facility:
    """A made-up facility with an address, channels and a rule."""
    source = Source("The demo's own register of places that do not exist", "", clock.today())
    kind = FacilityKind(entry["kind"])
    draft = facilities.FacilityDraft(entry["code"], entry["name_ru"], entry["name_latin"], kind, entry["region"])
    facility = facilities.create_facility(draft, source, actor=hands.author, is_demo=True)
    since = clock.today() - timedelta(days=400)
    address = facilities.AddressDraft(entry["index"], "", entry["locality"], entry["street"], since)
    facilities.set_address(facility, address, source, actor=hands.author)
    post = facilities.ChannelDraft(Channel.POST, days=21, strangers=StrangersPolicy.ACCEPTED)
    facilities.set_channel(facility, post, source, actor=hands.author)
    if kind in {FacilityKind.SIZO, FacilityKind.IK_GENERAL, FacilityKind.WOMEN_IK}:
        letters = facilities.ChannelDraft(
            Channel.F_PISMO, characters_a_page=2500, price_page=5500, price_picture=3500, price_reply=5500,
            has_reply_form=True, needs_sender_identity=True, days=3, strangers=StrangersPolicy.ACCEPTED,
        )  # fmt: skip
        facilities.set_channel(facility, letters, source, actor=hands.author)
    if kind is FacilityKind.IK_STRICT:
        rule = {"en": "No drawings in colour.", "ru": "Цветные рисунки не пропускают."}
        facilities.add_rule(facility, facilities.RuleDraft(rule, Severity.WARN, since), source, actor=hands.author)
    return facility


class _Fiction:
    """One made-up person; `number` decides the situation, chance the rest."""

    def __init__(
        self, told: Mapping[str, Any], places: list[Facility], hands: Hands, chance: random.Random, number: int
    ) -> None:
        self.told, self.places, self.hands, self.chance, self.number = told, places, hands, chance, number
        self.today = clock.today()
        days = 420 if number == 0 else chance.randrange(40, 1500)
        self.arrested = self.today - timedelta(days=days)
        self.source = Source("A made-up newspaper", f"https://news.example/{number + 1}", self.today)
        # The two who are minors study, whatever their number says.
        self.story = told["story"][3 if number in MINORS else number % len(told["story"])]
        self.status = self._status()

    def make(self) -> Prisoner:
        """The person with case, stay and page."""
        prisoner = create_prisoner(self._person(), self.source, actor=self.hands.author, is_demo=True)
        open_episode(prisoner.id, self.arrested, self._first_status(), self.source, actor=self.hands.author)
        self._case(prisoner)
        self._stay(prisoner)
        if self.status in {Liberty.RELEASED, Liberty.EXCHANGED, Liberty.DIED}:
            self._end(prisoner)
        self._page(prisoner)
        return prisoner

    def _status(self) -> Liberty:
        kinds = (
            (25, Liberty.PRETRIAL_CUSTODY), (46, Liberty.SERVING_COLONY), (49, Liberty.HOUSE_ARREST),
            (52, Liberty.IN_TRANSIT), (54, Liberty.WHEREABOUTS_UNKNOWN), (57, Liberty.RELEASED),
            (58, Liberty.EXCHANGED), (59, Liberty.DIED), (PEOPLE, Liberty.SERVING_SETTLEMENT),
        )  # fmt: skip
        return next(status for most, status in kinds if self.number < most)

    def _first_status(self) -> Liberty:
        """What they are held as from the arrest; an end comes as an act of its own."""
        over = AT_LIBERTY | {Liberty.DIED}
        return Liberty.SERVING_COLONY if self.status in over else self.status

    def _person(self) -> PersonDraft:
        is_woman = self.number == 0 or self.number % 3 == 1
        last = self.told["last"][self.number % len(self.told["last"])]
        first, patronymic = self._first_names(is_woman)
        if self.number == 0:
            last, first, patronymic = "Ветрова", "Анна", "Михайловна"
        elif is_woman:
            last = f"{last[:-2]}ая" if last.endswith("ый") else f"{last}а"
        gender = Gender.FEMALE if is_woman else Gender.MALE
        age = 17 if self.number in MINORS else self.chance.randrange(19, 74)
        born = self.today.replace(day=1) - timedelta(days=age * 365 + self.chance.randrange(30, 330))
        return PersonDraft(
            last_ru=last, first_ru=first, patronymic_ru=patronymic, gender=gender,
            dative_ru=dative_of(last=last, first=first, patronymic=patronymic, gender=gender),
            is_dative_confirmed=self.number % 6 != 5, citizenships=["RU"], home_region=self._home(),
            born_on=born if self.number % 9 else born.replace(month=1, day=1),
            born_precision=Precision.DAY if self.number % 9 else Precision.YEAR,
            languages_read=["ru", "en"] if self.number % 5 == 0 else ["ru"],
            letters_policy=self._letters(), reply_means=list(ReplyMeans)[self.number % 4],
            interests=self.chance.sample(INTERESTS, 3), stories=self._stories(),
        )  # fmt: skip

    def _first_names(self, is_woman: bool) -> tuple[str, str]:
        names = self.told["female" if is_woman else "male"]
        first, patronymic = names[self.chance.randrange(len(names))].split()
        return first, patronymic

    def _home(self) -> str:
        return self.chance.choice(("RU-MOW", "RU-SPE", "RU-SVE", "RU-TA", "UA-43", "RU-NVS", "RU-KDA", "RU-BU"))

    def _letters(self) -> LettersPolicy:
        rare = {7: LettersPolicy.FAMILY_ONLY, 19: LettersPolicy.NONE, 33: LettersPolicy.UNKNOWN}
        return rare.get(self.number, LettersPolicy.OPEN)

    def _stories(self) -> list[StoryDraft]:
        what = self.story
        if self.number == 0:
            what = {
                "occupation": {"en": "librarian", "ru": "библиотекарь", "de": "Bibliothekarin"},
                "en": "Lent out a book.", "ru": "Выдала книгу.", "de": "Verlieh ein Buch.",
            }  # fmt: skip
        close = {
            "en": "This person is made up, like everybody on the demo's list but the founding cases.",
            "ru": "Этот человек вымышлен, как и все в этом списке, кроме известных дел.",
            "de": "Diese Person ist erfunden wie alle in dieser Liste außer den bekannten Fällen.",
        }
        return [StoryDraft(code, what["occupation"][code], what[code], f"{what[code]}\n\n{close[code]}")
                for code in ("en", "ru", "de")]  # fmt: skip

    def _case(self, prisoner: Prisoner) -> None:
        serving = self.status in {Liberty.SERVING_COLONY, Liberty.SERVING_SETTLEMENT, Liberty.IN_TRANSIT} | AT_LIBERTY
        stage = Stage.SENTENCE_IN_FORCE if serving else Stage.IN_COURT if self.number % 2 else Stage.UNDER_INVESTIGATION
        court = f"Вымышленный районный суд № {self.number % 7 + 1}"
        names = {"en": "A made-up case", "ru": "Вымышленное дело", "de": "Ein erfundener Fall"}
        draft = CaseDraft(names, stage, [Theme(self.story["theme"])], court=court, opened_on=self.arrested)
        case = add_case(prisoner, draft, self.source, actor=self.hands.author)
        add_charge(case, ChargeDraft(self.story["charge"], from_on=self.arrested), self.source, actor=self.hands.author)
        if serving:
            decided = min(self.arrested + timedelta(days=300), self.today - timedelta(days=20))
            term = self.chance.randrange(24, 110)
            release = self.arrested + timedelta(days=term * 30)
            sentence = SentenceDraft(
                max(decided, self.arrested), court, Punishment.IMPRISONMENT, regime=Regime.GENERAL, term_months=term,
                expected_release_on=release, release_basis="reckoned from the arrest",
            )  # fmt: skip
            record_sentence(case, sentence, self.source, actor=self.hands.author)
        elif stage is Stage.IN_COURT:
            day = self.today + timedelta(days=self.chance.randrange(2, 55))
            set_hearing(case, HearingDraft(day, court, "10:30"), self.source, actor=self.hands.author)

    def _stay(self, prisoner: Prisoner) -> None:
        if self.status is Liberty.HOUSE_ARREST:
            return
        nowhere = {Liberty.IN_TRANSIT: Certainty.IN_TRANSIT, Liberty.WHEREABOUTS_UNKNOWN: Certainty.UNKNOWN}
        place = self._cell()
        # Every seventh has not been looked up for a year, so that the work list has something in it.
        checked = self.today - timedelta(days=365 if self.number % 7 == 6 else self.chance.randrange(50))
        stay = StayDraft(
            Certainty.CONFIRMED, self.arrested, place.id, Evidence.LAWYER, verified_on=max(self.arrested, checked)
        )
        record_stay(prisoner.id, stay, self.source, actor=self.hands.author)
        if self.status in nowhere:
            left = self.today - timedelta(days=self.chance.randrange(3, 25))
            record_stay(
                prisoner.id, StayDraft(nowhere[self.status], max(left, self.arrested)), self.source,
                actor=self.hands.author,
            )  # fmt: skip

    def _cell(self) -> Facility:
        is_woman = self.number % 3 == 1
        if self.number in MINORS:
            wanted = {FacilityKind.JUVENILE_VK}
        elif self._first_status() is Liberty.PRETRIAL_CUSTODY:
            wanted = {FacilityKind.SIZO}
        elif self._first_status() is Liberty.SERVING_SETTLEMENT:
            wanted = {FacilityKind.COLONY_SETTLEMENT}
        else:
            wanted = {FacilityKind.WOMEN_IK} if is_woman else {FacilityKind.IK_GENERAL, FacilityKind.IK_STRICT,
                                                               FacilityKind.PRISON_T, FacilityKind.MEDICAL}  # fmt: skip
        fitting = [place for place in self.places if place.kind in wanted]
        return fitting[0] if self.number == 0 else self.chance.choice(fitting)

    def _end(self, prisoner: Prisoner) -> None:
        day: date = self.today - timedelta(days=self.chance.randrange(5, 30))
        ends = {
            Liberty.RELEASED: EndDraft(day, ReleaseReason.TERM_SERVED),
            Liberty.EXCHANGED: EndDraft(day, ReleaseReason.EXCHANGE),
            Liberty.DIED: EndDraft(day, ReleaseReason.DEATH, death_kind=DeathKind.IN_CUSTODY),
        }
        end_imprisonment(prisoner.id, ends[self.status], self.source, actor=self.hands.author)

    def _page(self, prisoner: Prisoner) -> None:
        """Most are public by a consent; the last few wait, so that staff find something to do."""
        if self.number in {24, 45}:
            return
        agreed = consent.ConsentDraft(ConsentKind.PUBLICITY, ConsentGiver.RELATIVE, self.arrested, ConsentEvidence.CALL)
        consent.record_consent(prisoner, agreed, actor=self.hands.author)
        level = Publicity.LIMITED if self.number % 10 == 3 else Publicity.PUBLIC
        publication.set_publicity(
            prisoner, publication.PublicityDraft(level, False, ""), self.source, seen_version=prisoner.version,
            actor=self.hands.author,
        )  # fmt: skip
        if self.number in {23, 44}:
            publication.move_prisoner(
                prisoner, PrisonerState.REVIEW, seen_version=prisoner.version, actor=self.hands.author
            )
        else:
            _publish(prisoner, self.hands)
