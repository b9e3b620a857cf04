"""What a signer sends, read without a form library: this is the hot path, and building a form costs as much as storing.

The rules of the sign form stand here and nowhere else; SignForm only shows again what was read here.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.kernel.arrivals import PARAMETER, read_code
from campaign.kernel.text import one_line
from campaign.partners.models import MOST_PARTNERS
from campaign.partners.service.offers import FIELD
from campaign.signatures.models import Visibility
from campaign.signatures.service.sign import SignatureDraft
from campaign.web.countries import CODES

CONSENT_VERSION = "2026-11"
LONGEST_NAME = 80
LEVELS = frozenset(Visibility)
TICK = re.compile(r"[0-9a-f]{32}")
NUMBER = re.compile(r"[1-9][0-9]{0,2}")
NEEDS_NAME = frozenset({Visibility.NAME, Visibility.INITIALS})
# What a ticked box does not send; anything else means yes.
NOT_TICKED = frozenset({"", "false", "False"})

NO_ADDRESS = _l("Enter your e-mail address: the signature counts once you confirm it from there.")
NO_NAME = _l("Enter the name to show, or choose “counted only”.")
NO_SUCH_COUNTRY = _l("Choose a country from the list, or leave it open.")
NO_SUCH_LEVEL = _l("Choose how your signature is shown.")


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed, fit to be shown again, and what is wrong with it, a message by field."""

    email: str
    display_name: str
    country: str
    visibility: str
    updates: bool
    stamp: str
    website: str
    seconds: str
    proof: str
    ticket: str
    arrived_by: str | None
    mailbox: Mailbox | None
    ticks: Mapping[uuid.UUID, int] = field(default_factory=dict)
    """Partner > number of the terms whose sentence was ticked."""
    problems: Mapping[str, str] = field(default_factory=dict)

    def draft(self, language: str, *, from_outside: bool = False) -> SignatureDraft:
        """What the service takes; `from_outside`: they said so. Raises ValueError when there are problems."""
        if self.problems or self.mailbox is None:
            raise ValueError("an entry with problems cannot be signed with")
        return SignatureDraft(
            mailbox=self.mailbox,
            display_name=self.display_name,
            country=self.country or None,
            visibility=Visibility(self.visibility),
            wants_updates=self.updates,
            consent_version=CONSENT_VERSION,
            language=language,
            arrived_by=self.arrived_by,
            ticks=self.ticks,
            from_outside=from_outside,
        )

    def refused(self, name: str, message: str) -> "Entry":
        """The same entry with one more problem."""
        return replace(self, problems={**self.problems, name: message})

    @property
    def looks_automatic(self) -> bool:
        """Whether a field that people cannot see was filled in."""
        return bool(self.website)

    @property
    def is_hasty(self) -> bool:
        """Whether a script saw the form sent within two seconds: a program does that, and now and then a person."""
        return self.seconds.isdecimal() and int(self.seconds[:6]) < 2


def read_entry(fields: Mapping[str, str]) -> Entry:
    """Read the fields of the sign form; what is missing is empty, and nothing is refused but in `problems`."""
    given = fields.get
    # A NUL cannot be shown again in HTML; what stands in its place is refused as any other wrong character is.
    email = given("email", "").replace("\x00", "\ufffd")
    display_name = one_line(given("display_name", ""), LONGEST_NAME)
    country, visibility = given("country", ""), given("visibility", Visibility.COUNT.value)
    problems: dict[str, str] = {}
    mailbox = _read_mailbox(email, problems)
    if country and country not in CODES:
        problems["country"] = NO_SUCH_COUNTRY
    if visibility not in LEVELS:
        problems["visibility"] = NO_SUCH_LEVEL
    elif visibility in NEEDS_NAME and not display_name:
        problems["display_name"] = NO_NAME
    return Entry(
        email=email,
        display_name=display_name,
        country=country,
        visibility=visibility,
        updates=given("updates", "") not in NOT_TICKED,
        stamp=given("stamp", ""),
        website=given("website", ""),
        seconds=given("seconds", ""),
        proof=given("proof", ""),
        ticket=given("ticket", ""),
        arrived_by=read_code(given(PARAMETER, "")),
        mailbox=mailbox,
        ticks=_read_ticks(fields),
        problems=problems,
    )


def _read_ticks(fields: Mapping[str, str]) -> Mapping[uuid.UUID, int]:
    """The partners that were ticked. What is no box of ours means nothing; whether a partner is one is asked later."""
    found: dict[uuid.UUID, int] = {}
    for name, value in fields.items():
        if name.startswith(FIELD) and TICK.fullmatch(name[len(FIELD) :]) and NUMBER.fullmatch(value):
            found[uuid.UUID(name[len(FIELD) :])] = int(value)
            if len(found) == MOST_PARTNERS:
                break
    return found


def _read_mailbox(email: str, problems: dict[str, str]) -> Mailbox | None:
    if not email.strip():
        problems["email"] = NO_ADDRESS
        return None
    try:
        return read_address(email)
    except BadAddress as problem:
        problems["email"] = gettext(problem.message)
        return None
