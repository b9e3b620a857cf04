"""OFX, in both of its forms: version 1 is SGML whose values are not closed, version 2 is XML.

Both are read alike, tag by tag with what follows it, as the file comes; no tree of it is ever held.
"""

import codecs
import html
import io
import re
from collections.abc import Iterator

from campaign.banking.service.reading.parts import (
    CUT_OFF,
    LONGEST_LINE,
    LONGEST_SAID,
    NO_STATEMENT,
    NOT_BOOKED,
    TOO_LONG,
    WITHOUT_AMOUNT,
    Account,
    BadStatement,
    Balance,
    LeftOut,
    Part,
    ReadLine,
)
from campaign.banking.service.reading.texts import NOT_READABLE
from campaign.banking.service.reading.values import BAD_DAY, read_amount, read_day
from campaign.kernel.errors import N_
from campaign.kernel.pieces import Opens

DECLARES = N_("Line %(line)s: this file declares a document type, which no statement does. It is not read.")
LACKS = N_("Line %(line)s: this transaction lacks its amount or its day.")
_PIECE = 1 << 16
_TOKEN = re.compile(r"<([^<>]{0,200})>([^<]*)")
_HEADER = re.compile(rb"(?:CHARSET:\s*|encoding=[\"'])([A-Za-z0-9_-]+)")
_GROUPS = frozenset({"STMTTRN", "BANKACCTFROM", "CCACCTFROM", "BANKACCTTO", "CCACCTTO", "LEDGERBAL", "PAYEE",
                     "CURRENCY", "ORIGCURRENCY", "BANKTRANLISTP"})  # fmt: skip


def named_encoding(head: bytes) -> str:
    """What the header says of how the file is written; empty where it says nothing that is known."""
    found = _HEADER.search(head)
    name = found[1].decode("ascii") if found is not None else ""
    if name.upper() in {"NONE", "USASCII", ""}:
        return ""
    for known in (name, f"cp{name}"):
        try:
            return codecs.lookup(known).name
        except LookupError:
            continue
    return ""


def read_ofx(opens: Opens, encoding: str, otherwise: str) -> Iterator[Part]:
    """Every transaction of every statement of a file. Raises BadStatement."""
    groups: list[str] = []
    said: dict[str, str] = {}
    currency, has_statement, is_over, where = otherwise, False, False, "1"
    for where, tag, value in _tokens(opens, encoding):
        name = tag.strip("/").upper()
        if tag.startswith("/"):
            if groups and name == groups[-1]:
                groups.pop()
            if name == "STMTTRN":
                yield _transaction(said, currency)
                said = {}
            elif name == "LEDGERBAL":
                yield from _balance(said, currency)
                said = {}
            is_over = name == "OFX"
        elif name in {"STMTRS", "CCSTMTRS"}:
            has_statement = True
        elif name == "CURDEF":
            currency = value.upper()
        elif name in _GROUPS:
            groups.append(name)
            if len(groups) > 20:
                raise BadStatement(TOO_LONG, line=where)
            if name in {"STMTTRN", "LEDGERBAL"}:
                said = {"line": where}
        elif value and groups:
            if groups[-1] in {"BANKACCTFROM", "CCACCTFROM"} and name == "ACCTID" and "STMTTRN" not in groups:
                yield Account(where, value)
            elif "STMTTRN" in groups or "LEDGERBAL" in groups:
                said.setdefault(f"{groups[-1]}.{name}", value)
    if not has_statement and not is_over:
        raise BadStatement(NO_STATEMENT)
    if not is_over:
        raise BadStatement(CUT_OFF, line=where)
    if not has_statement:
        raise BadStatement(NO_STATEMENT)


def _tokens(opens: Opens, encoding: str) -> Iterator[tuple[str, str, str]]:
    """Where, tag and value of everything, in order."""
    line, rest = 1, ""
    with opens() as file, io.TextIOWrapper(file, encoding, errors="strict", newline=None) as text:
        while True:
            try:
                piece = text.read(_PIECE)
            except (UnicodeDecodeError, UnicodeError):
                raise BadStatement(NOT_READABLE, line=line, encoding=encoding) from None
            rest += piece.replace("\x00", "")
            # The last tag may go on in the next piece, and so may what stands behind it.
            until = rest.rfind("<") if piece else len(rest)
            done, rest = rest[:until], rest[until:]
            if len(rest) > LONGEST_LINE:
                raise BadStatement(TOO_LONG, line=line)
            at = 0
            for found in _TOKEN.finditer(done):
                line += done.count("\n", at, found.start())
                at = found.start()
                if found[1].startswith("!") and not found[1].startswith("!--"):
                    raise BadStatement(DECLARES, line=line)
                if not found[1].startswith(("?", "!")) and not found[1].endswith("/"):
                    if len(found[2]) > LONGEST_LINE:
                        raise BadStatement(TOO_LONG, line=line)
                    yield str(line), found[1].partition(" ")[0], html.unescape(" ".join(found[2].split()))
            line += done.count("\n", at)
            if not piece:
                return


def _transaction(said: dict[str, str], otherwise: str) -> Part:
    where = said.get("line", "1")
    amount, posted = said.get("STMTTRN.TRNAMT", ""), said.get("STMTTRN.DTPOSTED", "")
    if not amount or not posted:
        raise BadStatement(LACKS, line=where)
    if posted.startswith("00000000"):
        return LeftOut(NOT_BOOKED)
    day = read_day(posted[:8], "ymd")
    if day is None:
        raise BadStatement(BAD_DAY, line=where)
    currency = said.get("CURRENCY.CURSYM", otherwise).upper()
    minor = read_amount(amount, currency, "," if amount.rfind(",") > amount.rfind(".") else ".", where)
    if minor == 0:
        return LeftOut(WITHOUT_AMOUNT)
    who = said.get("STMTTRN.NAME") or said.get("PAYEE.NAME", "")
    memo = said.get("STMTTRN.MEMO", "")
    other = " ".join(said.get(f"STMTTRN.{name}", "") for name in ("CHECKNUM", "REFNUM"))
    account = said.get("BANKACCTTO.ACCTID") or said.get("CCACCTTO.ACCTID", "")
    raw = " | ".join(f"{name}={value}" for name, value in said.items() if name != "line")
    return ReadLine(
        where, day, minor, currency, who[:LONGEST_SAID], account[:60], memo[:LONGEST_SAID],
        said.get("STMTTRN.FITID", "")[:100], raw[: 2 * LONGEST_SAID], f"{memo} {who} {other}",
    )  # fmt: skip


def _balance(said: dict[str, str], currency: str) -> Iterator[Part]:
    amount = said.get("LEDGERBAL.BALAMT", "")
    if not amount:
        return
    where = said.get("line", "1")
    minor = read_amount(amount, currency, "," if amount.rfind(",") > amount.rfind(".") else ".", where)
    yield Balance(where, False, read_day(said.get("LEDGERBAL.DTASOF", "")[:8], "ymd"), minor, currency)
