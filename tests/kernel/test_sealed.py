"""A sealed field opens in its own place only, and shows nothing but its size in steps of 32 bytes."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.errors import CryptoError, KeyDestroyed, KeyMissing, SealBroken
from campaign.kernel.crypto.keyring import Keyring, keyring
from campaign.kernel.crypto.padding import pad, unpad
from campaign.kernel.crypto.sealed import Field, seal, unseal

pytestmark = pytest.mark.usefixtures("shared_keyring")

ROW = uuid.UUID("5f0c6f0e-6d0c-4a57-8a57-2f0f6a5b7c11")
EMAIL = Field("signature", "email_sealed")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS, st.uuids())
def test_what_is_sealed_opens_again(text: str, row: uuid.UUID) -> None:
    envelope = EMAIL.seal("petition:a", row, text)
    assert EMAIL.unseal("petition:a", row, envelope) == text
    assert unseal(envelope, scope="petition:a", table="signature", column="email_sealed", row=row) == text


def test_the_envelope_has_the_written_layout() -> None:
    envelope = seal("anna@example.org", scope="petition:a", table="t", column="c", row=ROW)
    assert envelope[0] == 1
    assert int.from_bytes(envelope[1:5], "big") == keyring.current_key_id("petition:a")
    assert len(envelope) == 1 + 4 + 12 + 32 + 16


@pytest.mark.parametrize(
    ("field", "row", "scope"),
    [
        (EMAIL, uuid.UUID(int=7), "petition:a"),
        (replace(EMAIL, column="name_sealed"), ROW, "petition:a"),
        (replace(EMAIL, table="person"), ROW, "petition:a"),
        (EMAIL, ROW, "petition:b"),
    ],
)
def test_a_ciphertext_moved_elsewhere_does_not_open(field: Field, row: uuid.UUID, scope: str) -> None:
    envelope = EMAIL.seal("petition:a", ROW, "anna@example.org")
    with pytest.raises((SealBroken, KeyMissing)):
        field.unseal(scope, row, envelope)


def test_the_number_of_another_scopes_key_does_not_open_it() -> None:
    envelope = EMAIL.seal("petition:a", ROW, "anna@example.org")
    relabelled = envelope[:1] + keyring.current_key_id("petition:b").to_bytes(4, "big") + envelope[5:]
    with pytest.raises(SealBroken):
        EMAIL.unseal("petition:b", ROW, relabelled)


@given(st.integers(0, 65 * 8 - 1))
def test_any_flipped_bit_breaks_the_seal(bit: int) -> None:
    envelope = bytearray(EMAIL.seal("petition:a", ROW, "anna@example.org"))
    envelope[bit // 8] ^= 1 << bit % 8
    with pytest.raises((SealBroken, KeyMissing)) as broken:
        EMAIL.unseal("petition:a", ROW, bytes(envelope))
    assert "anna" not in broken.value.message


@given(st.binary(max_size=100))
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(CryptoError):
        EMAIL.unseal("petition:a", ROW, garbage)


@given(TEXTS)
def test_padding_shows_the_length_in_steps_only(text: str) -> None:
    size = len(text.encode())
    assert len(pad(text)) == -(-(size + 4) // 32) * 32
    assert unpad(pad(text)) == text


@given(st.integers(0, 28), st.integers(0, 28))
def test_texts_within_one_step_are_equally_long(one: int, other: int) -> None:
    assert len(EMAIL.seal("petition:a", ROW, "a" * one)) == len(EMAIL.seal("petition:a", ROW, "a" * other))


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(31),
        bytes(33),
        bytes(64),
        b"\0\0\0\1" + b"a" * 28,
        b"\0\0\0\x1d" + b"a" * 28,
        b"\0\0\0\1\xff" + bytes(27),
    ],
)
def test_padding_that_we_never_write_is_refused(padded: bytes) -> None:
    with pytest.raises(SealBroken):
        unpad(padded)


def test_broken_characters_are_refused_without_being_repeated() -> None:
    with pytest.raises(SealBroken) as refused:
        EMAIL.seal("petition:a", ROW, "secret\ud800")
    assert "secret" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(KeyMissing):
        EMAIL.seal("petition:never", ROW, "anna@example.org")


def test_what_a_destroyed_key_sealed_is_unreadable() -> None:
    keyring.ensure("petition:closed")
    envelope = EMAIL.seal("petition:closed", ROW, "anna@example.org")
    keyring.destroy("petition:closed")
    for attempt in (
        lambda: EMAIL.unseal("petition:closed", ROW, envelope),
        lambda: EMAIL.seal("petition:closed", ROW, "x"),
        lambda: blind_index("petition:closed", "x"),
    ):
        with pytest.raises(KeyDestroyed):
            attempt()


def test_destroyed_data_stays_unreadable_for_another_process(another: Callable[..., Keyring]) -> None:
    ring = another()
    ring.ensure("petition:a")
    number = ring.current_key_id("petition:a")
    ring.destroy("petition:a")
    with pytest.raises(KeyDestroyed):
        another().key("petition:a", "fields", number)


@given(TEXTS, TEXTS)
def test_a_blind_index_is_equal_for_equal_values_of_one_scope_only(one: str, other: str) -> None:
    assert (blind_index("petition:a", one) == blind_index("petition:a", other)) is (one == other)
    assert blind_index("petition:a", one) != blind_index("petition:b", one)
    assert len(blind_index("petition:a", one)) == 32
