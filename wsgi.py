"""The WSGI entry point: read the settings, make the application, name it."""

import gc
import sys

# A quarter of the time of a start went into looking for garbage among modules that all stay.
gc.disable()

from campaign import create_app
from campaign.web.i18n import CataloguesNotCompiled
from config import Config, UnsafeSetting
from workers.cli import groups

try:
    app = create_app(Config.from_env(), commands=groups)
except (UnsafeSetting, CataloguesNotCompiled) as refusal:
    sys.exit("".join(f"fail  {line}\n" for line in str(refusal).splitlines()).rstrip())
# What the application is made of stays: looking through it again took each worker a tenth of a second now and then.
gc.freeze()
gc.enable()
