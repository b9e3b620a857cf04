"""The WSGI entry point: read the settings, make the application, name it."""

from campaign import create_app
from config import Config
from workers.cli import groups

app = create_app(Config.from_env(), commands=groups)
