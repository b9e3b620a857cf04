"""Forms of batches and return addresses, and the words of what is shown about them."""

import uuid
from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from campaign.kernel import clock
from campaign.kernel.errors import N_, DomainError
from campaign.letters.models import BatchState, DocumentKind, HoldReason, Letter, LetterState, Relay
from campaign.letters.queries.batches import Unready
from campaign.letters.service.posting import LONGEST_NUMBER, LONGEST_RECEIPT, Account
from campaign.letters.service.relays import RelayDraft
from campaign.penpals.models import Group
from campaign.penpals.service.codes import BadCode, read_code
from campaign.prisoners.models import Channel
from campaign.web.fields import DayField, VersionForm, area, line

LONGEST_LIST = 30_000
MOST_NAMED = 1000
CHANNEL_WORDS = {
    Channel.POST: _l("By post"),
    Channel.F_PISMO: _l("F-Pismo"),
    Channel.ZT: _l("Zonatelecom"),
}
STATE_WORDS = {
    BatchState.LOCKED: _l("Locked"),
    BatchState.RENDERED: _l("Ready to print"),
    BatchState.PRINTED: _l("Printed"),
    BatchState.POSTED: _l("Posted, not checked off"),
    BatchState.RECONCILED: _l("Checked off"),
    BatchState.CANCELLED: _l("Cancelled"),
}
LETTER_WORDS = {
    LetterState.BATCHED: _l("In the batch"),
    LetterState.PRINTED: _l("Printed"),
    LetterState.HANDED_TO_SERVICE: _l("Handed to the service"),
    LetterState.DISPATCHED: _l("On its way"),
    LetterState.REPORTED: _l("Delivered, as we were told"),
    LetterState.PRESUMED: _l("Presumed to be delivered"),
    LetterState.RETURNED: _l("Came back"),
    LetterState.CENSORED: _l("Kept by the censor"),
    LetterState.LOST: _l("Lost"),
}
PROBLEM_WORDS = {
    HoldReason.IN_TRANSIT: _l("On the way to another place, or nobody knows where"),
    HoldReason.UNREACHABLE: _l("No address that may be believed, or letters are not wanted now"),
    HoldReason.FACILITY_STOP: _l("The place takes no letters by this channel"),
    HoldReason.GONE: _l("Is free, or has died"),
    HoldReason.RULE_CHANGE: _l("A rule has changed"),
    HoldReason.BY_STAFF: _l("Held by hand"),
    Unready.ELSEWHERE: _l("Is held in another place by now"),
    Unready.NO_ADDRESS: _l("The place has no address"),
    Unready.NO_NAME: _l("The name in Russian is missing"),
    Unready.NO_BIRTH_YEAR: _l("The year of birth is missing: without it a letter is not handed over"),
}
DOCUMENT_WORDS = {
    DocumentKind.LETTERS: _l("Letters"),
    DocumentKind.ENVELOPES_C6: _l("Envelopes C6 (162 × 114 mm)"),
    DocumentKind.ENVELOPES_DL: _l("Envelopes DL (220 × 110 mm)"),
    DocumentKind.LABELS: _l("Labels, 24 a sheet (70 × 37 mm)"),
    DocumentKind.POSTING_LIST: _l("Posting list"),
}
ACCOUNT_WORDS = {
    Account.POSTED: _l("It left"),
    Account.MISSING: _l("Not in the pile: back to the queue"),
    Account.SPOILED: _l("Spoiled: back to the queue"),
}


class LockForm(FlaskForm):  # type: ignore[misc]
    """The return address of a batch."""

    relay = SelectField(_l("Return address"))

    def offer(self, relays: Sequence[Relay]) -> None:
        """Say which can be chosen; the default stands first."""
        self.relay.choices = [SelectChoice(str(each.id), f"{each.name}, {', '.join(each.lines)}") for each in relays]

    @property
    def relay_id(self) -> uuid.UUID | None:
        """The one that was chosen."""
        return uuid.UUID(self.relay.data) if self.relay.data else None


class PostForm(FlaskForm):  # type: ignore[misc]
    """The day on which a batch left."""

    on = DayField(_l("Left on"), default=clock.today, validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))])


class HandOverForm(FlaskForm):  # type: ignore[misc]
    """What the service answered."""

    number = line(_l("Number that the service gave"), LONGEST_NUMBER, required=True)
    receipt = line(_l("Receipt, price or a note"), LONGEST_RECEIPT)


class CodesForm(FlaskForm):  # type: ignore[misc]
    """Codes of many letters at once, with what became of all of them."""

    codes = area(_l("Codes, one a line"), LONGEST_LIST, rows=8)
    account = SelectField(
        _l("What became of them"), choices=[SelectChoice(each.value, word) for each, word in ACCOUNT_WORDS.items()]
    )

    def read(self, letters: Sequence[Letter]) -> tuple[dict[uuid.UUID, Account], list[tuple[str, str]]]:
        """What is said of which letter, and the lines that are not right, each with what is wrong."""
        known = {each.code: each.id for each in letters}
        found: dict[uuid.UUID, Account] = {}
        wrong: list[tuple[str, str]] = []
        for typed in filter(None, map(str.strip, (self.codes.data or "").splitlines()[:MOST_NAMED])):
            try:
                found[known[read_code(typed)]] = Account(self.account.data)
            except BadCode as problem:
                wrong.append((typed[:60], problem.message))
            except KeyError:
                wrong.append((typed[:60], NOT_OPEN))
        return found, wrong


NOT_OPEN = N_("No letter of this batch with that code waits to be checked off.")


def accounts_in(sent: Mapping[str, str], letters: Sequence[Letter]) -> dict[uuid.UUID, Account]:
    """What the list says of single letters; whatever has no answer is left out."""
    found = {}
    for letter in letters:
        answer = sent.get(f"letter-{letter.id}", "")
        if answer in set(Account):
            found[letter.id] = Account(answer)
    return found


class RelayForm(VersionForm):
    """A return address."""

    name = line(_l("Name on the envelope"), 60, required=True)
    lines = area(_l("Address, a line for each line of the envelope"), 400, rows=4)
    country = SelectField(_l("Country"), validators=[InputRequired(_l("This is needed."))])
    group = SelectField(_l("Group whose address it is"))

    def offer(self, countries: Sequence[SelectChoice], groups: Sequence[Group], language: str) -> None:
        """Say what can be chosen."""
        self.country.choices = [SelectChoice("", "–"), *countries]
        named = [SelectChoice(str(each.id), each.name_in(language)) for each in groups]
        self.group.choices = [SelectChoice("", _l("None")), *named]

    def draft(self) -> RelayDraft:
        """What was typed."""
        group = uuid.UUID(self.group.data) if self.group.data else None
        return RelayDraft(self.name.data, (self.lines.data or "").splitlines(), self.country.data, group)

    def show(self, relay: Relay) -> None:
        """Fill in what is stored."""
        self.name.data, self.lines.data, self.country.data = relay.name, "\n".join(relay.lines), relay.country
        self.group.data = str(relay.group_id) if relay.group_id else ""
        self.version.data = str(relay.version)

    def refuse(self, problem: DomainError, words: str) -> bool:
        """Put a refusal beside its field; False when it names none."""
        field = getattr(self, getattr(problem, "field", ""), None)
        if field is None:
            return False
        field.errors = [*field.errors, words]
        return True
