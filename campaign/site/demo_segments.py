"""Three segments of the demo's people, each a question that organisers ask, counted by the first worker."""

import uuid
from datetime import timedelta

from campaign.accounts.queries import find_account_by_name
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.people.models import InteractionKind, Purpose, Segment, Skill
from campaign.people.queries.segment_tree import Chosen, LimitBy, Match, Step, StepKind, Tree, write_tree
from campaign.people.queries.segments import EVERYBODY
from campaign.people.service.segments.count import ask_for

EVENING = Tree(
    (
        Step(
            StepKind.ADD,
            conditions=(Chosen("spoken", {"language": "de"}), Chosen("consent", {"purpose": Purpose.EVENTS})),
        ),
        Step(StepKind.SUBTRACT, conditions=(Chosen("asked", {"days": "14"}),)),
        Step(StepKind.SUBTRACT, conditions=(Chosen("came", {"days": "90"}),)),
        Step(StepKind.LIMIT, amount=40, by=LimitBy.LONGEST_NOT_ASKED),
    )
)
CALLERS = Tree(
    (
        Step(
            StepKind.ADD, Match.ALL,
            (Chosen("reach", {"kind": "phone"}), Chosen("consent", {"purpose": Purpose.CALLS})),
        ),
        Step(StepKind.SUBTRACT, conditions=(Chosen("did", {"kind": InteractionKind.CALLED, "days": "60"}),)),
    )
)  # fmt: skip
QUIET = Tree(
    (
        Step(
            StepKind.ADD, Match.ANY,
            (Chosen("skill", {"skill": Skill.WRITING}), Chosen("wrote", {}), Chosen("volunteer", {"state": "active"})),
        ),
        Step(StepKind.ADD, conditions=(Chosen("spoken", {"language": "ru"}), Chosen("since-days", {"days": "60"}))),
        Step(StepKind.SUBTRACT, conditions=(Chosen("wrote", {"days": "60"}),)),
        Step(StepKind.SUBTRACT, conditions=(Chosen("reach", {"kind": "email"}, is_not=True),)),
        Step(StepKind.LIMIT, amount=200, by=LimitBy.RANDOM, seed=1609),
    )
)  # fmt: skip
SEGMENTS = (
    ("Invite to a German letter evening", EVENING, 4),
    ("To be called this week", CALLERS, 11),
    ("Could write, and wrote nobody in 60 days", QUIET, 25),
)
"""Title, steps, made so many days ago."""


def load_segments() -> None:
    """Make them, shared, in the open transaction."""
    owner = find_account_by_name("coordinator-1")
    for title, tree, days_ago in SEGMENTS:
        made = clock.today() - timedelta(days=days_ago)
        segment = Segment(
            id=uuid.uuid4(), owner_id=owner.id if owner is not None else None, title=title, is_shared=True,
            tree=write_tree(tree), is_demo=True, created_on=made, changed_on=made,
        )  # fmt: skip
        session.add(segment)
        session.flush()
        ask_for(segment.id, EVERYBODY)
