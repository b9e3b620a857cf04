"""What can be passed on: each feature says here what it has, and sharing makes pages, pictures and prints of it.

A feature that wants its pages shared registers one function under the first part of their addresses ("petitions");
nothing else is to be done (docs/sharing.md).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from campaign.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class ShareText:
    """It in one language, as it was published."""

    title: str
    sentence: str
    addressee: str = ""
    """Of what is signed on paper."""


@dataclass(frozen=True, slots=True)
class SharePicture:
    """The picture that belongs to it, with what its licence asks for."""

    digest: str
    """Changes with the content."""
    credit: str
    licence: str
    load: Callable[[], bytes]
    """The stored picture; called only when something is drawn."""


@dataclass(frozen=True, slots=True)
class ShareMatter:
    """One thing that can be passed on, as it is public at this moment."""

    path: str
    """Of its page, without the language."""
    kind: str
    """What it is, marked with N_: "Petition"."""
    call: str
    """What one can do there, marked with N_."""
    texts: Mapping[str, ShareText]
    """By language; at least one."""
    picture: SharePicture | None = None
    is_person: bool = False
    """Gone at once when it is withdrawn: nothing of it is kept by anybody (SAFETY.md, ADR 0008)."""
    is_outside_only: bool = False
    """A crime to pass on in Russia (SAFETY.md 17)."""
    can_sign_on_paper: bool = False

    def text_in(self, language: str) -> ShareText:
        """The text in `language`, else in English, else in whichever there is."""
        return self.texts.get(language) or self.texts.get("en") or next(iter(self.texts.values()))


FindMatter = Callable[[str], ShareMatter]
"""Finds by the slug what the public may see now; raises NotFound for everything else."""

share_subjects: Registry[FindMatter] = Registry("what can be passed on")
"""By the first part of its pages' addresses."""
