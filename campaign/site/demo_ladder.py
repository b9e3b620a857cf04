"""What the demo's people signed, were asked for and answered, so that the ladder's picture and figures speak."""

import random
import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from campaign.accounts.queries import find_account_by_name
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.people.models import (
    Ask,
    AskRest,
    AskState,
    AskWay,
    Consent,
    Interaction,
    InteractionKind,
    Person,
)
from campaign.people.queries.segments import EVERYBODY
from campaign.people.service.ladder.count import ask_for
from campaign.petitions.models import Petition
from campaign.signatures.service.confirm import UPDATES

ANSWERS = (AskState.DID, AskState.NOT_NOW, AskState.NEVER, AskState.LAPSED)
WEIGHTS = (36, 18, 4, 42)
SIGNERS, RESTING = 0.7, 12
STEPS = ("sign", "write_one_letter", "join_group", "lead")


def load_ladder(petitions: list[Petition]) -> None:
    """Make it all, in the open transaction; the first worker counts."""
    chance = random.Random(8_03_2025)  # noqa: S311 - the same demo every time is the point
    _sign(petitions, chance)
    _ask(chance)
    _leave_in_peace(chance)
    ask_for(EVERYBODY)


def _sign(petitions: list[Petition], chance: random.Random) -> None:
    """Most who came by a petition asked for its news."""
    came = select(Person.id, Person.since_on).where(Person.is_demo, Person.source == "petition").order_by(Person.id)
    rows = [
        {
            "id": uuid.UUID(bytes=chance.randbytes(16), version=4), "person_id": person, "purpose": UPDATES,
            "subject": chance.choice(petitions).id, "text_version": "2024-11", "given_on": since, "ended_on": None,
        }
        for person, since in session.execute(came)
        if chance.random() < SIGNERS
    ]  # fmt: skip
    if rows:
        session.execute(insert(Consent), rows)


def _ask(chance: random.Random) -> None:
    """Each time somebody was asked, according to their timeline, with what came of it."""
    lines = (
        select(Interaction.id, Interaction.person_id, Interaction.word, Interaction.happened_on)
        .join(Person, Person.id == Interaction.person_id)
        .where(Person.is_demo, Interaction.kind == InteractionKind.ASKED, Interaction.word.in_(STEPS))
        .order_by(Interaction.happened_on.desc(), Interaction.id)
    )
    asker = find_account_by_name("organiser-1") or find_account_by_name("coordinator-1")
    rows: list[dict[str, Any]] = []
    for line, person, step, day in session.execute(lines).all():
        made = uuid.UUID(bytes=chance.randbytes(16), version=4)
        state, ended = _answer(chance, day)
        rows.append(
            {
                "id": made, "person_id": person, "step": step, "way": chance.choice(list(AskWay)), "state": state,
                "asked_on": day, "asked_by": None if asker is None else asker.id, "automation_id": None,
                "round_id": None, "ended_on": ended,
            }
        )  # fmt: skip
        session.execute(update(Interaction).where(Interaction.id == line).values(subject_id=made))
    open_ones: set[tuple[uuid.UUID, str]] = set()
    for row in rows:
        # One open question about one step; the newest comes first.
        if row["state"] == AskState.ASKED and (row["person_id"], row["step"]) in open_ones:
            row["state"], row["ended_on"] = AskState.LAPSED, row["asked_on"]
        open_ones.add((row["person_id"], row["step"]))
    if rows:
        session.execute(insert(Ask), rows)
    wrote = [row for row in rows if row["state"] == AskState.DID and row["step"] == "write_one_letter"]
    common = {"kind": InteractionKind.WROTE, "word": "", "amount": 0, "subject_id": None, "actor_id": None}
    lines_of = [{"person_id": row["person_id"], "happened_on": row["ended_on"], **common} for row in wrote]
    if lines_of:
        session.execute(insert(Interaction), lines_of)


def _answer(chance: random.Random, asked_on: date) -> tuple[AskState, date | None]:
    days = (clock.today() - asked_on).days
    if days < 30 and chance.random() < 0.6:
        return AskState.ASKED, None
    state = chance.choices(ANSWERS, WEIGHTS)[0]
    if state is AskState.LAPSED:
        return (AskState.ASKED, None) if days <= 30 else (state, asked_on + timedelta(days=31))
    return state, asked_on + timedelta(days=chance.randint(0, min(days, 25)))


def _leave_in_peace(chance: random.Random) -> None:
    people = session.scalars(select(Person.id).where(Person.is_demo).order_by(Person.id)).all()
    for number, person in enumerate(chance.sample(list(people), min(RESTING, len(people)))):
        until = None if number % 4 == 0 else clock.today() + timedelta(days=30 * (number % 6 + 1))
        session.add(AskRest(person_id=person, until_on=until, said_on=clock.today() - timedelta(days=number)))
    session.flush()
