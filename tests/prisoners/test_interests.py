"""The vocabulary of interests: one word for one thing, in every language."""

import pytest
from sqlalchemy import func, select

from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.prisoners.models import Interest
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.service import interests
from tests.petitions.pages import send, text_of
from tests.support import make

PAGE = "/staff/prisoners/interests"


def word(en, ru, de=""):
    with transaction():
        return interests.add_interest({"en": en, "ru": ru, "de": de}, actor=None)


def stored(interest):
    session.rollback()
    session.expire_all()
    return session.get(Interest, interest.id)


def test_the_starting_words_come_once_and_leave_alone_what_editors_did(app):
    chess = word("Chess", "шахматишки")
    with transaction():
        first = interests.load_starting_words(actor=None)
    with transaction():
        assert interests.load_starting_words(actor=None) == 0
    assert first >= 60
    assert stored(chess).labels["ru"] == "шахматишки"
    assert session.scalar(select(func.count()).select_from(Interest)) == first + 1
    assert all(set(each.labels) == {"en", "ru", "de"} for each in session.scalars(select(Interest)) if each != chess)


def test_no_word_stands_twice_whatever_its_case(app):
    word("chess", "шахматы")
    with pytest.raises(interests.WordExists) as refusal, transaction():
        interests.add_interest({"en": "draughts", "ru": " Шахматы "}, actor=None)
    assert refusal.value.language == "ru"


def test_people_move_to_the_word_that_stays_and_the_other_goes_on_meaning_it(app):
    football, soccer, ball = word("football", "футбол"), word("soccer", "соккер"), word("ball games", "игры с мячом")
    one = make.prisoner(interests=["soccer"])
    both = make.prisoner(interests=["soccer", "football"])
    with transaction():
        assert interests.merge_interests(stored(soccer), stored(football), actor=None) == 2
    session.expire_all()
    assert [each.slug for each in get_prisoner(one.id).interests] == ["football"]
    assert [each.slug for each in get_prisoner(both.id).interests] == ["football"]
    assert [each.slug for each in make.prisoner(interests=["soccer"]).interests] == ["football"]
    with transaction():
        interests.merge_interests(stored(football), stored(ball), actor=None)
    assert stored(soccer).merged_into_id == ball.id
    assert [each.slug for each in make.prisoner(interests=["soccer"]).interests] == ["ball-games"]
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "interest.merged").order_by(AuditEntry.id))
    assert (entry.object, entry.amount, entry.reason) == ("interest:soccer", 2, "into football")


def test_what_is_merged_is_not_merged_again(app):
    one, two = word("football", "футбол"), word("soccer", "соккер")
    with transaction():
        interests.merge_interests(two, one, actor=None)
    for loser, winner in ((two, one), (one, two), (one, one)):
        with pytest.raises(interests.NotMergeable), transaction():
            interests.merge_interests(stored(loser), stored(winner), actor=None)


def test_two_who_rename_at_once_do_not_overwrite_each_other(app):
    chess = word("chess", "шахматы")
    seen = dict(chess.labels)
    with transaction():
        interests.rename_interest(chess, {**seen, "de": "Schach"}, seen=seen, actor=None)
    with pytest.raises(Conflict), transaction():
        interests.rename_interest(chess, {**seen, "de": "Schachspiel"}, seen=seen, actor=None)
    assert stored(chess).labels["de"] == "Schach"


def test_the_screen_begins_empty_and_is_filled_searched_and_changed(sign_in):
    editor = sign_in(Role.DATA_EDITOR)
    assert "The vocabulary is empty." in editor.get(PAGE).get_data(as_text=True)
    assert send(editor, PAGE, f"{PAGE}/start").status_code == 303
    assert send(editor, f"{PAGE}/new", "", label_en="beekeeping", label_ru="пчеловодство").status_code == 303
    make.prisoner(interests=["beekeeping"])
    found = editor.get(PAGE, query_string={"q": "пчел"}).get_data(as_text=True)
    assert "beekeeping" in found
    assert "de is missing" in text_of(found)
    assert "No word holds that." in editor.get(PAGE, query_string={"q": "нет такого"}).get_data(as_text=True)
    most = editor.get(PAGE, query_string={"sort": "-people"}).get_data(as_text=True)
    assert most.index("beekeeping") < most.index("animal welfare")
    bees = session.scalar(select(Interest).where(Interest.slug == "beekeeping"))
    assert send(editor, f"{PAGE}/{bees.id}", "", label_de="Imkerei").status_code == 303
    assert stored(bees).labels["de"] == "Imkerei"
    nature = session.scalar(select(Interest).where(Interest.slug == "nature"))
    assert send(editor, f"{PAGE}/{bees.id}/merge", "", winner=str(nature.id)).status_code == 303
    shown = text_of(editor.get(PAGE, query_string={"q": "beekeep"}).get_data(as_text=True))
    assert "nature" in shown


def test_a_word_that_exists_is_refused_beside_its_field_and_nothing_typed_is_lost(sign_in):
    editor = sign_in(Role.COORDINATOR)
    word("chess", "шахматы")
    answer = send(editor, f"{PAGE}/new", "", label_en="Chess", label_ru="царская игра", label_de="Schach")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "The vocabulary has this word already" in text_of(html)
    assert 'value="царская игра"' in html
    assert send(editor, f"{PAGE}/new", "", label_en="go").status_code == 422


def test_readers_look_and_do_not_change(sign_in):
    chess = word("chess", "шахматы")
    reader = sign_in(Role.TREASURER)
    assert "Rename" not in reader.get(PAGE).get_data(as_text=True)
    for path in ("/new", f"/{chess.id}", f"/{chess.id}/merge"):
        assert reader.get(PAGE + path).status_code == 403
