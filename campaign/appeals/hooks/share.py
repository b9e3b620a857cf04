"""An appeal as it is passed on: what it asks in one sentence; without a picture."""

from campaign.appeals.models import Audience
from campaign.appeals.queries.public import find_public
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.registry_sharing import ShareMatter, ShareText, share_subjects


def find_share_matter(slug: str) -> ShareMatter:
    """An appeal that some visitors may see; sharing asks where they are. Raises NotFound."""
    appeal = find_public(slug)
    if appeal is None:
        raise NotFound
    texts = {text.language: ShareText(text.title, text.summary) for text in appeal.texts}
    outside = appeal.audience == Audience.OUTSIDE_RUSSIA
    return ShareMatter(
        f"/appeals/{slug}", N_("An appeal to officials"), N_("Read more, and what you can do"), texts,
        is_outside_only=outside,
    )  # fmt: skip


def register() -> None:
    """Fill the registry."""
    share_subjects.register("appeals", find_share_matter)
