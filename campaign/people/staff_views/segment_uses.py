"""One use of a segment: when, what for, and who was in. On the blueprint of segments."""

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.people.queries import segments as queries
from campaign.people.service import listing
from campaign.people.service.access import people_seen_by
from campaign.people.service.segments import edit
from campaign.people.service.segments.audience import audience_of
from campaign.people.service.segments.freeze import KEPT_DAYS
from campaign.people.staff_views.segments import bp, for_some
from campaign.web.paging import paginate
from campaign.web.steps import actor_id

PER_PAGE = 50
PART = listing.Shown(tags=False)


@bp.get("/<uuid:segment_id>/uses/<uuid:freeze_id>")
@for_some
def show_use(segment_id: uuid.UUID, freeze_id: uuid.UUID) -> ResponseReturnValue:
    """Who was in at that moment and is still known; the names count on the hour's allowance."""
    segment, audience = edit.seen_segment(segment_id, current_user), audience_of(current_user)
    mine = None if audience == queries.EVERYBODY else audience
    used = queries.get_freeze(segment_id, freeze_id, audience=mine)
    page = paginate(queries.members_then(freeze_id, within=people_seen_by(current_user)), per_page=PER_PAGE)
    with transaction():
        may_open = listing.take_to_show(len(page.items), actor=actor_id())
    return render_template(
        "people/staff/segments/use.html", segment=segment, used=used, page=page, may_open=may_open, days=KEPT_DAYS,
        rows=listing.read_rows([each.id for each in page.items], PART, may_open=may_open),
        names=names_of({used.made_by} if used.made_by else set()),
    )  # fmt: skip
