"""The name by which a donor wants to be called: whose it is, who sees it first, and how it goes away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.gifts.models import Donor, Pledge, PledgeState, Visibility
from campaign.gifts.queries import public
from campaign.gifts.service import donors, pledging
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from tests.funds import made as books
from tests.funds.test_fund_pages import send
from tests.gifts import made

VICTIM = "Anna Real-Name"
NAMED = {"alias": VICTIM, "visibility": Visibility.PUBLIC}


@pytest.fixture
def fund(app):
    books.bank()
    return made.open_fund()


def donor_of(pledge):
    session.expire_all()
    return session.get_one(Donor, session.get_one(Pledge, pledge.id).donor_id)


def link_of(pledge):
    return f"/pledges/{pledging.token_of(pledge)}"


def shown(fund):
    return public.list_aliases(fund.id, clock.today() + timedelta(days=31))


def named_by_five(fund):
    pledges = [
        made.pledge(fund, f"a{n}@example.org", alias=f"Friend {n}", visibility=Visibility.PUBLIC) for n in range(5)
    ]
    for each in pledges:
        made.settled(fund, 2_000, pledge_id=each.id)
    return pledges


def test_what_was_sent_last_is_how_somebody_is_called_and_who_may_know(fund):
    pledge = made.pledge(fund, confirmed=False, language="de", **NAMED)
    made.pledge(fund, confirmed=False, language="en")
    found = donor_of(pledge)
    assert (found.visibility, found.alias_sealed, found.language) == (Visibility.SECRET, None, "en")


def test_a_name_that_was_not_on_the_page_is_not_confirmed(client, fund):
    pledge = made.pledge(fund, confirmed=False)
    seen = session.get_one(Pledge, pledge.id).version
    page = client.get(link_of(pledge)).text
    assert "Nobody is told" in page
    made.pledge(fund, confirmed=False, **NAMED)
    answer = client.post(link_of(pledge), data={"version": str(seen)})
    assert answer.status_code == 409
    session.expire_all()
    assert session.get_one(Pledge, pledge.id).state == PledgeState.PENDING
    head, button, _rest = answer.text.partition(">Confirm<")
    assert button
    assert VICTIM in head
    assert "may stand on the page of the fund" in head


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_donor_is_named_no_more_with_one_press(client, fund, confirmed):
    pledge = made.pledge(fund, confirmed=confirmed, **NAMED)
    with transaction():
        donors.release_name(donor_of(pledge).id, actor=made.TREASURER)
    assert "Name me no more" in client.get(link_of(pledge)).text
    for _twice in range(2):
        assert client.post(f"{link_of(pledge)}/unname").status_code == 303
    found = donor_of(pledge)
    assert (found.visibility, found.alias_sealed, found.released_on) == (Visibility.SECRET, None, None)
    page = client.get(link_of(pledge)).text
    assert VICTIM not in page
    assert "Name me no more" not in page


def test_no_name_is_shown_before_it_was_released(fund):
    pledges = named_by_five(fund)
    assert shown(fund) == ()
    for each in pledges:
        with transaction():
            donors.release_name(donor_of(each).id, actor=made.TREASURER)
    assert shown(fund) == [f"Friend {n}" for n in range(5)]
    with pytest.raises(Conflict), transaction():
        donors.release_name(donor_of(pledges[0]).id, actor=made.TREASURER)
    with transaction():
        donors.name_anew(donor_of(pledges[0]).id, donors.DonorDraft(**NAMED))
    assert shown(fund) == (), "another name is released anew"


@pytest.mark.parametrize("role", [Role.TREASURER, Role.ADMIN])
def test_staff_release_a_name_or_do_not(sign_in, fund, role):
    client, asked = sign_in(role), made.pledge(fund, **NAMED)
    made.pledge(fund, "b@example.org", alias="Not asked", visibility=Visibility.PRIVATE)
    assert "Names to be released" in client.get("/staff").text
    rows = client.get("/staff/pledges?state=to-release").text
    assert asked.reference in rows
    assert "Not asked" not in rows
    page = f"/staff/pledges/{asked.id}"
    assert "Nobody sees it before it is released" in client.get(page).text
    assert send(client, f"{page}/name/release").status_code == 303
    assert donor_of(asked).released_on == clock.today()
    again = send(client, f"{page}/name/release")
    assert again.status_code == 409
    assert "Nothing was changed" in again.text
    assert "Names to be released" not in client.get("/staff").text
    assert send(client, f"{page}/name/refuse").status_code == 303
    assert donor_of(asked).visibility == Visibility.SECRET
    assert VICTIM not in client.get(page).text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MODERATOR, Role.VOLUNTEER])
def test_nobody_else_releases_a_name(sign_in, fund, role):
    client = sign_in(role)
    page = f"/staff/pledges/{made.pledge(fund, **NAMED).id}/name/release"
    assert send(client, page).status_code == 403
    assert session.scalars(select(Donor)).one().released_on is None


def test_what_a_treasurer_wrote_by_hand_to_be_public_is_released_by_them(fund):
    made.settled(fund, donor=made.donor(**NAMED))
    found = session.scalars(select(Donor)).one()
    assert found.released_by == made.TREASURER


def test_a_private_name_is_passed_on_to_those_who_are_helped_once_and_to_nobody_else(sign_in, fund, client):
    pledge = made.pledge(fund, alias="A neighbour", visibility=Visibility.PRIVATE)
    made.pledge(fund, "b@example.org", alias="Gave nothing", visibility=Visibility.PRIVATE)
    made.settled(fund, 2_000, pledge_id=pledge.id)
    treasurer, room = sign_in(Role.TREASURER), f"/staff/gifts/names?fund={fund.id}"
    assert "Names to be passed on" in treasurer.get("/staff").text
    assert room.replace("/staff", "", 1) in treasurer.get(f"/staff/funds/{fund.id}").text
    page = treasurer.get(room).text
    assert "A neighbour" in page
    assert "Gave nothing" not in page
    assert "20.00" not in page, "neither how much nor when"
    assert shown(fund) == ()
    act = f"/staff/gifts/names/{donor_of(pledge).id}"
    assert send(treasurer, f"{act}/told").status_code == 303
    assert donor_of(pledge).passed_on == clock.today()
    assert send(treasurer, f"{act}/told").status_code == 409
    assert "Nobody waits" in treasurer.get(room).text
    own = client.get(link_of(pledge)).text
    assert "They were told on" in own
    assert "cannot be taken back" in own
    with transaction():
        pledging.name_no_more(pledge.id)
    assert donor_of(pledge).passed_on is None


def test_a_name_by_which_somebody_could_be_found_is_told_to_nobody(sign_in, fund):
    pledge = made.pledge(fund, alias=VICTIM, visibility=Visibility.PRIVATE)
    made.settled(fund, 2_000, pledge_id=pledge.id)
    treasurer, act = sign_in(Role.TREASURER), f"/staff/gifts/names/{donor_of(pledge).id}"
    for other in (Role.ADMIN, Role.ORGANISER, Role.COORDINATOR):
        assert send(sign_in(other), f"{act}/told").status_code == 403
    assert send(treasurer, f"{act}/keep").status_code == 303
    assert donor_of(pledge).visibility == Visibility.SECRET
    assert VICTIM not in treasurer.get("/staff/gifts/names").text
