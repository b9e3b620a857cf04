"""What came of one mailing, in pictures with the tables beside them, and of all mailings of a year side by side."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel import clock
from campaign.kernel.errors import NotFound
from campaign.kernel.registry import PersonPanel
from campaign.kernel.text import one_line
from campaign.mailings.forms import result_words as said
from campaign.mailings.models import Mailing, MailingText, Variant
from campaign.mailings.queries import mailings as queries
from campaign.mailings.queries import results
from campaign.mailings.queries.results import Acts, Cell, Numbers, Summed
from campaign.mailings.staff_views.blueprint import bp, for_watchers, mailing_sections, shared_words
from campaign.people.models import Topic
from campaign.web.charts import INKS
from campaign.web.csv_files import csv_answer
from campaign.web.paging import page_of
from campaign.web.report_bars import Bar, draw_bars
from campaign.web.report_charts import SHEETS, WIDE, Sheet
from campaign.web.report_columns import Column, draw_columns

YEAR = timedelta(days=366)
LONGEST_SEARCH = 100
FILLS = (0, 2, 3, 4)
SORTS: dict[str, Callable[[Summed], Any]] = {
    "title": lambda each: each.mailing.title.lower(),
    "began": lambda each: each.mailing.started_at,
    "handed": lambda each: each.numbers.handed,
    "bounced": lambda each: each.bounced_share,
    "complaints": lambda each: each.numbers.of("complaint"),
    "acted": lambda each: each.acted_share,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one mailing, read once for a page or a picture."""

    mailing: Mailing
    cells: list[Cell]
    acts: Acts

    @property
    def numbers(self) -> Numbers:
        """All its mails together."""
        return results.sum_up(self.cells)

    @property
    def by_provider(self) -> list[tuple[str, Numbers]]:
        """By mail host, the largest first."""
        return results.sum_by(self.cells, lambda each: each.provider)


def _section(found: Mailing) -> PersonPanel | None:
    if found.started_at is None:
        return None
    return PersonPanel("mailings/staff/results/_section.html", {}, 40)


mailing_sections.register("results", _section)


@bp.get("/results")
@for_watchers
def compare_results() -> str:
    """All mailings of the last year beside each other; what narrows and sorts them stands in the address."""
    search, topic = one_line(request.args.get("q", ""), LONGEST_SEARCH), request.args.get("topic", "")
    topic = topic if topic in set(Topic) else ""
    sort = request.args.get("sort", "")
    found = results.list_summed(clock.now() - YEAR, topic=topic, search=search)
    key = SORTS.get(sort.removeprefix("-"))
    if key is not None:
        found = sorted(found, key=key, reverse=sort.startswith("-"))
    return render_template(
        "mailings/staff/results/compare.html", page=page_of(found), search=search, topic=topic,
        sort=sort if key is not None else "", said=said, most=_most(found), **shared_words(),
    )  # fmt: skip


@bp.get("/<uuid:mailing_id>/results")
@for_watchers
def show_results(mailing_id: uuid.UUID) -> str:
    """One mailing: from created to acted, by host, language and subject, over time, and why some got none."""
    seen = _see(mailing_id)
    moments, by_day = results.over_time(seen.cells)
    kinds = zip(seen.acts.by_kind, results.told(list(seen.acts.by_kind.values())), strict=True)
    chosen = results.winner_by(mailing_id)
    chooser = names_of({chosen.actor_id}) if chosen is not None and chosen.actor_id is not None else {}
    return render_template(
        "mailings/staff/results/show.html", found=seen.mailing, numbers=seen.numbers, acts=seen.acts, said=said,
        providers=seen.by_provider, languages=results.sum_by(seen.cells, lambda each: each.language),
        variants=_variants(seen), chooser=next(iter(chooser.values()), ""), kinds=list(kinds),
        moments=moments, by_day=by_day, unknown=results.list_unknown(mailing_id) if seen.numbers.of("unknown") else [],
        excluded=sorted((seen.mailing.excluded or {}).items(), key=lambda pair: (-pair[1], pair[0])),
        **shared_words(),
    )  # fmt: skip


@bp.get("/<uuid:mailing_id>/results/<any(funnel, hosts, time):what>-<scheme>.svg")
@for_watchers
def draw_results(mailing_id: uuid.UUID, what: str, scheme: str) -> Response:
    """One of its pictures. Raises NotFound for other colours."""
    if scheme not in INKS:
        raise NotFound
    sheet = SHEETS.get(request.args.get("sheet", ""), WIDE)
    drawing = {"funnel": _draw_funnel, "hosts": _draw_hosts, "time": _draw_time}[what]
    return Response(drawing(_see(mailing_id), sheet, scheme), mimetype="image/svg+xml")


@bp.get("/<uuid:mailing_id>/results.csv")
@for_watchers
def save_results(mailing_id: uuid.UUID) -> Response:
    """The numbers as a file; of those who acted none below five."""
    seen = _see(mailing_id)
    head = [
        _("By"), _("What"), _("Created"), _("Waiting"), _("Did not leave"), _("Fate unknown"), _("Handed over"),
        _("No such mailbox"), _("Failed for now, or full"), _("Refused by policy"), _("Complaints"), _("Acted"),
    ]  # fmt: skip
    rows = [_row(_("All"), seen.mailing.title, seen.numbers, said.few(seen.acts.total))]
    rows += [_row(_("Host"), said.provider_word(name), each) for name, each in seen.by_provider]
    languages = results.sum_by(seen.cells, lambda each: each.language)
    rows += [_row(_("Language"), said.language_word(name), each) for name, each in languages]
    rows += [
        _row(_("Subject"), name.upper(), each, said.few(acted)) for name, _subjects, each, acted in _variants(seen)
    ]
    return csv_answer("mailing-results", head, rows)


def _see(mailing_id: uuid.UUID) -> Seen:
    found = queries.get_mailing(mailing_id)
    return Seen(found, results.cells_of([mailing_id]), results.acts_of(found))


def _variants(seen: Seen) -> list[tuple[str, list[MailingText], Numbers, int | None]]:
    """Both subjects where two were tried: what they say, and what came of each."""
    if not seen.mailing.ab_share:
        return []
    texts = list(queries.texts_of(seen.mailing.id).values())
    summed = dict(results.sum_by(seen.cells, lambda each: each.variant))
    acted = results.told([seen.acts.by_variant.get(each.value, 0) for each in Variant])
    return [
        (each.value, texts, summed.get(each.value, Numbers({})), amount)
        for each, amount in zip(Variant, acted, strict=True)
    ]  # fmt: skip


def _row(group: str, name: str, each: Numbers, acted: str = "") -> tuple[object, ...]:
    return (
        group, name, each.created, each.of("waiting"), each.unsent, each.of("unknown"), each.handed, each.hard,
        each.soft, each.of("policy"), each.of("complaint"), acted,
    )  # fmt: skip


def _most(found: list[Summed]) -> dict[str, float]:
    """The largest shares, to which the small pictures are drawn."""
    return {
        "bounced": max((each.bounced_share for each in found), default=0.0),
        "acted": max((each.acted_share for each in found), default=0.0),
    }


def _draw_funnel(seen: Seen, sheet: Sheet, scheme: str) -> str:
    numbers, acted = seen.numbers, seen.acts.total
    bars = [
        Bar(_("Created"), (numbers.created,), said.number(numbers.created)),
        Bar(_("Handed over"), (numbers.handed,), said.number(numbers.handed)),
        Bar(_("Came back"), (numbers.bounced,), said.number(numbers.bounced)),
        Bar(_("Acted"), (acted if acted >= results.FEWEST else 0,), said.few(acted)),
    ]
    return draw_bars(bars, sheet=sheet, scheme=scheme, legend=[])


def _draw_hosts(seen: Seen, sheet: Sheet, scheme: str) -> str:
    bars = [
        Bar(
            said.provider_word(name),
            (
                max(each.handed - each.bounced, 0), min(each.bounced, each.handed), each.unsent,
                each.of("waiting", "unknown"),
            ),
            said.number(each.created),
        )
        for name, each in seen.by_provider
    ]  # fmt: skip
    names = (_("handed over"), _("came back"), _("did not leave"), _("waiting, or unknown"))
    return draw_bars(bars, sheet=sheet, scheme=scheme, legend=list(zip(FILLS, names, strict=True)))


def _draw_time(seen: Seen, sheet: Sheet, scheme: str) -> str:
    moments, by_day = results.over_time(seen.cells)
    columns = [Column(_under(moment, by_day), (amount,)) for moment, amount in moments]
    return draw_columns(columns, sheet=sheet, scheme=scheme, legend=[], words=said.number)


def _under(moment: datetime, by_day: bool) -> str:
    return said.short_moment(moment, by_day=by_day)
