"""The web server's entry point: the WSGI application of wsgi.py behind a front that waits for slow senders."""

import signal

# A worker inherits the handler of Granian's main process and would swallow a wish to stop that comes while it loads;
# it would be killed ten seconds later.
signal.signal(signal.SIGTERM, signal.SIG_DFL)

from campaign.people.queries.name_index import name_index
from campaign.web.front import Front
from wsgi import app

config = app.extensions["unforgotten"]
server = Front(
    app,
    threads=config.web_threads,
    largest_body=app.config["MAX_CONTENT_LENGTH"],
    kept=app.extensions["page_cache"].kept,
    reads_as_it_comes=lambda path: path.endswith("/staff/people/imports"),
)
name_index.start(app.app_context)
