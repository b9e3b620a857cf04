"""The WSGI entry point: read the settings, make the application, name it."""

import gc

from campaign import create_app
from config import Config
from workers.cli import groups

app = create_app(Config.from_env(), commands=groups)
# What the application is made of stays: looking through it again took each worker a tenth of a second now and then.
gc.freeze()
