"""A petition with two partners: one that everybody is offered, one that is designated; each with a key of its own."""

import io
import json
import uuid
import zipfile
from dataclasses import dataclass
from datetime import date

import pyrage
import pytest
from sqlalchemy import select

from campaign.designations.models import Designation, DesignationKind, Organisation
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.partners.models import Partner, PartnerExport
from campaign.partners.queries import get_export, get_partner
from campaign.partners.service import exports, terms
from campaign.partners.service.terms import TermsDraft
from campaign.signatures.models import Signature
from campaign.signatures.service.confirm import confirm_signature, confirmation_token
from campaign.signatures.service.sign import sign
from tests.support import make

HOST = "mail.example"


@dataclass
class Known:
    """A partner as the tests know it, private key and all."""

    id: uuid.UUID
    petition: uuid.UUID
    key: pyrage.x25519.Identity

    @property
    def field(self) -> str:
        return f"partner-{self.id.hex}"

    @property
    def row(self) -> Partner:
        return get_partner(self.petition, self.id)


def organisation(slug: str, *, designated: bool = False) -> uuid.UUID:
    name = slug.replace("-", " ").title()
    with transaction():
        made = Organisation(
            id=uuid.uuid4(), slug=slug, names={"en": name, "ru": f"{name} (ru)"}, descriptions={"en": "Made up."},
            url=f"https://{slug}.example/",
        )  # fmt: skip
        session.add(made)
        session.flush()
        if designated:
            session.add(Designation(
                id=uuid.uuid4(), slug=f"{slug}-1", organisation_id=made.id, kind=DesignationKind.UNDESIRABLE,
                since_on=date(2026, 3, 9), act={"en": "A ban."}, source_url="https://gazette.example/1",
                source_name="A made-up gazette", checked_on=date(2026, 11, 1),
            ))  # fmt: skip
    return made.id


def draft(name: str, key: pyrage.x25519.Identity) -> TermsDraft:
    sentences = {code: f"{name} may write to me ({code})" for code in ("en", "ru", "de")}
    return TermsDraft(sentences, str(key.to_public()))


def partner(petition, slug: str, *, designated: bool = False) -> Known:
    key = pyrage.x25519.Identity.generate()
    whose = organisation(slug, designated=designated)
    with transaction():
        made = terms.add_partner(petition, whose, draft(slug, key), actor=uuid.uuid4())
    with transaction():
        terms.approve_terms(made, 1, compared=True, actor=uuid.uuid4())
    session.expunge_all()
    return Known(made.id, petition.id, key)


@pytest.fixture
def petition(app):
    # With an address of its own each time: to which petition one leads is known for three seconds, also to other tests.
    return make.petition()


@pytest.fixture
def lantern(petition):
    return partner(petition, "the-lantern")


@pytest.fixture
def banned(petition):
    return partner(petition, "the-banned", designated=True)


@pytest.fixture
def organiser(sign_in):
    return sign_in(Role.ORGANISER)


@pytest.fixture
def second(sign_in):
    return sign_in(Role.ADMIN)


def signed(petition, email: str, *ticked: Known, **changes) -> uuid.UUID:
    """A pending signature that ticked these; gives its id."""
    known = set(session.scalars(select(Signature.id)))
    changes.setdefault("ticks", {each.id: 1 for each in ticked})
    sign(petition.id, make.signature_draft(email, **changes), quarantined=False)
    session.rollback()
    (new,) = set(session.scalars(select(Signature.id))) - known
    session.remove()
    return new


def token_of(signature: uuid.UUID) -> str:
    found = session.scalars(select(Signature).where(Signature.id == signature)).one()
    token = confirmation_token(found)
    session.remove()
    return token


def confirmed(petition, email: str, *ticked: Known, **changes) -> str:
    """The same, confirmed; gives the token of its link."""
    token = token_of(signed(petition, email, *ticked, **changes))
    with transaction():
        confirm_signature(token)
    session.remove()
    return token


def export(known: Known) -> tuple[uuid.UUID, uuid.UUID]:
    """An approved export; gives it and who may download it."""
    asker = uuid.uuid4()
    with transaction():
        made = exports.ask_for_export(known.row, actor=asker, reason="Their newsletter")
    with transaction():
        exports.decide_export(made, approve=True, actor=uuid.uuid4(), mail_host=HOST)
    session.remove()
    return made.id, asker


def download(known: Known, made: tuple[uuid.UUID, uuid.UUID]) -> bytes:
    with transaction():
        content = exports.download(get_export(known.id, made[0]), actor=made[1])
    session.remove()
    return content


def opened(content: bytes, key: pyrage.x25519.Identity) -> list[dict]:
    """What the records of a file say, canaries too."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".age")]
        return [json.loads(pyrage.decrypt(archive.read(name), [key])) for name in names]


def people(content: bytes, key: pyrage.x25519.Identity) -> list[str]:
    """The addresses in a file without the canaries."""
    return sorted(each["address"] for each in opened(content, key) if not each["address"].endswith(f"@{HOST}"))


def told(content: bytes) -> list[str]:
    """The numbers that a file says were taken back."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("withdrawn.csv").decode().split()[1:]


def rows() -> list[PartnerExport]:
    session.remove()
    return list(session.scalars(select(PartnerExport)))
