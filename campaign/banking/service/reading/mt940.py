"""MT940, the text that SWIFT defined and every bank writes a little differently.

A field begins with its tag at the beginning of a line (`:61:`) and goes on over the lines below. Read line by line, so
that a file of any length takes no more memory than one field of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from campaign.banking.service.reading.parts import (
    CUT_OFF,
    LONGEST_LINE,
    LONGEST_SAID,
    NO_STATEMENT,
    TOO_LONG,
    WITHOUT_AMOUNT,
    Account,
    BadStatement,
    Balance,
    LeftOut,
    Part,
    ReadLine,
)
from campaign.banking.service.reading.texts import lines_of
from campaign.banking.service.reading.values import BAD_DAY, read_amount, read_day
from campaign.kernel.errors import N_
from campaign.kernel.pieces import Opens

BAD_FIELD = N_("Line %(line)s: the field %(tag)s is not written as MT940 has it. This file is damaged.")
NO_OPENING = N_("Line %(line)s: a line of the account before the balance it begins at. This file is damaged.")
_TAG = re.compile(r":(\d{2}[A-Z]?|NS):(.*)", re.ASCII | re.DOTALL)
_LINE = re.compile(
    r"(\d{6})(\d{4})?(R?[CD])([A-Z])?(\d{1,15}[,.]?\d{0,4})([A-Z][A-Z0-9]{3})([^\n]*)(?:\n(.*))?", re.ASCII | re.DOTALL
)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,15}[,.]?\d{0,4})\s*", re.ASCII)
_SUBFIELD = re.compile(r"\?(\d{2})")
_WORDS = re.compile(r"/(NAME|IBAN|REMI|EREF|CNTP|BENM|ORDP|PREF|CSID|MARF|TRCD|TRTP|ID|BIC|RTRN|ISDT|SVCL|PURP)/")
_NO_ID = frozenset({"NONREF", "NOTPROVIDED", ""})
HALF_A_YEAR = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class _Field:
    tag: str
    line: int
    value: str


def read_mt940(opens: Opens, encoding: str) -> Iterator[Part]:
    """Every line of every statement of a file. Raises BadStatement."""
    currency, waiting, is_open, last = "", None, False, 0
    for field in _fields(opens, encoding):
        last = field.line
        if field.tag == "86" and waiting is not None:
            yield _with_words(waiting, field.value)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if field.tag == "25":
            yield Account(str(field.line), field.value.replace("\n", "").strip())
        elif field.tag in {"60F", "60M"}:
            standing = _balance(field, is_opening=True)
            currency, is_open = standing.currency, True
            yield standing
        elif field.tag == "61":
            if not is_open:
                raise BadStatement(NO_OPENING, line=field.line)
            read = _line(field, currency)
            waiting = read if read.minor else None
            if waiting is None:
                yield LeftOut(WITHOUT_AMOUNT)
        elif field.tag in {"62F", "62M"}:
            is_open = False
            yield _balance(field, is_opening=False)
    if is_open or waiting is not None:
        raise BadStatement(CUT_OFF, line=last)
    if not currency:
        raise BadStatement(NO_STATEMENT)


def _fields(opens: Opens, encoding: str) -> Iterator[_Field]:
    tag, begun, value, length = "", 0, [], 0
    for number, line in lines_of(opens, encoding):
        plain = line.rstrip("\r\n")
        # The envelope of SWIFT: {1:…}{2:…}{4: before the first field, - or -} behind the last.
        if plain.startswith("{"):
            plain = plain.rpartition("{4:")[2] if "{4:" in plain else ""
        found = _TAG.match(plain)
        is_end = plain.strip() in {"-", "-}"} or plain.startswith("-}")
        if found is None and not is_end:
            if tag and plain:
                value.append(plain)
                length += len(plain)
            if length > LONGEST_LINE:
                raise BadStatement(TOO_LONG, line=number)
            continue
        if tag:
            yield _Field(tag, begun, "\n".join(value))
        tag, begun, value, length = (found[1], number, [found[2]], 0) if found is not None else ("", number, [], 0)
    if tag:
        yield _Field(tag, begun, "\n".join(value))


def _balance(field: _Field, *, is_opening: bool) -> Balance:
    found = _BALANCE.fullmatch(field.value.strip())
    if found is None:
        raise BadStatement(BAD_FIELD, line=field.line, tag=field.tag)
    where, currency = str(field.line), found[3]
    minor = read_amount(found[4], currency, "," if "," in found[4] else ".", where)
    return Balance(where, is_opening, _day(found[2], field), -minor if found[1] == "D" else minor, currency)


def _line(field: _Field, currency: str) -> ReadLine:
    found = _LINE.fullmatch(field.value.strip())
    if found is None:
        raise BadStatement(BAD_FIELD, line=field.line, tag=field.tag)
    value_day = _day(found[1], field)
    day = _entry_day(value_day, found[2], field) if found[2] else value_day
    minor = read_amount(found[5], currency, "," if "," in found[5] else ".", str(field.line))
    if found[3] in {"D", "RC"}:
        minor = -minor
    theirs, _slashes, banks = found[7].partition("//")
    own_id = banks.strip() if banks.strip() not in _NO_ID else ""
    more = "" if theirs.strip() in _NO_ID else theirs.strip()
    text = " ".join(part for part in (more, found[8] or "") if part)
    return ReadLine(str(field.line), day, minor, currency, text=text[:LONGEST_SAID], own_id=own_id[:100],
                    raw=field.value[: 2 * LONGEST_SAID], codes_in=text)  # fmt: skip


def _with_words(line: ReadLine, value: str) -> ReadLine:
    """The line with what :86: says of it, in the German order (?20…?32), in that of SWIFT (/NAME/…), or as it is."""
    flat = value.replace("\n", "")
    raw = f"{line.raw}\n{value}"[: 2 * LONGEST_SAID]
    if _SUBFIELD.search(flat[:8]):
        named: dict[str, str] = {}
        for code, part in zip(*[iter(_SUBFIELD.split(flat)[1:])] * 2, strict=True):
            named[code] = named.get(code, "") + part
        purposes = [part for code, part in sorted(named.items()) if "20" <= code <= "29" or "60" <= code <= "63"]
        who, account = f"{named.get('32', '')}{named.get('33', '')}", named.get("31", "")
        # Cut after 27 characters wherever that is, so a reference may go on in the next part.
        text, joined = " ".join(purposes), "".join(purposes)
    else:
        words = _WORDS.split(flat)
        by_word = dict(zip(words[1::2], words[2::2], strict=True))
        who, account = by_word.get("NAME", ""), by_word.get("IBAN", "")
        text = by_word.get("REMI", "") or value.replace("\n", " ")
        joined = f"{flat} {value}"
    text = " ".join(f"{line.text} {text}".split())
    return replace(line, who=" ".join(who.split())[:LONGEST_SAID], account=account.strip("/ ")[:60],
                   text=text[:LONGEST_SAID], raw=raw, codes_in=f"{line.codes_in} {joined} {text}")  # fmt: skip


def _day(text: str, field: _Field) -> date:
    found = read_day(f"20{text}", "ymd")
    if found is None:
        raise BadStatement(BAD_DAY, line=field.line)
    return found


def _entry_day(value_day: date, text: str, field: _Field) -> date:
    """The day of booking, which comes without its year: the one nearest to the day of value."""
    for year in (value_day.year, value_day.year - 1, value_day.year + 1):
        found = read_day(f"{year}{text}", "ymd")
        if found is not None and abs(found - value_day) <= HALF_A_YEAR:
            return found
    raise BadStatement(BAD_DAY, line=field.line)
