"""Portraits, while the person's page is public and not a minute longer."""

from flask import Response

from campaign.prisoners.queries.portraits import get_public_rendition
from campaign.prisoners.views.blueprint import bp
from campaign.web.pictures import passing_picture


@bp.get("/<slug>/portrait/<size>-<digest>.webp")
def show_portrait(slug: str, size: str, digest: str) -> Response:
    """The portrait in one size."""
    found = get_public_rendition(slug, size, digest)
    return passing_picture(found.content, found.digest)
