"""Evidence: pictures and PDF files, drawn anew page by page, sealed one by one, opened by a look that is on record."""

import base64
import uuid
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, func, or_, select, update

from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.images import Encoded, check_file_size, encode, read_picture
from campaign.kernel.pdf_pages import draw_pages, is_pdf
from campaign.payments.models import FILE, OVER, SCOPE, FileKind, Payment, PaymentEvent, PaymentFile, PaymentState
from campaign.payments.service.errors import BadPayment, NotThatStep
from campaign.payments.service.moves import lock

MOST_PAGES, MOST_AT_ONCE = 20, 10
LONGEST_SIDE, LARGEST_PAGE = 2000, 600 * 1024
KEPT_DAYS = 3 * 365
"""After its end: as long as somebody may ask whether money was spent as it was said."""
_TOO_MANY = N_("A payment has 20 pages of evidence at most, and 10 are added at once. Add what proves it.")


def draw(raw: bytes) -> list[Encoded]:
    """The pages of a file as they are stored: nothing of the file itself is kept. Outside a transaction, since a PDF
    takes seconds. Raises BadPicture, BadPayment for too many pages."""
    check_file_size(raw)
    pages = list(draw_pages(raw)) if is_pdf(raw) else [raw]
    if len(pages) > MOST_AT_ONCE:
        raise BadPayment(_TOO_MANY)
    return [encode(read_picture(each), longest_side=LONGEST_SIDE, most_bytes=LARGEST_PAGE) for each in pages]


def add_pages(payment_id: uuid.UUID, pages: list[Encoded], kind: FileKind, *, actor: uuid.UUID) -> int:
    """Put them behind what is there, all or none; gives how many.

    Raises NotFound, BadPayment, NotThatStep once it ended. What is added after somebody
    said yes changes nothing of what the payment says, so nobody is asked anew.
    """
    found = lock(payment_id)
    if found.state in OVER - {PaymentState.RECONCILED}:
        raise NotThatStep(N_("This payment has come to its end."))
    there = session.scalar(select(func.count()).where(PaymentFile.payment_id == found.id)) or 0
    if there + len(pages) > MOST_PAGES:
        raise BadPayment(_TOO_MANY)
    keyring.ensure(SCOPE)
    for page in pages:
        row = uuid.uuid4()
        session.add(
            PaymentFile(
                id=row, payment_id=found.id, kind=kind, width=page.width, height=page.height, added_by=actor,
                content_sealed=FILE.seal(SCOPE, row, base64.b64encode(page.content).decode()), added_on=clock.today(),
            )
        )  # fmt: skip
        session.flush()
    audit.record("payment.evidence", actor=actor, about=f"payment:{found.id}", amount=len(pages))
    return len(pages)


def remove_page(payment_id: uuid.UUID, file_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Delete a page of a draft: what others looked at stays. Raises NotFound, NotThatStep."""
    found = lock(payment_id)
    page = get_page(found.id, file_id)
    if found.state != PaymentState.DRAFT:
        raise NotThatStep(N_("Others have looked at this evidence: take the payment back to a draft first."))
    session.delete(page)
    session.flush()
    audit.record("payment.evidence_removed", actor=actor, about=f"payment:{found.id}")


def get_page(payment_id: uuid.UUID, file_id: uuid.UUID) -> PaymentFile:
    """A page of this payment. Raises NotFound."""
    page = session.get(PaymentFile, file_id)
    if page is None or page.payment_id != payment_id:
        raise NotFound
    return page


def open_page(page: PaymentFile) -> bytes:
    """The page as WebP; the caller has put the look on record."""
    return base64.b64decode(FILE.unseal(SCOPE, page.id, page.content_sealed))


def look(payment_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put on record that somebody opens its note and its evidence. Raises NotFound."""
    if session.get(Payment, payment_id) is None:
        raise NotFound
    audit.record("payment.look", actor=actor, about=f"payment:{payment_id}")


def forget_old(today: date) -> int:
    """Erase evidence and notes of payments that ended long ago.

    Where no statement comes (cash, a wallet) nothing follows on the confirmation: it is the end then.
    """
    last = today - timedelta(days=KEPT_DAYS)
    after = datetime.combine(last + timedelta(days=1), time(), UTC)
    moved_since = select(PaymentEvent.payment_id).where(PaymentEvent.happened_at >= after)
    confirmed_long_ago = (Payment.state == PaymentState.CONFIRMED) & Payment.id.not_in(moved_since)
    ended = select(Payment.id).where(or_(Payment.ended_on <= last, confirmed_long_ago))
    gone = session.execute(delete(PaymentFile).where(PaymentFile.payment_id.in_(ended)).returning(PaymentFile.id)).all()
    noted = session.execute(
        update(Payment)
        .where(Payment.id.in_(ended), Payment.note_sealed.is_not(None))
        .values(note_sealed=None)
        .returning(Payment.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone) + len(noted)
