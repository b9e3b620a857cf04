"""The file for a bank against the rules of the format, and payments that stand in one.

The rules, written down from ISO 20022 (pain.001.001.09) and EPC132-08, the European Payments Council's guidelines
between customer and bank for SEPA credit transfers: the elements in their order, which of them must be there, their
lengths, the characters, amounts and sums.
"""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from lxml import etree

from campaign.funds.service.account_numbers import is_iban
from campaign.kernel import clock
from campaign.kernel.crypto.vault_door import vault_door
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.money import Money
from campaign.payments.models import Descriptor, Payee, Payment
from campaign.payments.service import orders, payees
from campaign.payments.service.errors import BadPayment, NotInTheFile, NotPayable
from campaign.payments.service.orders import Opened
from campaign.payments.service.pain import NAMESPACE, Party, Transfer, write_file
from campaign.payments.service.payees import Details
from tests.funds import made as funds
from tests.payments import made
from tests.payments.made import ASKER, SECOND

US = Party("Made-up Association", "GB82WEST12345698765432")
TEXT35, TEXT70, TEXT140 = (re.compile(rf"[A-Za-z0-9/\-?:().,'+ ]{{1,{most}}}") for most in (35, 70, 140))
AMOUNT = re.compile(r"(0|[1-9][0-9]{0,8})\.[0-9]{2}")
BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
AGENT = ("one", {"FinInstnId": ("one", {"BICFI": ("maybe", BIC), "Othr": ("maybe", {"Id": ("one", "NOTPROVIDED")})})})
ACCOUNT = ("one", {"Id": ("one", {"IBAN": ("one", is_iban)})})
PARTY = ("one", {"Nm": ("one", TEXT70)})
NUMBER = re.compile("[1-9][0-9]{0,14}")
RULES = {
    "GrpHdr": ("one", {
        "MsgId": ("one", TEXT35), "CreDtTm": ("one", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")),
        "NbOfTxs": ("one", NUMBER), "CtrlSum": ("one", AMOUNT), "InitgPty": PARTY,
    }),
    "PmtInf": ("one", {
        "PmtInfId": ("one", TEXT35), "PmtMtd": ("one", "TRF"), "NbOfTxs": ("one", NUMBER), "CtrlSum": ("one", AMOUNT),
        "PmtTpInf": ("one", {"SvcLvl": ("one", {"Cd": ("one", "SEPA")})}),
        "ReqdExctnDt": ("one", {"Dt": ("one", re.compile(r"\d{4}-\d\d-\d\d"))}),
        "Dbtr": PARTY, "DbtrAcct": ACCOUNT, "DbtrAgt": AGENT, "ChrgBr": ("one", "SLEV"),
        "CdtTrfTxInf": ("some", {
            "PmtId": ("one", {"EndToEndId": ("one", TEXT35)}), "Amt": ("one", {"InstdAmt": ("one", AMOUNT)}),
            "CdtrAgt": ("maybe", AGENT[1]), "Cdtr": PARTY, "CdtrAcct": ACCOUNT,
            "RmtInf": ("one", {"Ustrd": ("one", TEXT140)}),
        }),
    }),
}  # fmt: skip
"""How often each element stands, and what it holds: others in this order, a pattern, a word, or what a check says."""


def check(element, rules):
    """Read an element against its rules; gives nothing, or fails where one is broken."""
    names = [etree.QName(each).localname for each in element]
    assert [name for at, name in enumerate(names) if name not in names[:at]] == [n for n in rules if n in names]
    assert set(names) <= set(rules), names
    for name, (often, inside) in rules.items():
        found = element.findall(f"{{{NAMESPACE}}}{name}")
        assert len(found) >= 1 if often == "some" else len(found) <= 1, name
        assert found or often == "maybe", name
        for each in found:
            check_one(each, inside)


def check_one(element, inside):
    if isinstance(inside, dict):
        check(element, inside)
        return
    text = element.text or ""
    good = text == inside if isinstance(inside, str) else inside(text) if callable(inside) else inside.fullmatch(text)
    assert good, (element.tag, text)


def read(content):
    """The file as a bank reads it, with the sums looked at."""
    assert content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    root = etree.fromstring(content)
    assert root.tag == f"{{{NAMESPACE}}}Document"
    (message,) = root
    assert message.tag == f"{{{NAMESPACE}}}CstmrCdtTrfInitn"
    check(message, RULES)
    paths = {"n": NAMESPACE}
    amounts = [Decimal(each.text) for each in message.iterfind(".//n:InstdAmt", paths)]
    assert {each.get("Ccy") for each in message.iterfind(".//n:InstdAmt", paths)} == {"EUR"}
    assert all(Decimal("0.01") <= each <= Decimal("999999999.99") for each in amounts)
    assert {Decimal(each.text) for each in message.iterfind(".//n:CtrlSum", paths)} == {sum(amounts)}
    assert {int(each.text) for each in message.iterfind(".//n:NbOfTxs", paths)} == {len(amounts)}
    references = [each.text for each in message.iterfind(".//n:EndToEndId", paths)]
    assert len(set(references)) == len(references)
    return message


def transfer(number=1, minor=100, **more):
    values = {"to": Party("Made-up Payee", made.IBAN), "text": f"P-{number}", **more}
    return Transfer(f"P-{number}", Money(minor, "EUR"), **values)


def write(*transfers, payer=US):
    return write_file("PO-1", payer, date(2026, 12, 1), transfers, made_at=datetime(2026, 11, 26, 12, tzinfo=UTC))


def test_a_file_keeps_the_rules():
    message = read(write(transfer(1, 1), transfer(2, 99_999_999_999 - 1), payer=Party("Наш фонд", US.iban, "WESTGB2L")))
    assert message.findtext(f".//{{{NAMESPACE}}}Dbtr/{{{NAMESPACE}}}Nm") == "Nash fond"
    assert message.findtext(f".//{{{NAMESPACE}}}ReqdExctnDt/{{{NAMESPACE}}}Dt") == "2026-12-01"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Юлия Щукина", "Iuliia Shchukina"), ("Jürgen Groß", "Jurgen Gross"), ("A & B <Sons>", "A B Sons"),
        ("O’Neill; \u202eevil", "ONeill evil"), ("x" * 100, "x" * 70),
    ],
)  # fmt: skip
def test_names_are_in_letters_that_every_bank_takes(name, written):
    message = read(write(transfer(to=Party(name, made.IBAN))))
    assert message.findtext(f".//{{{NAMESPACE}}}Cdtr/{{{NAMESPACE}}}Nm") == written


def test_what_sepa_does_not_take_is_refused():
    for bad in (
        [], [transfer(minor=0)], [transfer(minor=10**11)], [transfer(to=Party("Payee", "DE00123"))],
        [transfer(to=Party("漢字", made.IBAN))], [transfer(to=Party("Payee", made.IBAN, "SHORT"))],
        [Transfer("P-1", Money(100, "USD"), Party("Payee", made.IBAN), "P-1")],
    ):  # fmt: skip
        with pytest.raises(NotInTheFile):
            write(*bad)


@pytest.fixture
def fund(app):
    funds.bank()
    vault_door.close()
    return funds.fund()


def opened(*payments, **details):
    """What the open vault gave for these."""
    text = Details(**{"name": "Made-up Payee", "iban": made.IBAN, **details}).text()
    return Opened({box.row: (box, text) for box in orders.boxes_for(payments)})


def hand_out(payments, given=None, day=None):
    given = given or opened(*payments)
    with transaction():
        return orders.hand_out(payments, given, US, day or clock.today(), actor=ASKER)


def test_what_stands_in_a_file_is_in_no_other(fund):
    found = [made.scheduled(fund, 100 * number, descriptor=Descriptor.SERVICES) for number in (1, 2)]
    message = read(hand_out(found).content)
    texts = [each.text for each in message.iterfind(f".//{{{NAMESPACE}}}Ustrd")]
    session.expire_all()
    assert texts == [f"Services {each.reference}" for each in session.query(Payment).order_by(Payment.id)]
    with pytest.raises(Conflict):
        hand_out(found)


def test_what_changed_since_the_vault_was_asked_is_told(fund):
    payee = made.payee()
    found = [made.scheduled(fund, payee_id=payee)]
    given = opened(*found)
    with transaction():
        version = session.get_one(Payee, payee).version
        payees.change_details(payee, Details("Thief", made.IBAN), seen_version=version, actor=ASKER)
    with pytest.raises(Conflict):
        hand_out(found, given)


def test_a_file_looks_at_day_and_payability_again(fund):
    payee = made.payee(is_ok=False)
    made.say_ok(payee, clock.today() + timedelta(days=2))
    found = [made.scheduled(fund, payee_id=payee)]
    with pytest.raises(NotPayable):
        hand_out(found, day=clock.today() + timedelta(days=3))
    with pytest.raises(BadPayment):
        hand_out(found, day=clock.today() - timedelta(days=1))
    with pytest.raises(NotInTheFile):
        orders.boxes_for([])
    with pytest.raises(Conflict):
        hand_out([made.draft(fund, payee_id=payee)])


def test_an_account_is_not_exchanged_while_a_bank_may_have_the_file(fund):
    payee = made.payee()
    order = hand_out([made.scheduled(fund, payee_id=payee)]).order
    change = Details("Another", account="1")
    with pytest.raises(Conflict), transaction():
        payees.change_details(payee, change, seen_version=session.get_one(Payee, payee).version, actor=ASKER)
    for wrong, problem in ((ASKER, Forbidden), (SECOND, None), (uuid.uuid4(), Conflict)):
        if problem is None:
            with transaction():
                orders.void_order(order.id, actor=wrong)
        else:
            with pytest.raises(problem), transaction():
                orders.void_order(order.id, actor=wrong)
    with transaction():
        payees.change_details(payee, change, seen_version=session.get_one(Payee, payee).version, actor=ASKER)
