"""Makes what tests need, through the services, so that no test starts from a state that cannot be."""

import uuid
from datetime import date
from itertools import count

from campaign.kernel import clock
from campaign.kernel.addresses import read_address
from campaign.kernel.db import session, transaction
from campaign.petitions.models import Audience, Petition, PetitionState
from campaign.petitions.service import TextDraft, change_state, create_petition
from campaign.prisoners.models import (
    Case,
    Episode,
    Facility,
    FacilityAddress,
    FacilityKind,
    Gender,
    Prisoner,
    PrisonerState,
    Publicity,
)
from campaign.prisoners.queries.public_directory import forget_directory
from campaign.prisoners.service.cases import CaseDraft, add_case
from campaign.prisoners.service.codes import code_key
from campaign.prisoners.service.facts import Source
from campaign.prisoners.service.people import PersonDraft, create_prisoner
from campaign.signatures.models import Visibility
from campaign.signatures.service.sign import SignatureDraft

_numbers = count(1)


def text_draft(language: str = "en", title: str = "Open the windows") -> TextDraft:
    """A petition's text."""
    return TextDraft(language, title, "A made-up summary.", "A made-up *text*.", "The made-up council")


def petition(
    *, state: PetitionState = PetitionState.OPEN, audience: Audience = Audience.ANYWHERE, slug: str | None = None
) -> Petition:
    """A committed petition in `state`."""
    author, publisher = uuid.uuid4(), uuid.uuid4()
    path = {
        PetitionState.DRAFT: [],
        PetitionState.REVIEW: [PetitionState.REVIEW],
        PetitionState.OPEN: [PetitionState.REVIEW, PetitionState.OPEN],
        PetitionState.PAUSED: [PetitionState.REVIEW, PetitionState.OPEN, PetitionState.PAUSED],
        PetitionState.CLOSED: [PetitionState.REVIEW, PetitionState.OPEN, PetitionState.CLOSED],
    }[state]
    with transaction():
        made = create_petition(
            slug=slug or f"made-up-{next(_numbers)}", goal=1000, audience=audience, texts=[text_draft()], author=author
        )
        for step in path:
            change_state(made, step, actor=author if step is PetitionState.REVIEW else publisher)
    # Detached, so that what the application does meanwhile does not expire what the test holds.
    session.expunge_all()
    return made


def signature_draft(email: str = "anna@example.org", **changes: object) -> SignatureDraft:
    """What a signer sends."""
    values: dict[str, object] = {
        "mailbox": read_address(email),
        "display_name": "Anna Example",
        "country": "DE",
        "visibility": Visibility.COUNT,
        "wants_updates": False,
        "consent_version": "2026-11",
        "language": "en",
    }
    return SignatureDraft(**{**values, **changes})  # type: ignore[arg-type]


SOURCE = Source("The Made-up Gazette, 1 March 2026", "https://news.example/made-up", date(2026, 3, 1))


def person_draft(**changes: object) -> PersonDraft:
    """A made-up person."""
    values: dict[str, object] = {
        "last_ru": "Вымышленный",
        "first_ru": "Пётр",
        "patronymic_ru": "Ильич",
        "gender": Gender.MALE,
        "born_on": date(1980, 5, 17),
        "languages_read": ["ru"],
    }
    return PersonDraft(**{**values, **changes})  # type: ignore[arg-type]


def prisoner(**changes: object) -> Prisoner:
    """A committed person whom the public does not see."""
    with transaction():
        return create_prisoner(person_draft(**changes), SOURCE, actor=uuid.uuid4())


def facility(code: str = "ИК-99", *, kind: FacilityKind = FacilityKind.IK_GENERAL) -> Facility:
    """A committed facility with an address."""
    moment = clock.now()
    with transaction():
        made = Facility(
            id=uuid.uuid4(), slug=f"made-up-{next(_numbers)}", code=code, code_key=code_key(code),
            name_ru=f"Вымышленная колония {code}", name_latin="Made-up colony", kind=kind, region="RU-KIR",
            verified_on=moment.date(), created_at=moment, edited_at=moment,
        )  # fmt: skip
        session.add(made)
        made.addresses.append(
            FacilityAddress(
                id=uuid.uuid4(), postal_index="610000", region_line="Кировская область", locality="г. Вымышленск",
                street="ул. Небывалая, 1", from_on=moment.date(), retrieved_on=moment.date(),
            )
        )  # fmt: skip
    return made


def episode(person: Prisoner, arrested_on: date = date(2025, 1, 10)) -> Episode:
    """A committed imprisonment that goes on."""
    with transaction():
        made = Episode(id=uuid.uuid4(), prisoner_id=person.id, arrested_on=arrested_on)
        session.add(made)
    return made


def case(person: Prisoner, **changes: object) -> Case:
    """A committed prosecution."""
    values: dict[str, object] = {"names": {"en": "The made-up case"}, "opened_on": date(2025, 1, 5)}
    with transaction():
        return add_case(person, CaseDraft(**{**values, **changes}), SOURCE, actor=uuid.uuid4())  # type: ignore[arg-type]


def publish(person: Prisoner, **changes: object) -> Prisoner:
    """Make a person's page public, as a public figure; `changes` set further columns."""
    values = {"publicity": Publicity.PUBLIC, "is_public_figure": True, "public_figure_reason": "made up", **changes}
    with transaction():
        found = session.get_one(Prisoner, person.id)
        for name, value in values.items():
            setattr(found, name, value)
        found.state, found.published_on = PrisonerState.PUBLISHED, clock.today()
    forget_directory()
    return found


def public_prisoner(**changes: object) -> Prisoner:
    """A committed person whose page is public; `publicity` may be given beside what a draft holds."""
    publicity = {"publicity": changes.pop("publicity")} if "publicity" in changes else {}
    return publish(prisoner(**changes), **publicity)
