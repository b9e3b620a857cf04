"""What letters add to the rest, through kernel/registry.py."""

from campaign.letters.hooks import (
    batches,
    guests,
    journey,
    ladder,
    letters_staff,
    moderation,
    needs,
    people,
    replies,
    reply_words,
    reports,
    segments,
    subjects,
)

PARTS = (
    journey,
    guests,
    moderation,
    batches,
    letters_staff,
    replies,
    reply_words,
    segments,
    people,
    ladder,
    reports,
    subjects,
    needs,
)


def register() -> None:
    """Fill the registries."""
    for part in PARTS:
        part.register()
