"""What people's wishes about mails add to the rest: conditions, merging, one's own data, the staff page, a mail."""

import uuid
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.merging import moving
from campaign.kernel.registry import Panel, Survivor, survivors
from campaign.kernel.registry_people import (
    PersonalData,
    SegmentCondition,
    merge_rules,
    people_panels,
    personal_data,
    segment_conditions,
)
from campaign.kernel.switches import Switch
from campaign.people.forms.condition_words import said
from campaign.people.forms.mail_words import DATA_WORDS, rhythm_words
from campaign.people.hooks.conditions import AGREED
from campaign.people.models import MailRhythm, Topic
from campaign.people.queries import find_person_by_address
from campaign.people.queries.mail_wishes import find_wish, select_paused, select_rhythm
from campaign.people.service import mail_wishes, preferences_link
from campaign.people.service.mail_links import token_of
from campaign.web.i18n import day_of
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url

PERSON_IS_THERE = "EXISTS (SELECT FROM public.person WHERE person.id = kept.person_id)"
CONDITIONS = (
    SegmentCondition(
        "mails-paused", N_("Paused mails"), (), lambda _values: select_paused(),
        said(N_("paused our mails")), said(N_("did not pause our mails")), AGREED,
    ),
    SegmentCondition(
        "mails-weekly", N_("Wants a mail a week at most"), (), lambda _values: select_rhythm(MailRhythm.WEEKLY),
        said(N_("wants a mail a week at most")), said(N_("did not ask for a mail a week at most")), AGREED,
    ),
    SegmentCondition(
        "mails-monthly", N_("Wants a mail a month at most"), (), lambda _values: select_rhythm(MailRhythm.MONTHLY),
        said(N_("wants a mail a month at most")), said(N_("did not ask for a mail a month at most")), AGREED,
    ),
)  # fmt: skip
MERGING = moving("mail_wish", first=mail_wishes.quietest, unless_same=("rhythm", "paused_until"))
DATA = PersonalData(
    N_("How often you want to be mailed, and until when not"), mail_wishes.export, mail_wishes.erase, DATA_WORDS
)

MAILS = (
    AutomaticMail(
        preferences_link.MAIL, N_("Link to one's wishes about mails"),
        N_("Somebody asked for it on the page about mails."), N_("the address that was given, if we know it"), Why.ACT,
        (page_link("/unsubscribe/example/preferences"),),
    ),
)  # fmt: skip


def panel(person_id: uuid.UUID) -> Panel:
    """How they want to be mailed; staff see it and cannot change it."""
    wish = find_wish(person_id)
    facts = [(_("How often"), rhythm_words(wish.rhythm if wish is not None else MailRhythm.ANY))]
    if wish is not None and wish.paused_until is not None:
        facts.append((_("No mails until"), day_of(wish.paused_until)))
    if wish is not None and wish.mailed_on is not None:
        facts.append((_("Last mail of their rhythm"), day_of(wish.mailed_on)))
    return Panel(_("Mails, as they chose"), facts)


def build_link(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """The link to the preferences, for whoever we write to; all others get no mail."""
    mails = {}
    for claim in claims:
        try:
            address = claim.recipient()
            person = find_person_by_address(address)
        except CryptoError:
            continue  # the key is gone: there is nobody left to write to
        if person is not None:
            path = f"/unsubscribe/{token_of(person.id, Topic.ALL)}/preferences"
            text = render_text("mail_preferences", claim.language)
            mails[claim.id] = Mail(address, text, {"link": absolute_url(path, claim.language)})
    return mails


# The newest word about mails wins over a backup's. Of two consents that hold at once, where one was deleted since, the
# backup's stays.
SURVIVORS = (
    Survivor(
        "consent", ("id",),
        f"{PERSON_IS_THERE} AND (kept.ended_on IS NOT NULL OR NOT EXISTS (SELECT FROM public.consent AS old"  # noqa: S608
        " WHERE old.person_id = kept.person_id AND old.purpose = kept.purpose AND old.ended_on IS NULL"
        " AND old.subject IS NOT DISTINCT FROM kept.subject))",
    ),
    Survivor("mail_wish", ("person_id",), PERSON_IS_THERE),
    Survivor("ask_rest", ("person_id",), PERSON_IS_THERE),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    for survivor in SURVIVORS:
        survivors.register(survivor.table, survivor)
    for each in CONDITIONS:
        segment_conditions.register(each.name, each)
    merge_rules.register("mail-wishes", MERGING)
    personal_data.register("mail-wishes", DATA)
    people_panels.register("mail-wishes", panel)
    mail_kinds.register(preferences_link.MAIL, MailKind(build_link, switch=Switch.CONFIRM_MAIL))
    register_all(MAILS)
