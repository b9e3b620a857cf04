"""The test mail of a mailing as it leaves."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.mailings.documents.render import render_mailing, sample_slots
from campaign.mailings.models import Variant
from campaign.mailings.service.testing import KINDS, texts_to_test

MARK = "[test] "


def _build(claims: Sequence[Claim], variant: Variant) -> Mapping[uuid.UUID, Mail]:
    """By row, as the text stands now; with a made-up name, and with links that end nothing."""
    found = texts_to_test({(claim.ref, claim.language) for claim in claims if claim.ref is not None})
    mails = {}
    for claim in claims:
        written = found.get((claim.ref, claim.language)) if claim.ref is not None else None
        if written is not None:
            text = render_mailing(*written, variant)
            marked = replace(text, subject=MARK + text.subject, headers={})
            mails[claim.id] = Mail(claim.recipient(), marked, sample_slots(text, language=claim.language))
    return mails


def build(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """With the first subject."""
    return _build(claims, Variant.A)


def build_b(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """With the second one."""
    return _build(claims, Variant.B)


def register() -> None:
    """Fill the registry."""
    mail_kinds.register(KINDS[Variant.A], MailKind(build, resend_unknown=False))
    mail_kinds.register(KINDS[Variant.B], MailKind(build_b, resend_unknown=False))
