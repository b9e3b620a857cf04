"""Delivery packs: everything that may be handed over, and nothing else."""

import csv
import time
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
import time_machine
from sqlalchemy import select, text

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.petitions.models import PetitionState
from campaign.petitions.queries import get_petition
from campaign.petitions.service import change_state
from campaign.signatures.documents import render_pack
from campaign.signatures.jobs import MakePack
from campaign.signatures.models import DeliveryPack, PublicName, Signature, SignatureState, Visibility
from campaign.signatures.queries import CountryCount
from campaign.signatures.service import confirm, pack
from campaign.signatures.service.pack import PackContent
from campaign.signatures.service.sign import sign
from tests.petitions.pages import home, send
from tests.petitions.test_public import counted
from tests.support import make


def signed(petition, email: str, name: str, visibility: Visibility, country: str | None = "DE") -> None:
    draft = make.signature_draft(email, display_name=name, visibility=visibility, country=country)
    sign(petition.id, draft, quarantined=False)
    pending = select(Signature).where(Signature.petition_id == petition.id, Signature.state == SignatureState.PENDING)
    with transaction():
        token = confirm.confirmation_token(session.scalars(pending).one())
    with transaction():
        confirm.confirm_signature(token)


def closed_with_signers():
    petition = make.petition()
    for number in range(6):
        signed(petition, f"many{number}@example.org", "", Visibility.COUNT)
    signed(petition, "anna@example.org", "Анна Примерова", Visibility.NAME, "RU")
    signed(petition, "zoe@example.org", "Zoë Example", Visibility.NAME, "FR")
    signed(petition, "evil@example.org", '=HYPERLINK("https://evil.example")', Visibility.NAME)
    signed(petition, "quiet@example.org", "Nobody Sees", Visibility.COUNT)
    signed(petition, "half@example.org", "Half Shown", Visibility.INITIALS)
    with transaction():
        change_state(get_petition(petition.id), PetitionState.CLOSED, actor=None)
    session.expunge_all()
    return petition


def make_pack(client, petition, file_format: str, language: str = "en") -> bytes:
    answer = send(client, f"{home(petition.id)}/packs", "", file_format=file_format, language=language)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    session.rollback()
    newest = session.scalars(select(DeliveryPack.id).order_by(DeliveryPack.asked_at.desc())).first()
    fetched = client.get(f"{home(petition.id)}/packs/{newest}")
    assert fetched.headers["Cache-Control"] == "no-store"
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    return fetched.data


def test_a_table_holds_count_countries_and_public_names_and_no_address(app, author):
    content = make_pack(author, closed_with_signers(), "csv").decode("utf-8-sig")
    rows = list(csv.reader(StringIO(content)))
    assert ["Petition", "Confirmed signatures", "11"] in rows
    assert ["Countries", "Germany", "9"] in rows
    assert ["Countries", "Other countries, or not given", "2"] in rows, "cells under five are folded"
    names = [row[1] for row in rows if row[0] == "Names"]
    assert names == ['\'=HYPERLINK("https://evil.example")', "H. S.", "Zoë Example", "Анна Примерова"]
    assert "example.org" not in content
    assert "Nobody Sees" not in content
    assert "Half Shown" not in content


def test_a_workbook_holds_no_formula(app, author):
    book = ZipFile(BytesIO(make_pack(author, closed_with_signers(), "xlsx", "ru")))
    everything = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "<f>" not in everything
    assert "Анна Примерова" in everything
    assert "Германия" in everything
    assert "example.org" not in everything


def test_a_pdf_is_made_in_each_language(app, author):
    petition = closed_with_signers()
    for language in ("en", "ru", "de"):
        content = make_pack(author, petition, "pdf", language)
        assert content.startswith(b"%PDF-")
        assert len(content) > 5000


def test_markup_in_titles_and_names_stays_text(app):
    hostile = '#panic("x") $x$ *b* `c` \\ #import "/etc/passwd" <label> @ref'
    content = PackContent(
        title=hostile, addressee=hostile, opened_on=None, closed_on=None, as_of=clock.today(),
        changed_on=[clock.today()], count=5,
        countries=[CountryCount("XK", 5)], elsewhere=0, days=[], names=[hostile, "", "窓", "\u202eabc"],
    )  # fmt: skip
    for file_format in ("pdf", "csv", "xlsx"):
        assert render_pack(content, "de", file_format)


def test_many_names_wait_for_a_worker_and_are_made_once(app, author, run_work, monkeypatch):
    monkeypatch.setattr(pack, "MOST_NAMES_AT_ONCE", 2)
    petition = closed_with_signers()
    send(author, f"{home(petition.id)}/packs", "", file_format="csv", language="en")
    assert "is being made" in author.get(f"{home(petition.id)}/packs").get_data(as_text=True)
    waiting = session.scalars(select(DeliveryPack)).one()
    assert author.get(f"{home(petition.id)}/packs/{waiting.id}").status_code == 404
    run_work()
    made = session.scalars(select(DeliveryPack)).one()
    session.refresh(made, ["content"])
    first = made.content
    assert made.state == "ready"
    with transaction():
        session.add(PublicName(id=made.id, petition_id=petition.id, name="Later"))
    with transaction():
        pack.make_pack(made.id, render_pack)
    session.refresh(made, ["content"])
    assert made.content == first, "doing the job twice makes one pack"
    assert MakePack(str(made.id)).kind == "signatures.make_pack"


def test_a_pack_goes_after_a_week_and_belongs_to_its_petition(app, author):
    petition, other = closed_with_signers(), make.petition(state=PetitionState.CLOSED)
    make_pack(author, petition, "csv")
    kept = session.scalars(select(DeliveryPack.id)).one()
    assert author.get(f"{home(other.id)}/packs/{kept}").status_code == 404
    with transaction():
        assert pack.delete_old_packs(clock.today()) == 0
    with time_machine.travel(clock.now() + timedelta(days=9)), transaction():
        assert pack.delete_old_packs(clock.today()) == 1


def test_names_that_stay_after_the_keys_are_gone_are_in_the_pack(app, author):
    petition = closed_with_signers()
    with transaction():
        session.execute(text("UPDATE signature SET name_sealed = NULL"))
        session.add(PublicName(id=petition.id, petition_id=petition.id, name="Анна Примерова"))
    assert "Анна Примерова" in make_pack(author, petition, "csv").decode("utf-8-sig")


@pytest.mark.slow
def test_a_hundred_thousand_names_fit_into_a_job(app):
    petition = make.petition(state=PetitionState.CLOSED)
    counted(petition, {2: 60_000, 1: 40_000})
    with transaction():
        session.execute(
            text(
                "INSERT INTO public_name (id, petition_id, name) SELECT gen_random_uuid(), :petition, "
                "'Анна Примерова ' || n FROM generate_series(1, 100000) AS n"
            ),
            {"petition": petition.id},
        )
    for file_format in ("csv", "xlsx", "pdf"):
        started = time.monotonic()
        with transaction():
            content = pack.pack_content(get_petition(petition.id), "ru")
        assert len(render_pack(content, "ru", file_format)) > 500_000
        assert time.monotonic() - started < 60, file_format
