"""What of the register a writer may avoid."""

from campaign.penpals.policy import AVOIDABLE, Avoidable, traits_of


def test_an_article_tells_what_somebody_is_accused_of():
    assert traits_of(("282.2",), is_minor=False) == {Avoidable.RELIGIOUS_CASES}
    assert traits_of(("275", "205"), is_minor=True) == {
        Avoidable.TREASON_CHARGES, Avoidable.TERRORISM_CHARGES, Avoidable.VIOLENCE_CHARGES, Avoidable.MINORS,
    }  # fmt: skip


def test_words_alone_are_no_violence_and_the_administrative_code_is_another():
    assert traits_of(("207.3", "280.3", "205.2"), is_minor=False) == {Avoidable.TERRORISM_CHARGES}
    assert traits_of(("koap-205",), is_minor=False) == frozenset()
    assert traits_of((), is_minor=False) == frozenset()


def test_the_codes_are_what_profiles_hold():
    assert {"minors", "religious_cases", "violence_charges", "military"} <= AVOIDABLE
