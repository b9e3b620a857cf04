"""What results of mailings are called, and what they come to in a sentence."""

from datetime import datetime

from flask_babel import format_date, format_decimal, format_percent
from flask_babel import gettext as _

from campaign.kernel.arrivals import action_kinds
from campaign.mailings.forms.words import LANGUAGE_WORDS, PROVIDER_WORDS
from campaign.mailings.queries.results import FEWEST, Acts, Numbers
from campaign.web.i18n import current_language


def few(amount: int | None) -> str:
    """How many acted; where it is so small that it could tell of somebody, only that it is small."""
    if amount is None:
        return "–"
    return f"<{FEWEST}" if 0 < amount < FEWEST else number(amount)


def number(amount: int) -> str:
    """A number as the reader writes it."""
    return str(format_decimal(amount))


def share(part: int, whole: int) -> str:
    """A part of a whole; a dash where there is no whole."""
    pattern = "0.0%" if current_language() == "en" else "0.0\u00a0%"
    return str(format_percent(part / whole, format=pattern)) if whole else "–"


def acted_share(acted: int | None, handed: int) -> str:
    """The same of those who acted, as far as it may be told."""
    if acted is None or 0 < acted < FEWEST:
        return "–"
    return share(acted, handed)


def provider_word(provider: str) -> str:
    """A large mail host."""
    return str(PROVIDER_WORDS.get(provider, provider))


def language_word(language: str) -> str:
    """The language in which it came."""
    return str(LANGUAGE_WORDS.get(language, language))


def kind_word(kind: str) -> str:
    """Something that readers did."""
    return str(_(action_kinds[kind].label)) if kind in action_kinds else kind


def moment_word(moment: datetime, *, by_day: bool) -> str:
    """An hour or a day of the picture over time, in UTC."""
    day = str(format_date(moment.date(), "d MMM"))
    return day if by_day else f"{day} {moment:%H}:00"


def short_moment(moment: datetime, *, by_day: bool) -> str:
    """The same under a column."""
    return str(format_date(moment.date(), "d.M.")) if by_day else f"{moment:%H}:00"


def funnel_finding(numbers: Numbers, acts: Acts) -> str:
    """All of it in one sentence."""
    if not numbers.created:
        return str(_("No mail is owed yet."))
    return str(
        _(
            "Of %(created)s mails %(handed)s were handed over and %(bounced)s came back; readers acted %(acted)s"
            " times.",
            created=number(numbers.created), handed=number(numbers.handed), bounced=number(numbers.bounced),
            acted=few(acts.total),
        )
    )  # fmt: skip


def provider_finding(rows: list[tuple[str, Numbers]]) -> str:
    """Where most came back."""
    known = [(name, each) for name, each in rows if each.handed]
    if not known:
        return str(_("Nothing was handed over to any host yet."))
    name, worst = max(known, key=lambda pair: pair[1].bounced / pair[1].handed)
    if not worst.bounced:
        return str(_("Nothing has come back from any host."))
    return str(
        _(
            "Most came back from %(host)s: %(share)s of what was handed over.",
            host=provider_word(name), share=share(worst.bounced, worst.handed),
        )
    )  # fmt: skip


def time_finding(moments: list[tuple[datetime, int]], *, by_day: bool) -> str:
    """When most of it left."""
    if not moments:
        return str(_("Nothing was handed over yet."))
    moment, most = max(moments, key=lambda pair: pair[1])
    when = moment_word(moment, by_day=by_day)
    return str(_("Most left at %(when)s UTC: %(amount)s.", when=when, amount=number(most)))
