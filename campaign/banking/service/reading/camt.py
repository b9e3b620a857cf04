"""CAMT.053, the XML of ISO 20022: read as it comes, element by element, so that no tree of it is ever held.

A document type is refused, as in our own reader of spreadsheets: entities can be nested until they fill the memory, or
name files of this machine, and no bank writes one.
"""

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

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
from campaign.banking.service.reading.values import BAD_DAY, read_amount, read_day
from campaign.kernel.errors import N_
from campaign.kernel.pieces import Opens

BROKEN = N_("Line %(line)s: this is no sound XML. Fetch the file from the bank once more.")
DOCUMENT_TYPE = N_("Line %(line)s: this XML declares a document type, which no statement does. It is not read.")
NOT_053 = N_("This is a CAMT message of another kind. Ask the bank for CAMT.053, the statement of booked lines.")
LACKS = N_("Line %(line)s: this entry lacks its amount, its direction or its day.")
_PIECE, _DEEPEST = 1 << 16, 60
_MOST_UNHEARD = 1 << 20
_OTHERS = frozenset({"BkToCstmrAcctRpt", "BkToCstmrDbtCdtNtfctn", "CstmrCdtTrfInitn", "CstmrPmtStsRpt"})
_TEXTS = frozenset({"Ustrd", "AddtlNtryInf", "AddtlTxInf", "EndToEndId", "Ref", "AddtlRmtInf"})
_NO_ID = frozenset({"NOTPROVIDED", "NONREF", ""})
_NUMBERS = (("IBAN", ["BkToCstmrStmt", "Stmt", "Acct", "Id"]), ("Id", ["Stmt", "Acct", "Id", "Othr"]))
_OPENINGS, _CLOSINGS = frozenset({"OPBD", "PRCD"}), frozenset({"CLBD"})


def read_camt(opens: Opens) -> Iterator[Part]:
    """Every booked entry of every statement of a file. Raises BadStatement."""
    reader = _Reader()
    with opens() as file:
        while piece := file.read(_PIECE):
            reader.feed(piece)
            yield from reader.take()
    reader.end()
    yield from reader.take()


class _Reader:
    """The handlers of the parser, with what is known of the element at hand."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.CommentHandler = self._pass_over
        self._parser.ProcessingInstructionHandler = self._pass_over
        self._unheard = 0
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._found: list[Part] = []
        self._has_statement = False
        self._openings: list[str] = []
        # It stands before the entries, and holds after them.
        self._closing: Balance | None = None
        self._entry: dict[str, Any] | None = None
        self._balance: dict[str, str] | None = None

    def feed(self, piece: bytes, *, is_last: bool = False) -> None:
        """The next bytes. Raises BadStatement."""
        try:
            self._unheard += len(piece)
            self._parser.Parse(piece, is_last)
        except expat.ExpatError as problem:
            cut = problem.code in {expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
                                   expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN]}  # fmt: skip
            raise BadStatement(CUT_OFF if cut and is_last else BROKEN, line=problem.lineno) from None
        except (LookupError, ValueError):
            # An alphabet that Python does not know, or one of several bytes a letter that expat cannot read.
            raise BadStatement(BROKEN, line=1) from None
        # A tag or a comment is held whole by the parser until it ends, and nothing of it is told before.
        if self._unheard > _MOST_UNHEARD:
            raise BadStatement(TOO_LONG, line=self._where())

    def end(self) -> None:
        """Nothing follows."""
        self.feed(b"", is_last=True)
        if not self._has_statement:
            raise BadStatement(NO_STATEMENT)

    def take(self) -> list[Part]:
        """What has been found since."""
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag, self._unheard = name.rpartition(":")[2], 0
        self._path.append(tag)
        self._text.clear()
        if len(self._path) > _DEEPEST:
            raise BadStatement(TOO_LONG, line=self._where())
        if tag in _OTHERS:
            raise BadStatement(NOT_053)
        if tag == "Stmt":
            self._has_statement, self._openings = True, []
        elif tag == "Ntry":
            self._entry, self._length = {"line": self._where(), "texts": [], "depth": len(self._path)}, 0
        elif tag == "Bal":
            self._balance = {"line": self._where()}
        if tag == "Amt" and "Ccy" in attributes:
            held = self._entry if self._entry is not None and len(self._path) == self._entry["depth"] + 1 else (
                self._balance if self._entry is None else None)  # fmt: skip
            if held is not None:
                held["currency"] = attributes["Ccy"]

    def _characters(self, text: str) -> None:
        self._unheard = 0
        if self._entry is None and self._balance is None and not self._text:
            self._length = 0
        self._length += len(text)
        if self._length > LONGEST_LINE:
            raise BadStatement(TOO_LONG, line=self._where())
        self._text.append(text)

    def _end(self, name: str) -> None:
        tag, self._unheard = name.rpartition(":")[2], 0
        text = " ".join("".join(self._text).split())
        self._text.clear()
        self._path.pop()
        if self._entry is not None:
            if tag == "Ntry":
                self._found.append(_entry(self._entry))
                self._entry = None
            elif text:
                self._note_entry(tag, text)
        elif self._balance is not None:
            if tag == "Bal":
                self._end_balance(self._balance)
                self._balance, self._length = None, 0
            elif text:
                self._balance["code" if tag in {"Cd", "Prtry"} and "Tp" in self._path else tag] = text
        elif tag == "Stmt" and self._closing is not None:
            self._found.append(self._closing)
            self._closing = None
        elif text and (tag, self._path[-4:]) in _NUMBERS:
            self._found.append(Account(self._where(), text))

    def _note_entry(self, tag: str, text: str) -> None:
        entry, inside = self._entry, self._path
        assert entry is not None  # noqa: S101 - told to the type checker
        if len(inside) == entry["depth"] and tag in {"Amt", "CdtDbtInd", "Sts", "AcctSvcrRef"}:
            entry[tag] = text
        elif tag == "Cd" and inside[-1] == "Sts":
            entry["Sts"] = text
        elif tag in {"Dt", "DtTm"} and inside[-1] in {"BookgDt", "ValDt"}:
            entry[inside[-1]] = text[:10]
        elif tag == "Nm" and ("Dbtr" in inside or "Cdtr" in inside):
            entry.setdefault("Dbtr" if "Dbtr" in inside else "Cdtr", text)
        elif tag in {"IBAN", "Id"} and ("DbtrAcct" in inside or "CdtrAcct" in inside):
            entry.setdefault("DbtrAcct" if "DbtrAcct" in inside else "CdtrAcct", text)
        elif tag in _TEXTS and text not in _NO_ID:
            entry["texts"].append(text)

    def _end_balance(self, said: dict[str, str]) -> None:
        code, where = said.get("code", ""), said["line"]
        if code not in _OPENINGS | _CLOSINGS:
            return
        if code in _OPENINGS:
            if self._openings:
                return
            self._openings.append(code)
        if not said.keys() >= {"Amt", "currency", "CdtDbtInd"}:
            raise BadStatement(LACKS, line=where)
        minor = read_amount(said["Amt"], said["currency"], ".", where)
        day = read_day(said.get("Dt", said.get("DtTm", ""))[:10], "ymd")
        signed = -minor if said["CdtDbtInd"] == "DBIT" else minor
        standing = Balance(where, code in _OPENINGS, day, signed, said["currency"])
        if standing.is_opening:
            self._found.append(standing)
        else:
            self._closing = standing

    def _where(self) -> str:
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber
        return str(line) if line > 1 else f"1:{column}"

    def _pass_over(self, *_about: Any) -> None:
        self._unheard = 0

    def _refuse(self, *_about: Any) -> None:
        raise BadStatement(DOCUMENT_TYPE, line=self._where())


def _entry(said: dict[str, Any]) -> Part:
    where = said["line"]
    if said.get("Sts", "BOOK") not in {"BOOK", ""}:
        return LeftOut(NOT_BOOKED)
    if not said.keys() >= {"Amt", "currency", "CdtDbtInd"} or not ("BookgDt" in said or "ValDt" in said):
        raise BadStatement(LACKS, line=where)
    day = read_day(said.get("BookgDt") or said["ValDt"], "ymd")
    if day is None:
        raise BadStatement(BAD_DAY, line=where)
    minor = read_amount(said["Amt"], said["currency"], ".", where)
    if minor == 0:
        return LeftOut(WITHOUT_AMOUNT)
    is_in = said["CdtDbtInd"] == "CRDT"
    side = "Dbtr" if is_in else "Cdtr"
    texts, own_id = said["texts"], said.get("AcctSvcrRef", "")
    text = " ".join(dict.fromkeys(texts))
    return ReadLine(
        where, day, minor if is_in else -minor, said["currency"], said.get(side, "")[:LONGEST_SAID],
        said.get(f"{side}Acct", "")[:60], text[:LONGEST_SAID], "" if own_id in _NO_ID else own_id[:100],
        " | ".join((day.isoformat(), said["CdtDbtInd"], said["Amt"], said["currency"], *texts))[: 2 * LONGEST_SAID],
        f"{text} {''.join(texts)}",
    )  # fmt: skip
