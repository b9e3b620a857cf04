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


def text(description: str | None = None, *, null: bool = False, **metadata: Any) -> fields.String:
    return fields.String(required=True, allow_none=null, metadata=_described(description, metadata))


def number(description: str | None = None, *, null: bool = False) -> fields.Integer:
    return fields.Integer(required=True, allow_none=null, metadata=_described(description, {}))


def flag(description: str | None = None) -> fields.Boolean:
    return fields.Boolean(required=True, metadata=_described(description, {}))


def day(description: str | None = None, *, null: bool = False) -> fields.Date:
    return fields.Date(required=True, allow_none=null, metadata=_described(description, {}))


def one_of(values: Any, description: str | None = None, *, null: bool = False) -> fields.String:
    known = sorted(str(each) for each in values)
    allowed = [*known, None] if null else known
    return fields.String(
        required=True, allow_none=null, validate=validate.OneOf(allowed), metadata=_described(description, {})
    )


def part(schema: type[Schema], *, null: bool = False) -> fields.Nested:
    return fields.Nested(schema, required=True, allow_none=null)


def parts(schema: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


def texts(description: str | None = None) -> fields.List[Any]:
    return fields.List(fields.String(), required=True, metadata=_described(description, {}))


def _described(description: str | None, metadata: dict[str, Any]) -> dict[str, Any]:
    return metadata if description is None else {"description": description, **metadata}


class Problem(Schema):
    """What went wrong, and what to do (RFC 9457)."""

    status = number()
    title = text()
    detail = text(N_("What happened, and what to do."))
    errors = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()),
        metadata={"description": N_("What is wrong with each field.")},
    )  # fmt: skip


class Picture(Schema):
    """A picture, with what its author’s licence asks for."""

    url = text()
    width = number()
    height = number()
    alt = text()
    licence = text()
    credit = text()


class PetitionShort(Schema):
    """A petition in a list."""

    slug = text()
    url = text()
    language = text(LANGUAGE)
    title = text()
    summary = text()
    addressee = text()
    state = one_of(PUBLIC_STATES)
    takes_signatures = flag()
    outside_russia_only = flag(N_("Signing it is a crime in Russia. Never show it to readers there."))
    signatures = number(N_("Confirmed signatures."))
    goal = number()
    opened_on = day()
    closed_on = day(null=True)


class OfCountry(Schema):
    """Signatures from one country."""

    country = text(N_("ISO 3166-1 alpha-2."))
    count = number()


class Update(Schema):
    """News of a petition."""

    title = text()
    body = text(MARKDOWN)
    language = text()
    published_on = day()


class Petition(PetitionShort):
    """A petition with its text."""

    body = text(MARKDOWN)
    languages = texts(N_("Languages in which it can be read."))
    people = texts(N_("Slugs of the people it is for."))
    countries = parts(OfCountry)
    other_countries = number(N_("Signatures from countries with fewer than five, or from no named one."))
    picture = part(Picture, null=True)
    updates = parts(Update)


class Petitions(Schema):
    """One page of petitions."""

    items = parts(PetitionShort)
    next = text(CURSOR_OF_NEXT, null=True)


class Count(Schema):
    """How many signatures count."""

    count = number()
    as_of = fields.DateTime(required=True)


class PersonShort(Schema):
    """A person in a list."""

    slug = text()
    url = text()
    name = text(N_("In Latin letters; empty where we do not know it."))
    name_ru = text(N_("Last name, first name and patronymic, as letters are addressed."))
    language = text(LANGUAGE, null=True)
    occupation = text()
    summary = text()
    status = one_of(Liberty, null=True)
    status_since = day(null=True)
    region = text(N_("ISO 3166-2, of the place where they are held."), null=True)
    attention = one_of(("none", "1-4", "5-19", "20+"), ATTENTION, null=True)
    changed_on = day()


class People(Schema):
    """One page of people."""

    items = parts(PersonShort)
    next = text(CURSOR_OF_NEXT, null=True)


class Way(Schema):
    """A way for letters."""

    channel = text()
    weeks = number(N_("How long letters through us take; null where too few went there."), null=True)
    languages = texts()
    needs_sender_identity = flag()
    checked_on = day()


class Letters(Schema):
    """Whether and how one can write."""

    reach = one_of(Reach, N_("open: a letter arrives. Anything else says why none does."))
    to = text(N_("The first line of the envelope, in Russian."), null=True)
    address = texts(N_("The other lines. Empty unless a letter would arrive."))
    address_checked_on = day(null=True)
    held_there_known_on = day(null=True)
    ways = parts(Way)


class Charge(Schema):
    """An article somebody is charged with; one that was replaced has an end."""

    code = text()
    article = text()
    part = text()
    clause = text()
    from_on = day(null=True)
    until_on = day(null=True)


class Case(Schema):
    """One prosecution."""

    name = text()
    stage = text()
    court = text()
    region = text(null=True)
    charges = parts(Charge)


class Hearing(Schema):
    """A day in court."""

    held_on = day()
    starts_at = text(N_("Local time of the court; empty where it is not known."))
    court = text()
    state = text()
    openness = text()
    outcome = text()


class Sentence(Schema):
    """What a court decided."""

    decided_on = day()
    court = text()
    punishment = text()
    regime = text()
    term_months = number(null=True)
    in_absentia = flag()
    in_force_on = day(null=True)
    expected_release_on = day(null=True)


class Recognition(Schema):
    """Who counts somebody as a political prisoner."""

    source = text()
    status = text()
    since_on = day(null=True)
    url = text()


class Source(Schema):
    """Where something is known from."""

    title = text()
    url = text()
    retrieved_on = day()


class Person(PersonShort):
    """A person with all that their page tells."""

    birth_year = number(null=True)
    story = text(MARKDOWN)
    facility = text(null=True)
    interests = texts()
    languages_read = texts(N_("ISO 639-1."))
    letters = part(Letters)
    cases = parts(Case)
    hearings = parts(Hearing)
    sentences = parts(Sentence)
    listings = parts(Recognition)
    sources = parts(Source)
    portrait = part(Picture, null=True)


class WayTaken(Schema):
    """How long letters took on one way."""

    channel = text()
    weeks = number()


class FacilityTimes(Schema):
    """A place of detention."""

    slug = text()
    name = text()
    name_ru = text()
    kind = text()
    region = text()
    ways = parts(WayTaken)


class Facilities(Schema):
    """All of them."""

    items = parts(FacilityTimes)


class ReportLine(Schema):
    """What one kind of help cost."""

    what = text()
    amount = number(N_("Minor units: cents of euros."))


class Report(Schema):
    """What came in for families in a month and what it went for; sums, rounded down, never of fewer than five."""

    month = text()
    url = text()
    starts_on = day()
    ends_on = day()
    published_on = day()
    currency = text(N_("ISO 4217. All amounts are minor units of it."))
    received = number()
    gifts = number()
    spent = number()
    lines = parts(ReportLine)
    helped = number()
    left = number()
    is_about = flag(N_("Some of it came or went in other currencies."))
    is_short = flag(N_("Some of it came or went in currencies of which nobody knows the worth, and is not in it."))


class Reports(Schema):
    """All of them."""

    items = parts(Report)


class Label(Schema):
    """What the Russian state calls an organisation."""

    kind = text()
    since_on = day()
    ended_on = day(null=True)
    checked_on = day()


class Organisation(Schema):
    """Who stands by prisoners."""

    slug = text()
    name = text()
    description = text()
    url = text(null=True)
    designations = parts(Label)


class Organisations(Schema):
    """As many as these readers may be led to."""

    items = parts(Organisation)


class ChangeOfIt(Schema):
    """What to fetch anew, or to take down."""

    kind = one_of(("person", "petition"))
    what = one_of(("published", "changed", "gone"))
    on = day()
    slug = text(N_("null when it is gone."), null=True)
    slug_sha256 = text(
        N_("Of what is gone: compare it with the SHA-256 of the slugs you hold, and take down the one that fits."),
        null=True,
    )
    url = text(null=True)
    document = text(N_("Where its document is."), null=True)


class ChangesSince(Schema):
    """One page of changes, the oldest first."""

    items = parts(ChangeOfIt)
    next = text(N_("Ask with it as since the next time, also after the last page."))
    is_last = flag(N_("Nothing more has changed up to now."))


class DumpShown(Schema):
    """The newest dump."""

    day = day()
    url = text()
    bytes = number()
    sha256 = text(N_("Of the whole file, in hexadecimal."))
    public_key = text(N_("Ed25519, 32 bytes in Base64. Keep it from the first time on: it does not change."))
