"""Appeals of the demo: an urgent one, a letter to parliament, one to an embassy, and one that ended with an answer."""

import tomllib
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from campaign.accounts.queries import find_account_by_name
from campaign.appeals.models import Appeal, AppealKind, AppealSent, AppealState, Audience, Target, TargetKind
from campaign.appeals.service import answers, states, write
from campaign.appeals.service.answers import AnswerDraft, GodparentDraft
from campaign.appeals.service.targets import LANGUAGES, TargetDraft, add_target
from campaign.appeals.service.write import AppealDraft, TextDraft
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner, PrisonerState, Publicity

CONTENT = Path(__file__).with_name("demo_appeals.toml")
SOURCE = "Made up for this demonstration"
SOURCE_URL = "https://office.example/members"
DAYS_OF_LETTERS = 6


def make_appeals() -> None:
    """Make them in the open transaction, by two demo organisers."""
    content = tomllib.loads(CONTENT.read_text())
    author, publisher = _account("organiser-1"), _account("organiser-2")
    targets = [_target(entry, author) for entry in content["target"]]
    people = _people()
    for entry in content["appeal"]:
        who = _named(entry["people"]) if "people" in entry else [people[entry["person"]]]
        _appeal(entry, who, [each for each in targets if each.kind in entry["to"]], author, publisher)
    _stand(next(each for each in targets if each.kind == TargetKind.MP), people[3], author, publisher)


def _target(entry: Mapping[str, Any], actor: uuid.UUID) -> Target:
    draft = TargetDraft(
        TargetKind(entry["kind"]), entry["name"], entry["office"], entry["body"], entry["country"],
        entry.get("constituency", ""), entry["languages"], entry.get("email", ""), entry.get("postal", ""),
        {code: entry[code] for code in LANGUAGES if code in entry}, SOURCE, SOURCE_URL,
        clock.today() - timedelta(days=entry.get("checked", 20)),
    )  # fmt: skip
    return add_target(draft, actor=actor, is_demo=True)


def _appeal(
    entry: Mapping[str, Any], people: Sequence[Prisoner], targets: Sequence[Target], author: uuid.UUID,
    publisher: uuid.UUID,
) -> None:  # fmt: skip
    deadline = clock.now() + timedelta(hours=entry["hours"]) if "hours" in entry else None
    texts = [_text(code, entry[code], people[0].name_in(code)) for code in LANGUAGES]
    draft = AppealDraft(entry["slug"], AppealKind(entry["kind"]), Audience.ANYWHERE, deadline, texts)
    appeal = write.create_appeal(draft, author=author, is_demo=True)
    for person in people:
        write.add_person(appeal, person.id, actor=author)
    write.add_addressees(appeal, [each.id for each in targets], actor=author)
    states.submit_for_review(appeal, seen_version=appeal.version, actor=author)
    states.publish(appeal, seen_version=appeal.version, actor=publisher)
    _count(appeal, targets, entry["sent"])
    if entry.get("closed"):
        _end(appeal, entry, targets[0], people[0], author, publisher)


def _end(
    appeal: Appeal, entry: Mapping[str, Any], target: Target, person: Prisoner, author: uuid.UUID,
    publisher: uuid.UUID,
) -> None:  # fmt: skip
    summaries = {code: entry[code]["answer"] for code in LANGUAGES}
    draft = AnswerDraft(target.id, clock.today() - timedelta(days=1), summaries, "", "", None)
    answer = answers.record_answer(appeal, draft, actor=author, is_demo=True)
    answers.publish_answer(appeal, answer, seen_version=answer.version, actor=publisher)
    states.change_state(appeal, AppealState.CLOSED, actor=publisher)
    outcomes = {code: entry[code]["outcome"].replace("{name}", person.name_in(code)) for code in LANGUAGES}
    write.set_outcome(appeal, outcomes, seen_version=appeal.version, actor=author)


def _count(appeal: Appeal, targets: Sequence[Target], amounts: Sequence[int]) -> None:
    """Letters of the last days, as the roll-up leaves them."""
    for target, amount in zip(targets, amounts, strict=False):
        days = min(DAYS_OF_LETTERS, amount)
        for ago in range(days):
            count = amount // days + (1 if ago < amount % days else 0)
            day = clock.today() - timedelta(days=ago)
            session.add(AppealSent(appeal_id=appeal.id, target_id=target.id, day=day, count=count))
    session.flush()


def _stand(target: Target, person: Prisoner, author: uuid.UUID, publisher: uuid.UUID) -> None:
    """A made-up member of a parliament stands for somebody made up."""
    draft = GodparentDraft(target.id, person.id, clock.today() - timedelta(days=40), SOURCE, SOURCE_URL)
    made = answers.record_godparent(draft, actor=author, is_demo=True)
    answers.publish_godparent(made, seen_version=made.version, actor=publisher)


def _text(code: str, entry: Mapping[str, Any], name: str) -> TextDraft:
    words = {key: entry[key].replace("{name}", name) for key in write.COLUMNS}
    return TextDraft(language=code, points=[each.replace("{name}", name) for each in entry["points"]], **words)


def _people() -> Sequence[Prisoner]:
    """Made-up people with a page, always the same."""
    mine = select(Prisoner).where(
        Prisoner.is_demo, ~Prisoner.is_public_figure, Prisoner.state == PrisonerState.PUBLISHED,
        Prisoner.publicity == Publicity.PUBLIC,
    )  # fmt: skip
    return session.scalars(mine.order_by(Prisoner.number).offset(4).limit(8)).all()


def _named(last_names: Sequence[str]) -> Sequence[Prisoner]:
    found = select(Prisoner).where(Prisoner.last_latin.in_(last_names), Prisoner.is_public_figure)
    return session.scalars(found.order_by(Prisoner.number)).all()


def _account(username: str) -> uuid.UUID:
    account = find_account_by_name(username)
    if account is None:
        raise LookupError(f"the demo account {username} is missing")
    return account.id
