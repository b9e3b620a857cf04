"""What needs are for, as the public and staff read it."""

from flask_babel import lazy_gettext as _l

from campaign.needs.models import NeedCategory

CATEGORY_WORDS = {
    NeedCategory.LAWYER: _l("A lawyer"),
    NeedCategory.LOCATING: _l("A lawyer’s first visit, to find out where somebody is"),
    NeedCategory.PARCELS: _l("Parcels: food and things for hygiene"),
    NeedCategory.SHOP: _l("Money for the prison shop"),
    NeedCategory.MEDICINE: _l("Medicine and doctors"),
    NeedCategory.LETTERS: _l("Letters, stamps and electronic letters"),
    NeedCategory.TRAVEL: _l("Journeys to visits, and a place to stay"),
    NeedCategory.FINES: _l("Fines and costs of the court"),
    NeedCategory.LIVING: _l("Children and daily life of the family"),
    NeedCategory.EVACUATION: _l("Getting to safety"),
    NeedCategory.RELEASE: _l("The day of release"),
    NeedCategory.OTHER: _l("Something else"),
}
