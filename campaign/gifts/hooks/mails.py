"""The mails about pledges and gifts: each says that there is something on a page, and nothing of what it is."""

import uuid
from collections.abc import Mapping, Sequence

from campaign.gifts.models import COUNTED, Donor, Gift, Pledge, PledgeState
from campaign.gifts.service import donors, pledging, rails, thanks
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.switches import Switch
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url

OWN, WHO = (page_link("/pledges/example"),), N_("whoever pledged something")
ACTIVE = frozenset({PledgeState.ACTIVE})
KINDS: Mapping[str, frozenset[PledgeState]] = {
    "pledge.confirm": frozenset({PledgeState.PENDING}), "pledge.already": ACTIVE, "pledge.reminder": ACTIVE,
    rails.MAIL: ACTIVE,
}  # fmt: skip
"""By kind in which states a mail still says something true when it leaves."""
TEXTS = (
    AutomaticMail(
        "pledge.confirm", N_("Confirm a pledge"), N_("Somebody pledged something on a fund's page."),
        N_("the address that was given"), Why.ACT, OWN,
    ),
    AutomaticMail(
        "pledge.already", N_("Pledged already"), N_("An address pledges again where it has pledged."),
        N_("the address that was given"), Why.ACT, OWN,
    ),
    AutomaticMail(
        "pledge.reminder", N_("Reminder of a pledge"),
        N_("Some days before a part of a pledge is due, and once after that, where reminders are wanted."), WHO,
        Why.SERVICE, OWN,
    ),
    AutomaticMail(
        rails.MAIL, N_("Another way to give"), N_("A treasurer closed the way by which somebody gave again and again."),
        WHO, Why.SERVICE, OWN,
    ),
    AutomaticMail(
        thanks.MAIL, N_("Thanks for a gift"), N_("A gift has come of which it is known whom to thank."),
        N_("whoever gave"), Why.SERVICE, (page_link("/pledges/receipt/example"),),
    ),
)  # fmt: skip


class _Mails:
    """Mails of one kind about pledges: whoever pledged is found through the pledge."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Mails) and other.kind == self.kind

    def __hash__(self) -> int:
        return hash(self.kind)

    def __call__(self, claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
        mails = {}
        for claim in claims:
            found = session.get(Pledge, claim.ref, populate_existing=True) if claim.ref else None
            if found is None or found.state not in KINDS[self.kind] or not self._is_wanted(found):
                continue
            address = _address(found.donor_id)
            if address:
                link = absolute_url(f"/pledges/{pledging.token_of(found)}", claim.language)
                text = render_text(self.kind.replace(".", "_"), claim.language)
                mails[claim.id] = Mail(address, text, {"link": link})
        return mails

    def _is_wanted(self, found: Pledge) -> bool:
        return self.kind != "pledge.reminder" or (found.wants_reminders and pledging.is_waited_for(found))


def build_thanks(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """By row; for a gift that counts no more nobody is thanked."""
    mails = {}
    for claim in claims:
        found = session.get(Gift, claim.ref, populate_existing=True) if claim.ref else None
        if found is None or found.state not in COUNTED:
            continue
        address = _address(found.donor_id)
        if address:
            link = absolute_url(f"/pledges/receipt/{thanks.token_of(found)}", claim.language)
            mails[claim.id] = Mail(address, render_text("gift_thanks", claim.language), {"link": link})
    return mails


def _address(donor_id: uuid.UUID | None) -> str:
    donor = session.get(Donor, donor_id, populate_existing=True) if donor_id else None
    if donor is None:
        return ""
    try:
        return donors.address_of(donor)
    except CryptoError:
        return ""  # the keys are destroyed: there is nobody left to write to


def register() -> None:
    """Fill the registries."""
    for kind in KINDS:
        is_answer = kind in {"pledge.confirm", "pledge.already"}
        # A reminder whose fate is unknown waits for a person: twice is once too often.
        mail_kinds.register(
            kind,
            MailKind(
                _Mails(kind), switch=Switch.CONFIRM_MAIL if is_answer else None, resend_unknown=is_answer,
                counts=kind == "pledge.reminder",
            ),
        )  # fmt: skip
    mail_kinds.register(thanks.MAIL, MailKind(build_thanks, resend_unknown=False))
    register_all(TEXTS)
