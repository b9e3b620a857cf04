"""Letters of the demo on every part of their way: begun, waiting to be read, for the post, on the way, come back.

Every name, place and word is made up; the same every time.
"""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import delete, select, update

from campaign.accounts.queries import find_account_by_name
from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.mail.rows import MailRow
from campaign.letters.models import SCOPE, BatchEvent, BatchState, Letter, LetterBatch, LetterEvent, LetterState, Relay
from campaign.letters.queries.destinations import find_destination
from campaign.letters.queries.ways import list_ways
from campaign.letters.service import bodies, drafts, moderation, outcomes, submitting
from campaign.letters.service.moves import move
from campaign.penpals.models import Assignment, AssignmentState, WriterMode, WriterProfile
from campaign.people.models import AT_WORK, Volunteer
from campaign.prisoners.models import Channel, Prisoner
from campaign.site.demo_replies import answer_demo_letters

GREETING = "Здравствуйте, {name}!\n\n"
TEXTS = (
    "Мы с вами не знакомы. Меня зовут Ася, я пеку хлеб и учу соседских детей играть на укулеле. На этой неделе у нас"
    " впервые зацвёл лимон, который мы вырастили из косточки; пахнет на весь дом. А какие запахи любите вы?"
    "\n\nВаша Ася",
    "Пишу вам из маленького города у реки. Утром видел цаплю: она стояла на одной ноге и не обращала на меня никакого"
    " внимания. Я перечитываю рассказы о путешествиях и рисую карты выдуманных островов. Что вы читаете сейчас?\n\nЛев",
    "Сегодня расскажу про нашего кота. Он научился открывать шкаф и спит теперь на свитерах. Мы подвесили колокольчик,"
    " и по ночам слышно, куда он идёт. Были ли у вас животные? Как их звали?\n\nС теплом, Мира",
    "Спасибо за вашу открытку, она стоит у меня на полке. Вы спрашивали про велосипед: да, я доехал до моря, на это"
    " ушло четыре дня. Самым трудным был ветер. Напишите, куда поехали бы вы.\n\nТимур",
    "Учу итальянский и смеюсь сама над собой: вчера вместо хлеба попросила подушку. Зато пирог с вишней получился."
    " Какие слова вам нравятся просто по звуку?\n\nНина",
)
RISKY = (
    "Добрый день! Меня зовут Глеб. Вчера в новостях снова говорили про мобилизацию и обстрелы, мы все об этом думаем."
    " Ваш приговор обсуждают у нас на кухне. Держитесь! Пишите мне на gleb@example.org.\n\nГлеб"
)
ENGLISH = (
    "Hello! My name is Jo, I repair old clocks. Today one of them began to tick after forty years. What do you like?"
)
SENT, TO_READ, TO_POST = 8, 6, 9
EARLIER = 6
"""Letters of the same writers before these, all delivered, so that there are conversations and something is known of
how long a letter takes."""

BATCH_WAY = (BatchState.LOCKED, BatchState.RENDERED, BatchState.PRINTED, BatchState.POSTED, BatchState.RECONCILED)


def send_demo_letters() -> None:
    """Make them, in the open transaction."""
    keyring.ensure(SCOPE)
    _relays()
    pairs = sorted(_pairs(), key=lambda each: not each[2])
    mine, others = [each for each in pairs if each[2]], [each for each in pairs if not each[2]]
    moderator = find_account_by_name("moderator-1") or find_account_by_name("coordinator-1")
    if moderator is None or not others:
        return
    reader = moderator.id
    earlier = _send_earlier(pairs, reader)
    sent = [_hand_in(each, volunteer, _text(number)) for number, (each, volunteer, _mine) in enumerate(pairs[:SENT])]
    for number, letter in reversed([*enumerate(sent)]):
        _approve(letter, reader)
        _send(letter, clock.today() - timedelta(days=6 + 9 * number))
    _hear_of([letter for letter in sent if letter.state == LetterState.DISPATCHED])
    answer_demo_letters(earlier, sent)
    for number, (assignment, volunteer, _is_mine) in enumerate(others[:TO_READ]):
        text = RISKY if number == 1 else ENGLISH if number == 3 else _text(number + 1)
        _happened(_hand_in(assignment, volunteer, text), clock.today() - timedelta(days=TO_READ - number))
    for number, (assignment, volunteer, _is_mine) in enumerate(others[TO_READ : TO_READ + TO_POST]):
        _approve(_hand_in(assignment, volunteer, _text(number + 2)), reader)
    for assignment, volunteer, _is_mine in mine[:1]:
        _begin(assignment, volunteer, "Здравствуйте!\n\nУ нас наконец выпал снег, и")

    # They left weeks ago, as the demo has it: nobody is told of it today.
    session.execute(delete(MailRow).where(MailRow.kind.startswith("letter.")))


def _send_earlier(pairs: Sequence[tuple[Assignment, Volunteer, bool]], reader: uuid.UUID) -> list[Letter]:
    """Those of months ago, the oldest first, each delivered after two to four weeks; in the order of `pairs`."""
    earlier = []
    for number, (assignment, volunteer, _is_mine) in reversed([*enumerate(pairs[:EARLIER])]):
        letter = _hand_in(assignment, volunteer, _text(number + 4))
        _approve(letter, reader)
        left = clock.today() - timedelta(days=60 + 13 * number)
        _send(letter, left)
        if letter.state == LetterState.DISPATCHED:
            heard = left + timedelta(days=15 + 2 * number)
            outcomes.report_outcome(letter.id, LetterState.REPORTED, actor=None, on=heard)
            letter.body_erased_on = heard
        earlier.append(letter)
    return earlier[::-1]


def _pairs() -> list[tuple[Assignment, Volunteer, bool]]:
    """Who writes to whom by now, those of the writer who can sign in marked."""
    signed_in = find_account_by_name("volunteer-1")
    rows = session.execute(
        select(Assignment, Volunteer)
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .join(Prisoner, Prisoner.id == Assignment.prisoner_id)
        .join(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
        .where(
            Assignment.state == AssignmentState.ACTIVE, Volunteer.is_demo, Volunteer.state.in_(AT_WORK),
            WriterProfile.mode != WriterMode.ONE_LETTER,
        )
        .order_by(Prisoner.slug, Volunteer.pseudonym)
    ).all()  # fmt: skip
    account = signed_in.id if signed_in is not None else None
    return [(each, volunteer, volunteer.account_id == account) for each, volunteer in rows]


def _relays() -> None:
    made = (("Anna Beispiel", ["Postfach 10 00 00", "10115 Musterstadt"], "DE", True),
            ("A. Przykład", ["ul. Zmyślona 1", "00-001 Zmyślin"], "PL", False))  # fmt: skip
    for name, lines, country, is_default in made:
        session.add(
            Relay(
                id=uuid.uuid4(), name=name, lines=lines, country=country, is_default=is_default, is_demo=True,
                is_active=True, changed_on=clock.today(),
            )
        )  # fmt: skip
    session.flush()


def _text(number: int) -> str:
    return TEXTS[number % len(TEXTS)]


def _begin(assignment: Assignment, volunteer: Volunteer, text: str) -> Letter:
    person = session.get_one(Prisoner, assignment.prisoner_id)
    letter = drafts.begin_draft(
        person.id, volunteer.id, channel=list_ways(person.id, clock.today())[0],
        actor=volunteer.account_id or uuid.uuid4(), assignment_id=assignment.id, group_id=assignment.group_id,
        is_demo=True,
    )  # fmt: skip
    is_plain = text.startswith(("Здравствуйте", "Добрый", "Hello"))
    whole = text if is_plain else GREETING.format(name=person.first_ru or person.full_name_ru) + text
    drafts.save_draft(
        letter, whole, seen_text_version=letter.text_version, channel=Channel.POST.value,
        language="en" if text == ENGLISH else "ru",
    )  # fmt: skip
    return letter


def _hand_in(assignment: Assignment, volunteer: Volunteer, text: str) -> Letter:
    letter = _begin(assignment, volunteer, text)
    submitting.submit(letter, actor=volunteer.account_id, wants_translator=text == ENGLISH)
    return letter


def _approve(letter: Letter, reader: uuid.UUID) -> None:
    reason = "Demo: read and found harmless."
    moderation.approve(letter.id, actor=reader, seen_text_version=letter.text_version, override_reason=reason)


def _send(letter: Letter, day: date) -> None:
    """One that left some time ago, in a batch that was checked off."""
    if letter.state != LetterState.QUEUED:
        return
    place = find_destination(letter.prisoner_id, letter.channel, clock.today())
    if place.facility_id is None:
        return
    batch = LetterBatch(
        id=uuid.uuid4(), channel=letter.channel, facility_id=place.facility_id, letters=1, locked_on=day,
        state=BatchState.RECONCILED, posted_on=day, reconciled_on=day, is_demo=True,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    session.add_all(
        BatchEvent(batch_id=batch.id, was=was, now=now, happened_on=day) for was, now in pairwise(["", *BATCH_WAY])
    )
    letter.batch_id, letter.position, letter.address = batch.id, 1, place.snapshot()
    letter.facility_id = place.facility_id
    for state in (LetterState.BATCHED, LetterState.PRINTED):
        move(letter, state, actor=None)
    outcomes.dispatch([letter], day, actor=None)
    _happened(letter, day)


def _happened(letter: Letter, day: date) -> None:
    """Let all that was done with it so far have been done on that day."""
    letter.created_on = letter.edited_on = letter.submitted_on = day
    session.flush()
    session.execute(update(LetterEvent).where(LetterEvent.letter_id == letter.id).values(happened_on=day))


def _hear_of(sent: Sequence[Letter]) -> None:
    """What came of those that left: delivered, come back, kept, and silence."""
    heard = (None, LetterState.REPORTED, LetterState.RETURNED, LetterState.CENSORED)
    for letter, state in zip(sent, heard, strict=False):
        if state is not None:
            outcomes.report_outcome(letter.id, state, actor=None)
    outcomes.run_deadlines(clock.today())
    for letter in sent:
        if letter.state in {LetterState.PRESUMED, LetterState.CENSORED}:
            bodies.erase_body(letter)
