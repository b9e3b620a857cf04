"""What the public sees of groups: what they are and how to join, never who belongs to them or whom they write to."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.kernel import clock
from campaign.penpals.forms.group_words import CHANNEL_WORDS, KIND_WORDS, bucket_of, language_word, language_words
from campaign.penpals.models import Group
from campaign.penpals.queries import groups as queries
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.paging import paginate

bp = Blueprint("groups", __name__)
PER_PAGE = 12


@bp.get("")
@public_page(survives_outage=True)
def list_groups() -> ResponseReturnValue:
    """Open groups, by kind and by a language they write. Any address that means nothing leads to the one that does."""
    kinds, written = queries.count_public()
    kind, language = request.args.get("kind", ""), request.args.get("language", "")
    kind, language = kind if kind in kinds else "", language if language in written else ""
    page = paginate(queries.public_groups(kind=kind, language=language), per_page=PER_PAGE)
    wanted = {"kind": kind, "language": language, "page": str(page.number) if page.number > 1 else ""}
    canonical: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    if {name: request.args[name] for name in wanted if name in request.args} != canonical:
        return redirect(url_for("groups.list_groups", **canonical))
    figures = queries.figures_of([each.id for each in page.items], clock.today())
    return render_template(
        "penpals/groups/list.html", page=page, kind=kind, language=language, figures=figures, text_of=text_of,
        kinds=[(each, word, kinds[each]) for each, word in KIND_WORDS.items() if kinds[each]],
        spoken=sorted((language_word(code), code, amount) for code, amount in written.items()),
        kind_words=KIND_WORDS, language_words=language_words, bucket_of=bucket_of,
    )  # fmt: skip


@bp.get("/<slug>")
@public_page(survives_outage=True)
def show_group(slug: str) -> ResponseReturnValue:
    """One group."""
    group = queries.get_public_group(slug)
    name, about, language = text_of(group)
    return render_template(
        "penpals/groups/show.html", group=group, name=name, about=about, about_language=language,
        figures=queries.figures_of([group.id], clock.today())[group.id], kind_words=KIND_WORDS,
        channel_words=CHANNEL_WORDS, language_words=language_words, bucket_of=bucket_of,
    )  # fmt: skip


def text_of(group: Group) -> tuple[str, str, str]:
    """Name, what is told of the group, and in which language that is: the reader's, else English, else whichever."""
    language = current_language()
    told = next((code for code in (language, "en", "ru", "de") if group.about.get(code)), language)
    return group.name_in(language), str(group.about.get(told, "")), told
