"""Every message stands in the catalogues: Russian has all of them, German all but those that only staff see."""

from fnmatch import fnmatch
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
METHODS = [("campaign/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "_l": None, "lazy_gettext": None}
# Pages that staff alone see; they speak English and Russian (PRODUCT.md, "The look").
STAFF_ONLY = (
    "templates/staff/*",
    "campaign/accounting/forms/tables.py",
    "campaign/accounting/hooks/*",
    "campaign/accounting/queries/waiting.py",
    "campaign/accounting/service/*",
    "campaign/appeals/forms/staff*",
    "campaign/appeals/hooks/staff.py",
    "campaign/appeals/service/*",
    "campaign/banking/forms/*",
    "campaign/banking/hooks/staff.py",
    "campaign/banking/service/*",
    "campaign/banking/staff_views/*",
    "campaign/funds/forms/*",
    "campaign/funds/hooks/*",
    "campaign/funds/queries/months.py",
    "campaign/letters/hooks/needs.py",
    "campaign/needs/forms/staff_*",
    "campaign/needs/hooks/people.py",
    "campaign/needs/hooks/staff.py",
    "campaign/needs/service/*",
    "campaign/rounds/forms/*",
    "campaign/rounds/hooks/staff.py",
    "campaign/rounds/service/*",
    "campaign/funds/service/*",
    "campaign/partners/forms.py",
    "campaign/partners/service/*",
    "campaign/partners/staff_views.py",
    "campaign/payments/forms/*",
    "campaign/payments/hooks/needs.py",
    "campaign/payments/hooks/staff.py",
    "campaign/payments/service/*",
    "campaign/gifts/forms/staff_*",
    "campaign/gifts/hooks/staff.py",
    "campaign/gifts/hooks/lines.py",
    "campaign/gifts/hooks/mails.py",
    "campaign/gifts/service/gifts.py",
    "campaign/gifts/service/donors.py",
    "campaign/gifts/service/imports.py",
    "campaign/gifts/service/rails.py",
    "campaign/gifts/service/taking.py",
    "campaign/people/forms/people_*",
    "campaign/people/service/views.py",
    "campaign/people/service/bulk.py",
    "campaign/people/hooks/subjects.py",
    "campaign/prisoners/hooks/subjects.py",
    "campaign/letters/hooks/subjects.py",
    "campaign/activities/forms/staff_tasks.py",
    "campaign/activities/hooks/task_conditions.py",
    "campaign/activities/service/giving.py",
    "campaign/activities/service/recurring.py",
    "campaign/people/service/merging.py",
    "campaign/people/hooks/doubles.py",
    "campaign/people/hooks/automations.py",
    "campaign/people/hooks/automation_asks.py",
    "campaign/people/service/automations/*",
    "campaign/people/policy.py",
    "campaign/activities/hooks/automations.py",
    "campaign/activities/service/automated.py",
    "templates/*/staff/*",
    "campaign/mailings/forms/*",
    "campaign/mailings/hooks/needs.py",
    "campaign/mailings/hooks/people.py",
    "campaign/mailings/hooks/room.py",
    "campaign/mailings/service/*",
    "templates/*/staff_*",
    "templates/petitions/_words.html",
    "templates/layouts/staff.html",
    "campaign/*/staff.py",
    "campaign/*/staff_*.py",
    "campaign/*/staff_views/*",
    "campaign/penpals/hooks/staff_lists.py",
    "campaign/people/service/exports.py",
    "campaign/people/service/imports/*",
    "campaign/people/forms/*",
    "campaign/people/hooks/conditions.py",
    "campaign/people/hooks/ladder_conditions.py",
    "campaign/people/queries/segment_tree.py",
    "campaign/people/service/segments/*",
    "campaign/people/service/ladder/*",
    "campaign/people/queries/ladder_rules.py",
    "campaign/kernel/registry_people.py",
    "campaign/*/hooks/reports.py",
    "campaign/penpals/forms/health_words.py",
    "campaign/people/service/reports/*",
    "campaign/letters/hooks/segments.py",
    "campaign/penpals/hooks/people.py",
    "campaign/web/spans.py",
    "campaign/people/forms/imports.py",
    "campaign/petitions/forms.py",
    "campaign/petitions/service/*",
    "campaign/kernel/mail/returns/desk.py",
    "campaign/kernel/mail/suppressions.py",
    "campaign/kernel/mail/automatic.py",
    "campaign/kernel/mail/own_texts.py",
    "campaign/kernel/mail/text_check.py",
    "campaign/penpals/hooks/assignment_mails.py",
    "campaign/site/mail_*.py",
    "campaign/site/forms.py",
    "campaign/site/hooks.py",
    "campaign/letters/documents.py",
    "campaign/letters/forms/batches.py",
    "campaign/letters/forms/staff_letters.py",
    "campaign/letters/hooks/letters_staff.py",
    "campaign/letters/service/deadlines.py",
    "campaign/letters/forms/rules.py",
    "campaign/letters/hooks/batches.py",
    "campaign/letters/forms/repl*",
    "campaign/letters/service/incidents.py",
    "campaign/letters/service/needs.py",
    "campaign/letters/service/repl*",
    "campaign/letters/forms/moderation.py",
    "campaign/letters/hooks/batches.py",
    "campaign/letters/hooks/moderation.py",
    "campaign/letters/service/batches.py",
    "campaign/letters/service/posting.py",
    "campaign/letters/service/relays.py",
    "campaign/letters/service/rules.py",
    "campaign/penpals/matching/*",
    "campaign/penpals/forms/matching*",
    "campaign/penpals/service/matching/*",
    "campaign/petitions/forms.py",
    "campaign/petitions/hooks.py",
    "campaign/prisoners/forms/*",
    "campaign/prisoners/hooks/__init__.py",
    "campaign/prisoners/hooks/needs.py",
    "campaign/prisoners/hooks/panels.py",
    "campaign/prisoners/staff_views/*",
    "campaign/prisoners/service/*",
    "campaign/penpals/service/attention.py",
    "campaign/penpals/service/care.py",
    "campaign/penpals/forms/attention.py",
    "campaign/penpals/hooks/attention_staff.py",
    "campaign/petitions/service/*",
    "campaign/signatures/service/pack.py",
    "campaign/kernel/exports.py",
    "campaign/signatures/service/export.py",
    "campaign/signatures/service/invalidate.py",
    "campaign/signatures/service/lookup.py",
    "campaign/signatures/service/quarantine.py",
    "campaign/signatures/views/desk.py",
    "campaign/signatures/views/exports.py",
    "campaign/signatures/views/set_aside.py",
    "campaign/activities/forms/calls.py",
    "campaign/activities/forms/staff_events.py",
    "campaign/activities/hooks/call_desk.py",
    "campaign/activities/service/attending.py",
    "campaign/activities/service/calls*.py",
    "campaign/activities/service/events.py",
    "campaign/activities/service/shifts.py",
    "campaign/penpals/service/evening*.py",
    "campaign/penpals/forms/evening*.py",
    "campaign/penpals/hooks/evenings.py",
    "campaign/penpals/staff_views/evening*.py",
    "campaign/designations/forms.py",
    "campaign/dossiers/bodies/*",
    "campaign/dossiers/forms/*",
    "campaign/dossiers/hooks/people.py",
    "campaign/dossiers/hooks/staff.py",
    "campaign/dossiers/service/*",
    "campaign/designations/hooks.py",
    "campaign/designations/service/*",
    "campaign/kernel/images.py",
    "campaign/kernel/pdf_pages.py",
    "campaign/web/picture_form.py",
    "campaign/kernel/tables/*",
    "campaign/kernel/crypto/vault_door.py",
    "campaign/accounts/service/vault.py",
    "campaign/accounts/views/vault.py",
    "campaign/accounts/hooks.py",
    "templates/accounts/vault.html",
    "campaign/penpals/hooks/groups.py",
    "campaign/penpals/staff_views/groups/*",
    "campaign/penpals/forms/groups.py",
    "campaign/penpals/service/groups.py",
    "campaign/penpals/service/group_prisoners.py",
    "templates/penpals/staff/groups/*",
    "templates/petitions/_words.html",
    "campaign/people/forms/person.py",
    "campaign/people/forms/values.py",
    "campaign/people/service/consents.py",
    "campaign/people/service/defining.py",
    "campaign/people/service/erasing.py",
    "campaign/people/service/looking.py",
    "campaign/people/service/writing_down.py",
)
Message = str | tuple[str, ...]


@pytest.fixture(scope="module")
def messages() -> dict[Message, set[str]]:
    """Every message of the code and the templates, with the files it stands in."""
    found: dict[Message, set[str]] = {}
    options = {"templates/**.html": {"trimmed": "true"}, "templates/**.txt": {"trimmed": "true"}}
    for file, _line, message, _comments, _context in extract_from_dir(ROOT, METHODS, options, KEYWORDS):
        found.setdefault(message, set()).add(file)
    assert len(found) > 100
    return found


def catalogue(language: str) -> Catalog:
    with (ROOT / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def is_staff_only(files: set[str]) -> bool:
    return all(any(fnmatch(file, pattern) for pattern in STAFF_ONLY) for file in files)


def is_translated(known: Catalog, message: Message) -> bool:
    entry = known.get(message if isinstance(message, str) else message[0])
    if entry is None or entry.fuzzy:
        return False
    texts = [entry.string] if isinstance(entry.string, str) else entry.string
    return all(texts)


def test_russian_has_every_message(messages):
    known = catalogue("ru")
    assert [message for message in messages if not is_translated(known, message)] == []


def test_german_has_every_message_that_the_public_sees(messages):
    known = catalogue("de")
    missing = [
        message
        for message, files in messages.items()
        if not is_staff_only(files) and not is_translated(known, message)
    ]  # fmt: skip
    assert missing == []


@pytest.mark.parametrize("language", ["ru", "de"])
def test_translations_keep_the_placeholders(language):
    wrong = [(message.id, [str(error) for error in errors]) for message, errors in catalogue(language).check()]
    assert wrong == []


@pytest.mark.parametrize("language", ["ru", "de"])
def test_no_message_stays_that_nobody_uses(language, messages):
    used = {message if isinstance(message, str) else message[0] for message in messages}
    kept = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue(language)} - {""}
    assert kept - used == set()


@pytest.mark.parametrize("language", ["ru", "de"])
def test_the_compiled_catalogue_is_the_written_one(language, app):
    with (ROOT / "translations" / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        assert read_mo(file)["Petitions"].string == catalogue(language)["Petitions"].string


@pytest.mark.parametrize("language", ["ru", "de"])
def test_each_page_of_prose_exists_in_each_language(language):
    for english in (ROOT / "templates").rglob("en.html"):
        assert english.with_name(f"{language}.html").exists(), english
