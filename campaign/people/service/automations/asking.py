"""What rules ask of people: the next step of the ladder, by mail, under the same rules as whoever asks by hand."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from campaign.kernel.registry_automations import Order
from campaign.people.models import AskWay
from campaign.people.service.ladder.ask import MayNotAsk, ask, may_ask

Values = Mapping[str, Any]
People = Collection[uuid.UUID]


def ask_by_mail(values: Values, people: People, order: Order) -> Mapping[uuid.UUID, dict[str, Any]]:
    """Ask them for a step. Raises MayNotAsk where one of them may not be asked by now."""
    asked = ask(people, values["step"], way=AskWay.MAIL, actor=None, automation=order.automation)
    for refusal in asked.refused.values():
        raise MayNotAsk(refusal)
    return {person: {"ask": str(made)} for person, made in asked.asks.items()}


def left_out(values: Values, people: People) -> Mapping[uuid.UUID, str]:
    """Who may not be asked for it now, by the words of the ladder: a cool-down, no consent, another step before it."""
    verdicts = may_ask(people, values["step"], way=AskWay.MAIL)
    return {person: verdict.hold for person, verdict in verdicts.items() if verdict is not None}
