"""Forms about facilities."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Regexp, ValidationError
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.kernel import clock
from campaign.kernel.money import BadAmount, Money
from campaign.prisoners.forms.source import SourceForm
from campaign.prisoners.models import (
    Channel,
    Facility,
    FacilityAddress,
    FacilityChannel,
    FacilityKind,
    Severity,
    StrangersPolicy,
)
from campaign.prisoners.regions import region_options
from campaign.prisoners.service.facilities import AddressDraft, ChannelDraft, FacilityDraft, RuleDraft
from campaign.web.fields import VersionForm, area, line
from campaign.web.i18n import current_language

KIND_WORDS = {
    FacilityKind.SIZO: _l("Remand prison (SIZO)"),
    FacilityKind.FSB_SIZO: _l("Remand prison of the FSB"),
    FacilityKind.IVS: _l("Police cells (IVS)"),
    FacilityKind.PFRSI: _l("Remand wing in a colony (PFRSI)"),
    FacilityKind.TRANSIT_POINT: _l("Transit point"),
    FacilityKind.SPECIAL_RECEPTION: _l("Detention centre for short arrests"),
    FacilityKind.COLONY_SETTLEMENT: _l("Colony settlement"),
    FacilityKind.IK_GENERAL: _l("Colony, general regime"),
    FacilityKind.IK_STRICT: _l("Colony, strict regime"),
    FacilityKind.IK_SPECIAL: _l("Colony, special regime"),
    FacilityKind.WOMEN_IK: _l("Women's colony"),
    FacilityKind.JUVENILE_VK: _l("Colony for minors"),
    FacilityKind.PRISON_T: _l("Prison"),
    FacilityKind.MEDICAL: _l("Prison hospital"),
    FacilityKind.TB_HOSPITAL: _l("Tuberculosis hospital"),
    FacilityKind.PSYCH_HOSPITAL: _l("Psychiatric hospital"),
    FacilityKind.FORCED_LABOUR: _l("Forced labour centre"),
    FacilityKind.UNKNOWN: _l("Not known"),
}
CHANNEL_WORDS = {
    Channel.POST: _l("Post"),
    Channel.F_PISMO: "F-Pismo",
    Channel.ZT: "ZT (Zonatelecom)",
    Channel.SHOP_ONLINE: _l("Prison shop on line"),
    Channel.PARCELS: _l("Parcels"),
}
STRANGERS_WORDS = {
    StrangersPolicy.ACCEPTED: _l("Letters from strangers are handed over"),
    StrangersPolicy.REFUSED: _l("Letters from strangers are refused"),
    StrangersPolicy.UNKNOWN: _l("Not known"),
}
SEVERITY_WORDS = {Severity.WARN: _l("Warn the writer"), Severity.BLOCK: _l("Stop the letter")}
LETTER_LANGUAGES = {"ru": _l("Russian"), "uk": _l("Ukrainian"), "en": _l("English"), "de": _l("German")}


class FacilityForm(SourceForm, VersionForm):
    """What a place is."""

    code = line(_l("Code"), 40)
    name_ru = line(_l("Name in Russian"), required=True)
    name_latin = line(_l("Name in Latin letters"))
    kind = SelectField(_l("Kind"), choices=[SelectChoice(kind.value, word) for kind, word in KIND_WORDS.items()])
    region = SelectField(_l("Region"))
    is_active = BooleanField(_l("In use"), default=True)
    letters_note = area(_l("Note for whoever posts letters"), 2000, rows=4)

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        options = (SelectChoice(*each) for each in region_options(current_language()))
        self.region.choices = [SelectChoice("", _l("Choose")), *options]

    def validate_region(self, field: SelectField) -> None:
        """One of the list."""
        if not field.data:
            raise ValidationError(_l("Choose a region."))

    def draft(self) -> FacilityDraft:
        """What was typed."""
        return FacilityDraft(
            self.code.data or "", self.name_ru.data, self.name_latin.data or "", FacilityKind(self.kind.data),
            self.region.data, bool(self.is_active.data), self.letters_note.data or "",
        )  # fmt: skip

    def show(self, facility: Facility) -> None:
        """Fill in what is stored."""
        for name in ("code", "name_ru", "name_latin", "kind", "region", "is_active", "letters_note"):
            self[name].data = getattr(facility, name)
        self.version.data = str(facility.version)


class AddressForm(SourceForm):
    """A postal address in Russian, as it stands on an envelope."""

    postal_index = StringField(
        _l("Postal index"),
        filters=[lambda text: "".join((text or "").split())],
        validators=[Regexp(r"^[0-9]{6}$", message=_l("A Russian index has six digits."))],
    )
    region_line = line(_l("Region, as on the envelope"))
    locality = line(_l("Town or village"))
    street = line(_l("Street and number"), required=True)
    from_on = DateField(
        _l("Holds from"), default=clock.today, validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))]
    )

    def validate_locality(self, field: StringField) -> None:
        """A town, or at least a region."""
        if not field.data and not self.region_line.data:
            raise ValidationError(_l("Enter the town or the region."))

    def draft(self) -> AddressDraft:
        """What was typed."""
        return AddressDraft(
            self.postal_index.data, self.region_line.data or "", self.locality.data or "", self.street.data,
            self.from_on.data,
        )  # fmt: skip

    def show(self, address: FacilityAddress) -> None:
        """Begin with the address there is, which is mostly right."""
        for name in ("postal_index", "region_line", "locality", "street"):
            self[name].data = getattr(address, name)


def _number(label: object, least: int, most: int) -> IntegerField:
    check = NumberRange(least, most, _l("Between %(least)d and %(most)d.", least=least, most=most))
    return IntegerField(label, validators=[MayBeEmpty(), check])


class ChannelForm(SourceForm):
    """One way for letters or parcels."""

    is_active = BooleanField(_l("Works at present"), default=True)
    characters_a_page = _number(_l("Characters a page"), 100, 100_000)
    most_pages = _number(_l("Pages at most"), 1, 1000)
    price_page = line(_l("Price of a page"), 20)
    price_picture = line(_l("Price of a picture"), 20)
    price_reply = line(_l("Price of a reply form"), 20)
    currency = StringField(
        _l("Currency"),
        default="RUB",
        filters=[lambda text: (text or "").strip().upper()],
        validators=[Regexp(r"^[A-Z]{3}$", message=_l("Three letters, as in RUB or EUR."))],
    )
    languages = SelectMultipleField(
        _l("Languages that get through"),
        choices=[SelectChoice(code, word) for code, word in LETTER_LANGUAGES.items()],
        default=["ru"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    has_reply_form = BooleanField(_l("A reply form can be ordered"))
    needs_sender_identity = BooleanField(_l("The sender must give a name, phone or e-mail"))
    days = _number(_l("Days until it is handed over"), 0, 365)
    strangers = RadioField(
        _l("Letters from strangers"),
        default=StrangersPolicy.UNKNOWN.value,
        choices=[SelectChoice(each.value, word) for each, word in STRANGERS_WORDS.items()],
    )

    def validate_price_page(self, field: StringField) -> None:
        """An amount, or nothing."""
        self._amount(field)

    def validate_price_picture(self, field: StringField) -> None:
        """An amount, or nothing."""
        self._amount(field)

    def validate_price_reply(self, field: StringField) -> None:
        """An amount, or nothing."""
        self._amount(field)

    def _amount(self, field: StringField) -> int | None:
        if not field.data:
            return None
        try:
            money = Money.parse(field.data, self.currency.data or "RUB")
        except BadAmount as problem:
            raise ValidationError(_l("Enter an amount, as in 55 or 55,50.")) from problem
        if money.minor < 0:
            raise ValidationError(_l("A price is not negative."))
        return money.minor

    def draft(self, channel: Channel) -> ChannelDraft:
        """What was typed."""
        return ChannelDraft(
            channel=channel, is_active=bool(self.is_active.data), characters_a_page=self.characters_a_page.data,
            most_pages=self.most_pages.data, price_page=self._amount(self.price_page),
            price_picture=self._amount(self.price_picture), price_reply=self._amount(self.price_reply),
            currency=self.currency.data, languages=self.languages.data or [],
            has_reply_form=bool(self.has_reply_form.data),
            needs_sender_identity=bool(self.needs_sender_identity.data), days=self.days.data,
            strangers=StrangersPolicy(self.strangers.data),
        )  # fmt: skip

    def show(self, channel: FacilityChannel) -> None:
        """Fill in what is stored."""
        for name in (
            "is_active", "characters_a_page", "most_pages", "currency", "languages", "has_reply_form",
            "needs_sender_identity", "days", "strangers",
        ):  # fmt: skip
            self[name].data = getattr(channel, name)
        for of in ("page", "picture", "reply"):
            price = channel.price(of)
            self[f"price_{of}"].data = str(price.decimal) if price is not None else ""


class RuleForm(SourceForm):
    """What a place does not let through."""

    text_en = area(_l("In English"), 1000, rows=3)
    text_ru = area(_l("In Russian"), 1000, rows=3)
    severity = RadioField(
        _l("What follows"),
        default=Severity.WARN.value,
        choices=[SelectChoice(each.value, word) for each, word in SEVERITY_WORDS.items()],
    )
    from_on = DateField(
        _l("Holds from"), default=clock.today, validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))]
    )

    def validate_text_en(self, field: StringField) -> None:
        """English is what the other languages fall back to."""
        if not field.data:
            raise ValidationError(_l("Say it in English at least."))

    def draft(self) -> RuleDraft:
        """What was typed."""
        texts = {"en": self.text_en.data, "ru": self.text_ru.data or ""}
        return RuleDraft(
            {code: text for code, text in texts.items() if text}, Severity(self.severity.data), self.from_on.data
        )
