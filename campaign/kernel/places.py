"""Where a visitor says they are: what policies ask, without knowing how it was said (web/place.py)."""

from enum import StrEnum


class Place(StrEnum):
    """Not said, in Russia or going there, elsewhere (SAFETY.md 17)."""

    NOT_SAID = ""
    RUSSIA = "ru"
    ELSEWHERE = "out"
