"""What is refused when a text is saved, each with the place where it stands."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from campaign.kernel.errors import N_, DomainError
from campaign.kernel.registry_mail import mail_blocks
from campaign.mailings.service.links import find_cards, keep_aliases
from campaign.mailings.service.text.links import names_a_page, own_path
from campaign.mailings.service.text.parts import Problem, Ref
from campaign.mailings.service.text.read import check_subject, read_plain, read_text

OUR_ADDRESS = N_(
    "an address of ours that may carry a name. Write petition:…, prisoner:… or event:… with the last part of the"
    " address."
)


@dataclass(frozen=True, slots=True)
class TextDraft:
    """What somebody typed in one language."""

    subject: str = ""
    subject_b: str = ""
    body: str = ""
    plain: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.subject or self.subject_b or self.body or self.plain)

    @property
    def refs(self) -> list[Ref]:
        """All that it names of other features."""
        return read_text(self.body).refs + read_plain(self.plain).refs


class BadTexts(DomainError):
    """Texts that cannot be stored; `problems` by language and part (subject, subject_b, body, plain)."""

    def __init__(self, problems: Mapping[tuple[str, str], list[Problem]]) -> None:
        super().__init__(N_("Nothing is saved yet: look at what stands beside the texts."))
        self.problems = problems


def check_texts(
    texts: Mapping[str, TextDraft], *, signers_of: uuid.UUID | None = None, hosts: frozenset[str] = frozenset()
) -> None:
    """Raise BadTexts where something in them is refused. `signers_of`: the petition whose signers get the mailing;
    `hosts`: our own, whose addresses are not written out."""
    found = {
        (language, part): problems
        for language, text in texts.items()
        for part, problems in _problems_of(text, language, signers_of, hosts)
        if problems
    }
    if found:
        raise BadTexts(found)


def keep_links(texts: Mapping[str, TextDraft]) -> None:
    """Give whatever the texts name an opaque address, in the open transaction."""
    keep_aliases([ref for text in texts.values() for ref in text.refs])


def digest_of(body: str) -> str:
    """Tells whether a body has changed since a plain text was written for it."""
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def check_refs(refs: list[Ref], language: str, signers_of: uuid.UUID | None = None) -> Iterator[Problem]:
    """What is wrong with what a text names: no such thing, or none that the public may see now."""
    cards = find_cards(refs, language)
    for ref in refs:
        card, what = cards[ref.kind, ref.slug], {"what": f"{ref.kind}:{ref.slug}"}
        if ref.kind not in mail_blocks:
            yield Problem(ref.line, N_("there is no block of the kind “%(kind)s”."), {"kind": ref.kind})
        elif card is None:
            yield Problem(ref.line, N_("“%(what)s” is not there, is not public, or is over. Take it out."), what)
        elif card.is_outside_only and card.subject != signers_of:
            yield Problem(
                ref.line, N_("“%(what)s” is only for people outside Russia, and nobody knows where a mail is read."
                             " Only those who signed it can be written to about it."), what,
            )  # fmt: skip


def _problems_of(
    text: TextDraft, language: str, signers_of: uuid.UUID | None, hosts: frozenset[str]
) -> Iterator[tuple[str, list[Problem]]]:
    yield "subject", check_subject(text.subject)
    yield "subject_b", check_subject(text.subject_b)
    for part, parsed in (("body", read_text(text.body)), ("plain", read_plain(text.plain))):
        problems = [*parsed.problems, *check_refs(parsed.refs, language, signers_of)]
        problems += [Problem(link.line, OUR_ADDRESS) for link in parsed.links if _is_our_page(link.target, hosts)]
        yield part, sorted(problems, key=lambda problem: problem.line)


def _is_our_page(target: str, hosts: frozenset[str]) -> bool:
    path = own_path(target, hosts) if "://" in target else None
    return path is not None and names_a_page(path)
