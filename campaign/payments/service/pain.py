"""A file of credit transfers for a bank: ISO 20022 pain.001.001.09 as SEPA has it.

Sources of the rules: ISO 20022, message pain.001.001.09 (CustomerCreditTransferInitiationV09), and the European
Payments Council's implementation guidelines between customer and bank for SEPA credit transfers (EPC132-08): which
elements are used, their lengths, the Latin characters that every bank takes, SLEV for the fees, euros alone, 140
characters of text. What is optional and says more than a bank must know (categories of purpose, addresses, the
ultimate debtor) is left out. tests/payments/test_pain.py writes the rules down once more and reads files against them.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree as Xml

from campaign.funds.service.account_numbers import is_iban
from campaign.kernel.errors import N_
from campaign.kernel.money import Money
from campaign.kernel.spelling import latin_of
from campaign.payments.service.errors import NotInTheFile

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LONGEST_NAME, LONGEST_TEXT, MOST = 70, 140, 500
LARGEST = 99_999_999_999
"""999 999 999.99 euros: EPC132-08, the amount of one instruction."""
_STRANGE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")


@dataclass(frozen=True, slots=True)
class Party:
    """Whose account it is, and which."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment as the bank sees it."""

    reference: str
    money: Money
    to: Party
    text: str


def write_file(
    reference: str, payer: Party, pay_on: date, transfers: Sequence[Transfer], *, made_at: datetime
) -> bytes:  # fmt: skip
    """The file as it is handed to a bank. Raises NotInTheFile for what SEPA does not take."""
    if not 1 <= len(transfers) <= MOST:
        raise NotInTheFile(N_("A file holds one payment at least, and 500 at most."))
    total = _amount(sum(each.money.minor for each in transfers))
    root = Xml.Element("Document", {"xmlns": NAMESPACE})
    message = Xml.SubElement(root, "CstmrCdtTrfInitn")
    head = Xml.SubElement(message, "GrpHdr")
    _text(head, "MsgId", reference)
    _text(head, "CreDtTm", made_at.strftime("%Y-%m-%dT%H:%M:%S"))
    _text(head, "NbOfTxs", str(len(transfers)))
    _text(head, "CtrlSum", total)
    _text(Xml.SubElement(head, "InitgPty"), "Nm", _latin(payer.name, LONGEST_NAME))
    block = Xml.SubElement(message, "PmtInf")
    _text(block, "PmtInfId", reference)
    _text(block, "PmtMtd", "TRF")
    _text(block, "NbOfTxs", str(len(transfers)))
    _text(block, "CtrlSum", total)
    _text(Xml.SubElement(Xml.SubElement(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _text(Xml.SubElement(block, "ReqdExctnDt"), "Dt", pay_on.isoformat())
    _party(block, "Dbtr", payer)
    _account(block, "DbtrAcct", payer)
    _agent(block, "DbtrAgt", payer, is_needed=True)
    _text(block, "ChrgBr", "SLEV")
    for each in transfers:
        _transfer(block, each)
    Xml.indent(root)
    written: bytes = Xml.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _transfer(block: Xml.Element, one: Transfer) -> None:
    if one.money.currency != "EUR" or not 0 < one.money.minor <= LARGEST:
        raise NotInTheFile(N_("SEPA takes euros alone, and less than a thousand million at once."))
    made = Xml.SubElement(block, "CdtTrfTxInf")
    _text(Xml.SubElement(made, "PmtId"), "EndToEndId", one.reference)
    amount = Xml.SubElement(Xml.SubElement(made, "Amt"), "InstdAmt", {"Ccy": "EUR"})
    amount.text = _amount(one.money.minor)
    _agent(made, "CdtrAgt", one.to)
    _party(made, "Cdtr", one.to)
    _account(made, "CdtrAcct", one.to)
    _text(Xml.SubElement(made, "RmtInf"), "Ustrd", _latin(one.text, LONGEST_TEXT))


def _party(into: Xml.Element, tag: str, party: Party) -> None:
    name = _latin(party.name, LONGEST_NAME)
    if not name:
        raise NotInTheFile(N_("A name in this file has no letter that a bank can read."))
    _text(Xml.SubElement(into, tag), "Nm", name)


def _account(into: Xml.Element, tag: str, party: Party) -> None:
    if not is_iban(party.iban):
        raise NotInTheFile(N_("One of the payees has no IBAN that holds."))
    _text(Xml.SubElement(Xml.SubElement(into, tag), "Id"), "IBAN", party.iban)


def _agent(into: Xml.Element, tag: str, party: Party, *, is_needed: bool = False) -> None:
    """The bank by its BIC. Since 2016 an IBAN is enough within SEPA; the payer's bank must stand there all the same."""
    if not party.bic and not is_needed:
        return
    bank = Xml.SubElement(Xml.SubElement(into, tag), "FinInstnId")
    if party.bic:
        if not _BIC.fullmatch(party.bic):
            raise NotInTheFile(N_("A BIC has 8 or 11 letters and digits."))
        _text(bank, "BICFI", party.bic)
    else:
        _text(Xml.SubElement(bank, "Othr"), "Id", "NOTPROVIDED")


def _text(into: Xml.Element, tag: str, value: str) -> None:
    Xml.SubElement(into, tag).text = value


def _amount(minor: int) -> str:
    return f"{Decimal(minor).scaleb(-2):.2f}"


def _latin(text: str, longest: int) -> str:
    """In the letters that every bank of SEPA takes; Cyrillic as passports write it."""
    plain = unicodedata.normalize("NFKD", latin_of(text).replace("ß", "ss")).encode("ascii", "ignore").decode()
    return " ".join(_STRANGE.sub(" ", plain).split())[:longest].strip()
