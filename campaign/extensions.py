"""Bare extension instances, bound to an application in the factory. Imports nothing of ours.

Flask-Migrate is missing on purpose: only commands need it (campaign/migrate.py binds it), and importing
Alembic would cost every web and worker process a good part of its start.
"""

from typing import Any

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_wtf import CSRFProtect

babel = Babel()
csrf = CSRFProtect()
login = LoginManager()
# Flask-Limiter types these as text and whole numbers; redis-py takes fractions of a second.
STORAGE_OPTIONS: Any = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2, "retry_on_timeout": False}
limiter = Limiter(
    get_remote_address,
    # Redis that is down or silent must cost neither an error nor a wait (ARCHITECTURE.md).
    in_memory_fallback_enabled=True,
    swallow_errors=True,
    storage_options=STORAGE_OPTIONS,
)
