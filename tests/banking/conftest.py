"""What the tests of statements share."""

from collections.abc import Iterator
from datetime import date
from unittest.mock import patch

import pytest

from campaign.banking.service.reading import checking


@pytest.fixture(autouse=True, scope="module")
def days_of_files() -> Iterator[None]:
    """The files here are of fixed days, which grow older every day; how old a day may be is tested with the books."""
    with patch.object(checking, "earliest_day", lambda: date(2024, 1, 1)):
        yield
