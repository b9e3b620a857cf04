"""What lines say of people, opened for whoever may read it."""

import json
from dataclasses import dataclass

from campaign.banking.models import NOTE, SAID, SCOPE, BankLine


@dataclass(frozen=True, slots=True)
class Said:
    """Who a line is from or to, their account, its text, and the line as it came."""

    who: str
    account: str
    text: str
    raw: str


def read_said(line: BankLine) -> Said | None:
    """What a line says; None once it is erased. Only behind a look that is on record."""
    if line.said_sealed is None:
        return None
    found = json.loads(SAID.unseal(SCOPE, line.id, line.said_sealed))
    return Said(found["who"], found["account"], found["text"], found["raw"])


def read_note(line: BankLine) -> str:
    """Why a line waits or is left out, in somebody's words; empty where there are none."""
    return NOTE.unseal(SCOPE, line.id, line.note_sealed) if line.note_sealed is not None else ""
