"""What petitions add to the rest: the staff navigation, and what the dashboard says about them."""

import uuid
from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.actors import Actor, Role
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.places import Place
from campaign.kernel.registry import (
    Need,
    Offer,
    PersonPanel,
    RoleScope,
    StaffLink,
    consequences,
    dashboard_needs,
    person_erasers,
    person_offers,
    prisoner_panels,
    role_scopes,
    staff_links,
)
from campaign.kernel.registry_mail import MOST_CHOICES, BlockCard, MailBlock, mail_blocks
from campaign.kernel.registry_sharing import ShareMatter, SharePicture, ShareText, share_subjects
from campaign.petitions import policy, queries
from campaign.petitions.models import PUBLIC_STATES, Audience, Petition, PetitionState, Rendition
from campaign.petitions.service.consequences import NOTE, STOP
from campaign.petitions.service.people import LINKS
from campaign.web.i18n import current_language

KEYS_END_SOON_DAYS = 7
OFFER_RANK = 20
MOST_OFFERED = 3
STAFF_LINK = StaffLink(
    "petitions_staff.list_petitions", N_("Petitions"), frozenset(policy.READERS), 20, scope=policy.SCOPE
)


def list_subjects() -> Sequence[tuple[uuid.UUID, str]]:
    """The petitions to which a role can be narrowed."""
    return queries.list_titles(current_language())


def names_of(ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """The titles of these petitions."""
    return dict(queries.list_titles(current_language(), ids))


def find_card(slug: str, language: str) -> BlockCard | None:
    """A petition that can be signed now, as a mail shows it."""
    try:
        found = queries.get_public_petition(slug)
    except NotFound:
        return None
    if found.state != PetitionState.OPEN:
        return None
    text, is_outside_only = found.text_in(language), found.audience == Audience.OUTSIDE_RUSSIA
    return BlockCard(found.id, text.title, text.summary, found.alias, is_outside_only=is_outside_only)


def choose_card(language: str, search: str) -> Sequence[tuple[str, str]]:
    """Petitions that can be signed now."""
    found = session.scalars(queries.staff_petitions(within=None, state=PetitionState.OPEN, search=search, sort="title"))
    return [(each.slug, each.text_in(language).title) for each in found.unique().all()[:MOST_CHOICES]]


def path_of(petition_id: uuid.UUID) -> str | None:
    """Where an opaque link to it leads."""
    found = session.get(Petition, petition_id)
    return f"/petitions/{found.slug}" if found is not None and found.state in PUBLIC_STATES else None


def find_share_matter(slug: str) -> ShareMatter:
    """A petition as it is passed on; raises NotFound."""
    petition = queries.get_public_petition(slug)
    picture, renditions = queries.find_picture(petition.id), {}
    if picture is not None:
        renditions = {each.name: each for each in picture.renditions}
    wide = renditions.get(Rendition.WIDE)
    shown = None
    if picture is not None and wide is not None:
        shown = SharePicture(
            wide.digest, picture.credit, picture.licence,
            lambda: queries.get_rendition(petition.id, Rendition.WIDE).content,
        )  # fmt: skip
    return ShareMatter(
        f"/petitions/{slug}", N_("Petition"), N_("Sign the petition"),
        {text.language: ShareText(text.title, text.summary, text.addressee) for text in petition.texts},
        shown, is_outside_only=petition.audience == Audience.OUTSIDE_RUSSIA,
        can_sign_on_paper=petition.state == PetitionState.OPEN,
    )  # fmt: skip


BLOCK = MailBlock(N_("A petition"), N_("Sign the petition"), find_card, choose_card, path_of)
ROLE_SCOPE = RoleScope(N_("Petition"), frozenset({Role.ORGANISER, Role.MODERATOR}), list_subjects, names_of)


def register() -> None:
    """Fill the registries."""
    staff_links.register("petitions", STAFF_LINK)
    mail_blocks.register("petition", BLOCK)
    dashboard_needs.register("petitions", list_needs)
    person_offers.register("petitions", offers_for)
    person_erasers.register("petitions", LINKS)
    role_scopes.register(policy.SCOPE, ROLE_SCOPE)
    share_subjects.register("petitions", find_share_matter)
    prisoner_panels.register("petitions", petitions_panel)
    for consequence in (STOP, NOTE):
        consequences.register(consequence.name, consequence)


def petitions_panel(prisoner_id: uuid.UUID) -> PersonPanel:
    """The petitions for somebody, in any state, on their staff page."""
    petitions = queries.list_petitions_of(prisoner_id, with_outside_only=True, states=frozenset(PetitionState))
    return PersonPanel("petitions/staff/_of_person.html", {"petitions": petitions, "readers": policy.READERS}, rank=40)


def list_needs(actor: Actor) -> Sequence[Need]:
    """What petitions need from this person now; lines without any are left out."""
    within = actor.subjects_of(policy.SCOPE, *policy.ORGANISERS)
    if within == frozenset():
        return []
    closed = url_for("petitions_staff.list_petitions", state=PetitionState.CLOSED.value)
    needs = [
        Need(
            _("Petitions wait for you as the second person"), queries.count_reviewable(actor.id, within),
            url_for("petitions_staff.list_petitions", state=PetitionState.REVIEW.value), urgent=True,
        ),
        Need(
            _("Your petitions were sent back"), queries.count_sent_back(actor.id, within),
            url_for("petitions_staff.list_petitions", state=PetitionState.DRAFT.value),
        ),
        Need(_("Closed petitions are not handed in yet"), queries.count_undelivered(within), closed),
        Need(
            _("Closed petitions lose their keys within a week"),
            queries.count_keys_ending(clock.today(), KEYS_END_SOON_DAYS, within), closed,
        ),
    ]  # fmt: skip
    needs += [
        Need(
            _("A change of the text waits for you as the second person: %(title)s",
              title=petition.text_in(current_language()).title),
            1, url_for("petitions_staff.show_petition", petition_id=petition.id), urgent=True,
        )
        for petition in queries.list_approvable_changes(actor.id, within)
    ]  # fmt: skip
    return [need for need in needs if need.count]


def offers_for(prisoner_id: uuid.UUID, place: Place, language: str) -> Sequence[Offer]:
    """The petitions for a prisoner that one can sign now; in Russia none that it is a crime to sign there."""
    with_outside_only = place is not Place.RUSSIA
    petitions = queries.list_open_for(prisoner_id, with_outside_only=with_outside_only, limit=MOST_OFFERED)
    return [
        Offer(OFFER_RANK, _("Sign: %(title)s", title=text.title), text.summary, _page_of(petition.slug))
        for petition in petitions
        for text in (petition.text_in(language),)
    ]


def _page_of(slug: str) -> str:
    return url_for("signatures.show_petition", slug=slug)
