"""Demo content for development."""

from sqlalchemy import select

from campaign.accounts.service.demo import list_made, make_demo_accounts
from campaign.kernel.db import session
from campaign.petitions.models import Audience, Petition, PetitionState
from campaign.petitions.service import TextDraft, change_state, create_petition
from campaign.web.settings import settings


def load() -> bool:
    """Make the demo accounts and petitions, in the open transaction; False when any petition exists.

    Raises Forbidden where DEMO is 0.
    """
    if session.scalar(select(Petition.id).limit(1)) is not None:
        return False
    make_demo_accounts(is_demo=settings().demo)
    for slug, audience, title in (
        ("light-in-every-window", Audience.ANYWHERE, "A light in every window on 30 October"),
        ("sanction-the-judges", Audience.OUTSIDE_RUSSIA, "Sanctions for the judges of Zarechny"),
    ):
        petition = create_petition(
            slug=slug,
            goal=10_000,
            audience=audience,
            author=None,
            is_demo=True,
            texts=[TextDraft("en", title, "A made-up petition.", "A *made-up* petition.", "The made-up council")],
        )
        change_state(petition, PetitionState.REVIEW, actor=None)
        change_state(petition, PetitionState.OPEN, actor=None)
    return True


def sign_ins() -> list[str]:
    """One line a demo account: name, passphrase, roles."""
    return [f"{each.username}\t{each.passphrase}\t{' '.join(each.roles)}" for each in list_made()]
