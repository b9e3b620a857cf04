"""Padding that hides how long a text is, to within a step of 32 bytes (SAFETY.md, rule 6)."""

from campaign.kernel.crypto.errors import SealBroken

STEP = 32
_LENGTH = 4  # bytes of the big-endian length prefix


def pad(text: str) -> bytes:
    """Return the UTF-8 of `text` behind its length, filled with zero bytes to a multiple of 32.

    Raises SealBroken for text that is not valid Unicode (a lone surrogate), without repeating it.
    """
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        # The original error carries the whole text as an attribute and so must not reach a log.
        raise SealBroken("This text holds broken characters and cannot be stored. Please type it again.") from None
    return pad_bytes(raw)


def pad_bytes(raw: bytes) -> bytes:
    """Return `raw` behind its length, filled with zero bytes to a multiple of 32."""
    body = len(raw).to_bytes(_LENGTH, "big") + raw
    return body + bytes(-len(body) % STEP)


def unpad(padded: bytes) -> str:
    """Return the text that `pad` was given. Raises SealBroken if the padding is not exactly what `pad` writes."""
    try:
        return unpad_bytes(padded).decode()
    except UnicodeDecodeError:
        raise SealBroken("A sealed text is damaged.") from None


def unpad_bytes(padded: bytes) -> bytes:
    """Return what `pad_bytes` was given. Raises SealBroken if the padding is not exactly what it writes."""
    size = int.from_bytes(padded[:_LENGTH], "big")
    raw, filling = padded[_LENGTH : _LENGTH + size], padded[_LENGTH + size :]
    if len(padded) < STEP or len(padded) % STEP or len(raw) != size or len(filling) >= STEP or any(filling):
        raise SealBroken("A sealed text is damaged.")
    return raw
