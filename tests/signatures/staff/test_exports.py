"""Exports: one asks, another approves, the asker has a day; formulas are tamed, canaries sing."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from campaign.kernel import alarms, allowance, canaries, clock, exports
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.canaries import Canary
from campaign.kernel.db import session, transaction
from campaign.kernel.spreadsheets import neutral
from campaign.people.service import end_consent, record_consent
from campaign.signatures.models import Visibility
from campaign.signatures.models.staff import SignatureExport
from campaign.signatures.service import export
from campaign.signatures.service.confirm import UPDATES
from tests.support.accounts import submit
from tests.support.pages import field_values


@pytest.fixture
def two(enter):
    return enter(Role.ORGANISER), enter(Role.ADMIN)


def consenting(petition, *addresses):
    with transaction():
        for address in addresses:
            record_consent(
                address, purpose=UPDATES, subject=petition.id, text_version="2026-11", language="ru", country=None
            )  # fmt: skip


def ask(client, desk, kind="updates", reason="To thank them"):
    return submit(client, f"{desk}/exports", "/exports", kind=kind, reason=reason)


def decide(client, desk, decision="approve"):
    return submit(client, f"{desk}/exports", "/decide", decision=decision)


def download(client, desk, part="0"):
    return submit(client, f"{desk}/exports", "/download", part=part)


def rows_of(answer):
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_signatures_without_addresses_and_with_public_names_only(two, desk, signed):
    signed(1, prefix="a", confirmed=True, display_name="=HYPERLINK(1)", visibility=Visibility.NAME)
    signed(1, prefix="b", confirmed=True, display_name="Boris Example", visibility=Visibility.COUNT, country=None)
    signed(1, prefix="c", display_name="Not Confirmed", visibility=Visibility.NAME)
    (asker, mine), (approver, theirs) = two
    ask(mine, desk, "signatures")
    decide(theirs, desk)
    head, *rows = rows_of(download(mine, desk))
    assert head == ["day", "country", "safety_level", "public_name"]
    today = clock.today().isoformat()
    assert sorted(rows) == [[today, "", "count", ""], [today, "DE", "name", "'=HYPERLINK(1)"]]
    acts = session.execute(select(AuditEntry.action, AuditEntry.actor, AuditEntry.amount)).all()
    assert ("export.asked.signatures", asker.id, 1) in acts
    assert ("export.approved.signatures", approver.id, 1) in acts
    assert ("export.downloaded.signatures", asker.id, 2) in acts


def test_addresses_come_with_canaries_that_raise_an_alarm(two, petition, desk):
    people = [f"anna{number}@example.org" for number in range(5)]
    consenting(petition, *people)
    (_asker, mine), (_approver, theirs) = two
    ask(mine, desk)
    decide(theirs, desk)
    _head, *rows = rows_of(download(mine, desk))
    assert [row[1] for row in rows] == ["ru"] * len(rows)
    planted = [row[0] for row in rows if row[0] not in people]
    assert len(planted) == canaries.CANARIES_A_PART
    assert all(address.endswith("@localhost") for address in planted)
    assert rows_of(download(mine, desk))[1:] == rows, "the same at each download"
    assert session.scalar(select(func.count()).select_from(Canary)) == canaries.CANARIES_A_PART
    session.remove()
    with transaction():
        assert not canaries.report_mail_to("anna1@example.org")
        assert canaries.report_mail_to(planted[0].upper())
    row = session.scalars(select(SignatureExport)).one()
    assert [(each.kind, each.about) for each in alarms.list_alarms()] == [("canary-mailed", f"export:{row.id}")]


def test_who_asks_does_not_approve_and_who_approves_does_not_download(two, petition, desk):
    consenting(petition, "anna@example.org")
    (_asker, mine), (_approver, theirs) = two
    ask(mine, desk)
    assert "Waits for a second person" in mine.get(f"{desk}/exports").text
    row = session.scalars(select(SignatureExport)).one()
    token = submit_token(mine, desk)
    session.remove()
    for act in ("decide", "download"):
        answer = mine.post(f"{desk}/exports/{row.id}/{act}", data={"csrf_token": token, "decision": "approve"})
        assert answer.status_code == (403 if act == "decide" else 409)
    decide(theirs, desk)
    other = theirs.post(f"{desk}/exports/{row.id}/download", data={"csrf_token": submit_token(theirs, desk)})
    assert other.status_code == 403
    assert (
        theirs.post(f"{desk}/exports/{row.id}/decide", data={"csrf_token": submit_token(theirs, desk)}).status_code
        == 409
    )
    assert download(mine, desk).status_code == 200


def submit_token(client, desk):
    return field_values(client.get(f"{desk}/exports").text, "/exports")["csrf_token"]


def test_alone_it_waits_and_the_page_says_so(enter, desk):
    _who, client = enter(Role.ADMIN)
    assert "Nobody else can approve" in client.get(f"{desk}/exports").text
    enter(Role.TREASURER)
    assert "Nobody else can approve" in client.get(f"{desk}/exports").text
    enter(Role.ORGANISER)
    assert "Nobody else can approve" not in client.get(f"{desk}/exports").text


def test_declined_and_after_a_day_nothing_is_given(two, petition, desk):
    consenting(petition, "anna@example.org")
    (_asker, mine), (_approver, theirs) = two
    ask(mine, desk)
    decide(theirs, desk, "decline")
    assert "/download" not in mine.get(f"{desk}/exports").text
    ask(mine, desk)
    decide(theirs, desk)
    assert "/download" in mine.get(f"{desk}/exports").text
    session.execute(text("UPDATE signature_export SET decided_at = decided_at - interval '25 hours'"))
    session.commit()
    page = mine.get(f"{desk}/exports").text
    assert "/download" not in page
    assert "24 hours are over" in page


def test_more_than_one_may_see_an_hour_is_refused_with_an_alarm(two, petition, desk, monkeypatch):
    consenting(petition, *(f"anna{number}@example.org" for number in range(3)))
    monkeypatch.setattr(export, "DECRYPTING", allowance.Allowance("decrypting", 5, timedelta(hours=1)))
    (asker, mine), (_approver, theirs) = two
    ask(mine, desk)
    decide(theirs, desk)
    assert len(rows_of(download(mine, desk))) == 1 + 3 + canaries.CANARIES_A_PART
    refused = download(mine, desk)
    assert refused.status_code == 429
    assert "@example.org" not in refused.text
    assert [(each.kind, each.about) for each in alarms.list_alarms()] == [("budget-spent", f"account:{asker.id}")]
    assert session.scalar(select(AuditEntry.amount).where(AuditEntry.action == "export.refused.updates")) == 3


def test_a_long_list_is_cut_into_parts_that_hold_everybody_once(two, petition, desk, monkeypatch):
    people = {f"anna{number}@example.org" for number in range(25)}
    consenting(petition, *people)
    monkeypatch.setattr(exports, "RECORDS_A_PART", 10)
    monkeypatch.setattr(export, "PAGE", 4)
    (_asker, mine), (_approver, theirs) = two
    ask(mine, desk)
    decide(theirs, desk)
    given = [row[0] for part in range(3) for row in rows_of(download(mine, desk, str(part)))[1:]]
    assert len(given) == len(set(given)) == 25 + 3 * canaries.CANARIES_A_PART
    assert people < set(given)
    for part in ("3", "-1", "x", "\x00", "9" * 50):
        assert download(mine, desk, part).status_code == 409


def test_who_took_the_consent_back_is_not_in_it(two, petition, desk):
    consenting(petition, "anna@example.org", "boris@example.org")
    (_asker, mine), (_approver, theirs) = two
    ask(mine, desk)
    decide(theirs, desk)
    with transaction():
        end_consent("anna@example.org", purpose=UPDATES, subject=petition.id)
    given = {row[0] for row in rows_of(download(mine, desk))}
    assert "boris@example.org" in given
    assert "anna@example.org" not in given


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"])
def test_what_a_spreadsheet_would_run_is_neutral(cell):
    assert neutral(cell) == "'" + cell
    assert neutral("a" + cell) == "a" + cell


def test_the_database_itself_wants_two_persons(two, petition, desk):
    (asker, mine), _other = two
    ask(mine, desk)
    with pytest.raises(Exception, match="two_persons"):
        session.execute(text("UPDATE signature_export SET decided_by = asked_by, decided_at = now()"))
    session.rollback()
    assert asker.id is not None
