"""Two made-up organisations beside a demo petition, with opt-ins, an export that waits and one that was handed over."""

import tomllib
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from pyrage import x25519

from campaign.accounts.queries import find_account_by_name
from campaign.designations.models import Designation, DesignationKind, Organisation
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.mail.delivery import post_office
from campaign.partners.models import Partner
from campaign.partners.service import exports, terms
from campaign.partners.service.optins import Signer, Ticks, keep_optins
from campaign.petitions.models import Petition
from campaign.web.settings import settings

CONTENT = Path(__file__).with_name("demo_beside.toml")
KEYS = "demo-partner-keys"
"""A folder of DATA_DIR."""
LANGUAGES = ("en", "ru", "de")
COUNTRIES = ("DE", "GE", None, "LT", "US")


def stand_beside(petition: Petition) -> None:
    """Name the partners and let some signers tick them, in the open transaction."""
    one, other = _account("organiser-1"), _account("organiser-2")
    made = []
    for place, entry in enumerate(tomllib.loads(CONTENT.read_text())["partner"]):
        draft = terms.TermsDraft(entry["sentences"], _new_recipient(entry["slug"]))
        partner = terms.add_partner(petition, _organisation(entry), draft, actor=one)
        terms.approve_terms(partner, 1, compared=True, actor=other)
        _tick(petition, partner, place, entry["optins"])
        made.append(partner)
    for place, partner in enumerate(made):
        asked = exports.ask_for_export(partner, actor=one, reason="For their newsletter of the month (demo)")
        if place:
            exports.decide_export(asked, approve=True, actor=other, mail_host=_host())
            exports.download(asked, actor=one)


def _new_recipient(slug: str) -> str:
    """A public key of this demo alone.

    Its private half lies in DATA_DIR, so that whoever looks around can open an export with the program age; a real
    organisation's never leaves its own machine.
    """
    key = x25519.Identity.generate()
    folder = settings().data_dir / KEYS
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{slug}.txt"
    path.touch(mode=0o600)
    path.write_text(f"{key}\n")
    return str(key.to_public())


def _tick(petition: Petition, partner: Partner, place: int, amount: int) -> None:
    for number in range(amount):
        signer = Signer(
            f"made-up-{place}-{number}@example.org", "Made-Up Example" if number % 3 == 0 else "",
            COUNTRIES[number % len(COUNTRIES)], LANGUAGES[number % len(LANGUAGES)],
        )  # fmt: skip
        keep_optins(petition.id, uuid.uuid4(), signer, Ticks({partner.id: 1}, from_outside=True))


def _organisation(entry: dict[str, Any]) -> uuid.UUID:
    """Known to the register and on no public page: there is no such organisation."""
    made = Organisation(
        id=uuid.uuid4(), slug=entry["slug"], names=entry["names"], descriptions=entry["descriptions"], url=entry["url"],
        is_listed=False, staff_edited_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    if "designated" in entry:
        day = clock.today()
        session.add(Designation(
            id=uuid.uuid4(), slug=f"{entry['slug']}-label", organisation_id=made.id, kind=DesignationKind.UNDESIRABLE,
            since_on=day - timedelta(days=30), act={"en": entry["designated"]}, source_url=entry["url"],
            source_name=entry["designated"], checked_on=day, staff_edited_at=clock.now(),
        ))  # fmt: skip
        session.flush()
    return made.id


def _account(username: str) -> uuid.UUID:
    account = find_account_by_name(username)
    if account is None:
        raise NotFound
    return account.id


def _host() -> str:
    return post_office.sender.host if post_office.sender is not None else "localhost"
