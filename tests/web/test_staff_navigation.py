"""The staff navigation says where one is, once."""

import pytest

from campaign.kernel.actors import Role


@pytest.mark.parametrize("path", ["/staff/prisoners", "/staff/prisoners/changes", "/staff/prisoners/facilities"])
def test_one_line_of_the_navigation_is_where_one_is(sign_in, path):
    page = sign_in(Role.DATA_EDITOR).get(path)
    assert page.status_code == 200
    navigation = page.text.partition('<nav class="staff-nav"')[2].partition("</nav>")[0]
    assert navigation.count("aria-current") == 1
