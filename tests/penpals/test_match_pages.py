"""The matching as a coordinator meets it: run, understand, pin two, run again, accept, and who else may not."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import count_since
from campaign.kernel.db import session, transaction
from campaign.penpals.forms.matching_words import reason_words
from campaign.penpals.models import LIVE, Assignment, MatchLevel, MatchRun, PairBlock, ProposalState, RunState
from campaign.penpals.queries.matching import get_run
from campaign.prisoners.models import Precision, Prisoner
from tests.support import accounts, matching, pages, pens

URL = "/staff/matching"


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


def pairs(count):
    return [(pens.writer().id, pens.addressee().id) for _each in range(count)]


def newest():
    session.remove()
    return session.query(MatchRun).order_by(MatchRun.asked_at.desc()).first()


def press(client, page, action, **changes):
    answer = accounts.submit(client, page, action, **changes)
    assert answer.status_code == 303, answer.text
    return client.get(answer.location).text


def test_the_whole_way(coordinator, run_work):
    everybody = {prisoner for _writer, prisoner in pairs(4)}
    press(coordinator, URL, "/staff/matching", level="writers", seed="7")
    first = newest()
    assert "Waiting for its turn" in coordinator.get(f"{URL}/{first.id}").text
    run_work()
    page = coordinator.get(f"{URL}/{first.id}").text
    assert "Of 4 people, 4 get no letters now, and 0 if all is accepted." in page
    assert "gets no letters" in page
    assert "language: Russian" in page
    two = matching.lines(first.id)[:2]
    for line in two:
        assert "Pinned" in press(coordinator, f"{URL}/{first.id}/lines/{line.id}", "/pin")
    assert "Run again, keeping 2 pins" in coordinator.get(f"{URL}/{first.id}").text
    press(coordinator, f"{URL}/{first.id}", "/again")
    run_work()
    again = newest()
    assert again.follows_id == first.id
    pinned = {(line.volunteer_id, line.prisoner_id) for line in matching.lines(again.id) if line.is_pinned}
    assert pinned == {(line.volunteer_id, line.prisoner_id) for line in two}
    # Four writers with two places each, and everybody three letters short.
    assert "8 lines are being accepted." in press(coordinator, f"{URL}/{again.id}", "/accept-all")
    run_work()
    assert {line.state for line in matching.lines(again.id)} == {ProposalState.ACCEPTED}
    given = session.query(Assignment).filter(Assignment.state.in_(LIVE)).all()
    assert {each.prisoner_id for each in given} == everybody
    assert {each.run_id for each in given} == {again.id}
    assert get_run(again.id).state == RunState.CLOSED


def test_a_birthday_that_is_near_is_told_on_the_line(app, coordinator, run_work):
    pens.writer()
    person = pens.addressee()
    born = (clock.today() + timedelta(days=15)).replace(year=1980)
    with transaction():
        session.execute(
            update(Prisoner).where(Prisoner.id == person.id).values(born_on=born, born_precision=Precision.DAY)
        )
    press(coordinator, URL, "/staff/matching", level="writers", occasion="50")
    run_work()
    page = coordinator.get(f"{URL}/{newest().id}").text
    assert "birthday in 15 days" in page
    assert "Birthday or release" in page


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"kind": "birthday", "days": 1, "is_late": False}, "birthday in 1 day"),
        ({"kind": "release", "days": 20, "is_late": False}, "release expected in 20 days"),
        ({"kind": "release", "days": 0, "is_late": True}, "release expected within 1 day, too soon for a letter"),
    ],
)
def test_a_day_is_told_in_words(app, details, said):
    with app.test_request_context("/"):
        assert reason_words({"occasion": details}, {}) == [said]


def test_a_run_of_before_a_weight_was_there_is_shown(coordinator):
    made = matching.ready(pairs(1))
    with transaction():
        run = session.get_one(MatchRun, made)
        run.settings = {name: value for name, value in run.settings.items() if name != "occasion"}
    assert coordinator.get(f"{URL}/{made}").status_code == 200


def test_a_second_run_of_the_level_is_told_clearly(coordinator):
    press(coordinator, URL, "/staff/matching", level="groups")
    answer = accounts.submit(coordinator, URL, "/staff/matching", level="groups")
    assert answer.status_code == 409
    assert "A run of this kind is at work already" in answer.text


def test_a_setting_out_of_range_is_told_at_its_field(coordinator):
    answer = accounts.submit(
        coordinator, URL, "/staff/matching", level="writers", floor="0", interest="many", seed="-1"
    )
    assert answer.status_code == 422
    assert "A number from 1 to 400." in answer.text
    assert "Enter a whole number." in answer.text
    assert session.query(MatchRun).count() == 0


def test_progress_needs_no_script(coordinator):
    made = matching.asked().id
    page = coordinator.get(f"{URL}/{made}")
    assert page.headers["Refresh"] == "4"
    assert coordinator.get(f"{URL}/{made}/progress.json").json["is_at_work"] is True
    assert "Nothing of it was kept." in press(coordinator, f"{URL}/{made}", "/cancel")
    assert get_run(made).state == RunState.CANCELLED
    assert "Refresh" not in coordinator.get(f"{URL}/{made}").headers


def test_the_picture_says_what_it_shows(coordinator):
    made = matching.ready(pairs(2), without=[pens.addressee().id])
    for ink in ("light", "dark"):
        picture = coordinator.get(f"{URL}/{made}/picture-{ink}.svg")
        assert picture.mimetype == "image/svg+xml"
        assert "floor: 3" in picture.text
        assert "style=" not in picture.text
    assert coordinator.get(f"{URL}/{made}/picture-green.svg").status_code == 404


def test_who_stays_without_is_told_with_the_condition(coordinator):
    person = pens.addressee()
    made = matching.ready(pairs(1), without=[person.id])
    assert "no language in common: <strong>1</strong>" in coordinator.get(f"{URL}/{made}").text
    page = coordinator.get(f"{URL}/{made}/without").text
    assert person.name_in("en") in page
    assert "needs somebody who is trusted more: 1" in page


def test_lines_are_found_by_state_pin_language_group_and_name(coordinator):
    group = pens.group()
    made = matching.ready(pairs(3), group=group.id)
    first, second, third = matching.lines(made)
    press(coordinator, f"{URL}/{made}/lines/{second.id}", "/pin")

    def found(query):
        page = coordinator.get(f"{URL}/{made}?{query}").text
        return [line.rank for line in (first, second, third) if f"/lines/{line.id}" in page]

    assert found("only=pinned") == [2]
    assert found("state=accepted") == []
    assert found("language=ru") == [1, 2, 3]
    assert found("language=tt") == []
    assert found(f"group={group.id}") == [1, 2, 3]
    assert found(f"group={made}") == []
    writer = session.get(type(pens.writer()), first.volunteer_id)
    assert found(f"q={writer.pseudonym}") == [1]
    assert found("state=nonsense&group=nonsense&sort=nonsense&only=x") == [1, 2, 3]
    page = coordinator.get(f"{URL}/{made}?sort=-rank").text
    assert page.index(f"/lines/{third.id}") < page.index(f"/lines/{first.id}")


def test_a_refusal_is_remembered_and_can_be_taken_back(coordinator):
    made = matching.ready(pairs(1))
    (line,) = matching.lines(made)
    page = f"{URL}/{made}/lines/{line.id}"
    assert accounts.submit(coordinator, page, "/refuse", reason=" ").status_code == 422
    assert "They know each other" in press(coordinator, page, "/refuse", reason="They know each other")
    block = session.query(PairBlock).one()
    assert (block.prisoner_id, block.volunteer_id, block.reason) == (
        line.prisoner_id, line.volunteer_id, "They know each other",
    )  # fmt: skip
    press(coordinator, page, "/take-back")
    assert (session.query(PairBlock).count(), matching.lines(made)[0].state) == (0, ProposalState.OPEN)


def test_another_writer_is_put_in_or_the_condition_is_named(coordinator):
    made = matching.ready(pairs(1))
    (line,) = matching.lines(made)
    good, deaf = pens.writer(), pens.writer(languages=["de"])
    page = f"{URL}/{made}/lines/{line.id}"
    assert f"Put in: {good.pseudonym}" in coordinator.get(f"{page}?q={good.pseudonym}").text
    answer = accounts.submit(coordinator, f"{page}?q={good.pseudonym}", "/change", partner=str(deaf.id))
    assert answer.status_code == 409
    assert "no language in common" in answer.text
    assert "Changed and pinned" in press(coordinator, f"{page}?q={good.pseudonym}", "/change", partner=str(good.id))
    (line,) = matching.lines(made)
    assert (line.volunteer_id, line.is_pinned, line.is_added) == (good.id, True, True)
    assert "never_written" in line.reasons


def test_another_group_is_put_in(coordinator):
    first, second, closed = pens.group(), pens.group(), pens.group(state="closed")
    for group in (first, second):
        pens.member(group, pens.writer())
    made = matching.ready([(first.id, pens.addressee().id)], MatchLevel.GROUPS)
    (line,) = matching.lines(made)
    page = f"{URL}/{made}/lines/{line.id}?q=made-up"
    shown = coordinator.get(page).text
    assert second.name_in("en") in shown
    assert closed.name_in("en") not in shown
    assert "Changed and pinned" in press(coordinator, page, "/change", partner=str(second.id))
    (line,) = matching.lines(made)
    assert (line.volunteer_id, line.group_id) == (None, second.id)
    assert accounts.submit(coordinator, page, "/change", partner=str(closed.id)).status_code == 404


def test_what_other_lines_give_away_is_spoken_for(coordinator):
    busy, other = pens.writer(capacity=1), pens.writer()
    made = matching.ready([(busy.id, pens.addressee().id), (other.id, pens.addressee().id)])
    _first, line = matching.lines(made)
    page = f"{URL}/{made}/lines/{line.id}?q={busy.pseudonym}"
    assert "Russian, 1 place free" in coordinator.get(page).text
    answer = accounts.submit(coordinator, page, "/change", partner=str(busy.id))
    assert answer.status_code == 409
    assert "no place left" in answer.text


def test_an_accepted_line_owes_the_writer_a_mail_that_names_nobody(coordinator, run_work, mailserver):
    writer, person = pens.writer(), pens.addressee()
    pens.with_address(writer, "writer@example.org")
    made = matching.ready([(writer.id, person.id)])
    (line,) = matching.lines(made)
    assert "1 line accepted." in press(coordinator, f"{URL}/{made}/lines/{line.id}", "/accept")
    run_work()
    (mail,) = mailserver.mails
    assert mail.message["To"] == "writer@example.org"
    assert person.last_latin not in mail.message["Subject"] + mail.text


def test_ticked_lines_are_accepted_and_the_others_stay(coordinator):
    made = matching.ready(pairs(3))
    first, second, third = matching.lines(made)
    answer = coordinator.post(
        f"{URL}/{made}/chosen",
        data={"act": "accept", "line": [str(first.id), str(third.id)], "csrf_token": token(coordinator, made)},
    )
    assert "2 lines accepted." in coordinator.get(answer.location).text
    assert [line.state for line in matching.lines(made)] == ["accepted", "open", "accepted"]
    assert second.state == "open"
    answer = coordinator.post(
        f"{URL}/{made}/chosen", data={"act": "pin", "line": str(second.id), "csrf_token": token(coordinator, made)}
    )
    assert "1 line is pinned." in coordinator.get(answer.location).text


def token(client, run_id):
    page = client.get(f"{URL}/{run_id}").text
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_the_file_holds_every_line_and_no_address(coordinator):
    made = matching.ready(pairs(2))
    answer = accounts.submit(coordinator, f"{URL}/{made}/export", "/export")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0] == ["rank", "person", "writer", "group", "state", "pinned", "reasons", "note"]
    assert [row[0] for row in rows[1:]] == ["1", "2"]
    assert "gets no letters" in rows[1][6]
    assert count_since(get_run(made).asked_at)["matching.exported"] == 1


def test_the_dashboard_names_a_proposal_that_waits(coordinator):
    assert "Proposals of the matching wait" not in coordinator.get("/staff").text
    made = matching.ready(pairs(1))
    assert "Proposals of the matching wait to be decided on" in coordinator.get("/staff").text
    press(coordinator, f"{URL}/{made}", "/close")
    assert "Proposals of the matching wait" not in coordinator.get("/staff").text


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR}))
def test_nobody_else_comes_in(sign_in, role):
    made = matching.ready(pairs(1))
    (line,) = matching.lines(made)
    client = sign_in(role)
    for url in ("", f"/{made}", f"/{made}/without", f"/{made}/export", f"/{made}/progress.json",
                f"/{made}/picture-light.svg", f"/{made}/lines/{line.id}"):  # fmt: skip
        assert client.get(URL + url).status_code == 403
    assert URL not in client.get("/staff").text
    assert matching.lines(made)[0].state == "open"


POSTS = (
    "", "/{run}/cancel", "/{run}/again", "/{run}/close", "/{run}/accept-all", "/{run}/stop-accepting", "/{run}/chosen",
    "/{run}/export", "/{run}/lines/{line}/accept", "/{run}/lines/{line}/pin", "/{run}/lines/{line}/refuse",
    "/{run}/lines/{line}/take-back", "/{run}/lines/{line}/change",
)  # fmt: skip


def test_the_posts_that_are_tried_by_everybody_are_all_there_are(app):
    known = {
        re.sub(r"<uuid:(run|line)_id>", r"{\1}", rule.rule).removeprefix(URL)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(URL) and "POST" in (rule.methods or ())
    }
    assert known == set(POSTS)


def press_everything(client, run_id, line_id, csrf_token):
    """Every button there is, with what it needs; gives the statuses."""
    values = {
        "csrf_token": csrf_token, "level": "writers", "act": "accept", "line": str(line_id), "reason": "A reason",
        "partner": str(pens.writer().id), "floor": "4",
    }  # fmt: skip
    return {client.post(URL + url.format(run=run_id, line=line_id), data=values).status_code for url in POSTS}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR}))
def test_nobody_else_presses_anything(sign_in, role):
    made = matching.ready(pairs(1))
    (line,) = matching.lines(made)
    client = sign_in(role)
    values = pages.field_values(client.get("/account").text, "/account/sign-out")
    assert press_everything(client, made, line.id, values["csrf_token"]) == {403}
    nothing_has_happened(made)


def test_a_stranger_presses_nothing(app, client, monkeypatch):
    made = matching.ready(pairs(1))
    (line,) = matching.lines(made)
    assert press_everything(client, made, line.id, "") == {400}
    # Without the check of the form's token, the guard alone.
    monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", False)
    assert press_everything(client, made, line.id, "") <= {302, 303}
    assert "/account/sign-in" in client.post(f"{URL}/{made}/accept-all").location
    nothing_has_happened(made)


def nothing_has_happened(run_id):
    (line,) = matching.lines(run_id)
    assert (line.state, line.is_pinned, line.is_added) == (ProposalState.OPEN, False, False)
    assert (get_run(run_id).state, get_run(run_id).stage) == (RunState.READY, "")
    assert [session.query(table).count() for table in (MatchRun, Assignment, PairBlock)] == [1, 0, 0]


def test_the_empty_list_and_russian_pages_are_whole(coordinator):
    assert "The matching has not been run yet." in coordinator.get(URL).text
    made = matching.ready(pairs(1), MatchLevel.WRITERS, without=[pens.addressee().id])
    (line,) = matching.lines(made)
    for url in ("", f"/{made}", f"/{made}/without", f"/{made}/export", f"/{made}/lines/{line.id}"):
        assert coordinator.get(f"/ru{URL}{url}").status_code == 200
