"""Taking a signature, on the petition's page and in a frame of another site alike."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.db import end_read
from campaign.kernel.switches import Switch, is_on, require
from campaign.petitions.models import Audience, Petition, PetitionState, petition_scope
from campaign.petitions.queries import get_public_petition, get_public_terms
from campaign.signatures.challenge import Subject, make_challenge
from campaign.signatures.forms import Entry, SignForm, read_entry
from campaign.signatures.service import admit
from campaign.signatures.service.sign import SignatureDraft, sign
from campaign.signatures.stamp import make_stamp, stamped_at
from campaign.web.here import stands_at
from campaign.web.i18n import current_language
from campaign.web.network import client_network
from campaign.web.place import Place, current_place
from campaign.web.settings import settings


@dataclass(frozen=True, slots=True)
class Signable:
    """What signing needs of a petition."""

    id: uuid.UUID
    is_open: bool
    outside_only: bool


class _Signables:
    """Petitions by slug for a few seconds, so that a signature costs one statement and not two."""

    LIFETIME = 3.0

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Signable]] = {}
        self._lock = Lock()

    def get(self, slug: str) -> Signable:
        entry = self._known.get(slug)
        if entry is not None and time.monotonic() - entry[0] < self.LIFETIME:
            return entry[1]
        petition, state, audience = get_public_terms(slug)
        signable = Signable(petition, state is PetitionState.OPEN, audience is Audience.OUTSIDE_RUSSIA)
        # The read must not hold a connection while the signing statement takes a second one.
        end_read()
        with self._lock:
            if len(self._known) > 5000:
                self._known.clear()
            self._known[slug] = (time.monotonic(), signable)
        return signable


signables = _Signables()


@dataclass(frozen=True, slots=True)
class Ways:
    """The pages around the form: where it stands, and what comes after it."""

    page: str
    signed: str
    challenge: str
    """A template; the others are endpoints."""
    asked: Mapping[str, Any] = field(default_factory=dict)
    """What their addresses carry."""
    before_rendering: Callable[[uuid.UUID], None] = lambda _petition: None
    is_said_by_signer: bool = True
    """Whether the place of these pages is the signer's own word, and not that of the site around a frame."""

    def address(self, endpoint: str, slug: str) -> str:
        """The address of one of them."""
        return url_for(endpoint, slug=slug, **self.asked)


def take_signature(slug: str, ways: Ways, shown_again: Callable[[Petition, SignForm], str]) -> ResponseReturnValue:
    """Take what the form of this request holds; the answer is the same for every address."""
    signable = signables.get(slug)
    require(Switch.SIGNING)
    if not signable.is_open or not _may_sign(signable):
        return redirect(ways.address(ways.page, slug), 303)
    entry = _without_russia(signable, read_entry(request.form.to_dict()))
    if entry.problems:
        return make_response(shown_again(get_public_petition(slug), SignForm(entry)), 422)
    from_outside = ways.is_said_by_signer and current_place() is Place.ELSEWHERE
    draft = entry.draft(current_language(), from_outside=from_outside)
    quarantined = False
    if settings().rate_limits:
        if not _admitted(signable, entry, draft):
            return _challenge_page(slug, signable, entry, ways)
        quarantined = entry.looks_automatic or not stamped_at(entry.stamp, signable.id, clock.now())
    sign(signable.id, draft, quarantined=quarantined)
    return redirect(ways.address(ways.signed, slug), 303)


def stamp_form(form: SignForm, petition: Petition) -> bool:
    """Give the form its stamp; gives whether the petition can be signed at all now.

    After an emergency wipe there is no key for a stamp, signing is off, and the page stands without the form.
    """
    is_signable = petition.state == PetitionState.OPEN and is_on(Switch.SIGNING)
    if is_signable:
        form.stamp.data = make_stamp(petition.id, clock.now())
    return is_signable


def is_withheld(petition: Petition) -> bool:
    """Whether the form is not for this visitor: sanctions only for who says they are outside Russia."""
    return petition.audience == Audience.OUTSIDE_RUSSIA and current_place() is not Place.ELSEWHERE


def _may_sign(signable: Signable) -> bool:
    """Whether this visitor is offered this petition at all."""
    return not signable.outside_only or current_place() is Place.ELSEWHERE


def _without_russia(signable: Signable, entry: Entry) -> Entry:
    """An outside-only petition refuses the country RU, says why and stores nothing (SAFETY.md 17)."""
    if not signable.outside_only or entry.country != "RU":
        return entry
    message = _(
        "Signing this petition is a crime in Russia, so we do not take signatures from there. Nothing was stored."
    )
    return entry.refused("country", message)


def _admitted(signable: Signable, entry: Entry, draft: SignatureDraft) -> bool:
    """Whether this signature may be taken now. A proof that came along is looked at first, so that it is never lost."""
    if entry.proof or entry.ticket:
        return admit.proved(_subject(signable), proof=entry.proof, ticket=entry.ticket)
    return not entry.is_hasty and admit.admits(client_network(), draft.mailbox.domain)


def _subject(signable: Signable) -> Subject:
    return Subject(petition_scope(signable.id))


def _challenge_page(slug: str, signable: Signable, entry: Entry, ways: Ways) -> Response:
    """Ask for a proof; what was typed travels along in the page and is stored nowhere."""
    challenge = make_challenge(_subject(signable), clock.now(), former_ticket=entry.ticket)
    ways.before_rendering(signable.id)
    stands_at(ways.address(ways.page, slug))
    page = render_template(ways.challenge, slug=slug, asked=ways.asked, entry=entry, challenge=challenge)
    response = make_response(page, 429 if entry.proof else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
