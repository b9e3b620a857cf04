"""Opens the post office for this process, and renders mail texts from templates."""

from dataclasses import replace
from email.utils import parseaddr
from functools import lru_cache

from flask import current_app
from flask_babel import force_locale

from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.message import Sender, Text
from campaign.kernel.mail.own_texts import find_own
from campaign.kernel.mail.relays import note
from campaign.kernel.mail.senders import MailboxTransport, SmtpTransport, Transport
from campaign.web.settings import absolute_url, settings
from config import Config


def open_post_office(config: Config) -> None:
    """Send over the configured relays, or into the local mailbox of development."""
    _, address = parseaddr(config.mail_from)
    host = address.rpartition("@")[2] or config.public_host
    relays = [url for url in (config.smtp_url, config.smtp_fallback_url) if url]
    transport: Transport = MailboxTransport(config.data_dir / "mailbox")
    if relays:
        transport = SmtpTransport(relays, host, note)
    post_office.open(transport, Sender(config.mail_from, host, config.secret_key.encode()))


def render_text(message: str, language: str) -> Text:
    """The text of an automatic mail as it goes out now: what staff wrote, else the shipped one; `[[slots]]` stay for
    each recipient.
    """
    own = find_own(message, language)
    return shipped_text(message, language) if own is None else Text(subject=own.subject, body=own.body)


@lru_cache(maxsize=500)
def shipped_text(message: str, language: str) -> Text:
    """The text of templates/email/<message>/subject.txt and body.txt in one language."""
    environment = current_app.jinja_env
    with force_locale(language):
        subject = environment.get_template(f"email/{message}/subject.txt").render().strip()
        body = environment.get_template(f"email/{message}/body.txt").render().strip() + "\n"
    return Text(subject=subject, body=body)


def with_unsubscribe(text: Text) -> Text:
    """The text with what a mail sent under a consent carries: one-click unsubscribing (RFC 8058) and a List-Id that
    names no cause and nobody (SAFETY.md 22). The relay's DKIM signature has to cover these headers.
    """
    config = settings()
    ways = ["<[[unsubscribe]]>"]
    if config.unsubscribe_mail:
        ways.append(f"<mailto:{config.unsubscribe_mail}?subject=unsubscribe%20[[unsubscribe_token]]>")
    lists = {
        "List-Id": f"<news.{config.public_host}>",
        "List-Unsubscribe": ", ".join(ways),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return replace(text, headers={**text.headers, **lists})


def unsubscribe_slots(token: str, language: str) -> dict[str, str]:
    """What fills them: [[unsubscribe]] is the page behind the token and can stand in the body as well."""
    return {"unsubscribe": absolute_url(f"/unsubscribe/{token}", language), "unsubscribe_token": token}
