"""The stub behind the real front, as the launcher starts it."""

from campaign.web.front import Front
from wsgi import app

server = Front(app, threads=2, largest_body=1024)
