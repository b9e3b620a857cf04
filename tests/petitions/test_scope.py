"""An organiser or a moderator of one petition: lists, dashboard and second persons know of that one only."""

from campaign.kernel.actors import Role
from campaign.petitions.models import PetitionState
from tests.petitions.pages import home, send, text_of
from tests.support import make


def shown(client, path):
    return text_of(client.get(path).get_data(as_text=True))


def test_the_list_holds_ones_own_petition_only_and_offers_no_new_one(sign_in):
    mine = make.petition()
    with_other_words = make.petition(slug="somebody-elses")
    client = sign_in(Role.ORGANISER, petition=mine.id)
    html = client.get("/staff/petitions").get_data(as_text=True)
    assert str(mine.id) in html
    assert str(with_other_words.id) not in html
    assert "Write a petition" not in html
    assert client.get("/staff/petitions/new").status_code == 403
    assert "No petition fits" in shown(client, "/staff/petitions?q=somebody")


def test_a_moderator_comes_from_the_list_to_the_signatures(sign_in):
    mine = make.petition()
    client = sign_in(Role.MODERATOR, petition=mine.id)
    html = client.get("/staff/petitions").get_data(as_text=True)
    assert f"/staff/petitions/{mine.slug}/signatures" in html
    assert home(mine.id) not in html
    assert client.get(f"/staff/petitions/{mine.slug}/signatures").status_code == 200


def test_the_dashboard_counts_ones_own_petitions_only(sign_in):
    mine = make.petition(state=PetitionState.CLOSED)
    make.petition(state=PetitionState.CLOSED)
    make.petition(state=PetitionState.REVIEW)
    page = shown(sign_in(Role.ORGANISER, petition=mine.id), "/staff")
    assert "1 Closed petitions are not handed in yet" in page
    assert "wait for you as the second person" not in page
    assert "2 Closed petitions are not handed in yet" in shown(sign_in(Role.ORGANISER), "/staff")


def test_who_could_be_the_second_person_counts_whom_this_petition_is_open_to(author, sign_in):
    petition = make.petition()
    helper = sign_in(Role.ORGANISER, petition=petition.id)
    stranger = sign_in(Role.ORGANISER, petition=make.petition().id)
    send(author, f"{home(petition.id)}/wording", "", **{"en-body": "Better.", "reason": "Better."})
    page = shown(author, home(petition.id))
    assert helper.person.username in page
    assert stranger.person.username not in page


def test_an_open_petition_leads_to_its_signatures(author):
    petition = make.petition()
    html = author.get(home(petition.id)).get_data(as_text=True)
    assert f"/staff/petitions/{petition.slug}/signatures" in html
    assert "/packs" not in html
