"""Sentences with which a moderator can begin; the writer gets them in their own language."""

from collections.abc import Mapping

from flask_babel import force_locale
from flask_babel import gettext as _

from campaign.kernel.errors import N_

CHANGES: Mapping[str, str] = {
    "names": N_("Please leave out surnames, addresses and other people’s names, and sign with your first name alone."),
    "case": N_("Please leave out what touches the case or the court: it could be used against them."),
    "politics": N_("Please leave out the war and politics: the censor would stop the whole letter."),
    "links": N_("Please leave out links, telephone numbers and nicknames: they make the censor suspicious."),
    "plain": N_("Please write the abbreviations and foreign words in full: they look like a cipher."),
    "more": N_("Please tell a little more of yourself and ask a question or two: it makes an answer easier."),
}
REJECTIONS: Mapping[str, str] = {
    "harm": N_(
        "We do not pass this letter on, because it could harm the person it is for. Thank you for wanting to write; "
        "another letter, about an ordinary day, is welcome."
    ),
    "stopped": N_(
        "The censor would certainly stop this letter, so we do not send it. Your text is still there for a month, if "
        "you want to use parts of it."
    ),
    "elsewhere": N_(
        "This is not a letter to the person it is addressed to, so we do not send it. If you want to tell us "
        "something, please write to us directly."
    ),
}


def words_for(language: str, ready: Mapping[str, str], key: str, words: str) -> str:
    """The sentence, in the writer's language, and what the moderator wrote beneath it."""
    sentence = ""
    if key in ready:
        with force_locale(language):
            sentence = _(ready[key])
    return "\n\n".join(filter(None, [sentence, words.strip()]))
