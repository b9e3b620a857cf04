"""Forms about officials, for staff who may see them."""

from flask_babel import lazy_gettext as _l

from campaign.prisoners.forms import case_words as words
from campaign.prisoners.forms.cases import choice, day
from campaign.prisoners.forms.source import SourceForm
from campaign.prisoners.models import Office, Official
from campaign.prisoners.service.officials import ActDraft, OfficialDraft
from campaign.web.fields import VersionForm, area, line


class OfficialForm(SourceForm, VersionForm):
    """Somebody in office."""

    name = line(_l("Name, as sources write it"), required=True)
    name_latin = line(_l("Name in Latin letters"))
    position = line(_l("Position"), 300)
    sanctioned_by = line(_l("Sanctioned by"), 300)

    def draft(self) -> OfficialDraft:
        """What was typed."""
        lists = (self.sanctioned_by.data or "").replace(";", ",").split(",")
        return OfficialDraft(self.name.data, self.name_latin.data or "", self.position.data or "", lists)

    def show(self, official: Official) -> None:
        """Fill in what is stored."""
        for name in ("name", "name_latin", "position"):
            self[name].data = getattr(official, name)
        self.sanctioned_by.data = ", ".join(official.sanctioned_by)
        self.version.data = str(official.version)


class ActForm(SourceForm):
    """What an official did in one case."""

    office = choice(_l("Acted as"), words.OFFICE_WORDS)
    act = area(_l("What was done"), 2000, rows=3)
    acted_on = day(_l("Day"))

    def draft(self) -> ActDraft:
        """What was typed."""
        return ActDraft(Office(self.office.data), self.act.data or "", self.acted_on.data)
