"""Somebody as they are passed on: the name, one sentence, the portrait; as long as their page is public."""

from campaign.kernel.errors import N_
from campaign.kernel.registry_sharing import ShareMatter, SharePicture, ShareText, share_subjects
from campaign.prisoners.models import PortraitSize
from campaign.prisoners.queries.people import get_public_prisoner
from campaign.prisoners.queries.portraits import find_portrait, get_rendition
from campaign.prisoners.queries.public_cards import names_for
from campaign.web.i18n import LANGUAGES


def find_share_matter(slug: str) -> ShareMatter:
    """Somebody whose page is public now; raises NotFound for everybody else alike."""
    person = get_public_prisoner(slug)
    summaries = {text.language: text.summary for text in person.texts}
    picture, shown = find_portrait(person.id), None
    large = next((each for each in picture.renditions if each.name == PortraitSize.LARGE), None) if picture else None
    if picture is not None and large is not None:
        shown = SharePicture(
            large.digest, picture.credit, picture.licence,
            lambda: get_rendition(person.id, PortraitSize.LARGE).content,
        )  # fmt: skip
    texts = {language: ShareText(names_for(language, person)[0], summaries.get(language, "")) for language in LANGUAGES}
    return ShareMatter(
        f"/prisoners/{slug}", N_("Not forgotten"), N_("Read more, and what you can do"), texts, shown, is_person=True
    )


def register() -> None:
    """Fill the registry."""
    share_subjects.register("prisoners", find_share_matter)
