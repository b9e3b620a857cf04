"""The shape of public documents. Each is made by campaign/api/queries; a test holds the two together."""

from typing import Any

from marshmallow import Schema, fields, validate

from campaign.kernel.errors import N_
from campaign.petitions.models import PUBLIC_STATES
from campaign.prisoners.models import Liberty
from campaign.prisoners.queries.reach import Reach

LANGUAGE = N_("The language these texts are in: the one asked for, or another where there is none in it.")
MARKDOWN = N_("Markdown (CommonMark).")
CURSOR_OF_NEXT = N_("Where the next page begins; null on the last one.")
ATTENTION = N_(
    "How many letters through us in the last 90 days. null: the person wants a page without such figures."
)  # fmt: skip


def _text(description: str | None = None, *, null: bool = False, **metadata: Any) -> fields.String:
    return fields.String(required=True, allow_none=null, metadata=_described(description, metadata))


def _number(description: str | None = None, *, null: bool = False) -> fields.Integer:
    return fields.Integer(required=True, allow_none=null, metadata=_described(description, {}))


def _flag(description: str | None = None) -> fields.Boolean:
    return fields.Boolean(required=True, metadata=_described(description, {}))


def _day(description: str | None = None, *, null: bool = False) -> fields.Date:
    return fields.Date(required=True, allow_none=null, metadata=_described(description, {}))


def _one_of(values: Any, description: str | None = None, *, null: bool = False) -> fields.String:
    known = sorted(str(each) for each in values)
    allowed = [*known, None] if null else known
    return fields.String(
        required=True, allow_none=null, validate=validate.OneOf(allowed), metadata=_described(description, {})
    )


def _part(schema: type[Schema], *, null: bool = False) -> fields.Nested:
    return fields.Nested(schema, required=True, allow_none=null)


def _parts(schema: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


def _texts(description: str | None = None) -> fields.List[Any]:
    return fields.List(fields.String(), required=True, metadata=_described(description, {}))


def _described(description: str | None, metadata: dict[str, Any]) -> dict[str, Any]:
    return metadata if description is None else {"description": description, **metadata}


class Problem(Schema):
    """What went wrong, and what to do (RFC 9457)."""

    status = _number()
    title = _text()
    detail = _text(N_("What happened, and what to do."))
    errors = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()),
        metadata={"description": N_("What is wrong with each field.")},
    )  # fmt: skip


class Picture(Schema):
    """A picture, with what its author’s licence asks for."""

    url = _text()
    width = _number()
    height = _number()
    alt = _text()
    licence = _text()
    credit = _text()


class PetitionShort(Schema):
    """A petition in a list."""

    slug = _text()
    url = _text()
    language = _text(LANGUAGE)
    title = _text()
    summary = _text()
    addressee = _text()
    state = _one_of(PUBLIC_STATES)
    takes_signatures = _flag()
    outside_russia_only = _flag(N_("Signing it is a crime in Russia. Never show it to readers there."))
    signatures = _number(N_("Confirmed signatures."))
    goal = _number()
    opened_on = _day()
    closed_on = _day(null=True)


class OfCountry(Schema):
    """Signatures from one country."""

    country = _text(N_("ISO 3166-1 alpha-2."))
    count = _number()


class Update(Schema):
    """News of a petition."""

    title = _text()
    body = _text(MARKDOWN)
    language = _text()
    published_on = _day()


class Petition(PetitionShort):
    """A petition with its text."""

    body = _text(MARKDOWN)
    languages = _texts(N_("Languages in which it can be read."))
    people = _texts(N_("Slugs of the people it is for."))
    countries = _parts(OfCountry)
    other_countries = _number(N_("Signatures from countries with fewer than five, or from no named one."))
    picture = _part(Picture, null=True)
    updates = _parts(Update)


class Petitions(Schema):
    """One page of petitions."""

    items = _parts(PetitionShort)
    next = _text(CURSOR_OF_NEXT, null=True)


class Count(Schema):
    """How many signatures count."""

    count = _number()
    as_of = fields.DateTime(required=True)


class PersonShort(Schema):
    """A person in a list."""

    slug = _text()
    url = _text()
    name = _text(N_("In Latin letters; empty where we do not know it."))
    name_ru = _text(N_("Last name, first name and patronymic, as letters are addressed."))
    language = _text(LANGUAGE, null=True)
    occupation = _text()
    summary = _text()
    status = _one_of(Liberty, null=True)
    status_since = _day(null=True)
    region = _text(N_("ISO 3166-2, of the place where they are held."), null=True)
    attention = _one_of(("none", "1-4", "5-19", "20+"), ATTENTION, null=True)
    changed_on = _day()


class People(Schema):
    """One page of people."""

    items = _parts(PersonShort)
    next = _text(CURSOR_OF_NEXT, null=True)


class Way(Schema):
    """A way for letters."""

    channel = _text()
    weeks = _number(N_("How long letters through us take; null where too few went there."), null=True)
    languages = _texts()
    needs_sender_identity = _flag()
    checked_on = _day()


class Letters(Schema):
    """Whether and how one can write."""

    reach = _one_of(Reach, N_("open: a letter arrives. Anything else says why none does."))
    to = _text(N_("The first line of the envelope, in Russian."), null=True)
    address = _texts(N_("The other lines. Empty unless a letter would arrive."))
    address_checked_on = _day(null=True)
    held_there_known_on = _day(null=True)
    ways = _parts(Way)


class Charge(Schema):
    """An article somebody is charged with; one that was replaced has an end."""

    code = _text()
    article = _text()
    part = _text()
    clause = _text()
    from_on = _day(null=True)
    until_on = _day(null=True)


class Case(Schema):
    """One prosecution."""

    name = _text()
    stage = _text()
    court = _text()
    region = _text(null=True)
    charges = _parts(Charge)


class Hearing(Schema):
    """A day in court."""

    held_on = _day()
    starts_at = _text(N_("Local time of the court; empty where it is not known."))
    court = _text()
    state = _text()
    openness = _text()
    outcome = _text()


class Sentence(Schema):
    """What a court decided."""

    decided_on = _day()
    court = _text()
    punishment = _text()
    regime = _text()
    term_months = _number(null=True)
    in_absentia = _flag()
    in_force_on = _day(null=True)
    expected_release_on = _day(null=True)


class Recognition(Schema):
    """Who counts somebody as a political prisoner."""

    source = _text()
    status = _text()
    since_on = _day(null=True)
    url = _text()


class Source(Schema):
    """Where something is known from."""

    title = _text()
    url = _text()
    retrieved_on = _day()


class Person(PersonShort):
    """A person with all that their page tells."""

    birth_year = _number(null=True)
    story = _text(MARKDOWN)
    facility = _text(null=True)
    interests = _texts()
    languages_read = _texts(N_("ISO 639-1."))
    letters = _part(Letters)
    cases = _parts(Case)
    hearings = _parts(Hearing)
    sentences = _parts(Sentence)
    listings = _parts(Recognition)
    sources = _parts(Source)
    portrait = _part(Picture, null=True)


class WayTaken(Schema):
    """How long letters took on one way."""

    channel = _text()
    weeks = _number()


class FacilityTimes(Schema):
    """A place of detention."""

    slug = _text()
    name = _text()
    name_ru = _text()
    kind = _text()
    region = _text()
    ways = _parts(WayTaken)


class Facilities(Schema):
    """All of them."""

    items = _parts(FacilityTimes)


class ReportLine(Schema):
    """What one kind of help cost."""

    what = _text()
    amount = _number(N_("Minor units: cents of euros."))


class Report(Schema):
    """What came in for families in a month and what it went for; sums, rounded down, never of fewer than five."""

    month = _text()
    url = _text()
    starts_on = _day()
    ends_on = _day()
    published_on = _day()
    currency = _text(N_("ISO 4217. All amounts are minor units of it."))
    received = _number()
    gifts = _number()
    spent = _number()
    lines = _parts(ReportLine)
    helped = _number()
    left = _number()
    is_about = _flag(N_("Some of it came or went in other currencies."))
    is_short = _flag(N_("Some of it came or went in currencies of which nobody knows the worth, and is not in it."))


class Reports(Schema):
    """All of them."""

    items = _parts(Report)


class Label(Schema):
    """What the Russian state calls an organisation."""

    kind = _text()
    since_on = _day()
    ended_on = _day(null=True)
    checked_on = _day()


class Organisation(Schema):
    """Who stands by prisoners."""

    slug = _text()
    name = _text()
    description = _text()
    url = _text(null=True)
    designations = _parts(Label)


class Organisations(Schema):
    """As many as these readers may be led to."""

    items = _parts(Organisation)


class ChangeOfIt(Schema):
    """What to fetch anew, or to take down."""

    kind = _one_of(("person", "petition"))
    what = _one_of(("published", "changed", "gone"))
    on = _day()
    slug = _text(N_("null when it is gone."), null=True)
    slug_sha256 = _text(
        N_("Of what is gone: compare it with the SHA-256 of the slugs you hold, and take down the one that fits."),
        null=True,
    )
    url = _text(null=True)
    document = _text(N_("Where its document is."), null=True)


class ChangesSince(Schema):
    """One page of changes, the oldest first."""

    items = _parts(ChangeOfIt)
    next = _text(N_("Ask with it as since the next time, also after the last page."))
    is_last = _flag(N_("Nothing more has changed up to now."))
