"""Prosecutions: the case, what somebody is charged with, the days in court, and what the courts decided.

Every function flushes and never commits, writes down its facts with one source, and moves the version of the case, so
that of two who edit one case at once the second is told. What contradicts itself is refused as BadCase by field.
"""

from campaign.prisoners.service.cases.charges import (
    ChargeDraft,
    UnknownArticle,
    add_charge,
    end_charge,
    replace_charge,
)
from campaign.prisoners.service.cases.court import (
    HearingDraft,
    cancel_hearing,
    hold_hearing,
    move_hearing,
    set_hearing,
)
from campaign.prisoners.service.cases.dates import BadCase
from campaign.prisoners.service.cases.record import CaseDraft, add_case, edit_case
from campaign.prisoners.service.cases.sentences import (
    Release,
    SentenceDraft,
    edit_sentence,
    record_sentence,
    suggest_release,
)

__all__ = [
    "BadCase",
    "CaseDraft",
    "ChargeDraft",
    "HearingDraft",
    "Release",
    "SentenceDraft",
    "UnknownArticle",
    "add_case",
    "add_charge",
    "cancel_hearing",
    "edit_case",
    "edit_sentence",
    "end_charge",
    "hold_hearing",
    "move_hearing",
    "record_sentence",
    "replace_charge",
    "set_hearing",
    "suggest_release",
]
