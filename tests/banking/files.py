"""Files of statements in every format, made here line by line; none was ever copied from a bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

OUR_NUMBER = "DE00123456780000000001"


@dataclass(frozen=True)
class Row:
    """What a line of a statement says."""

    day: date
    minor: int
    who: str = "Anna Muster"
    text: str = "Gift G-17"
    own_id: str = ""
    account: str = "DE00999999990000000042"


def decimal(minor: int, point: str = ".") -> str:
    """Without a sign."""
    return f"{abs(minor) // 100}{point}{abs(minor) % 100:02}"


def as_csv(rows: Sequence[Row], *, separator: str = ";", point: str = ",", opening: int | None = None,
           currency: str = "EUR", encoding: str = "utf-8", preamble: str = "") -> bytes:  # fmt: skip
    """A table with headings, with a column of balances where an opening balance is given."""
    heads = ["Booking date", "Amount", "Currency", "Counterparty", "IBAN", "Purpose", "Transaction ID"]
    lines = [separator.join(heads + (["Balance"] if opening is not None else []))]
    standing = opening or 0
    for row in rows:
        standing += row.minor
        sign = "-" if row.minor < 0 else ""
        cells = [f"{row.day:%d.%m.%Y}", sign + decimal(row.minor, point), currency, row.who, row.account, row.text,
                 row.own_id]  # fmt: skip
        if opening is not None:
            cells.append(("-" if standing < 0 else "") + decimal(standing, point))
        lines.append(separator.join('"' + cell.replace('"', '""') + '"' for cell in cells))
    return (preamble + "\r\n".join(lines) + "\r\n").encode(encoding)


def as_mt940(rows: Sequence[Row], *, opening: int = 0, closing: int | None = None, currency: str = "EUR",
             encoding: str = "utf-8") -> bytes:  # fmt: skip
    """One statement."""

    def balance(tag: str, minor: int, day: date) -> str:
        return f":{tag}:{'D' if minor < 0 else 'C'}{day:%y%m%d}{currency}{decimal(minor, ',')}"

    first, last = rows[0].day, rows[-1].day
    lines = [":20:STARTUMSE", f":25:{OUR_NUMBER}", ":28C:00001/001", balance("60F", opening, first)]
    for row in rows:
        mark = "D" if row.minor < 0 else "C"
        lines.append(f":61:{row.day:%y%m%d}{row.day:%m%d}{mark}R{decimal(row.minor, ',')}NTRFNONREF//{row.own_id}")
        purpose = f"?20{row.text[:27]}" + "".join(f"?2{n}{row.text[n * 27 : n * 27 + 27]}" for n in range(1, 5)
                                                  if row.text[n * 27 :])  # fmt: skip
        field = f"166?00GUTSCHRIFT{purpose}?31{row.account}?32{row.who[:27]}"
        lines.append(":86:" + "\r\n".join(field[at : at + 65] for at in range(0, len(field), 65)))
    end = opening + sum(row.minor for row in rows) if closing is None else closing
    lines += [balance("62F", end, last), "-"]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def as_camt(rows: Sequence[Row], *, opening: int | None = 0, closing: int | None = None, currency: str = "EUR",
            encoding: str = "utf-8", number: str = OUR_NUMBER) -> bytes:  # fmt: skip
    """One statement as CAMT.053."""

    def amount(minor: int) -> str:
        mark = "DBIT" if minor < 0 else "CRDT"
        return f'<Amt Ccy="{currency}">{decimal(minor)}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'

    def balance(code: str, minor: int, day: date) -> str:
        return (f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount(minor)}"
                f"<Dt><Dt>{day.isoformat()}</Dt></Dt></Bal>")  # fmt: skip

    end = (opening or 0) + sum(row.minor for row in rows) if closing is None else closing
    parts = [
        f'<?xml version="1.0" encoding="{encoding}"?>',
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>',
        f"<Stmt><Id>1</Id><Acct><Id><IBAN>{number}</IBAN></Id><Ccy>{currency}</Ccy></Acct>",
    ]
    if opening is not None:
        parts += [balance("OPBD", opening, rows[0].day), balance("CLBD", end, rows[-1].day)]
    for row in rows:
        side = "Cdtr" if row.minor < 0 else "Dbtr"
        own_id = f"<AcctSvcrRef>{escape(row.own_id)}</AcctSvcrRef>" if row.own_id else ""
        parts.append(
            f"<Ntry>{amount(row.minor)}<Sts>BOOK</Sts><BookgDt><Dt>{row.day.isoformat()}</Dt></BookgDt>"
            f"<ValDt><Dt>{row.day.isoformat()}</Dt></ValDt>{own_id}<NtryDtls><TxDtls>"
            f"<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><{side}><Nm>{escape(row.who)}</Nm></{side}>"
            f"<{side}Acct><Id><IBAN>{row.account}</IBAN></Id></{side}Acct></RltdPties>"
            f"<RmtInf><Ustrd>{escape(row.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    return "\n".join([*parts, "</Stmt></BkToCstmrStmt></Document>"]).encode(encoding)


def as_ofx(rows: Sequence[Row], *, version: int = 1, closing: int | None = None, currency: str = "EUR",
           encoding: str = "utf-8") -> bytes:  # fmt: skip
    """One statement, as SGML (1) or as XML (2)."""

    def leaf(name: str, value: str) -> str:
        return f"<{name}>{escape(value)}" + (f"</{name}>" if version == 2 else "")

    if version == 1:
        charset = {"cp1252": "1252", "cp1251": "1251"}.get(encoding, "NONE")
        named = "USASCII" if charset != "NONE" else "UTF-8"
        head = (f"OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:{named}\r\n"
                f"CHARSET:{charset}\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n")  # fmt: skip
    else:
        head = (f'<?xml version="1.0" encoding="{encoding}"?>\n<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" '
                'OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n')  # fmt: skip
    first, last = f"{min(row.day for row in rows):%Y%m%d}", f"{max(row.day for row in rows):%Y%m%d}"
    lines = [
        "<OFX><SIGNONMSGSRSV1><SONRS><STATUS>", leaf("CODE", "0"), leaf("SEVERITY", "INFO"), "</STATUS>",
        leaf("DTSERVER", last), leaf("LANGUAGE", "ENG"), "</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS>",
        leaf("TRNUID", "0"), "<STATUS>", leaf("CODE", "0"), leaf("SEVERITY", "INFO"), "</STATUS><STMTRS>",
        leaf("CURDEF", currency), "<BANKACCTFROM>", leaf("BANKID", "12345678"), leaf("ACCTID", OUR_NUMBER[:22]),
        leaf("ACCTTYPE", "CHECKING"), "</BANKACCTFROM><BANKTRANLIST>", leaf("DTSTART", first), leaf("DTEND", last),
    ]  # fmt: skip
    for at, row in enumerate(rows):
        sign = "-" if row.minor < 0 else ""
        lines += [
            "<STMTTRN>", leaf("TRNTYPE", "DEBIT" if row.minor < 0 else "CREDIT"),
            leaf("DTPOSTED", f"{row.day:%Y%m%d}120000"), leaf("TRNAMT", sign + decimal(row.minor)),
            leaf("FITID", row.own_id or f"F{at}"), leaf("NAME", row.who[:32]), leaf("MEMO", row.text[:255]),
            "</STMTTRN>",
        ]  # fmt: skip
    end = sum(row.minor for row in rows) if closing is None else closing
    lines += [
        "</BANKTRANLIST><LEDGERBAL>", leaf("BALAMT", ("-" if end < 0 else "") + decimal(end)), leaf("DTASOF", last),
        "</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>",
    ]  # fmt: skip
    return (head + "\r\n".join(lines) + "\r\n").encode(encoding)
