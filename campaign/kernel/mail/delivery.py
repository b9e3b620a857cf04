"""The loop that empties a lane: claim, make, hand over, record.

Three rules hold it together. A row is `handoff` before its body leaves, so a crash never sends twice without anybody
knowing. No transaction is open while the network is used. And what a relay does wrong is told apart from what is wrong
with one mail: a dead relay costs no mail one of its tries.
"""

import random
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from campaign.kernel import clock
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import end_read, transaction
from campaign.kernel.doorbell import doorbell
from campaign.kernel.mail import claiming, pace, rows, share, suppression
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail, Sender, compose
from campaign.kernel.mail.returns.classes import ReturnKind, class_of
from campaign.kernel.mail.returns.follow import Returned, suppress_dead, tell
from campaign.kernel.mail.rows import Claim, Lane, MailState
from campaign.kernel.mail.senders import Transport
from campaign.kernel.mail.smtp import Connection, Envelope, FateUnknown, Refused, RelayDown, SendProblem, TryLater
from campaign.kernel.switches import is_on

log = structlog.get_logger()

BATCH = 20
BULK_BATCH = 60
"""What a claim and the questions about its mails cost is shared by so many; each is asked again whether it is held."""
RETRY_MINUTES = (1, 5, 15, 60, 240)
RELAY_PAUSE = timedelta(seconds=15)
SWITCH_PAUSE = timedelta(seconds=10)
TURN_SECONDS = 20.0
"""How long a lane is emptied at a stretch: the worker of the bulk lane has jobs to do as well."""


@dataclass(slots=True)
class PostOffice:
    """What delivery needs from the settings; `post_office` below is this process's one."""

    transport: Transport | None = None
    sender: Sender | None = None

    def open(self, transport: Transport, sender: Sender) -> None:
        """Set where mail goes and who sends it."""
        self.transport, self.sender = transport, sender


post_office = PostOffice()
ContextFactory = Callable[[], AbstractContextManager[object]]
"""Opens an application context for one thread."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one batch came to."""

    claimed: int
    sent: int
    relay_down: bool = False


def batch_of(lane: Lane) -> int:
    """How many mails of a lane are claimed at once."""
    return BULK_BATCH if lane == Lane.BULK else BATCH


def deliver_batch(lane: Lane) -> Round:
    """Claim and send a batch of due mails of a lane over one connection.

    Safe to run in any number of threads and processes; each needs an application context of its own. Never raises for
    a mail that cannot be sent: every claimed row is recorded in some state.
    """
    claims = claiming.claim_due(lane, batch_of(lane))
    if not claims:
        return Round(0, 0)
    mails = _prepare(claims)
    ready = [claim for claim in claims if claim.id in mails]
    if not ready:
        return Round(len(claims), 0)
    try:
        return Round(len(claims), _Conversation(mails).send_all(ready))
    except RelayDown:
        return Round(len(claims), 0, relay_down=True)


def deliver_lane(lane: Lane, *, in_context: ContextFactory, threads: int = 4) -> int:
    """Empty a lane with up to `threads` connections for one turn; gives how many mails were sent.

    What is left then is rung for, and waits for its turn behind whatever else the worker has to do.
    """
    first, ends_at = deliver_batch(lane), time.monotonic() + TURN_SECONDS
    if first.claimed < batch_of(lane) or first.relay_down:
        return first.sent
    sent = [first.sent] + [0] * threads

    def work(number: int) -> None:
        with in_context():
            while time.monotonic() < ends_at:
                outcome = deliver_batch(lane)
                sent[number] += outcome.sent
                if outcome.relay_down or outcome.claimed == 0:
                    return
            doorbell.press(lane.queue)

    crew = [threading.Thread(target=work, args=(number,), name=f"mail-{number}") for number in range(1, threads + 1)]
    for member in crew:
        member.start()
    for member in crew:
        member.join()
    return sum(sent)


def recover_expired_leases() -> int:
    """Settle what dead workers left behind, in the open transaction; gives how many rows.

    Claimed only: the body never left, so it is tried again. Handed off: nobody knows; a confirmation goes again under
    the same Message-ID, a kind that must not repeat waits for a person.
    """
    found = rows.expired_leases()
    for row in found:
        resend = row.state == MailState.CLAIMED or (row.kind in mail_kinds and mail_kinds[row.kind].resend_unknown)
        row.error = "worker-lost" if row.state == MailState.CLAIMED else "fate-unknown"
        row.state = MailState.RETRY if resend else MailState.UNKNOWN
        # As old as it is: first in line, and due whatever the clock is set to next, by which both moments move alike.
        row.lease_until, row.due_at = None, min(row.queued_at, clock.now())
    return len(found)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A mail that can leave."""

    claim: Claim
    envelope: Envelope
    body: bytes


class _Conversation:
    """One batch over one connection, remembering the mail whose `sent` is not yet committed."""

    def __init__(self, mails: Mapping[uuid.UUID, Mail]) -> None:
        self.mails = mails
        self.waiting: deque[Claim] = deque()
        self.uncommitted: Claim | None = None
        self.sent = 0

    def send_all(self, claims: Sequence[Claim]) -> int:
        transport, self.waiting = post_office.transport, deque(claims)
        if transport is None:
            raise RuntimeError("the post office is not open")
        try:
            while self.waiting:
                # A connection that wears out or breaks inside a batch is replaced; a relay that is gone ends it.
                with transport.connection() as connection:
                    self._converse(connection)
        except RelayDown as problem:
            self._give_up(self.waiting, clock.now() + RELAY_PAUSE, problem.code)
            raise
        finally:
            self._settle()
        return self.sent

    def _converse(self, connection: Connection) -> None:
        """Send over one connection until it is worn or nothing waits."""
        current: _Ready | None = None
        while current is not None or (self.waiting and not connection.worn):
            current = current or self._open_next(connection)
            if current is None:
                continue
            if not self._may_leave(connection, current.claim):
                return
            following = self._next(connection) if connection.pipelines and not connection.worn else None
            done = connection.deliver(current.body, following.envelope if following else None)
            self._note(current.claim, done.fate)
            current = None
            if following is not None and not done.begun:
                self.waiting.appendleft(following.claim)
            elif following is not None and done.following is not None:
                self._failed(following.claim, done.following)
            else:
                current = following

    def _open_next(self, connection: Connection) -> _Ready | None:
        ready = self._next(connection)
        if ready is not None:
            try:
                connection.open(ready.envelope)
            except SendProblem as problem:
                self._failed(ready.claim, problem)
                return None
        return ready

    def _next(self, connection: Connection) -> _Ready | None:
        """The next mail that can be composed."""
        sender = post_office.sender
        if sender is None:
            raise RuntimeError("the post office is not open")
        while self.waiting:
            claim = self.waiting.popleft()
            mail = self.mails[claim.id]
            try:
                body = compose(
                    mail, sender=sender, row=claim.id, language=claim.language,
                    moment=clock.now(), eight_bit=connection.eight_bit,
                )  # fmt: skip
                envelope = Envelope(sender.return_path(claim.id, mail.recipient), mail.recipient)
            except Exception as problem:
                # A mail that cannot even be composed will not get better; whatever is wrong with it, it must not stop
                # the others. Only the type is told: the words of a problem may quote the mail.
                log.error("mail.not_composable", kind=claim.kind, mail=str(claim.id), problem=type(problem).__name__)
                claiming.finish(claim, MailState.FAILED, "not-composable")
                continue
            return _Ready(claim, envelope, body)
        return None

    def _may_leave(self, connection: Connection, claim: Claim) -> bool:
        """Commit that the body is about to leave; False, with no body sent, when we are not to send it any more."""
        try:
            handed_off = claiming.hand_off(claim, sent_before=self.uncommitted)
        except BaseException:
            connection.abandon()
            raise
        self.uncommitted = None
        if not handed_off:
            connection.abandon()
            self._drop_held(claim)
        return handed_off

    def _note(self, claim: Claim, fate: SendProblem | None) -> None:
        if fate is None:
            self.uncommitted, self.sent = claim, self.sent + 1
        else:
            self._failed(claim, fate)

    def _failed(self, claim: Claim, problem: SendProblem) -> None:
        match problem:
            case TryLater():
                self._try_later(claim, problem)
            case FateUnknown():
                self._unknown(claim, problem.code)
            case Refused(at_recipient=True) if class_of(problem.code)[0] == ReturnKind.HARD:
                self._no_such_mailbox(claim, problem.code)
            case _:
                claiming.finish(claim, MailState.FAILED, problem.code)

    def _no_such_mailbox(self, claim: Claim, code: str) -> None:
        """What a report of a bounce would do, where our relay knows at once (SAFETY.md, Mail: 5.1.x suppresses)."""
        address = self.mails[claim.id].recipient
        with transaction():
            if claiming.finish_here(claim, MailState.FAILED, code):
                suppress_dead(address)
                tell(Returned(claim.id, ReturnKind.HARD, code, claim.kind, claim.ref, address, at_door=True))

    def _try_later(self, claim: Claim, problem: TryLater) -> None:
        """Put one mail off; where its host says that we send too much, all that we have for that host, untried."""
        until = pace.rest(claim.provider) if problem.is_too_much and claim.provider is not None else None
        if until is None:
            claiming.release(claim, *_next_try(claim, problem.code))
            return
        same = [claim, *(each for each in self.waiting if each.provider == claim.provider)]
        self.waiting = deque(each for each in self.waiting if each.provider != claim.provider)
        self._give_up(same, until, problem.code)

    def _drop_held(self, claim: Claim) -> None:
        """Give back what was held meanwhile: the others of the batch need not be begun to learn of it."""
        mine = [each for each in (claim, *self.waiting) if each.batch is not None]
        held = claiming.release_held(mine) if mine else set()
        self.waiting = deque(each for each in self.waiting if each.id not in held)

    @staticmethod
    def _give_up(claims: Iterable[Claim], until: datetime, code: str) -> None:
        for claim in claims:
            claiming.release(claim, until, code, counts=False)

    def _unknown(self, claim: Claim, code: str) -> None:
        if mail_kinds[claim.kind].resend_unknown:
            claiming.release(claim, *_next_try(claim, code))
        else:
            claiming.finish(claim, MailState.UNKNOWN, code)

    def _settle(self) -> None:
        if self.uncommitted is not None:
            claiming.finish(self.uncommitted, MailState.SENT)
            self.uncommitted = None


def _next_try(claim: Claim, code: str) -> tuple[datetime, str]:
    """When to try again: 1, 5, 15, 60, then every 240 minutes, a fifth earlier or later so that tries spread out."""
    minutes = RETRY_MINUTES[min(claim.attempts - 1, len(RETRY_MINUTES) - 1)]
    return clock.now() + timedelta(minutes=minutes * random.uniform(0.8, 1.2)), code  # noqa: S311


def _prepare(claims: Sequence[Claim]) -> dict[uuid.UUID, Mail]:
    """The mails of a batch; what must not or need not be sent is recorded here."""
    mails: dict[uuid.UUID, Mail] = {}
    for kind_name, group in groupby(sorted(claims, key=lambda claim: claim.kind), key=lambda claim: claim.kind):
        mails.update(_prepare_kind(kind_name, list(group)))
    end_read()
    return mails


def _prepare_kind(kind_name: str, claims: list[Claim]) -> dict[uuid.UUID, Mail]:
    if kind_name not in mail_kinds:
        # Owed by a newer release than this worker's: a worker that knows the kind will make it.
        for claim in claims:
            claiming.release(claim, *_next_try(claim, "unknown-kind"))
        return {}
    kind = mail_kinds[kind_name]
    if kind.switch is not None and not is_on(kind.switch):
        end_read()
        for claim in claims:
            claiming.release(claim, clock.now() + SWITCH_PAUSE, "switched-off", counts=False)
        return {}
    built = _build(kind, claims)
    blocked = set() if kind.ignores_suppression else suppression.suppressed_among(m.recipient for m in built.values())
    end_read()
    needless = [claim for claim in claims if claim.id not in built or built[claim.id].recipient in blocked]
    for claim in needless:
        built.pop(claim.id, None)
        claiming.finish(claim, MailState.SUPPRESSED, "")
    pace.give_back(needless)
    return _within_share(built, claims) if kind.counts and built else built


def _within_share(built: dict[uuid.UUID, Mail], claims: Sequence[Claim]) -> dict[uuid.UUID, Mail]:
    """What its reader gets today; the rest waits for tomorrow."""
    free = share.take_shares({row: mail.recipient for row, mail in built.items()})
    for claim in claims:
        if claim.id in built and claim.id not in free:
            del built[claim.id]
            share.put_off(claim)
    return built


def _build(kind: MailKind, claims: Sequence[Claim]) -> dict[uuid.UUID, Mail]:
    """The mails of one kind. One that cannot be made must not hold up the others of its batch, again and again.

    Whose keys are destroyed can be written to by nobody, and is left out. Any other fault is ours and may be mended
    before the mail expires: it is tried again later. A database that is away concerns the whole batch and is raised.
    """
    try:
        return dict(kind.build(claims))
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        end_read()
        if len(claims) > 1:
            return {row: mail for claim in claims for row, mail in _build(kind, [claim]).items()}
        if not isinstance(problem, CryptoError):
            log.error("mail.not_made", kind=claims[0].kind, mail=str(claims[0].id), exc_info=problem)
            claiming.release(claims[0], *_next_try(claims[0], "not-made"))
        return {}


def sweep() -> None:
    """Recover dead leases and end overdue mail, in a transaction of its own."""
    with transaction():
        recover_expired_leases()
        rows.follow_clock()
        rows.expire_overdue()
