"""What somebody says who has one letter to give: what they can write, and where the button in the mail goes to."""

from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField

from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.kernel.text import one_line
from campaign.penpals.drawing import Wish
from campaign.penpals.forms.writers import AVOID_WORDS
from campaign.penpals.policy import AVOIDABLE, Avoidable
from campaign.penpals.queries.field import E_LETTER, POST, RUSSIAN
from campaign.penpals.queries.own_draw import OwnDraw
from campaign.web.i18n import current_language
from campaign.web.place import Place

WRITTEN = (RUSSIAN, "en", "de", "fr", "uk", "tt")
WAYS = {POST: _l("on paper, by post"), E_LETTER: _l("through an e-letter service")}
MOST_EXCLUDED = 8
NOBODY = "none"
AVOID_CHOICES = {each: word for each, word in AVOID_WORDS.items() if each is not Avoidable.MINORS}
"""Minors are drawn for nobody, so nobody has to say that they are not to be."""


class PromiseForm(FlaskForm):  # type: ignore[misc]
    """The offer that was shown, and an address to confirm from; a signed-in writer needs none."""

    class Meta:
        """Also for visitors without a session; Origin is checked instead (web/guards.py)."""

        csrf = False

    email = StringField(_l("E-mail address"))
    offer = HiddenField()
    website = StringField(_l("Leave this empty"))

    @property
    def is_trapped(self) -> bool:
        """Whether a field that people cannot see was filled in."""
        return bool(self.website.data)

    def read_mailbox(self) -> Mailbox | None:
        """The address, or None with what is wrong said beside the field."""
        typed = (self.email.data or "").replace("\x00", "\ufffd")
        self.email.data = typed
        if not typed.strip():
            self.email.errors = [
                _("Enter your e-mail address: the letter is kept for you once you confirm from there.")
            ]
            return None
        try:
            return read_address(typed)
        except BadAddress as problem:
            self.email.errors = [_(problem.message)]
            return None


class PostedForm(FlaskForm):  # type: ignore[misc]
    """The code of a letter that was posted."""

    class Meta:
        """Without a token, which would need a cookie."""

        csrf = False

    code = StringField(_l("Code of the letter"), filters=[lambda text: one_line(text or "", 100)])


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of /write asks for."""

    language: str = ""
    """Empty: what a writer's profile says, Russian for everybody else."""
    by: str = ""
    """Empty: what a writer's profile says, by post for everybody else."""
    seed: int | None = None
    without: tuple[str, ...] = ()
    """Slugs of people who were offered before, the latest last."""
    avoids: frozenset[str] | None = None
    """Whom a signed-in writer would rather not write to this once; None: what their profile says."""

    def wish(self, own: OwnDraw | None, place: Place) -> Wish:
        """What the draw needs to know: what is asked for here, else the profile of a signed-in writer."""
        languages = (
            {self.language}
            if self.language
            else set(own.profile.languages)
            if own and own.profile.languages
            else {RUSSIAN}
        )
        by = {self.by} if self.by else own.by if own and own.by else {POST}
        ways = frozenset((language, way) for language in languages for way in by)
        if own is None:
            return Wish(ways, place is Place.ELSEWHERE)
        # Of the two that say where they are, the one that is more careful holds.
        is_outside = not own.is_in_russia and place is not Place.RUSSIA
        return Wish(ways, is_outside, own.trust, self.avoided(own), frozenset(own.profile.topics))

    def avoided(self, own: OwnDraw) -> frozenset[str]:
        """Whom this writer is not led to for their own sake."""
        return frozenset(own.profile.avoids) if self.avoids is None else self.avoids

    def pairs(self, *, seed: int | None = None, without: str = "") -> dict[str, str]:
        """The query that asks for the same; with another seed and without one more person for somebody else."""
        passed = [each for each in self.without if each != without] + ([without] if without else [])
        found = {
            "language": self.language,
            "by": self.by,
            "avoid": "" if self.avoids is None else ",".join(sorted(self.avoids)) or NOBODY,
            "not": ",".join(passed[-MOST_EXCLUDED:]),
            "seed": f"{seed:x}" if seed is not None else "",
        }
        return {name: value for name, value in found.items() if value}


def read_asked(arguments: Mapping[str, str]) -> Asked:
    """Read the query of /write; what means nothing is as if it were not there."""
    language, by, seed = arguments.get("language", ""), arguments.get("by", ""), arguments.get("seed", "")
    avoid = arguments.get("avoid")
    slugs = [each for each in arguments.get("not", "").split(",") if 0 < len(each) <= 80]
    return Asked(
        language if language in WRITTEN else "",
        by if by in WAYS else "",
        int(seed, 16) if 0 < len(seed) <= 16 and seed.isascii() and seed.isalnum() and _is_hex(seed) else None,
        tuple(slugs[-MOST_EXCLUDED:]),
        frozenset(avoid.split(",")) & AVOIDABLE if avoid is not None else None,
    )


def _is_hex(text: str) -> bool:
    return set(text) <= set("0123456789abcdef")


def language_choices(own: OwnDraw | None) -> list[tuple[str, str]]:
    """The languages one may say one writes, Russian first, named in the reader's language; a writer's own before."""
    names = Locale(current_language()).languages
    found = [(code, names.get(code, code)) for code in WRITTEN]
    if own is None:
        return found
    mine = ", ".join(names.get(code, code) for code in own.profile.languages)
    return [("", _("as in my profile: %(what)s", what=mine)), *found]


def way_choices(own: OwnDraw | None) -> list[tuple[str, str]]:
    """How one can send a letter; a writer's own ways before."""
    found = [(code, str(word)) for code, word in WAYS.items()]
    if own is None:
        return found
    mine = "; ".join(word for code, word in found if code in own.by)
    return [("", _("as in my profile: %(what)s", what=mine)), *found]
