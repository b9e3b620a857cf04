"""What was learned of letters, for coordinators: what became of them by place and way, and which rules foresaw it."""

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.kernel import clock
from campaign.kernel.errors import NotFound
from campaign.letters.charts import FATES, INKS, draw_fates, draw_rules
from campaign.letters.checker.rulebook import current_rulebook
from campaign.letters.forms.words import CHANNEL_WORDS
from campaign.letters.queries import statistics as queries
from campaign.letters.queries.ways import LETTER_WAYS
from campaign.penpals import policy
from campaign.prisoners.models import Channel
from campaign.web.guards import requires
from campaign.web.i18n import current_language
from campaign.web.paging import page_of

bp = Blueprint("letter_statistics", __name__)
for_coordinators = requires(*policy.COORDINATORS)
MOST_BARS = 12
FATE_WORDS = {
    "reported": _l("delivered"),
    "presumed": _l("probably"),
    "under_way": _l("under way"),
    "returned": _l("came back"),
    "censored": _l("censor"),
    "lost": _l("lost"),
}


@bp.get("")
@for_coordinators
def show_statistics() -> ResponseReturnValue:
    """The figures of the last year, with pictures of the places that get most and of the rules."""
    channel, today = _channel(), clock.today()
    places, rules = queries.list_places(channel), queries.list_rules(today)
    page = page_of(places)
    return render_template(
        "letters/staff/letters/statistics.html", places=places, page=page, rules=rules,
        base=queries.base_rate(today), channel=channel, channels=LETTER_WAYS, channel_words=CHANNEL_WORDS,
        fates=FATES, fate_words=FATE_WORDS, most_bars=MOST_BARS, bars_height=_height(places[:MOST_BARS]),
        rules_height=_height(rules[:MOST_BARS]), least=queries.LEAST_TO_SPEAK,
        rule_names={each.id: each.name for each in current_rulebook().rules.values()},
    )  # fmt: skip


@bp.get("/fates-<scheme>.svg")
@for_coordinators
def draw_places(scheme: str) -> Response:
    """The picture of what became of letters, for the places to which most of them went."""
    if scheme not in INKS:
        raise NotFound
    rows = [(_name(each), _parts(each)) for each in queries.list_places(_channel())[:MOST_BARS]]
    legend = [str(FATE_WORDS[each]) for each in FATES]
    return _picture(draw_fates(rows, scheme=scheme, language=current_language(), legend=legend))


@bp.get("/rules-<scheme>.svg")
@for_coordinators
def draw_foreseen(scheme: str) -> Response:
    """The picture of how often the censor stopped what a rule had spoken about, beside how often at all."""
    if scheme not in INKS:
        raise NotFound
    today = clock.today()
    rows = [(each.rule, each.share) for each in queries.list_rules(today)[:MOST_BARS]]
    return _picture(
        draw_rules(
            rows, queries.base_rate(today).share, scheme=scheme, language=current_language(),
            base_words=_("of all letters"),
        )
    )  # fmt: skip


def _channel() -> str:
    asked = request.args.get("channel", "")
    return asked if asked in set(LETTER_WAYS) else ""


def _name(each: queries.Told) -> str:
    """The place; the service as well, where it is not paper."""
    place = each.facility.code or each.facility.name_ru
    return place if each.stat.channel == Channel.POST else f"{place} · {CHANNEL_WORDS[each.stat.channel]}"


def _parts(each: queries.Told) -> list[int]:
    stat = each.stat
    return [stat.reported, stat.presumed, each.under_way, stat.returned, stat.censored, stat.lost]


def _height(rows: Sequence[object]) -> int:
    return 42 + 30 * len(rows)


def _picture(drawn: str) -> Response:
    return Response(drawn, mimetype="image/svg+xml")
