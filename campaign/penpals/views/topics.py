"""The vocabulary of what prisoners care for, as writers choose from it."""

from campaign.prisoners.queries.people_list import list_interests
from campaign.web.i18n import current_language


def topic_options() -> list[tuple[str, str]]:
    """Slugs and words, in the order of the words."""
    language = current_language()
    return sorted(((each.slug, each.label_in(language)) for each in list_interests()), key=lambda pair: pair[1].lower())
