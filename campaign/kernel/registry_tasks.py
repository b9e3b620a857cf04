"""What a task can be about: features say what each of their subjects is called and where staff see it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from campaign.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class TaskSubject:
    """One kind of subject."""

    label: str
    """Marked with N_: what one such subject is called."""
    names_of: Callable[[frozenset[uuid.UUID]], Mapping[uuid.UUID, str]]
    """What given ones are called, in the reader's language; what is gone, or has no name to be shown, is left out."""
    url_of: Callable[[uuid.UUID], str]
    """Where staff see it."""
    path: str = ""
    """What stands before its id in that address, so that a pasted address tells what it is; empty: none can be."""


task_subjects: Registry[TaskSubject] = Registry("subject of a task")
"""By the word that a task keeps: letter, reply, person, prisoner, event …"""
