"""The return path of our mails, read again: whose mail it was, and whether an address is the one it went to."""

import base64
import binascii
import hmac
import re
import uuid
from dataclasses import dataclass

from campaign.kernel.mail.message import Sender

_VERP = re.compile(r"b\+([a-z2-7]{26})-([0-9a-f]{18})@(.+)", re.IGNORECASE)
_FOUND = re.compile(rb"b\+[a-z2-7]{26}-[0-9a-f]{18}@[a-z0-9.-]{1,253}", re.IGNORECASE)
LOOKS_LIKE = re.compile(r"b\+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """A return path that is ours."""

    mail: uuid.UUID
    address_mark: str
    """What `Sender.address_mark` gives of the address to which this very mail went."""

    def went_to(self, address: str, sender: Sender) -> bool:
        """Whether the mail went to `address`; capitals make no difference."""
        return hmac.compare_digest(self.address_mark, sender.address_mark(self.mail, address))


def read_return_path(address: str, sender: Sender) -> ReturnPath | None:
    """The mail that `address` names, when we wrote it; None for any other address and for one that is made up."""
    match = _VERP.fullmatch(address)
    if match is None or match[3].lower() != sender.host.lower():
        return None
    try:
        mail = uuid.UUID(bytes=base64.b32decode(match[1].upper() + "======"))
    except (binascii.Error, ValueError):
        return None
    proof, address_mark = match[2][:10].lower(), match[2][10:].lower()
    # Compared in constant time: whoever could measure it would find a mark digit by digit.
    if not hmac.compare_digest(proof, sender.mail_mark(mail)):
        return None
    return ReturnPath(mail, address_mark)


def find_return_path(content: bytes, sender: Sender) -> ReturnPath | None:
    """The first return path of ours among the first few that stand in a text, such as a complaint that quotes one."""
    for number, match in enumerate(_FOUND.finditer(content)):
        if number == 10:
            break
        found = read_return_path(match[0].decode("ascii"), sender)
        if found is not None:
            return found
    return None
