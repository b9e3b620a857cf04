"""What features offer to mailings: blocks that show something of theirs in a mail, as long as the public may see it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from campaign.kernel.registry import Registry

MOST_CHOICES = 100


@dataclass(frozen=True, slots=True)
class BlockCard:
    """What a mail says of one subject, in one language."""

    subject: uuid.UUID
    title: str
    line: str = ""
    """One line about it."""
    alias: str = ""
    """Eight letters where the subject has some of its own; empty: mailings keep some for it."""
    is_outside_only: bool = False
    """It must not be shown to anybody who is in Russia (SAFETY.md 17)."""


@dataclass(frozen=True, slots=True)
class MailBlock:
    """One kind of block: `[[name:slug]]` on a line of its own."""

    label: str
    """Marked with N_: what staff choose."""
    button: str
    """Marked with N_: what the reader presses."""
    find: Callable[[str, str], BlockCard | None]
    """By slug and language; None where the public may not see it now, or nothing can be done there any more. Asked
    again whenever a mail leaves."""
    choices: Callable[[str, str], Sequence[tuple[str, str]]]
    """By language and words to look for (empty: any): slug and title of what can be chosen, at most MOST_CHOICES."""
    path: Callable[[uuid.UUID], str | None]
    """Where an opaque link to the subject leads, without language; None where the public may not see it."""


mail_blocks: Registry[MailBlock] = Registry("block of mailings")
"""By the word that stands in the text: petition, prisoner, event."""
