"""The application: extensions > web hooks > blueprints > commands. No query, no network."""

from collections.abc import Iterable
from pathlib import Path

from click import Group
from flask import Flask

from campaign import extensions, migrate, sitemap
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.crypto.vault_door import vault_door
from campaign.kernel.db import db, end_page
from campaign.kernel.tries import tries
from campaign.web import errors, headers, i18n, left_out, logs, mailing, proxies, templating
from campaign.web.doorbell import connect_doorbell
from campaign.web.page_cache import PageCache
from campaign.web.session_cookie import VisitorSessions
from campaign.web.uploads import InMemoryRequest
from config import Config

ROOT = Path(__file__).resolve().parent.parent


def create_app(config: Config, commands: Iterable[Group] = ()) -> Flask:
    """Make one application from one Config; `commands` are those of the workers, which nothing here may import."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"))
    app.config.from_mapping(config.flask_settings())
    app.request_class = InMemoryRequest
    app.extensions["unforgotten"] = config
    logs.configure(config)
    keyring.open(
        config.keyring_url,
        config.master_key,
        master_keys=config.other_master_keys,
        find_masters=config.find_master_keys,
    )

    vault_door.configure(config.data_dir, config.vault_public_key)
    tries.open(config.redis_url, config.secret_key.encode(), on=config.rate_limits)

    db.init_app(app)
    app.teardown_appcontext(end_page)
    if migrate.is_command_line():
        migrate.bind(app)
    extensions.csrf.init_app(app)
    extensions.login.init_app(app)

    i18n.init_languages(app, ROOT / "translations")
    templating.init_templating(app)
    headers.init_headers(app, config)
    left_out.init_left_out(app)
    app.session_interface = VisitorSessions()
    errors.init_errors(app)
    mailing.open_post_office(config)
    connect_doorbell(config)

    sitemap.init_sitemap(app)
    for group in commands:
        app.cli.add_command(group)

    pages = PageCache(app.wsgi_app, session_cookie=app.config["SESSION_COOKIE_NAME"])
    app.extensions["page_cache"] = pages
    app.wsgi_app = proxies.trusted(i18n.LanguagePrefix(pages), config.trusted_proxies)  # type: ignore[assignment,method-assign]
    return app
