"""What can be done to many people, as a choice of one line, and what was done, in words."""

import uuid
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from campaign.kernel.text import id_in
from campaign.people.forms.people_filters import field_word
from campaign.people.forms.words import PURPOSE_WORDS, word_of, yes_or_no
from campaign.people.models import BulkAct, BulkKind, FieldKind, PersonField
from campaign.people.queries.wanted import NONE
from campaign.people.service.bulk import Deed
from campaign.web.i18n import current_language

SETTABLE = frozenset({FieldKind.CHOICE, FieldKind.YES_NO})
Choice = tuple[str, str]


def choices(tags: Sequence[tuple[uuid.UUID, str]], fields: Sequence[PersonField]) -> list[tuple[str, list[Choice]]]:
    """Everything that can be done, in groups: value and words."""
    found = [
        (_("Add a tag"), [(f"{BulkKind.ADD_TAG}:{tag}", name) for tag, name in tags]),
        (_("Take a tag off"), [(f"{BulkKind.TAKE_TAG}:{tag}", name) for tag, name in tags]),
    ]
    for each in fields:
        if each.kind in SETTABLE:
            values = [*(["yes", "no"] if each.kind == FieldKind.YES_NO else each.options), NONE]
            pairs = [(f"{BulkKind.SET_FIELD}:{each.slug}:{value}", field_word(each, value)) for value in values]
            found.append((_("Set “%(field)s”", field=each.label_in(current_language())), pairs))
    ends = [(f"{BulkKind.END_CONSENT}:{purpose}", str(words)) for purpose, words in PURPOSE_WORDS.items()]
    found.append((_("End a consent"), ends))
    return [(label, pairs) for label, pairs in found if pairs]


def read_deed(
    text: str, tags: Mapping[uuid.UUID, str], fields: Sequence[PersonField]
) -> Deed | None:  # fmt: skip
    """What was chosen; None for what cannot be done."""
    kind, _colon, rest = text.partition(":")
    if kind in {BulkKind.ADD_TAG, BulkKind.TAKE_TAG}:
        tag = id_in(rest)
        return None if tag is None or tag not in tags else Deed(BulkKind(kind), {"tag": str(tag), "name": tags[tag]})
    if kind == BulkKind.END_CONSENT:
        return Deed(BulkKind.END_CONSENT, {"purpose": rest}) if rest in PURPOSE_WORDS else None
    slug, _colon, value = rest.partition(":")
    chosen = next((each for each in fields if each.slug == slug and each.kind in SETTABLE), None)
    if kind != BulkKind.SET_FIELD or chosen is None:
        return None
    is_flag = chosen.kind == FieldKind.YES_NO
    if value not in {NONE, *(["yes", "no"] if is_flag else chosen.options)}:
        return None
    what = {"field": str(chosen.id), "labels": chosen.labels, "value": value, "is_flag": is_flag}
    return Deed(BulkKind.SET_FIELD, what)


def words_of_deed(deed: Deed) -> str:
    """What is done, in words."""
    what = deed.what
    if deed.kind is BulkKind.ADD_TAG:
        return str(_("add the tag “%(tag)s”", tag=what["name"]))
    if deed.kind is BulkKind.TAKE_TAG:
        return str(_("take the tag “%(tag)s” off", tag=what["name"]))
    if deed.kind is BulkKind.END_CONSENT:
        return str(_("end the consent: %(what)s", what=word_of(PURPOSE_WORDS, what["purpose"])))
    labels = what["labels"]
    label = labels.get(current_language()) or labels.get("en") or labels.get("ru")
    if what["value"] == NONE:
        return str(_("empty “%(field)s”", field=label))
    value = yes_or_no(what["value"] == "yes") if what["is_flag"] else what["value"]
    return str(_("set “%(field)s” to “%(value)s”", field=label, value=value))


def words_of_act(act: BulkAct) -> str:
    """What was done, in words."""
    return words_of_deed(Deed(BulkKind(act.kind), act.what))
