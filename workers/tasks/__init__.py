"""Thin handlers of jobs, one module a feature: load by id, call the service."""

from importlib import import_module
from pkgutil import iter_modules


def load() -> None:
    """Import every module of handlers, so that the map in workers/queues.py is full."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
