"""A folder into which a mail server drops what comes back (maildir), for who cannot have it handed over by LMTP."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from campaign.kernel.mail.message import Sender
from campaign.kernel.mail.returns.accept import is_ours
from campaign.kernel.mail.returns.reading import HEADERS, LONGEST

_TO = re.compile(rb"^(?:Delivered-To|X-Original-To|Envelope-To|To):[ \t]*(?:[^\r\n<]*<)?([^\s<>]{3,254})", re.M | re.I)


def list_new(folder: Path) -> Iterator[Path]:
    """Messages nobody has read yet, the oldest first; nothing but plain files, since another program writes here."""
    for path in sorted((folder / "new").iterdir()):
        if path.is_file() and not path.is_symlink():
            yield path


def read_message(path: Path) -> bytes:
    """One message; one that is too long is cut just behind what is too long, so that it is refused as such."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read(LONGEST + 1)


def recipient_of(content: bytes, sender: Sender) -> str:
    """To which address of ours it was delivered, as the mail server noted it on top; empty when to none."""
    for match in _TO.finditer(content[:HEADERS]):
        address = match[1].decode("ascii", "replace")
        if is_ours(address, sender):
            return address
    return ""


def put_away(folder: Path, path: Path) -> None:
    """Move what was read to `cur`, marked as seen."""
    path.rename(folder / "cur" / f"{path.name.partition(':')[0]}:2,S")
