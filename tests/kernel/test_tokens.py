"""A token works for its row, purpose, scope and version, until its last day."""

import base64
import string
import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.kernel.crypto.errors import KeyDestroyed
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.tokens import BadToken, Claim, TokenExpired, derive, digest_secret, new_secret, parse, verify

pytestmark = pytest.mark.usefixtures("shared_keyring")

ROW = uuid.UUID(int=1)
TODAY = date(2026, 11, 23)
DAYS = st.none() | st.dates(date(2020, 1, 2), date(2199, 6, 6))


def confirm_token() -> str:
    return derive("petition:a", "confirm", ROW, version=1, expires_on=TODAY)


@given(st.uuids(), st.integers(0, 65535), DAYS)
def test_a_token_carries_and_proves_what_it_was_made_for(row: uuid.UUID, version: int, last: date | None) -> None:
    token = derive("petition:a", "confirm", row, version=version, expires_on=last)
    claim = parse(token)
    assert (claim.row, claim.version, claim.expires_on) == (row, version, last)
    assert len(token) == 48
    verify(claim, "petition:a", "confirm", version=version, today=last or date.max)


def test_the_same_token_is_derived_again() -> None:
    assert confirm_token() == confirm_token()


def test_the_last_day_is_still_good_and_the_next_is_not() -> None:
    claim = parse(confirm_token())
    verify(claim, "petition:a", "confirm", version=1, today=TODAY)
    with pytest.raises(TokenExpired):
        verify(claim, "petition:a", "confirm", version=1, today=TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("scope", "purpose", "version"),
    [("petition:b", "confirm", 1), ("petition:a", "withdraw", 1), ("petition:a", "confirm", 2)],
)
def test_a_token_serves_nothing_else(scope: str, purpose: str, version: int) -> None:
    with pytest.raises(BadToken):
        verify(parse(confirm_token()), scope, purpose, version=version, today=TODAY)


@given(st.integers(0, 47), st.sampled_from(string.ascii_letters + string.digits + "-_"))
def test_a_changed_character_is_a_forgery_even_of_an_expired_token(place: int, letter: str) -> None:
    token = confirm_token()
    forged = token[:place] + letter + token[place + 1 :]
    if forged != token:
        with pytest.raises(BadToken):
            verify(parse(forged), "petition:a", "confirm", version=1, today=date.max)


def test_a_claim_made_up_by_hand_is_refused() -> None:
    claim = parse(confirm_token())
    longer = Claim(claim.row, claim.version, None, claim.mac)
    with pytest.raises(BadToken):
        verify(longer, "petition:a", "confirm", version=1, today=TODAY)


@pytest.mark.parametrize(
    "token",
    [
        *("", "a", "a" * 47, "a" * 49, "a" * 47 + "=", "a" * 47 + "+", "a" * 47 + "/", "a" * 47 + "\x00"),
        *("a" * 48 + "\n", "я" * 48, "١" * 48, "\ud800" * 48, " " * 48, "a" * 1_000_000),
    ],
    ids=len,
)
def test_malformed_tokens_are_refused(token: str) -> None:
    with pytest.raises(BadToken):
        parse(token)


@given(st.text(max_size=60))
def test_any_text_is_a_claim_or_a_bad_token(token: str) -> None:
    with pytest.raises(BadToken):
        verify(parse(token), "petition:a", "confirm", version=1, today=TODAY)


@given(st.binary(min_size=36, max_size=36))
def test_any_bytes_of_the_right_length_have_one_spelling(raw: bytes) -> None:
    claim = parse(base64.urlsafe_b64encode(raw).decode())
    assert claim.row.bytes + claim.version.to_bytes(2, "big") == raw[:18]
    assert claim.mac == raw[20:]


@pytest.mark.parametrize(
    ("version", "last"),
    [(-1, None), (65536, None), (1, date(2020, 1, 1)), (1, date(2019, 1, 1)), (1, date(2199, 6, 7))],
)
def test_what_does_not_fit_is_a_mistake_of_the_caller(version: int, last: date | None) -> None:
    with pytest.raises(ValueError, match="fit"):
        derive("petition:a", "confirm", ROW, version=version, expires_on=last)


def test_tokens_end_with_the_keys_of_their_scope() -> None:
    keyring.ensure("petition:closed")
    token = derive("petition:closed", "confirm", ROW, version=1, expires_on=None)
    keyring.destroy("petition:closed")
    with pytest.raises(KeyDestroyed):
        verify(parse(token), "petition:closed", "confirm", version=1, today=TODAY)


def test_a_random_token_is_found_by_its_digest() -> None:
    token, digest = new_secret()
    assert digest_secret(token) == digest
    assert len(digest) == 32
    assert len(token) == 22
    assert new_secret()[0] != token


@given(st.text())
def test_any_text_has_a_digest(token: str) -> None:
    assert len(digest_secret(token)) == 32
