"""Answers of the demo at every step from the envelope to the writer, with what they ask for and what they warn of.

Every word is made up, the pages are drawn by code; the same every time.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update

from campaign.accounts.queries import find_account_by_name
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.letters.models import (
    Incident,
    IncidentKind,
    IncidentState,
    Letter,
    NeedKind,
    Original,
    Reply,
    ReplyEvent,
    ReplyState,
    TextKind,
)
from campaign.letters.service import incidents, needs, replies, reply_pages, reply_texts
from campaign.prisoners.models import Channel
from campaign.site.demo_scans import draw_scan

SMELLS = (
    "Здравствуйте, дорогая Ася!",
    "Ваше письмо пришло во вторник, когда я уже перестала ждать почту. Я прочитала его три раза: сначала быстро, потом"
    " медленно, потом вслух соседке по столу.",
    "Вы спрашивали про запахи. Больше всего люблю запах мокрой земли и свежей стружки: дед был столяром. Здесь пахнет"
    " в основном кашей, но весной в форточку заносит тополем.",
    "Лимон у вас зацвёл! Напишите, завяжутся ли плоды.",
)
IN_ENGLISH = (
    "Dear Asya, your letter came on Tuesday, when I had stopped waiting for the post. I read it three times: fast, then"
    " slowly, then aloud to the woman who shares my table.\n\nYou asked about smells. I love wet earth and fresh wood"
    " shavings most: my grandfather was a joiner. Here it smells mostly of porridge, but in spring the wind brings"
    " poplar through the window.\n\nYour lemon is in bloom! Write to me whether the fruit will ripen."
)
CAT = (
    "Добрый день!", "Передайте коту с колокольчиком, что я его понимаю: я тоже научился спать где придётся.",
    "У нас дома жила черепаха по имени Профессор. Она пережила три ремонта и один потоп и всё это время думала о"
    " своём. Рисую вам её по памяти на обороте.", "Обнимаю, пишите ещё.",
)  # fmt: skip
MAPS = (
    "Здравствуйте, Лев!", "Спасибо за письмо и за цаплю. Я тоже рисую карты: наш двор, если смотреть сверху, похож на"
    " остров с одной бухтой и маяком.", "Назвала его островом Тихой Среды, потому что почта приходит по средам. Жителей"
    " пока семеро: я, два воробья и четыре книги.",
)  # fmt: skip
MAPS_BACK = (
    "На обороте карта. Крестиком отмечено место, где лежит ваше письмо.",
    "Напишите, какие острова у вас, и есть ли там пристань. До встречи в следующем письме!",
)
PILLOW = (
    "Здравствуйте, Нина!", "Мне нравятся слова «крыжовник», «полустанок» и «шершавый». Над подушкой вместо хлеба"
    " смеялся до самого отбоя.", "В библиотеке я прочитал уже всё, что есть, по второму кругу. Если можно, пришлите"
    " книгу о китах или учебник испанского: будем учить каждый своё.", "До следующего письма!",
)  # fmt: skip
BREAD = (
    "Здравствуйте, Ася!", "Ваш хлеб я представил так ясно, что слышал, как он хрустит. Лучший запах на свете, вы"
    " правы. Второй после него: типографская краска.", "Зубы болят уже вторую неделю, врач обещает прийти и не"
    " приходит. Но вы не переживайте.",
)  # fmt: skip
HERON = (
    "Добрый вечер!",
    "Цапля на одной ноге: это мой сосед во время проверки. Передайте ей поклон.",
    "Читаю про полярников. Они тоже ждали почту по полгода и не жаловались.",
)
NAMELESS = (
    "Здравствуйте, друзья!", "Не знаю, кто из вас написал мне про реку и туман: в письме не было имени, а конверт"
    " забрали. Спасибо. Я перечитываю его по вечерам.", "Ваш читатель",
)  # fmt: skip
WAY = (ReplyState.SCANNED, ReplyState.MATCHED, ReplyState.SCREENED, ReplyState.FORWARDED)


@dataclass(frozen=True, slots=True)
class _Answer:
    """One envelope: which letter it answers, how many days after that left, and how far it has come."""

    state: ReplyState
    letter: Letter | None
    after: int
    pages: Sequence[Sequence[str]] = ()
    office: str = ""

    @property
    def logged_on(self) -> date:
        """The day it came in."""
        left = self.letter.dispatched_on if self.letter is not None else None
        return min((left or clock.today() - timedelta(days=40)) + timedelta(days=self.after), clock.today())


def answer_demo_letters(earlier: Sequence[Letter], sent: Sequence[Letter]) -> None:
    """Answers to letters that left weeks ago, in the open transaction; `sent` are the newer ones, by age."""
    staff, reader = find_account_by_name("coordinator-1"), find_account_by_name("moderator-1")
    if staff is None or reader is None:
        return
    hands = _Hands(staff.id, reader.id)
    read = hands.carry(_Answer(ReplyState.FORWARDED, earlier[1], 19, [SMELLS], "Shelf A"), was_read=True)
    _type(read, staff.id)
    hands.carry(_Answer(ReplyState.FORWARDED, earlier[3], 23, [CAT]), was_read=True)
    hands.carry(_Answer(ReplyState.FORWARDED, sent[1], 12, [MAPS, MAPS_BACK], "Shelf A"))
    asks = hands.carry(_Answer(ReplyState.MATCHED, sent[4], 38, [PILLOW], "Shelf B"))
    needs.report_need(
        asks.id, NeedKind.BOOKS, "A book about whales, or a textbook of Spanish.", is_urgent=False, actor=staff.id
    )
    _warn(hands.carry(_Answer(ReplyState.SCREENED, sent[5], 41, [BREAD])), hands)
    hands.carry(_Answer(ReplyState.SCANNED, sent[6], 57, [HERON]))
    hands.carry(_Answer(ReplyState.UNMATCHED, None, 30, [NAMELESS], "Shelf B"))
    hands.carry(_Answer(ReplyState.LOGGED, sent[7], 68))
    hands.carry(_Answer(ReplyState.LOGGED, None, 39, office="In the tray"))
    empty = hands.carry(_Answer(ReplyState.LOGGED, None, 22))
    replies.close(empty.id, "The envelope was empty.", actor=staff.id)


@dataclass(frozen=True, slots=True)
class _Hands:
    """Who logs and matches, and who reads the pages first."""

    staff: uuid.UUID
    reader: uuid.UUID

    def carry(self, answer: _Answer, *, was_read: bool = False) -> Reply:
        """Take an envelope as far as it has come, by the steps that staff take."""
        code = answer.letter.code if answer.letter is not None else ""
        day = answer.logged_on
        written = day - timedelta(days=9)
        draft = replies.EnvelopeDraft(Channel.POST, code=code, written_on=written, office=answer.office)
        reply = replies.log_envelope(draft, actor=self.staff, is_demo=True)
        for state in WAY[: WAY.index(answer.state) + 1] if answer.state in WAY else ():
            self._step(reply, state, answer)
        if answer.state is ReplyState.UNMATCHED:
            self._step(reply, ReplyState.SCANNED, answer)
            replies.leave_unmatched(reply.id, actor=self.staff)
        _happened(reply, day, was_read=was_read)
        return reply

    def _step(self, reply: Reply, state: ReplyState, answer: _Answer) -> None:
        if state is ReplyState.SCANNED:
            scans = [draw_scan(each, reply.number + place) for place, each in enumerate(answer.pages)]
            reply_pages.add_pages(reply.id, scans, actor=self.staff)
        elif state is ReplyState.MATCHED and answer.letter is not None:
            replies.match(reply.id, letter_id=answer.letter.id, has_arrived=True, actor=self.staff)
        elif state is ReplyState.SCREENED:
            replies.screen(reply.id, actor=self.reader)
        else:
            replies.forward(reply.id, actor=self.staff)
            replies.place_original(reply.id, Original.STORED, answer.office, actor=self.staff)


def _happened(reply: Reply, day: date, *, was_read: bool) -> None:
    """Let it have happened then: all of it within the week after the envelope came."""
    later = min(day + timedelta(days=4), clock.today())
    reply.logged_on = day
    if reply.screened_on is not None:
        reply.screened_on = later
    if reply.forwarded_on is not None:
        reply.forwarded_on = later
    if was_read:
        reply.read_on = min(later + timedelta(days=1), clock.today())
    session.flush()
    mine = update(ReplyEvent).where(ReplyEvent.reply_id == reply.id)
    session.execute(mine.values(happened_on=later))
    session.execute(mine.where(ReplyEvent.now == ReplyState.LOGGED).values(happened_on=day))
    letter = session.get(Letter, reply.letter_id) if reply.letter_id is not None else None
    if letter is not None and letter.body_erased_on is not None:
        letter.body_erased_on = later


def _type(reply: Reply, actor: uuid.UUID) -> None:
    for kind, language, text in (
        (TextKind.TRANSCRIPTION, "ru", "\n\n".join(SMELLS)), (TextKind.TRANSLATION, "en", IN_ENGLISH),
    ):  # fmt: skip
        reply_texts.type_text(reply.id, kind, language, text, seen_revision=0, actor=actor)


def _warn(reply: Reply, hands: _Hands) -> None:
    """An incident that is over: opened by whoever read the page, taken on, told to a lawyer, closed."""
    words = "Toothache for two weeks, and no doctor comes. Page 1, last paragraph."
    made = incidents.open_incident(reply.id, IncidentKind.ILL_TREATMENT, words, actor=hands.reader)
    incidents.take(made.id, "", actor=hands.staff)
    for state, said in (
        (IncidentState.ESCALATED, "Told the lawyer, who asks the medical unit in writing."),
        (IncidentState.CLOSED, "The dentist came; the next letter says that it is better."),
    ):
        found = session.scalars(select(Incident).where(Incident.id == made.id)).one()
        incidents.step(made.id, state, said, actor=hands.staff, seen_version=found.version)
