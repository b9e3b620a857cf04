"""A backup file opens whole and untouched, or not at all."""

import io

import pytest

from campaign.kernel.crypto.wrapping import Master
from campaign.kernel.operations.stream import (
    PIECE,
    SEALED_PIECE,
    START_BYTES,
    BadBackup,
    new_header,
    read_header,
    read_sealed,
    write_sealed,
)

MASTER, OTHER = Master(bytes(range(32))), Master(bytes(32))


def sealed(content: bytes) -> bytes:
    target = io.BytesIO()
    header = new_header("database", master=MASTER, made_at="2026-11-23T10:00:00+00:00", revision="0001", postgres=18)
    pieces = [content[start : start + 100_000] for start in range(0, len(content), 100_000)]
    assert list(write_sealed(target, header, MASTER, pieces))[-1] == len(content)
    return target.getvalue()


def opened(file: bytes, *masters: Master) -> bytes:
    source = io.BytesIO(file)
    return b"".join(read_sealed(source, read_header(source), masters or (OTHER, MASTER)))


def content_start(file: bytes) -> int:
    source = io.BytesIO(file)
    read_header(source)
    return source.tell() + START_BYTES


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_goes_in_comes_out(size):
    content = bytes(number % 251 for number in range(1000)) * (size // 1000 + 1)
    assert opened(sealed(content[:size])) == content[:size]


def test_nothing_of_the_content_can_be_seen():
    assert b"anna@example.org" not in sealed(b"anna@example.org" * 1000)


@pytest.mark.parametrize("cut", [1, SEALED_PIECE, SEALED_PIECE + 1, 2 * SEALED_PIECE])
def test_a_file_that_was_cut_off_is_refused(cut):
    file = sealed(b"x" * (3 * PIECE))
    with pytest.raises(BadBackup):
        opened(file[: content_start(file) + cut])


def test_pieces_cannot_be_swapped_repeated_left_out_or_appended():
    file = sealed(b"a" * PIECE + b"b" * PIECE + b"c" * PIECE)
    start = content_start(file)
    head, body = file[:start], file[start:]
    pieces = [body[at : at + SEALED_PIECE] for at in range(0, len(body), SEALED_PIECE)]
    for order in ([1, 0, 2, 3], [0, 0, 1, 2, 3], [0, 2, 3], [0, 1, 2, 3, 3]):
        with pytest.raises(BadBackup):
            opened(head + b"".join(pieces[number] for number in order))


def test_a_changed_bit_anywhere_is_noticed():
    file = bytearray(sealed(b"x" * 1000))
    for at in range(0, len(file), 37):
        file[at] ^= 1
        with pytest.raises(BadBackup):
            opened(bytes(file))
        file[at] ^= 1
    assert opened(bytes(file)) == b"x" * 1000


def test_the_right_key_is_asked_for_by_its_fingerprint():
    with pytest.raises(BadBackup, match=MASTER.fingerprint):
        opened(sealed(b"x"), OTHER)


def test_the_same_content_twice_gives_different_files():
    assert sealed(b"x" * 100)[-100:] != sealed(b"x" * 100)[-100:]
