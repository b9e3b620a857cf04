"""Demo content for development."""

import tomllib
from pathlib import Path

from sqlalchemy import select

from campaign.accounts.service.demo import list_made, make_demo_accounts
from campaign.kernel.db import session
from campaign.letters.service import stats
from campaign.petitions.models import Audience, Petition, PetitionState
from campaign.petitions.service import TextDraft, change_state, create_petition
from campaign.petitions.service.frame_sites import allow_site
from campaign.site.demo_accounting import close_months
from campaign.site.demo_appeals import make_appeals
from campaign.site.demo_automations import load_automations
from campaign.site.demo_beside import stand_beside
from campaign.site.demo_calls import make_call_lists
from campaign.site.demo_dossiers import make_dossiers
from campaign.site.demo_evenings import plan_evenings
from campaign.site.demo_events import plan_events
from campaign.site.demo_funds import make_funds
from campaign.site.demo_gifts import make_gifts
from campaign.site.demo_ladder import load_ladder
from campaign.site.demo_letters import load_penpals
from campaign.site.demo_lists import bring_lists
from campaign.site.demo_mailings import write_mailings
from campaign.site.demo_needs import make_needs
from campaign.site.demo_partners import add_partners
from campaign.site.demo_payments import make_payments
from campaign.site.demo_people import load_people
from campaign.site.demo_post import send_demo_letters
from campaign.site.demo_prisoners import load_prisoners
from campaign.site.demo_reports import load_reports
from campaign.site.demo_rounds import make_rounds
from campaign.site.demo_segments import load_segments
from campaign.site.demo_sharing import make_share_codes
from campaign.site.demo_signatures import sign_demo_petitions
from campaign.site.demo_statements import bring_statements
from campaign.site.demo_tasks import make_tasks
from campaign.site.demo_words import show_demo_words
from campaign.web.settings import settings

FRIENDS_SITE = "https://friends.example"
TEXTS = Path(__file__).with_name("demo_texts.toml")


def load() -> bool:
    """Make the demo accounts and content, in the open transaction; False when any petition exists.

    Raises Forbidden where DEMO is 0.
    """
    if session.scalar(select(Petition.id).limit(1)) is not None:
        return False
    make_demo_accounts(is_demo=settings().demo)
    petitions = []
    for entry in tomllib.loads(TEXTS.read_text())["petition"]:
        petition = create_petition(
            slug=entry["slug"],
            goal=entry["goal"],
            audience=Audience(entry["audience"]),
            author=None,
            is_demo=True,
            texts=[TextDraft(language, **text) for language, text in entry["text"].items()],
        )
        change_state(petition, PetitionState.REVIEW, actor=None)
        change_state(petition, PetitionState.OPEN, actor=None)
        petitions.append(petition)
    allow_site(petitions[0], FRIENDS_SITE, actor=None)
    sign_demo_petitions(petitions)
    stand_beside(petitions[0])
    load_prisoners(petitions)
    load_penpals()
    load_people()
    load_ladder(petitions)
    bring_lists(None)
    load_segments()
    plan_evenings()
    plan_events()
    make_call_lists()
    make_needs()
    make_funds()
    make_gifts()
    make_payments()
    make_rounds()
    make_dossiers()
    bring_statements()
    write_mailings()
    load_automations()
    make_tasks()
    make_share_codes()
    send_demo_letters()
    show_demo_words()
    make_appeals()
    close_months()
    load_reports()
    add_partners()
    stats.rebuild()
    return True


def sign_ins() -> list[str]:
    """One line a demo account: name, passphrase, roles."""
    return [f"{each.username}\t{each.passphrase}\t{' '.join(each.roles)}" for each in list_made()]
