"""Makes what tests need, through the services, so that no test starts from a state that cannot be."""

import uuid
from itertools import count

from campaign.kernel.addresses import read_address
from campaign.kernel.db import session, transaction
from campaign.petitions.models import Audience, Petition, PetitionState
from campaign.petitions.service import TextDraft, change_state, create_petition
from campaign.signatures.models import Visibility
from campaign.signatures.service.sign import SignatureDraft

_numbers = count(1)


def text_draft(language: str = "en", title: str = "Open the windows") -> TextDraft:
    """A petition's text."""
    return TextDraft(language, title, "A made-up summary.", "A made-up *text*.", "The made-up council")


def petition(
    *, state: PetitionState = PetitionState.OPEN, audience: Audience = Audience.ANYWHERE, slug: str | None = None
) -> Petition:
    """A committed petition in `state`."""
    author, publisher = uuid.uuid4(), uuid.uuid4()
    path = {
        PetitionState.DRAFT: [],
        PetitionState.REVIEW: [PetitionState.REVIEW],
        PetitionState.OPEN: [PetitionState.REVIEW, PetitionState.OPEN],
        PetitionState.PAUSED: [PetitionState.REVIEW, PetitionState.OPEN, PetitionState.PAUSED],
        PetitionState.CLOSED: [PetitionState.REVIEW, PetitionState.OPEN, PetitionState.CLOSED],
    }[state]
    with transaction():
        made = create_petition(
            slug=slug or f"made-up-{next(_numbers)}", goal=1000, audience=audience, texts=[text_draft()], author=author
        )
        for step in path:
            change_state(made, step, actor=author if step is PetitionState.REVIEW else publisher)
    # Detached, so that what the application does meanwhile does not expire what the test holds.
    session.expunge_all()
    return made


def signature_draft(email: str = "anna@example.org", **changes: object) -> SignatureDraft:
    """What a signer sends."""
    values: dict[str, object] = {
        "mailbox": read_address(email),
        "display_name": "Anna Example",
        "country": "DE",
        "visibility": Visibility.COUNT,
        "wants_updates": False,
        "consent_version": "2026-11",
        "language": "en",
    }
    return SignatureDraft(**{**values, **changes})  # type: ignore[arg-type]
