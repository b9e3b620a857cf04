"""What is known besides the text, and what the corpus does not show of it."""

from datetime import date

import pytest

from campaign.letters.checker.check import check
from campaign.letters.checker.context import (
    Author,
    Channel,
    Context,
    Letter,
    Picture,
    Placement,
    Recipient,
    Standing,
)
from campaign.letters.checker.findings import Severity

GREETING = "Здравствуйте, Мария! У нас цветёт липа."


def person(**changes):
    return Recipient(**{"birth_year": 1980, "postal_index": "123456", **changes})


def found(context, text=GREETING):
    return {each.advice: each.severity for each in check(text, context).findings}


def test_somebody_who_can_be_reached_raises_nothing():
    assert found(Context(recipient=person())) == {}
    assert found(Context(recipient=person(postal_index="123 456"))) == {}


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"has_surname": False}, {"L02"}),
        ({"has_facility": False}, {"L04"}),
        ({"postal_index": ""}, {"L04"}),
        ({"placement": Placement.IN_TRANSIT, "is_address_fresh": False}, {"L05"}),
        ({"standing": Standing.DIED, "has_facility": False}, {"L06"}),
        ({"standing": Standing.EXCHANGED}, {"L06"}),
    ],
)
def test_what_is_missing_or_over_blocks(changes, rules):
    assert found(Context(recipient=person(**changes))) == dict.fromkeys(rules, Severity.BLOCK)


def test_an_article_with_a_part_is_the_same_article_and_a_longer_number_is_not():
    assert "L35" in found(Context(recipient=person(articles=frozenset({"275 ч. 1"}))))
    assert "L35" not in found(Context(recipient=person(articles=frozenset({"2750", "27"}))))


def test_a_strict_profile_marks_ordinary_words():
    context = Context(recipient=person(articles=frozenset({"276"})))
    assert found(context, "Здравствуйте! Мы летели на самолёте.") == {"L35": Severity.INFO, "L35.strict": Severity.WARN}


def test_a_letter_longer_than_the_channel_takes_is_a_warning():
    channel = Channel(page_characters=100, most_pages=2)
    assert found(Context(channel=channel), "Дождь. " * 20) == {"L26": Severity.INFO}
    assert found(Context(channel=channel), "Дождь. " * 40)["L26.many"] is Severity.WARN


def test_whoever_is_in_danger_is_warned_more_strongly():
    text = "Здравствуйте! Меня зовут Ирина Самойлова."
    assert found(Context(), text) == {"L17": Severity.WARN}
    assert found(Context(author=Author(is_at_risk=True)), text) == {"L17": Severity.BLOCK}


def test_what_is_known_of_the_writer_is_found_in_any_form():
    context = Context(author=Author(own_words=frozenset({"Пятачкова", "Заречная"})))
    assert check("Здравствуйте! Живу у Заречной рощи.", context).rules == {"L17"}
    assert check("Здравствуйте! Меня зовут Аня.", context).is_clean


def test_a_place_that_lets_other_languages_through_gets_them():
    english = "Dear Anna, it snows here and the children are building a tower of snow."
    assert found(Context(recipient=person(languages=frozenset({"ru", "en"}))), english) == {}
    assert "L01" in found(Context(recipient=person(languages=frozenset({"ru"}))), english)


def test_pictures_that_show_where_they_were_taken_block_and_faces_warn():
    assert found(Context(pictures=(Picture(format="JPEG", has_metadata=True),))) == {"L27.file": Severity.BLOCK}
    assert found(Context(pictures=(Picture(format="png", shows_maps=True),))) == {"L27": Severity.WARN}
    assert found(Context(pictures=(Picture(format="GIF"),))) == {}


def test_a_first_letter_introduces_and_asks():
    long = "Здравствуйте! " + "За окном цветёт липа, и воздух пахнет мёдом. " * 5
    advice = found(Context(letter=Letter(is_first=True)), long)
    assert advice == {"L28.introduction": Severity.INFO, "L28.question": Severity.INFO}
    assert found(Context(letter=Letter(is_first=True)), long + "Меня зовут Аня. А что видно у вас?") == {}
    assert found(Context(letter=Letter(is_first=True, is_card=True)), long) == {}


def test_a_card_that_leaves_in_time_raises_nothing():
    in_time = Letter(occasion_on=date(2026, 12, 31), leaves_on=date(2026, 12, 1))
    assert found(Context(letter=in_time)) == {}
    from_abroad = Letter(occasion_on=date(2026, 12, 31), leaves_on=date(2026, 12, 1), leaves_from_abroad=True)
    assert found(Context(letter=from_abroad)) == {"L32": Severity.INFO}


def test_a_way_to_answer_needs_something_to_write_on_and_somewhere_to_send_it():
    post, service = (Channel(page_characters=2500, most_pages=4, has_reply_form=form) for form in (False, True))
    assert found(Context(letter=Letter(encloses_paper=True), channel=post)) == {}
    assert "L29" in found(Context(letter=Letter(encloses_paper=True, has_return_address=False), channel=post))
    assert found(Context(letter=Letter(wants_reply_form=True, has_return_address=False), channel=service)) == {}
