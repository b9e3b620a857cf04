"""Pledging on a fund's page, and the link to the donor's own page (as signing is: campaign/signatures)."""

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.orm.attributes import flag_modified

from campaign.funds.models import Fund, FundState, PublicLevel
from campaign.funds.service.giving import giving_of
from campaign.gifts.models import LIVE, SCOPE, Donor, Pledge, PledgeState, Schedule, Visibility, What
from campaign.gifts.models.codes import new_code
from campaign.gifts.service import donors, instalments
from campaign.gifts.service.donors import DonorDraft
from campaign.gifts.service.instalments import NotThatStep, lock_pledge, note
from campaign.kernel import clock, tokens
from campaign.kernel.addresses import Mailbox
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.mail import suppression
from campaign.kernel.mail.quota import take_mail
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.kernel.mail.suppression import SuppressionReason
from campaign.kernel.money import Money
from campaign.kernel.versions import check_version

PURPOSE = "pledge"
WAITS_DAYS = 7
FURTHEST_DAYS = 366
MOST_TIMES = 60
LARGEST = 10**11
"""In minor units, of one instalment: what is more was mistyped."""


class BadPledge(DomainError):
    """Something about the pledge cannot be so."""


class NotTaken(DomainError):
    """The fund takes no pledges now."""


class _NoMail(Exception):
    """This mail is owed already, or the address has had its three: no pledge is made."""


@dataclass(frozen=True, slots=True)
class PledgeDraft:
    """What a donor sent, checked for shape."""

    mailbox: Mailbox
    amount: Money
    schedule: Schedule
    times: int | None
    starts_on: date
    wants_reminders: bool
    language: str
    alias: str = ""
    visibility: Visibility = Visibility.SECRET


def takes_pledges(fund: Fund) -> bool:
    """Whether somebody outside Russia can pledge to it: it is public and open, and it is told where to give."""
    return fund.state == FundState.OPEN and fund.public_level != PublicLevel.HIDDEN and giving_of(fund) is not None


def is_waited_for(found: Pledge) -> bool:
    """Whether its fund still asks for it: not while it comes to its end, nor afterwards."""
    return session.scalar(select(Fund.state).where(Fund.id == found.fund_id)) in {FundState.OPEN, FundState.PAUSED}


def pledge(fund: Fund, draft: PledgeDraft, *, is_demo: bool = False) -> None:
    """Keep a pledge that waits for the button in its mail, or remind a known address of its own page.

    Nothing tells the caller which it was, nor whether a mail goes out. Raises BadPledge, NotTaken, BadDonor.
    """
    check(draft)
    if not takes_pledges(fund):
        raise NotTaken(N_("Nothing new is taken for this at the moment."))
    keyring.ensure(SCOPE)
    index = blind_index(SCOPE, f"{fund.id}:{draft.mailbox.canonical}")
    # Two at once with one address: the second waits here and finds the first.
    session.execute(
        text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": int.from_bytes(index[:8], "big", signed=True)}
    )
    known = find_live(fund.id, index)
    if known is not None:
        _write_over(known, draft)
    with suppress(_NoMail), session.begin_nested():
        if known is None:
            known = _new(fund, draft, index, is_demo=is_demo)
        kind = "pledge.confirm" if known.state == PledgeState.PENDING else "pledge.already"
        minute = clock.now().replace(second=0, microsecond=0).isoformat()
        if not tell(known, kind, reason=minute, lane=Lane.FAST) or not take_mail(draft.mailbox.canonical):
            raise _NoMail


def check(draft: PledgeDraft) -> None:
    """Raise BadPledge for what cannot be so."""
    check_amount(draft.amount)
    today = clock.today()
    if not today <= draft.starts_on <= today + timedelta(days=FURTHEST_DAYS):
        raise BadPledge(N_("The first day is today or later, and within a year."))
    if draft.schedule == Schedule.ONCE and draft.times != 1:
        raise BadPledge(N_("What is given once is given one time."))
    if draft.times is not None and not 1 <= draft.times <= MOST_TIMES:
        raise BadPledge(N_("As often as you like up to sixty times, or until you stop it."))


def check_amount(amount: Money) -> None:
    """Raise BadPledge for what is no amount to give."""
    if amount.minor <= 0:
        raise BadPledge(N_("Enter an amount above zero."))
    if amount.minor > LARGEST:
        raise BadPledge(N_("This amount is too large. Please check it."))


def find_live(fund_id: uuid.UUID, index: bytes) -> Pledge | None:
    """The pledge of an address to a fund that waits for its button, or is kept."""
    statement = (
        select(Pledge)
        .join(Donor, Donor.id == Pledge.donor_id)
        .where(Pledge.fund_id == fund_id, Donor.email_index == index, Pledge.state.in_(LIVE))
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement.order_by(Pledge.made_on.desc()).limit(1)).first()


def tell(found: Pledge, kind: str, *, reason: str, lane: Lane = Lane.LETTERS) -> bool:
    """Owe a mail about a pledge, once a reason; False without anybody to write to."""
    donor = session.get(Donor, found.donor_id) if found.donor_id else None
    if donor is None or donor.email_sealed is None:
        return False
    keyring.ensure(SCOPE)
    key = dedupe_key(SCOPE, kind, found.id.bytes, reason.encode())
    return queue_mail(kind, lane=lane, language=donor.language, dedupe=key, ref=found.id)


def token_of(found: Pledge) -> str:
    """The token of the donor's own page; it works as long as it is known whose it is."""
    return tokens.derive(SCOPE, PURPOSE, found.id, version=1, expires_on=None)


def find_by_token(token: str) -> Pledge | None:
    """The pledge behind a link; None when nobody knows any more whose it was. Raises BadToken, KeyMissing,
    KeyDestroyed."""
    claim = tokens.parse(token)
    tokens.verify(claim, SCOPE, PURPOSE, version=1, today=clock.today())
    found = session.get(Pledge, claim.row, populate_existing=True)
    return found if found is not None and found.donor_id is not None else None


def confirm(pledge_id: uuid.UUID, *, seen_version: int | None = None) -> Pledge:
    """Press the button of the mail; twice is once. Raises NotFound, NotTaken where the fund comes to its end, Conflict
    when it was filled in anew meanwhile."""
    found = lock_pledge(pledge_id)
    if found.state != PledgeState.PENDING:
        return found
    if seen_version is not None:
        check_version(found.version, seen_version)
    if not is_waited_for(found):
        raise NotTaken(N_("Nothing new is taken for this at the moment."))
    today = clock.today()
    found.state, found.confirmed_on = PledgeState.ACTIVE, today
    found.starts_on = max(found.starts_on, today)
    session.flush()
    note(found, What.CONFIRMED, None)
    instalments.plan(found, today)
    return found


def reject(pledge_id: uuid.UUID, *, never_again: bool) -> None:
    """ "That was not me": delete what waits, and with `never_again` suppress the address everywhere."""
    found = lock_pledge(pledge_id)
    if found.state != PledgeState.PENDING or found.donor_id is None:
        return
    donor = session.get_one(Donor, found.donor_id)
    if never_again:
        suppression.suppress(donors.address_of(donor), SuppressionReason.ASKED)
    session.delete(found)
    session.flush()
    session.delete(donor)
    session.flush()


def delete_unconfirmed(today: date) -> int:
    """Delete pledges that nobody confirmed within seven days, with their donors; gives how many."""
    due = (Pledge.state == PledgeState.PENDING, Pledge.made_on <= today - timedelta(days=WAITS_DAYS))
    gone = session.execute(delete(Pledge).where(*due).returning(Pledge.donor_id)).all()
    whose = [donor for (donor,) in gone if donor is not None]
    session.execute(delete(Donor).where(Donor.id.in_(whose)))
    return len(gone)


def change_amount(pledge_id: uuid.UUID, amount: Money) -> None:
    """From now on another amount, also of what is due and of which nothing has come. Raises NotFound, NotThatStep,
    BadPledge."""
    check_amount(amount)
    found = lock_pledge(pledge_id)
    if found.state != PledgeState.ACTIVE:
        raise NotThatStep(N_("This pledge is at its end. Nothing was changed."))
    if amount.currency != found.currency:
        raise BadPledge(N_("The currency stays as it is. Stop this one and make another."))
    found.amount = amount.minor
    for each in instalments.list_instalments(found.id):
        if each.state in instalments.OPEN and each.received == 0:
            each.amount = amount.minor
    session.flush()
    note(found, What.AMOUNT, None)


def set_reminders(pledge_id: uuid.UUID, *, wanted: bool) -> None:
    """Switch reminders on or off. Raises NotFound."""
    found = lock_pledge(pledge_id)
    found.wants_reminders = wanted
    session.flush()


def name_no_more(pledge_id: uuid.UUID) -> None:
    """From now on nobody is told who gave, not even by an alias. Twice is once. Raises NotFound."""
    found = lock_pledge(pledge_id)
    if found.donor_id is not None:
        donors.unname(found.donor_id, actor=None)


def stop(pledge_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """End it: nothing more is waited for. Twice is once. Raises NotFound."""
    found = lock_pledge(pledge_id)
    if found.state in LIVE:
        instalments.end(found, PledgeState.CANCELLED, What.CANCELLED, actor)
        donors.keep_longer(found.donor_id, clock.today())


def erase_everything(pledge_id: uuid.UUID) -> None:
    """End it, and forget at once who gave: what came in stays, as numbers. Twice is once. Raises NotFound."""
    donors.forget_lines_of(session.scalar(select(Pledge.donor_id).where(Pledge.id == pledge_id)))
    found = lock_pledge(pledge_id)
    if found.state in LIVE:
        instalments.end(found, PledgeState.CANCELLED, What.CANCELLED, None)
    if found.donor_id is not None:
        note(found, What.ERASED, None)
        donors.erase(found.donor_id, actor=None)


def _new(fund: Fund, draft: PledgeDraft, index: bytes, *, is_demo: bool) -> Pledge:
    donor = donors.add_donor(_donor_in(draft), index=index, is_demo=is_demo)
    made = Pledge(
        id=uuid.uuid4(), reference=new_code(), fund_id=fund.id, donor_id=donor.id, state=PledgeState.PENDING,
        schedule=draft.schedule, amount=draft.amount.minor, currency=draft.amount.currency, times=draft.times,
        starts_on=draft.starts_on, wants_reminders=draft.wants_reminders, made_on=clock.today(), is_demo=is_demo,
    )  # fmt: skip
    session.add(made)
    session.flush()
    note(made, What.MADE, None)
    return made


def _donor_in(draft: PledgeDraft) -> DonorDraft:
    return DonorDraft(mailbox=draft.mailbox, alias=draft.alias, visibility=draft.visibility, language=draft.language)


def _write_over(known: Pledge, draft: PledgeDraft) -> None:
    """While nobody has confirmed it, what was sent last is what waits, also of how to be called and who may know; also
    where no mail leaves, so that nobody uses up the mails of a day and leaves another's name behind."""
    found = lock_pledge(known.id)
    if found.state != PledgeState.PENDING or found.donor_id is None:
        return
    donors.name_anew(found.donor_id, _donor_in(draft))
    # Whoever saw another alias than this confirms nothing, though of the pledge itself nothing else may have changed.
    flag_modified(found, "amount")
    found.amount, found.currency = draft.amount.minor, draft.amount.currency
    found.schedule, found.times, found.starts_on = draft.schedule, draft.times, draft.starts_on
    found.wants_reminders = draft.wants_reminders
    session.flush()
