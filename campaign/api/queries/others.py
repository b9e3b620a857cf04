"""Facilities with the time that letters take, published reports, and organisations; each of them a whole list."""

import uuid
from collections import defaultdict
from typing import Any

from sqlalchemy import select

from campaign.accounting.models import PublicReport
from campaign.accounting.queries import reports
from campaign.api.queries.reader import Document, Reader, day
from campaign.designations import policy
from campaign.designations.queries import list_organisations
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.months import first_day, month_of
from campaign.letters.queries.statistics import weeks_by_way
from campaign.prisoners.models import Facility


def list_facilities(reader: Reader) -> list[Document]:
    """Places to which enough letters went through us to say how long they take, by name."""
    ways: dict[uuid.UUID, list[Document]] = defaultdict(list)
    for (place, channel), weeks in sorted(weeks_by_way().items(), key=lambda each: each[0][1]):
        ways[place].append({"channel": channel, "weeks": weeks})
    found = session.scalars(select(Facility).where(Facility.id.in_(ways)).order_by(Facility.name_ru, Facility.slug))
    shown = [
        {
            "slug": each.slug, "name": each.name_latin, "name_ru": each.name_ru, "kind": each.kind,
            "region": each.region, "ways": ways[each.id],
        }
        for each in found
    ]  # fmt: skip
    return _cleaned(shown, reader)


def list_reports(reader: Reader) -> list[Document]:
    """What was published of money, the newest months first."""
    return [_report(each, reader) for each in reports.list_published()]


def get_report_document(month: str, reader: Reader) -> Document:
    """The published report that a month, 2026-10, is part of; raises NotFound."""
    try:
        found = reports.find_published(first_day(month))
    except ValueError:
        raise NotFound from None
    if found is None:
        raise NotFound
    return _report(found, reader)


def list_organisation_documents(reader: Reader) -> list[Document]:
    """Who does this for a living, as far as these readers may be led there."""
    shown = [
        {
            "slug": each.slug,
            "name": each.name_in(reader.language),
            "description": each.description_in(reader.language),
            "url": each.url if policy.may_show_link(each, reader.place) else None,
            "designations": [
                {"kind": one.kind, "since_on": day(one.since_on), "ended_on": day(one.ended_on),
                 "checked_on": day(one.checked_on)}
                for one in each.designations
            ],
        }
        for each in list_organisations()
        if each.is_listed and policy.may_show_name(each, reader.place)
    ]  # fmt: skip
    return _cleaned(shown, reader)


def _cleaned(shown: list[Document], reader: Reader) -> list[Document]:
    items: list[Document] = reader.cleaned({"items": shown})["items"]
    return items


def _report(report: PublicReport, reader: Reader) -> Document:
    content: dict[str, Any] = report.content
    month = month_of(report.ends_on)
    return {
        "month": month,
        "url": reader.page(f"/funds/report/{month}"),
        "starts_on": day(report.starts_on),
        "ends_on": day(report.ends_on),
        "published_on": day(report.published_on),
        "currency": content["currency"],
        "received": content["received"],
        "gifts": content["gifts"],
        "spent": content["spent"],
        "lines": [{"what": what, "amount": amount} for what, amount in content["lines"]],
        "helped": content["helped"],
        "left": content["left"],
        "is_about": content["is_about"],
        "is_short": content["is_short"],
    }
