"""What came of a mailing, in numbers and pictures, and of all mailings of a year beside each other."""

import csv
import io
from datetime import timedelta

from flask import Flask
from sqlalchemy import delete

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.retention import delete_old_rows
from campaign.kernel.mail.returns.classes import ReturnKind
from campaign.kernel.mail.returns.follow import Returned
from campaign.mailings.models import (
    Mailing,
    MailingAction,
    MailingEvent,
    MailingRecipient,
    MailingState,
    Variant,
)
from campaign.mailings.queries import results
from campaign.mailings.service import actions as counting
from campaign.mailings.service.tallies import note_returned
from tests.mailings.running import mailing, owe, person
from tests.mailings.test_arrivals import sign_by
from tests.support import make


def come_back(mail, kind: ReturnKind) -> None:
    with transaction():
        note_returned(Returned(mail, kind, "", "mailing", None, None))


def act(of: Mailing, kind: str, amount: int, *, variant: str = "") -> None:
    with transaction():
        counting.note(f"{of.code}{variant}", kind, amount)


def page_of(of: Mailing) -> str:
    return f"/staff/mailings/{of.id}/results"


def texts(html: str) -> str:
    """The page with its white space folded."""
    return " ".join(html.split())


def full(**changes) -> Mailing:
    """A mailing of which everything has come."""
    sent = mailing(**changes)
    gone = owe(sent, *(person() for _ in range(6)))
    owe(sent, person(), person(), variant="b", provider="mailru", language="ru", at=clock.now() - timedelta(hours=3))
    owe(sent, person(), state="suppressed")
    owe(sent, person(), state="pending")
    for mail, kind in zip(gone, (ReturnKind.HARD, ReturnKind.FULL, ReturnKind.COMPLAINT), strict=False):
        come_back(mail, kind)
    return sent


def test_numbers_are_the_same_while_the_rows_are_there_and_after(app: Flask) -> None:
    sent = full(ab_share=20)
    before = results.sum_up(results.cells_of([sent.id]))
    assert (before.created, before.handed, before.hard, before.soft, before.bounced) == (10, 8, 1, 1, 2)
    assert (before.unsent, before.of("waiting"), before.of("complaint")) == (1, 1, 1)
    by = [
        dict(results.sum_by(results.cells_of([sent.id]), key))
        for key in (lambda each: each.provider, lambda each: each.language, lambda each: each.variant)
    ]
    moments = results.over_time(results.cells_of([sent.id]))
    with transaction():
        delete_old_rows(clock.today() + timedelta(days=9))
        session.execute(delete(MailingRecipient))
    assert results.sum_up(results.cells_of([sent.id])).by_outcome == before.by_outcome
    assert [
        dict(results.sum_by(results.cells_of([sent.id]), key))
        for key in (lambda each: each.provider, lambda each: each.language, lambda each: each.variant)
    ] == by
    assert results.over_time(results.cells_of([sent.id])) == moments
    assert [amount for _moment, amount in moments[0]] == [2, 0, 0, 6]


def test_the_page_shows_the_way_from_created_to_acted(app: Flask, sign_in) -> None:
    sent, client = full(excluded={"no_consent": 3}), sign_in(Role.ORGANISER)
    act(sent, "confirmed", 7)
    act(sent, "signed-up", 2)
    page = texts(client.get(page_of(sent)).text)
    assert "Of 10 mails 8 were handed over and 2 came back; readers acted 9 times." in page
    assert '<th scope="row">Acted</th><td class="number">9</td><td class="number">112.5%' in page
    assert "did not agree to mails about this" in page
    assert "Mail.ru" in page
    assert "Most came back from Gmail: 33.3" in page
    for language in ("ru",):
        assert client.get(f"/{language}{page_of(sent)}").status_code == 200
    for what in ("funnel", "hosts", "time"):
        for scheme in ("light", "dark"):
            for sheet in ("", "?sheet=narrow", "?sheet=nonsense"):
                picture = client.get(f"{page_of(sent)}/{what}-{scheme}.svg{sheet}")
                assert picture.mimetype == "image/svg+xml"
    assert client.get(f"{page_of(sent)}/funnel-pink.svg").status_code == 404
    assert client.get(f"/staff/mailings/{sent.id}").text.count(page_of(sent)) == 1


def test_few_who_acted_are_not_told_nor_what_they_could_be_reckoned_from(app: Flask, sign_in) -> None:
    assert results.told([7, 2]) == [None, None]
    assert results.told([7, 2, 9]) == [None, None, 9]
    assert results.told([3, 2, 9]) == [None, None, 9]
    assert results.told([7, 0, 9]) == [7, 0, 9]
    assert results.told([2]) == [None]
    sent, client = full(), sign_in(Role.ORGANISER)
    act(sent, "confirmed", 3)
    page = texts(client.get(page_of(sent)).text)
    assert "readers acted &lt;5 times" in page
    assert '<th scope="row">Acted</th><td class="number">&lt;5</td><td class="number">–' in page
    assert '<th scope="row">Signatures confirmed</th><td class="number">&lt;5' in page
    assert "&lt;5" in client.get(f"{page_of(sent)}/funnel-light.svg").text
    assert "<5" in client.get(f"{page_of(sent)}.csv").text


def test_signatures_that_wait_are_told_beside(app: Flask, client, sign_in) -> None:
    sent, petition = full(), make.petition()
    for number in range(6):
        sign_by(client, petition.slug, sent.code, f"reader-{number}@example.org")
    assert results.acts_of(sent).begun == 6
    assert "given and not confirmed, or not yet: 6" in sign_in(Role.ORGANISER).get(page_of(sent)).text


def test_two_subjects_stand_beside_each_other_with_who_chose(app: Flask, sign_in) -> None:
    client = sign_in(Role.ORGANISER)
    sent = full(ab_share=20, winner=Variant.B)
    act(sent, "confirmed", 5)
    act(sent, "confirmed", 9, variant="b")
    act(sent, "unconfirmed", 50)
    page = texts(client.get(page_of(sent)).text)
    assert "The second subject went to the rest. More readers acted on it than chance would explain." in page
    assert "What happened this autumn?" in page
    with transaction():
        session.add(
            MailingEvent(
                mailing_id=sent.id, was=MailingState.SENDING, now=MailingState.SENDING, happened_at=clock.now(),
                actor_id=client.person.id, reason="winner_b",
            )
        )  # fmt: skip
    assert "chose it by hand" in client.get(page_of(sent)).text
    rows = list(csv.reader(io.StringIO(client.get(f"{page_of(sent)}.csv").text.lstrip("\ufeff"))))
    assert rows[1][:3] == ["All", "Autumn letter", "10"]
    assert [row[-1] for row in rows if row[0] == "Subject"] == ["5", "9"]
    assert {row[1] for row in rows if row[0] == "Host"} == {"Gmail", "Mail.ru"}


def test_what_nobody_knows_is_listed_with_the_way_to_decide(app: Flask, sign_in) -> None:
    sent, somebody = full(), person()
    owe(sent, somebody, state="unknown")
    page = sign_in(Role.ORGANISER, Role.ADMIN).get(page_of(sent)).text
    assert f"/staff/people/{somebody}" in page
    assert "/staff/mail#unknown-title" in page
    page = sign_in(Role.ADMIN).get(page_of(sent)).text
    assert f"/staff/people/{somebody}" not in page


def test_a_mailing_of_which_nothing_is_owed_has_an_empty_page(app: Flask, sign_in) -> None:
    sent = mailing(state=MailingState.DRAFT, started_at=None)
    client = sign_in(Role.ORGANISER)
    assert "Nothing of this mailing has been owed yet." in client.get(page_of(sent)).text
    assert client.get(f"{page_of(sent)}/time-light.svg").status_code == 200
    assert client.get(f"{page_of(sent)}.csv").status_code == 200


def test_results_are_for_those_who_write_or_stop_mailings(app: Flask, client, sign_in) -> None:
    sent = full()
    for path in (page_of(sent), f"{page_of(sent)}.csv", f"{page_of(sent)}/funnel-light.svg", "/staff/mailings/results"):
        assert client.get(path).status_code == 302
        assert sign_in(Role.COORDINATOR).get(path).status_code == 403
        assert sign_in(Role.ADMIN).get(path).status_code == 200


def test_mailings_are_compared_sorted_and_narrowed(app: Flask, sign_in) -> None:
    client = sign_in(Role.ORGANISER)
    assert "No mailing has begun within a year." in client.get("/staff/mailings/results").text
    good, bad = full(title="Good one"), full(title="Bad <one>", topic="events")
    mailing(title="A draft", state=MailingState.DRAFT, started_at=None)
    mailing(title="Long ago", started_at=clock.now() - timedelta(days=400))
    act(good, "confirmed", 8)
    [mail] = owe(bad, person())
    come_back(mail, ReturnKind.HARD)

    def order(query: str) -> list[str]:
        page = client.get(f"/staff/mailings/results?{query}").text
        found = {name: page.find(name) for name in ("Good one", "Bad &lt;one&gt;", "A draft", "Long ago")}
        return sorted((name for name, at in found.items() if at > 0), key=lambda name: found[name])

    assert order("sort=-acted") == ["Good one", "Bad &lt;one&gt;"]
    assert order("sort=-bounced") == ["Bad &lt;one&gt;", "Good one"]
    assert order("sort=title") == ["Bad &lt;one&gt;", "Good one"]
    assert order("sort=nonsense&page=99") == ["Bad &lt;one&gt;", "Good one"]
    assert order("topic=events") == ["Bad &lt;one&gt;"]
    assert order("q=good") == ["Good one"]
    assert "No mailing fits." in client.get("/staff/mailings/results?q=nowhere").text


def test_a_day_that_took_long_is_shown_by_days(app: Flask) -> None:
    sent, now = mailing(), clock.now()
    owe(sent, person(), at=now - timedelta(days=4))
    owe(sent, person(), at=now)
    moments, by_day = results.over_time(results.cells_of([sent.id]))
    assert by_day
    assert [amount for _day, amount in moments] == [1, 0, 0, 0, 1]


def test_actions_are_rows_a_day_without_anybody(app: Flask) -> None:
    columns = set(MailingAction.__table__.columns.keys())
    assert columns == {"mailing_id", "variant", "kind", "day", "amount"}


def test_mailings_under_way_stand_in_the_metrics_by_id_alone(app: Flask, client) -> None:
    sent, over = full(title="Nobody reads this"), full(state=MailingState.SENT)
    page = client.get("/metrics").text
    assert f'unforgotten_mailing_mails{{mailing="{sent.id}",state="sent"}} 8.0' in page
    assert f'unforgotten_mailing_mails{{mailing="{sent.id}",state="pending"}} 1.0' in page
    assert str(over.id) not in page
    assert "Nobody reads this" not in page
