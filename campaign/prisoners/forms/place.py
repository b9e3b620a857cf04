"""Choosing a facility by typing: a code or a few letters, then one of those that fit. Needs no script."""

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from campaign.prisoners.models import Facility
from campaign.prisoners.queries.find import find_places
from campaign.prisoners.regions import region_name
from campaign.prisoners.service.codes import code_key
from campaign.web.fields import line
from campaign.web.i18n import current_language


class PlaceFields:
    """Two fields of a form: what was typed, and (once several fit) which of them is meant."""

    facility = line(_l("Facility"))
    facility_id = RadioField(_l("Which of these?"), choices=[], validate_choice=False)
    facility_id_value: uuid.UUID | None = None

    def validate_facility(self, field: StringField) -> None:
        """One that fits is taken; of several one is chosen; none is said."""
        found = find_places(field.data or "", code_key(field.data or ""))
        self.facility_id.choices = [SelectChoice(str(each.id), place_label(each)) for each in found]
        chosen = next((each for each in found if str(each.id) == self.facility_id.data), None)
        chosen = chosen or (found[0] if len(found) == 1 else None)
        if chosen is not None:
            self.facility_id_value, self.facility_id.data = chosen.id, str(chosen.id)
        elif found:
            raise ValidationError(_l("Several facilities fit. Choose one below, or write more of its name."))
        elif field.data:
            raise ValidationError(_l("No facility fits. Write its code or a part of its name, or write it down first."))

    def show_place(self, facility: Facility | None) -> None:
        """Fill in what is stored."""
        if facility is not None:
            self.facility.data, self.facility_id.data = facility.code or facility.name_ru, str(facility.id)
            self.facility_id.choices = [SelectChoice(str(facility.id), place_label(facility))]


def place_label(facility: Facility) -> str:
    """A facility as it is told from others: code, name, region."""
    region = region_name(facility.region, current_language())
    return ", ".join(part for part in (facility.code, facility.name_ru, region) if part)


def options(words: dict[Any, Any], *values: Any, empty: Any = None) -> list[SelectChoice]:
    """Choices of a field from a table of words: those given, or all; `empty` stands before them with no value."""
    chosen = values or tuple(words)
    return [SelectChoice("", empty)] * (empty is not None) + [SelectChoice(each.value, words[each]) for each in chosen]
