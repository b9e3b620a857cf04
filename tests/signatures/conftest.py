"""Limits as in production, for the tests that are about them."""

from dataclasses import replace

import pytest

from campaign.signatures.service import admit


@pytest.fixture
def limited(app, config, monkeypatch):
    """Limits are on, and nobody has used any of theirs."""
    monkeypatch.setitem(app.extensions, "unforgotten", replace(config, rate_limits=True))
    # A busy machine must not let the buckets fill again meanwhile.
    for buckets in (admit.networks, admit.domains):
        monkeypatch.setattr(buckets, "_monotonic", lambda: 0.0)
        buckets.clear()
    yield
    admit.networks.clear()
    admit.domains.clear()
