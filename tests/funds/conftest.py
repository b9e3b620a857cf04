"""Entries of these tests have no gifts behind them; who gave is what made.gift said."""

import pytest

from campaign.kernel.registry_money import entry_givers
from tests.funds import made


@pytest.fixture(autouse=True)
def known_givers(monkeypatch):
    """Everybody who gives is known, unless a test says otherwise."""
    made.forget_givers()
    monkeypatch.setitem(entry_givers._items, "made-up", made.known_givers)
