"""The web server's entry point: the WSGI application of wsgi.py behind a front that waits for slow senders."""

from campaign.web.front import Front
from wsgi import app

config = app.extensions["unforgotten"]
server = Front(
    app,
    threads=config.web_threads,
    largest_body=app.config["MAX_CONTENT_LENGTH"],
    kept=app.extensions["page_cache"].kept,
)
