"""Typed registries: what a lower room needs from higher ones, filled by the factory from each feature's hooks.py.

Registering under a name twice is an error, so that two features never fight over one place.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

from campaign.kernel.actors import Actor, Role
from campaign.kernel.places import Place

Item = TypeVar("Item")


class Registry(Generic[Item]):
    """Named things of one type, in the order they were registered."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._items: dict[str, Item] = {}

    def register(self, name: str, item: Item) -> None:
        """Add `item`; the very same one again is accepted (two applications in one process), another is refused."""
        known = self._items.get(name)
        if known is not None and known != item:
            raise ValueError(f"{self.what} {name!r} is registered twice")
        self._items[name] = item

    def __getitem__(self, name: str) -> Item:
        return self._items[name]

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())

    def items(self) -> Iterator[tuple[str, Item]]:
        """Names with what stands under them."""
        return iter(self._items.items())


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One class of data that goes away by itself; the privacy page is generated from these."""

    name: str
    days: int | None
    apply: Callable[[date], int]
    """Deletes or erases what is due on the given day, in the open transaction; gives how many rows."""
    describes: str
    """A translatable sentence for the privacy page: what is held, and until when."""


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check of a deployment found, and what to do about it (SAFETY.md 28)."""

    level: Level
    name: str
    advice: str


@dataclass(frozen=True, slots=True)
class Survivor:
    """A table whose present rows win over those of a backup that is restored: what people told us to leave alone."""

    table: str
    key: tuple[str, ...]
    condition: str = "TRUE"
    """SQL over the row `kept`: whether it still fits what the backup brought back."""


@dataclass(frozen=True, slots=True)
class Need:
    """One line of the staff dashboard: what needs me now."""

    title: str
    count: int
    url: str
    urgent: bool = False


ANY_SCOPE = "any"


@dataclass(frozen=True, slots=True)
class StaffLink:
    """One line of the staff navigation."""

    endpoint: str
    label: str
    """Marked with N_; translated where it is shown."""
    roles: frozenset[Role]
    rank: int = 50
    """Lower comes first."""
    scope: str = ""
    """The kind of subject to which the roles may be narrowed and still open the page; ANY_SCOPE, or empty for none."""

    def opens_for(self, actor: Actor) -> bool:
        """Whether the page opens for this person."""
        kinds = [kind for kind, _scope in role_scopes.items()] if self.scope == ANY_SCOPE else [self.scope]
        return actor.has_role(*self.roles) or any(actor.subjects_of(kind, *self.roles) for kind in kinds)


@dataclass(frozen=True, slots=True)
class Panel:
    """What a higher feature shows on a staff page of a lower one: a few facts, and where to go on."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    links: Sequence[tuple[str, str]] = ()
    """Label and address."""


@dataclass(frozen=True, slots=True)
class PersonPanel:
    """A section of a person's staff page: a template and what it needs, in order of rank."""

    template: str
    context: Mapping[str, Any]
    """Reached in the template as `panel.context`."""
    rank: int = 50
    """Lower comes first."""


@dataclass(frozen=True, slots=True)
class RoleScope:
    """A kind of subject to which some roles can be narrowed when they are granted (SAFETY.md 11)."""

    label: str
    """Marked with N_; what one such subject is called."""
    roles: frozenset[Role]
    list_subjects: Callable[[], Sequence[tuple[uuid.UUID, str]]]
    """Those to choose from, by name."""
    names_of: Callable[[frozenset[uuid.UUID]], Mapping[uuid.UUID, str]]
    """The names of given ones, also of those that can be chosen no more; what is gone is left out."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to somebody, as those see it who act on it (docs/patterns.md, "What follows from a change")."""

    id: uuid.UUID
    prisoner_id: uuid.UUID
    kind: str
    """A word of prisoners' ChangeKind."""
    happened_on: date
    precision: str
    details: Mapping[str, Any]
    made_by: uuid.UUID | None
    corrects_id: uuid.UUID | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    """What whoever acted decided about this consequence, by the key of the `Choice`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One row that a consequence concerns, and what may be done with it."""

    key: str
    labels: Mapping[str, str]
    """What the row is called, by language."""
    options: Sequence[tuple[str, str]]
    """Value and words, the words marked with N_."""
    default: str

    def label_in(self, language: str) -> str:
        """What the row is called in `language`, else in English, else in whichever there is."""
        return self.labels.get(language) or self.labels.get("en") or next(iter(self.labels.values()))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would follow: how many rows it concerns, and what there is to decide. None concerned: it is not shown."""

    amount: int
    choices: Sequence[Choice] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done, and what undoing it needs to know, as JSON values."""

    amount: int
    memory: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one feature does when somebody's situation changes. All four functions work in the open transaction, touch
    nothing but the database, and may be rolled back: a preview is a run that is taken back."""

    name: str
    summary: str
    """Marked with N_, with %(count)s in it; it is shown beforehand and afterwards alike."""
    is_immediate: bool
    """Holds, pauses and hiding: at once. Mails, feed entries and changed texts wait ten minutes."""
    preview: Callable[[Change], Forecast]
    apply: Callable[[Change], Applied]
    """Called once a change."""
    undo: Callable[[Change, Mapping[str, Any]], int]
    """With the change that is undone: leaves things as they were; gives how many. What others changed since stays."""
    correct: Callable[[Change, Mapping[str, Any]], int]
    """With the change that corrects it, and the memory of what was done: tells the same people, or undoes."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is put in the place of a name or an address that is left out, in the reader's language."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without what its reader must not be led to, and how much of it was taken out."""

    text: str
    names: int = 0
    links: int = 0


@dataclass(frozen=True, slots=True)
class TextGate:
    """Takes names and links that are dangerous where the visitor is out of what is shown (SAFETY.md 17)."""

    html: Callable[[str, Place, LeftOut], Cleaned]
    plain: Callable[[str, Place, LeftOut], Cleaned]


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that a visitor can do for a person today, as the person's page shows it."""

    rank: int
    """Lower comes first."""
    title: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class PersonEraser:
    """What a feature holds about a prisoner, and how it goes when the person is erased."""

    describes: str
    """Marked with N_, with %(count)s in it; shown before the erasure."""
    count: Callable[[uuid.UUID], int]
    erase: Callable[[uuid.UUID], int]
    """In the open transaction; gives how many rows."""


OffersFor = Callable[[uuid.UUID, Place, str], Sequence[Offer]]
"""Gives what one can do for a prisoner, as far as a visitor of this place may be shown it, in this language."""

AccountStep = Callable[[uuid.UUID], None]
"""Called with an account's id in the transaction that ends or locks it."""

TotalsOf = Callable[[Sequence[uuid.UUID]], Mapping[uuid.UUID, int]]

text_gates: Registry[TextGate] = Registry("gate of texts")
retention_rules: Registry[RetentionRule] = Registry("retention rule")
role_scopes: Registry[RoleScope] = Registry("kind of subject of a role")
staff_links: Registry[StaffLink] = Registry("staff link")
petition_totals: Registry[TotalsOf] = Registry("totals of petitions")
dashboard_needs: Registry[Callable[[Any], Sequence[Need]]] = Registry("dashboard need")
prisoner_panels: Registry[Callable[[uuid.UUID], PersonPanel | None]] = Registry("panel of a person")
"""None: nothing for whoever looks."""
petition_panels: Registry[Callable[[uuid.UUID], Panel]] = Registry("panel of a petition")
petition_orders: Registry[Callable[[Any], Any]] = Registry("order of a list of petitions")
"""Each takes a SELECT of petitions and gives it ordered, largest first."""
person_offers: Registry[OffersFor] = Registry("offer on a person's page")
person_erasers: Registry[PersonEraser] = Registry("what goes with a person")
account_leavings: Registry[AccountStep] = Registry("what goes before an account does")
account_locks: Registry[AccountStep] = Registry("what rests while an account is locked")
# In the transaction that ends a prisoner's consent, with its kind (a word of prisoners' ConsentKind) and who did it.
consent_endings: Registry[Callable[[uuid.UUID, str, uuid.UUID | None], None]] = Registry("end of a consent")
# In the transaction that takes a prisoner's public page away, with who did it.
page_withdrawals: Registry[Callable[[uuid.UUID, uuid.UUID | None], None]] = Registry("what follows a withdrawn page")
doctor_checks: Registry[Callable[[], Sequence[Finding]]] = Registry("check of the deployment")
survivors: Registry[Survivor] = Registry("table that survives a restore")
# Called in one transaction once an older database is back, migrated and quiet, and again after an older keyring is.
after_restore: Registry[Callable[[], None]] = Registry("step after a restore")
consequences: Registry[Consequence] = Registry("consequence of a change")
"""In the order in which they are shown and done."""


def plain_at(place: Place, text: str, words: LeftOut) -> str:
    """Plain text past every gate, for readers at `place`; `words` stand where something was left out."""
    for gate in text_gates:
        text = gate.plain(text, place, words).text
    return text
