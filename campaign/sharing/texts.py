"""What is said of something that is passed on, as far as it may be said where the reader is."""

from dataclasses import dataclass

from campaign.kernel.places import Place
from campaign.kernel.registry import LeftOut, plain_at
from campaign.kernel.registry_sharing import ShareMatter, ShareText


@dataclass(frozen=True, slots=True)
class Passed:
    """A text to copy."""

    language: str
    title: str
    sentence: str
    address: str

    @property
    def whole(self) -> str:
        """All of it, as it is pasted."""
        return "\n\n".join(filter(None, (self.title, self.sentence, self.address)))


def clean_share_text(matter: ShareMatter, language: str, place: Place, words: LeftOut) -> ShareText:
    """The text in `language` without names and addresses that are dangerous at `place`; a place that was not said is
    taken for Russia, since what is passed on is read by people who cannot say (SAFETY.md 17)."""
    text = matter.text_in(language)
    return ShareText(*(clean_words(each, place, words) for each in (text.title, text.sentence, text.addressee)))


def clean_words(text: str, place: Place, words: LeftOut) -> str:
    """The same of any other words, as of a picture's author."""
    if place is Place.ELSEWHERE:
        return text
    return plain_at(Place.RUSSIA, text, words)
