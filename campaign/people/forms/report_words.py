"""What the reports say: months and words of splits, and each finding in one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.dates import format_date
from flask_babel import format_decimal, format_percent, ngettext
from flask_babel import gettext as _

from campaign.kernel.months import Month, first_day
from campaign.people.forms.words import KEPT_FOR_WORDS
from campaign.people.models import KeptFor
from campaign.people.queries.report_counts import OTHERS
from campaign.people.queries.report_reading import FEWEST, Cohort, Growth, Word
from campaign.web.countries import country_choices
from campaign.web.i18n import LANGUAGES, current_language

MANY_TIMES, MOST_NAMED = 2, 3
"""From here on nobody thinks in hundredths; more than these would be a list."""
SIXTH = 6
"""After half a year one sees who stays."""


def short_month(month: Month) -> str:
    """As it stands under a picture."""
    return str(format_date(first_day(month), "LLL yy", locale=current_language()))


def long_month(month: Month) -> str:
    """As it stands in a table."""
    return str(format_date(first_day(month), "LLLL yyyy", locale=current_language()))


def quarter(month: Month) -> str:
    """A quarter, by its first month."""
    return str(format_date(first_day(month), "QQQ yyyy", locale=current_language()))


def few(amount: int) -> str:
    """A number; where it is so small that it could tell of somebody, only that it is small."""
    return f"<{FEWEST}" if 0 < amount < FEWEST else str(format_decimal(amount))


def word_of(split: str, word: str) -> str:
    """What one word of a split is called."""
    if word == OTHERS:
        return str(_("all others together"))
    if not word:
        return str(_("not said"))
    names: Mapping[str, object] = {}
    if split == "kept_for":
        names = {each.value: KEPT_FOR_WORDS[each] for each in KeptFor}
    elif split == "country":
        names = dict(country_choices(current_language()))
    elif split == "language":
        names = LANGUAGES
    return str(names.get(word, word))


def split_words() -> dict[str, str]:
    """By what new people can be told apart."""
    return {
        "kept_for": _("reason"), "source": _("source"), "country": _("country"), "language": _("language"),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A figure beside that of the period before."""

    now: int
    before: int

    @property
    def words(self) -> str:
        """More, fewer or as many, in words."""
        if not self.before:
            return str(_("none before"))
        if self.now == self.before:
            return str(_("as many as before"))
        share = format_percent(abs(self.now - self.before) / self.before)
        before = format_decimal(self.before)
        if self.now >= MANY_TIMES * self.before:
            times = format_decimal(self.now / self.before, format="0.0")
            return str(_("%(times)s times as many as before (%(before)s)", times=times, before=before))
        if self.now > self.before:
            return str(_("%(share)s more than before (%(before)s)", share=share, before=before))
        return str(_("%(share)s fewer than before (%(before)s)", share=share, before=before))


def growth_finding(rows: Sequence[Growth], before: int) -> str:
    """How many came, went and are here."""
    new, gone = sum(each.new for each in rows), sum(each.gone for each in rows)
    came = ngettext("%(count)s person came", "%(count)s people came", new, count=format_decimal(new))
    went = ngettext("%(count)s went", "%(count)s went", gone, count=format_decimal(gone))
    said = str(
        _(
            "%(came)s, %(change)s; %(went)s. Here at the end: %(total)s.",
            came=came, change=Change(new, before).words, went=went,
            total=format_decimal(rows[-1].total if rows else 0),
        )
    )  # fmt: skip
    # In Russian it begins with the verb.
    return said[:1].upper() + said[1:]


def total_finding(rows: Sequence[Growth]) -> str:
    """From where to where the number went."""
    first, last = rows[0], rows[-1]
    share = format_percent(last.news / last.total) if last.total > 0 else format_percent(0)
    return str(
        _(
            "From %(first)s to %(last)s people; %(news)s of them (%(share)s) agreed to be mailed news.",
            first=format_decimal(first.total), last=format_decimal(last.total), news=format_decimal(last.news),
            share=share,
        )
    )  # fmt: skip


def split_finding(split: str, words: Sequence[Word]) -> str:
    """Which word most of them have."""
    total = sum(each.now for each in words)
    named = [each for each in words if each.word not in {OTHERS, ""}]
    if not total or not named:
        return str(_("Of nobody who came in these months is that known."))
    most = max(named, key=lambda each: each.now)
    return str(
        _(
            "Most often: %(word)s, %(amount)s of %(total)s who came (%(share)s).",
            word=word_of(split, most.word), amount=format_decimal(most.now), total=format_decimal(total),
            share=format_percent(most.now / total),
        )
    )  # fmt: skip


def doing_finding(now: int, before: int) -> str:
    """How often something was done."""
    return str(_("%(amount)s, %(change)s.", amount=format_decimal(now), change=Change(now, before).words))


def activity_finding(sums: Mapping[str, tuple[int, int]], labels: Mapping[str, str]) -> str:
    """What became more, and what less."""
    known = {name: each for name, each in sums.items() if any(each)}
    if not known:
        return str(_("Nothing was written down in these months."))
    more = [labels[name] for name, (now, before) in known.items() if now > before]
    less = [labels[name] for name, (now, before) in known.items() if now < before]
    if more and less:
        return str(_("More than before: %(more)s. Less: %(less)s.", more=", ".join(more), less=", ".join(less)))
    if more:
        return str(_("Nothing became less, and this became more: %(more)s.", more=", ".join(more[:MOST_NAMED])))
    if less:
        return str(_("Nothing became more, and this became less: %(less)s.", less=", ".join(less[:MOST_NAMED])))
    return str(_("As much of everything as before."))


def retention_finding(cohorts: Sequence[Cohort], names: Mapping[Month, str]) -> str:
    """How many stay, in the words of one cohort: the newest of which half a year is known, else the oldest."""
    known = [(each, amount) for each in cohorts if each.size and (amount := each.active[SIXTH]) is not None]
    if known:
        cohort, active = known[-1]
        return str(
            _(
                "Of %(size)s who began in %(began)s, %(active)s did something half a year later.",
                size=format_decimal(cohort.size), began=names[cohort.began], active=format_decimal(active),
            )
        )  # fmt: skip
    return str(_("Nobody began so long ago that half a year is over; the first months stand in the table."))


def share_words(part: int, whole: int) -> str:
    """A share in hundredths."""
    return str(format_percent(part / whole)) if whole else "–"
