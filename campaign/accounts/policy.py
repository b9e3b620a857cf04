"""What is allowed, as pure predicates: names, passphrases, and who may do what to whom."""

import re
import unicodedata
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from campaign.accounts.models import USERNAME
from campaign.kernel.actors import STAFF_ROLES, Actor, Role
from campaign.kernel.errors import N_, DomainError

LONG_PASSPHRASE = 15
SHORT_PASSPHRASE = 8
LONGEST_PASSPHRASE = 1024

_SUBSTITUTES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890", "qwertzuiop", "yxcvbnm",
    "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "1qaz2wsx3edc4rfv5tgb6yhn",
    "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip


class BadUsername(DomainError):
    """The name does not fit the rule."""


class BadPassphrase(DomainError):
    """The passphrase is too short, too long or among the first that an attacker tries. Never repeats it."""


def check_username(name: str) -> str:
    """Return the name as it is kept; raises BadUsername with the rule that it breaks."""
    clean = name.strip(" ")
    if not 3 <= len(clean) <= 32:
        raise BadUsername(N_("A user name has 3 to 32 characters."))
    if not USERNAME.fullmatch(clean):
        raise BadUsername(
            N_("Use Latin letters, digits, dots, hyphens and underscores; begin and end with a letter or a digit.")
        )
    return clean


def normal_passphrase(text: str) -> str:
    """Return the passphrase in the one form that is hashed, so that it works from every keyboard (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", text)


def check_passphrase(text: str, *, username: str, has_second_factor: bool) -> str:
    """Return the passphrase in its normal form; raises BadPassphrase with the rule that it breaks."""
    if len(text) > LONGEST_PASSPHRASE:
        raise BadPassphrase(N_("A passphrase has at most 1024 characters."))
    clean = normal_passphrase(text)
    if len(clean) > LONGEST_PASSPHRASE:
        raise BadPassphrase(N_("A passphrase has at most 1024 characters."))
    if len(clean.strip()) < SHORT_PASSPHRASE or (not has_second_factor and len(clean) < LONG_PASSPHRASE):
        raise BadPassphrase(
            N_("Use at least 8 characters.")
            if has_second_factor
            else N_("Use at least 15 characters: four or five unrelated words do well.")
        )
    if is_common(clean, username=username):
        raise BadPassphrase(
            N_("This is among the first that an attacker would try. Choose something that only you would put together.")
        )
    return clean


def is_long(passphrase: str) -> bool:
    """Whether a passphrase in normal form stands without a second factor."""
    return len(passphrase) >= LONG_PASSPHRASE


def is_common(passphrase: str, *, username: str = "") -> bool:
    """Whether little is left once well-known words, dates, rows of keys, repetitions and the user's name are taken out.

    Spaces, punctuation and the usual substitutes for letters count for nothing: "P@ssw0rd_2024!!" is "password".
    """
    folded = "".join(each for each in passphrase.casefold() if each.isalnum() or each in "@$!")
    return any(_surprise(form, username) < 5 for form in (folded, folded.translate(_SUBSTITUTES)))


def _surprise(text: str, username: str) -> int:
    """How many characters remain that nothing well-known explains; a repeated remainder counts once."""
    bare = re.sub(r"[^a-z0-9]", "", username.casefold())
    if len(bare) >= 3:
        text = text.replace(bare, " ")
    text = _words().sub(" ", text)
    text = re.sub(r"(19|20)\d\d", " ", text)
    text = _without_rows(text)
    text = re.sub(r"(.{1,6}?)\1{2,}", r"\1", text)
    half, odd = divmod(len(text), 2)
    if not odd and text[:half] == text[half:]:
        text = text[:half]
    return len(set(re.sub(r"[\s@$!]", "", text)))


def _without_rows(text: str) -> str:
    """Take out runs of four or more that follow a row of keys or the alphabet, in either direction."""
    for row in _ROWS:
        for line in (row, row[::-1]):
            for start in range(len(line) - 3):
                end = start + 4
                if line[start:end] not in text:
                    continue
                while end < len(line) and line[start : end + 1] in text:
                    end += 1
                text = text.replace(line[start:end], " ")
    return text


@cache
def _words() -> re.Pattern[str]:
    lines = (Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8").splitlines()
    words = {word.casefold() for line in lines if not line.startswith("#") for word in line.split()}
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


@dataclass(frozen=True, slots=True)
class Subject:
    """An account as the predicates below see it."""

    id: uuid.UUID
    roles: frozenset[Role]

    @property
    def is_staff(self) -> bool:
        """Whether it holds a staff role."""
        return bool(self.roles & STAFF_ROLES)


def can_see_accounts(actor: Actor) -> bool:
    """Who sees the list of people with access."""
    return actor.has_role(Role.ADMIN, Role.COORDINATOR)


def can_change_roles(actor: Actor) -> bool:
    """Who asks for roles, decides on what others asked, and takes roles away."""
    return actor.has_role(Role.ADMIN)


def can_ask_for(actor: Actor, account: uuid.UUID, *, is_renewal: bool) -> bool:
    """Admins ask for anybody; everybody asks for the renewal of what they hold, as far as they hold it."""
    return actor.has_role(Role.ADMIN) or (actor.id == account and is_renewal)


def can_decide(actor: Actor, *, asked_by: uuid.UUID, about: uuid.UUID) -> bool:
    """An admin who neither asked nor gains: two persons, and a third where somebody asked for somebody else."""
    return actor.has_role(Role.ADMIN) and actor.id not in {asked_by, about}


def can_invite(actor: Actor, roles: frozenset[Role]) -> bool:
    """Admins invite to any role, coordinators invite volunteers."""
    return actor.has_role(Role.ADMIN) or (actor.has_role(Role.COORDINATOR) and roles <= {Role.VOLUNTEER})


def can_let_back_in(actor: Actor, subject: Subject) -> bool:
    """Who hands out a way back in: admins to anybody else, coordinators to those without a staff role."""
    if actor.id == subject.id:
        return False
    return actor.has_role(Role.ADMIN) or (actor.has_role(Role.COORDINATOR) and not subject.is_staff)


def can_lock(actor: Actor, subject: Subject) -> bool:
    """Admins, and not themselves."""
    return actor.has_role(Role.ADMIN) and actor.id != subject.id
