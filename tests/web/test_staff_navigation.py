"""The staff navigation says where one is, once."""

import pytest

from campaign.kernel.actors import Role


@pytest.mark.parametrize("path", ["/staff/prisoners", "/staff/prisoners/changes", "/staff/prisoners/facilities"])
def test_one_line_of_the_navigation_is_where_one_is(sign_in, path):
    page = sign_in(Role.DATA_EDITOR).get(path)
    assert page.status_code == 200
    navigation = page.text.partition('<nav class="staff-nav"')[2].partition("</nav>")[0]
    assert navigation.count("aria-current") == 1


def test_on_a_phone_the_menu_is_one_press_away(sign_in):
    """It stands beneath what one came for there, and a link in the head leads to it, without a script."""
    page = sign_in(Role.DATA_EDITOR).get("/staff/prisoners").text
    assert '<a href="#staff-menu">' in page.partition("</header>")[0]
    assert 'id="staff-menu"' in page
