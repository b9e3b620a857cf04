"""Texts that are used again: kept, changed, put away."""

import uuid
from collections.abc import Mapping

from sqlalchemy import Select, func, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version
from campaign.mailings.models import LONGEST_TITLE, MailingTemplate, MailingText
from campaign.mailings.service.text.store import TextDraft, check_texts
from campaign.mailings.service.write import BadMailing


def select_templates(*, archived: bool = False, search: str = "") -> Select[MailingTemplate]:
    """Those in use, or those that were put away, by title."""
    is_away = MailingTemplate.archived_on.is_not(None)
    statement = select(MailingTemplate).where(is_away if archived else MailingTemplate.archived_on.is_(None))
    if search:
        statement = statement.where(func.lower(MailingTemplate.title).contains(search.lower(), autoescape=True))
    return statement.order_by(func.lower(MailingTemplate.title), MailingTemplate.id)


def get_template(template_id: uuid.UUID) -> MailingTemplate:
    """One of them. Raises NotFound."""
    found = session.get(MailingTemplate, template_id)
    if found is None:
        raise NotFound
    return found


def texts_of(template: MailingTemplate) -> dict[str, TextDraft]:
    """What it says, by language."""
    return {
        code: TextDraft(subject=text.get("subject", ""), body=text.get("body", ""))
        for code, text in template.texts.items()
    }


def make_template(
    title: str, texts: Mapping[str, TextDraft], *, actor: uuid.UUID | None, is_demo: bool = False
) -> MailingTemplate:
    """Keep a text. Raises BadMailing, BadTexts."""
    made = MailingTemplate(id=uuid.uuid4(), made_by=actor, is_demo=is_demo, changed_on=clock.today())
    _fill_in(made, title, texts)
    session.add(made)
    session.flush()
    if actor is not None:
        audit.record("mailing_template.make", actor=actor, about=f"mailing-template:{made.id}")
    return made


def template_of(mailing_title: str, texts: Mapping[str, MailingText], *, actor: uuid.UUID) -> MailingTemplate:
    """Keep what a mailing says. Raises BadMailing, BadTexts where something it names is not public any more."""
    kept = {code: TextDraft(subject=text.subject, body=text.body) for code, text in texts.items()}
    return make_template(mailing_title, kept, actor=actor)


def edit_template(
    template_id: uuid.UUID, title: str, texts: Mapping[str, TextDraft], *, seen_version: int, actor: uuid.UUID
) -> MailingTemplate:
    """Change it; mailings that began with it stay as they are. Raises NotFound, Conflict, BadMailing, BadTexts."""
    found = _lock(template_id)
    check_version(found.version, seen_version)
    _fill_in(found, title, texts)
    session.flush()
    audit.record("mailing_template.edit", actor=actor, about=f"mailing-template:{template_id}")
    return found


def put_away(template_id: uuid.UUID, *, away: bool, actor: uuid.UUID) -> MailingTemplate:
    """Put it away, or take it out again; twice is once. Raises NotFound."""
    found = _lock(template_id)
    if (found.archived_on is not None) != away:
        found.archived_on = clock.today() if away else None
        session.flush()
        deed = "mailing_template.put_away" if away else "mailing_template.take_out"
        audit.record(deed, actor=actor, about=f"mailing-template:{template_id}")
    return found


def _lock(template_id: uuid.UUID) -> MailingTemplate:
    found = session.get(MailingTemplate, template_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _fill_in(found: MailingTemplate, title: str, texts: Mapping[str, TextDraft]) -> None:
    line = one_line(title, LONGEST_TITLE)
    if not line:
        raise BadMailing(N_("Give the template a title. Only staff see it."))
    check_texts(texts)
    found.title, found.changed_on = line, clock.today()
    written = {code: text for code, text in texts.items() if not text.is_empty}
    found.texts = {code: {"subject": text.subject, "body": text.body} for code, text in written.items()}
