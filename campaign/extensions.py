"""Bare extension instances, bound to an application in the factory. Imports nothing of ours.

Flask-Migrate is missing on purpose: only commands need it (campaign/migrate.py binds it), and importing
Alembic would cost every web and worker process a good part of its start.
"""

from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf import CSRFProtect

babel = Babel()
csrf = CSRFProtect()
login = LoginManager()
