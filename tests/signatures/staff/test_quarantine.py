"""What is quarantined is released, and mailed, or discarded."""

import pytest
from sqlalchemy import func, select, text

from campaign.kernel import audit, clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import suppression
from campaign.kernel.mail.suppression import SuppressionReason
from campaign.petitions.models import Petition, PetitionState
from campaign.signatures.jobs import ReleaseQuarantined
from campaign.signatures.models import Signature, SignatureState
from campaign.signatures.queries.staff import list_quarantine
from campaign.signatures.service import quarantine
from campaign.signatures.service.sign import sign
from tests.signatures.staff.conftest import states
from tests.support import make
from tests.support.accounts import submit


def decide(client, desk, group, act, reason="A wave, looked at"):
    page = f"{desk}/quarantine/group?act={act}&day={group.day}&mail_domain={group.mail_domain}&country={group.country}"
    return submit(client, page, "/quarantine/group", reason=reason)


def only_group(petition):
    session.remove()
    (group,) = list_quarantine(petition.id)
    return group


def test_groups_by_day_provider_and_country(organiser, petition, desk, signed):
    signed(3, prefix="a", quarantined=True, country="DE")
    signed(2, prefix="b", quarantined=True, country=None)
    signed(2, prefix="c", country="DE")
    assert [(group.country, group.count) for group in list_quarantine(petition.id)] == [("DE", 3), ("", 2)]
    _who, client = organiser
    assert "Germany" in client.get(f"{desk}/quarantine").get_data(as_text=True)


def test_a_released_group_gets_its_mails_and_can_confirm(organiser, petition, desk, signed, mailserver, run_work):
    ids = signed(4, quarantined=True)
    run_work()
    assert mailserver.mails == []
    who, client = organiser
    assert decide(client, desk, only_group(petition), "release").status_code == 303
    run_work()
    assert len(mailserver.mails) == 4
    assert client.post(mailserver.mails[0].link("/confirm/")).status_code == 303
    assert states(ids) == {SignatureState.CONFIRMED: 1, SignatureState.PENDING: 3}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "signatures.released")).one()
    assert (entry.actor, entry.amount, entry.reason) == (who.id, 4, "A wave, looked at")
    assert list(audit.verify()) == []


def test_release_keeps_to_three_mails_a_day_and_to_suppression(organiser, petition, desk, mailserver, run_work):
    for other in (make.petition() for _ in range(3)):
        sign(other.id, make.signature_draft("often@example.org"), quarantined=False)
    for address in ("often@example.org", "never@example.org", "anna@example.org"):
        sign(petition.id, make.signature_draft(address), quarantined=True)
    with transaction():
        suppression.suppress("never@example.org", SuppressionReason.ASKED)
    _who, client = organiser
    decide(client, desk, only_group(petition), "release")
    run_work()
    to = [mail.recipients[0] for mail in mailserver.mails]
    assert sorted(to) == ["anna@example.org"] + ["often@example.org"] * 3


def test_a_release_that_is_run_twice_or_killed_mails_once(organiser, petition, desk, signed, mailserver, run_work,
                                                          monkeypatch):  # fmt: skip
    monkeypatch.setattr(quarantine, "BATCH", 2)
    signed(5, quarantined=True)
    today = clock.today().isoformat()
    group = only_group(petition)
    job = ReleaseQuarantined(str(petition.id), today, group.mail_domain, group.country, 5)
    with pytest.raises(RuntimeError), transaction():
        quarantine.release_batch(job)
        raise RuntimeError("killed")
    for _ in range(2):
        with transaction():
            quarantine.release_batch(job)
    run_work()
    assert len(mailserver.mails) == 5
    assert len({mail.recipients[0] for mail in mailserver.mails}) == 5


def test_a_release_ends_although_the_group_grows(petition, signed):
    signed(5, quarantined=True)
    group = only_group(petition)
    with transaction():
        quarantine.release_batch(
            ReleaseQuarantined(str(petition.id), group.day.isoformat(), group.mail_domain, group.country, 2)
        )
    assert only_group(petition).count == 3
    assert session.scalar(text("SELECT count(*) FROM job")) == 0


def test_a_discarded_group_is_gone_and_its_addresses_may_sign_again(organiser, petition, desk, signed):
    signed(3, quarantined=True)
    signed(1, prefix="honest")
    _who, client = organiser
    group = only_group(petition)
    assert decide(client, desk, group, "discard").status_code == 303
    assert session.scalar(select(func.count()).select_from(Signature)) == 1
    assert client.post(f"{desk}/quarantine/group", data={}).status_code == 400, "without a token nothing happens"
    signed(1)
    assert session.scalar(select(func.count()).select_from(Signature)) == 2


def test_a_reason_is_needed_and_a_group_that_is_gone_is_a_conflict(organiser, petition, desk, signed):
    signed(1, quarantined=True)
    group = only_group(petition)
    _who, client = organiser
    assert decide(client, desk, group, "discard", reason=" ").status_code == 422
    assert decide(client, desk, group, "discard").status_code == 303
    assert decide(client, desk, group, "release").status_code == 409


def test_nobody_is_mailed_about_a_petition_that_is_closed(organiser, petition, desk, signed):
    signed(1, quarantined=True)
    session.get(Petition, petition.id).state = PetitionState.CLOSED
    session.commit()
    _who, client = organiser
    assert decide(client, desk, only_group(petition), "release").status_code == 409


def test_a_forged_group_is_not_found(organiser, desk):
    _who, client = organiser
    for query in ("", "?act=release", "?act=burn&day=2026-11-01", "?act=discard&day=%00"):
        assert client.get(f"{desk}/quarantine/group{query}").status_code == 404, query


def test_a_treasurer_may_not_discard(enter, petition, desk, signed):
    signed(1, quarantined=True)
    _who, client = enter(Role.TREASURER)
    page = client.get(f"{desk}/quarantine/group?act=discard&day={clock.today()}")
    assert page.status_code == 403
