"""What went into the vault opens with the private half, in its own place."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.kernel.crypto.errors import SealBroken
from campaign.kernel.crypto.vault import new_vault_pair, open_from_vault, seal_to_vault, vault_public

ROW = uuid.UUID(int=5)
PAIR = new_vault_pair()


def sealed(text: str = "ул. Ленина, 1") -> bytes:
    return seal_to_vault(PAIR.public, text, table="family", column="address", row=ROW)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.uuids())
def test_what_is_sealed_opens_again(text: str, row: uuid.UUID) -> None:
    box = seal_to_vault(PAIR.public, text, table="family", column="address", row=row)
    assert open_from_vault(PAIR.private, box, table="family", column="address", row=row) == text


@pytest.mark.parametrize(
    ("table", "column", "row"),
    [("family", "address", uuid.UUID(int=6)), ("family", "name", ROW), ("payee", "address", ROW)],
)
def test_a_box_moved_elsewhere_does_not_open(table: str, column: str, row: uuid.UUID) -> None:
    with pytest.raises(SealBroken, match="moved"):
        open_from_vault(PAIR.private, sealed(), table=table, column=column, row=row)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SealBroken):
        open_from_vault(new_vault_pair().private, sealed(), table="family", column="address", row=ROW)


@given(st.integers(0, len(sealed()) * 8 - 1))
def test_any_flipped_bit_breaks_the_seal(bit: int) -> None:
    box = bytearray(sealed())
    box[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        open_from_vault(PAIR.private, bytes(box), table="family", column="address", row=ROW)


@given(st.binary(max_size=200))
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(SealBroken):
        open_from_vault(PAIR.private, garbage, table="family", column="address", row=ROW)


def test_texts_within_one_step_are_equally_long() -> None:
    assert len(sealed("a")) == len(sealed("a" * 28)) == len(sealed("a" * 29)) - 32


def test_a_loaded_key_can_be_compared_with_the_vaults_own() -> None:
    assert vault_public(PAIR.private) == PAIR.public


@pytest.mark.parametrize("key", [b"", b"short", bytes(33)])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    with pytest.raises(SealBroken):
        seal_to_vault(key, "x", table="t", column="c", row=ROW)
    with pytest.raises(SealBroken):
        open_from_vault(key, sealed(), table="family", column="address", row=ROW)
