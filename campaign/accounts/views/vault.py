"""Opening the vault: one person loads the key, another one loads it too, and for fifteen minutes it can be read."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from campaign.accounts.queries import names_of
from campaign.accounts.service import vault
from campaign.accounts.views.visitor import show_problem, signed_in
from campaign.kernel.crypto.vault_door import SamePerson, VaultClosed, WrongVaultKey, vault_door
from campaign.kernel.db import transaction
from campaign.web.fields import area, uploaded
from campaign.web.guards import fresh, requires
from campaign.web.settings import settings

bp = Blueprint("vault", __name__)
LARGEST_KEY_FILE = 4096


class KeyForm(FlaskForm):  # type: ignore[misc]
    """The key, as a file or as its text."""

    file = FileField(_l("Key file"))
    text = area(_l("Or the key itself, 64 digits"), 200, rows=2)

    def key_text(self) -> str:
        """What was given; the file wins."""
        content = uploaded(self.file)
        return content[:LARGEST_KEY_FILE].decode("ascii", "replace") if content else self.text.data or ""


@bp.get("")
@requires(*vault.OPENERS)
@fresh
def show_vault() -> ResponseReturnValue:
    """Whether the vault is open, by whom, for how long; and the form to load the key."""
    return _page(KeyForm(formdata=None))


@bp.post("")
@requires(*vault.OPENERS)
@fresh
def load_key() -> ResponseReturnValue:
    """Load the key as one of two persons."""
    form = KeyForm()
    try:
        if form.validate():
            with transaction():
                state = vault.load_key(signed_in(), vault.read_key(form.key_text() or _development_key()))
            flash(_("The vault is open.") if state.is_open else _("The key is loaded. Now a second person loads it."))
            return redirect(url_for("vault.show_vault"), 303)
    except WrongVaultKey as problem:
        show_problem(form.text, problem)
        with transaction():
            vault.note_wrong_key(signed_in())
    except (SamePerson, VaultClosed) as problem:
        show_problem(form.text, problem)
    form.text.data = ""  # a key is never shown again, not even to who typed it
    return _page(form), 422


@bp.post("/close")
@requires(*vault.OPENERS)
def close_vault() -> ResponseReturnValue:
    """Close it now."""
    with transaction():
        vault.close_vault(signed_in().id)
    flash(_("The vault is closed."))
    return redirect(url_for("vault.show_vault"), 303)


def _page(form: KeyForm) -> str:
    state = vault_door.state()
    return render_template(
        "accounts/vault.html", form=form, state=state, who=signed_in(), has_vault=settings().vault_public_key,
        names=names_of({each for each in (state.first, state.second) if each}),
        has_development_key=bool(_development_key()),
    )  # fmt: skip


def _development_key() -> str:
    """The key that development makes for itself, so that the screen can be tried; never in production."""
    config = settings()
    if config.production or config.vault_private_key_file is None or not config.vault_private_key_file.exists():
        return ""
    return config.vault_private_key_file.read_text()
