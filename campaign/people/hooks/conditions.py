"""The conditions of segments that people's records answer by themselves."""

from collections.abc import Mapping
from typing import Any

from campaign.kernel.errors import N_
from campaign.kernel.registry_people import DAYS_OR_EVER, DID, ConditionField, SegmentCondition, segment_conditions
from campaign.people.forms import condition_words as words
from campaign.people.forms.condition_words import said
from campaign.people.forms.words import yes_or_no
from campaign.people.models import FieldKind, InteractionKind
from campaign.people.queries import conditions as found
from campaign.people.queries import segment_options
from campaign.web.spans import when

PERSON, AGREED, OWN = N_("The person"), N_("Consents and ways to reach them"), N_("Our own")
DAYS = ConditionField("days", N_("In so many days"), "days")


def _done(kind: InteractionKind) -> Mapping[str, Any]:
    """A condition about one kind of happening alone."""
    return {
        "select": lambda values: found.did({"kind": kind, "days": values["days"]}),
        "describe": lambda values: when(words.word_did(kind, 0), values["days"]),
        "describe_not": lambda values: when(words.word_did(kind, 1), values["days"]),
    }


def _choice(name: str, label: str, options: Any) -> tuple[ConditionField, ...]:
    return (ConditionField(name, label, "choice", options),)


CONDITIONS = (
    SegmentCondition(
        "everybody", N_("Everybody"), (), found.everybody, said(N_("stands in our records")),
        said(N_("does not stand in our records")), PERSON,
    ),
    SegmentCondition(
        "country", N_("Country"), _choice("country", N_("Country"), words.countries), found.in_country,
        said(N_("lives in: %(country)s"), country=words.country),
        said(N_("does not live in: %(country)s"), country=words.country), PERSON,
    ),
    SegmentCondition(
        "spoken", N_("Speaks a language"), _choice("language", N_("Language"), words.spoken), found.speaking,
        said(N_("speaks %(language)s"), language=words.language),
        said(N_("does not speak %(language)s"), language=words.language), PERSON,
    ),
    SegmentCondition(
        "language", N_("Written to in a language"), _choice("language", N_("Language"), words.site_languages),
        found.written_in, said(N_("is written to in %(language)s"), language=words.language),
        said(N_("is not written to in %(language)s"), language=words.language), PERSON,
    ),
    SegmentCondition(
        "skill", N_("Skill"), _choice("skill", N_("Skill"), words.SKILLS), found.skilled,
        said(N_("can do: %(skill)s"), skill=words.skill), said(N_("did not offer: %(skill)s"), skill=words.skill),
        PERSON,
    ),
    SegmentCondition(
        "availability", N_("Has time"), _choice("time", N_("When"), words.TIMES), found.available,
        said(N_("has time %(time)s"), time=words.time), said(N_("did not offer time %(time)s"), time=words.time),
        PERSON,
    ),
    SegmentCondition(
        "tasks", N_("Takes on tasks"), (ConditionField("number", N_("So many a week, or more"), "number"),),
        found.takes_on, said(N_("takes on %(number)s tasks a week or more"), number=words.number),
        said(N_("does not take on %(number)s tasks a week"), number=words.number), PERSON,
    ),
    SegmentCondition(
        "volunteer", N_("Volunteer"), _choice("state", N_("State"), words.STATES), found.helps,
        said(N_("is a volunteer (%(state)s)"), state=words.state),
        said(N_("is no volunteer (%(state)s)"), state=words.state), PERSON,
    ),
    SegmentCondition(
        "since-days", N_("Came lately"), (DAYS,), found.since_days,
        said(N_("came within %(days)s"), days=words.days), said(N_("did not come within %(days)s"), days=words.days),
        PERSON,
    ),
    SegmentCondition(
        "since", N_("Came since a day"), (ConditionField("day", N_("Day"), "day"),), found.since_day,
        said(N_("came on %(day)s or later"), day=words.day), said(N_("came before %(day)s"), day=words.day), PERSON,
    ),
    SegmentCondition(
        "kept", N_("Kept because"), _choice("reason", N_("Reason"), words.REASONS), found.kept_for,
        said(N_("is kept for this reason: %(reason)s"), reason=words.reason),
        said(N_("is not kept for this reason: %(reason)s"), reason=words.reason), PERSON,
    ),
    SegmentCondition(
        "source", N_("Comes from a source"), _choice("source", N_("Source"), words.sources), found.from_source,
        said(N_("comes from “%(source)s”")), said(N_("does not come from “%(source)s”")), PERSON,
    ),
    SegmentCondition(
        "consent", N_("Agreed to something"), _choice("purpose", N_("To what"), words.purposes), found.agreed_to,
        said(N_("agreed to this: %(purpose)s"), purpose=words.purpose),
        said(N_("does not agree to this: %(purpose)s"), purpose=words.purpose), AGREED,
    ),
    SegmentCondition(
        "reach", N_("Can be reached by"), _choice("kind", N_("By what"), words.kinds), found.reached_by,
        said(N_("can be reached by: %(kind)s"), kind=words.kind_of_identity),
        said(N_("cannot be reached by: %(kind)s"), kind=words.kind_of_identity), AGREED,
    ),
    SegmentCondition(
        "tag", N_("Tag"), _choice("tag", N_("Tag"), segment_options.list_tags), found.tagged,
        said(N_("carries the tag “%(tag)s”"), tag=words.tag_name),
        said(N_("does not carry the tag “%(tag)s”"), tag=words.tag_name), OWN,
    ),
    SegmentCondition(
        "field-choice", N_("Field with options"), _choice("option", N_("Field and option"), words.field_options),
        found.field_word, said(N_("has “%(option)s”"), option=words.field_option),
        said(N_("does not have “%(option)s”"), option=words.field_option), OWN,
    ),
    SegmentCondition(
        "field-yes-no", N_("Field with yes or no"),
        (
            *_choice("field", N_("Field"), words.fields_of(FieldKind.YES_NO)),
            ConditionField("answer", N_("Says"), "yes_no"),
        ),
        found.field_flag,
        said(N_("answered “%(field)s” with %(answer)s"), field=words.field_name, answer=yes_or_no),
        said(N_("did not answer “%(field)s” with %(answer)s"), field=words.field_name, answer=yes_or_no), OWN,
    ),
    SegmentCondition(
        "field-number", N_("Field with a number"),
        (
            *_choice("field", N_("Field"), words.fields_of(FieldKind.NUMBER)),
            ConditionField("number", N_("At least"), "number"),
        ),
        found.field_number,
        said(N_("has in “%(field)s” at least %(number)s"), field=words.field_name, number=words.number),
        said(N_("does not have in “%(field)s” at least %(number)s"), field=words.field_name, number=words.number), OWN,
    ),
    SegmentCondition(
        "field-date", N_("Field with a date"),
        (
            *_choice("field", N_("Field"), words.fields_of(FieldKind.DATE)),
            ConditionField("day", N_("That day or later"), "day"),
        ),
        found.field_day, said(N_("has in “%(field)s” %(day)s or later"), field=words.field_name, day=words.day),
        said(N_("does not have in “%(field)s” %(day)s or later"), field=words.field_name, day=words.day), OWN,
    ),
    SegmentCondition(
        "field-number-most", N_("Field with a number, at most"),
        (
            *_choice("field", N_("Field"), words.fields_of(FieldKind.NUMBER)),
            ConditionField("number", N_("At most"), "number"),
        ),
        found.field_number_most,
        said(N_("has in “%(field)s” at most %(number)s"), field=words.field_name, number=words.number),
        said(N_("does not have in “%(field)s” at most %(number)s"), field=words.field_name, number=words.number), OWN,
    ),
    SegmentCondition(
        "field-date-last", N_("Field with a date, until"),
        (
            *_choice("field", N_("Field"), words.fields_of(FieldKind.DATE)),
            ConditionField("day", N_("That day or earlier"), "day"),
        ),
        found.field_day_last, said(N_("has in “%(field)s” %(day)s or earlier"), field=words.field_name, day=words.day),
        said(N_("does not have in “%(field)s” %(day)s or earlier"), field=words.field_name, day=words.day), OWN,
    ),
    SegmentCondition(
        "field-filled", N_("Field that is filled in"), _choice("field", N_("Field"), words.every_field),
        found.field_filled, said(N_("has something in “%(field)s”"), field=words.field_name),
        said(N_("has nothing in “%(field)s”"), field=words.field_name), OWN,
    ),
    SegmentCondition(
        "active", N_("Did anything lately"), (DAYS,), found.active_days,
        said(N_("did something within %(days)s"), days=words.days),
        said(N_("did nothing within %(days)s"), days=words.days), DID,
    ),
    SegmentCondition(
        "active-day", N_("Did anything since a day"), (ConditionField("day", N_("Day"), "day"),), found.active_day,
        said(N_("did something on %(day)s or later"), day=words.day),
        said(N_("did nothing on %(day)s or later"), day=words.day), DID,
    ),
    SegmentCondition(
        "asked", N_("Was asked for something"), (DAYS_OR_EVER,), section=DID, **_done(InteractionKind.ASKED)
    ),
    SegmentCondition("came", N_("Came to an event"), (DAYS_OR_EVER,), section=DID, **_done(InteractionKind.CAME)),
    SegmentCondition(
        "did", N_("Something else that happened"),
        (*_choice("kind", N_("What"), words.done_kinds), DAYS_OR_EVER), found.did, words.did, words.did_not, DID,
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    for each in CONDITIONS:
        segment_conditions.register(each.name, each)
