"""The mail of a mailing as it leaves, and what sending adds to the rest."""

import uuid
from collections.abc import Mapping, Sequence

from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.errors import N_
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.returns.follow import mail_returns
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry import RetentionRule, after_restore, retention_rules
from campaign.kernel.switches import Switch
from campaign.mailings.hooks.rendering import slots_for, texts
from campaign.mailings.models import Variant
from campaign.mailings.queries.got import KIND
from campaign.mailings.queries.leaving import list_leaving
from campaign.mailings.service import keeping, watching
from campaign.people.models import IDENTITY, SCOPE, Topic
from campaign.people.service.mail_links import token_of, token_of_petition

RULE = RetentionRule(
    "mailing-recipients", keeping.KEPT_DAYS, keeping.forget_recipients,
    N_("Who got a mailing: forgotten 180 days after its end; how many they were stays."),
)  # fmt: skip


def build(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """By row; who took the consent back, pauses or is gone meanwhile gets none. The address is opened here."""
    try:
        found = {row.id: row for row in list_leaving([claim.ref for claim in claims if claim.ref is not None])}
    except CryptoError:
        return {}
    mails, text_for = {}, texts({row.Mailing for row in found.values()})
    for claim in claims:
        row = found.get(claim.ref)
        text = text_for(row.Mailing, claim.language, Variant(row.variant)) if row is not None else None
        if row is None or text is None:
            continue
        topic = Topic(row.Mailing.topic)
        token = token_of_petition(row.consent_id) if topic is Topic.PETITION else token_of(row.person_id, topic)
        slots = slots_for(text, row, token, claim.language)
        address = IDENTITY.unseal(SCOPE, row.address_id, row.value_sealed)
        mails[claim.id] = Mail(address, text, slots)
    return mails


def register() -> None:
    """Fill the registries."""
    # A mail whose fate is unknown waits for a person: to get it twice is worse than to get it late.
    kind = MailKind(build, switch=Switch.BULK_MAIL, resend_unknown=False, by_consent=True)
    mail_kinds.register(KIND, kind)
    mail_returns.register("mailings", watching.follow)
    retention_rules.register(RULE.name, RULE)
    after_restore.register("mailings", keeping.stand_still)
