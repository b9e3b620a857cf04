"""The register of designations: what follows from it, and how it is loaded."""

import uuid
from datetime import date, timedelta

import pytest

from campaign.designations import policy, queries
from campaign.designations.hooks import find_outdated
from campaign.designations.models import Designation, Organisation
from campaign.designations.service import BadRegister, load_register
from campaign.kernel import audit, clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.places import Place

ENTRY = """
[[organisation]]
slug = "lamp"
url = "https://lamp.example/"
names = {{ en = "The Lamp" }}
descriptions = {{ en = "Made up." }}
[[organisation.designation]]
slug = "lamp-2026"
kind = "{kind}"
since_on = 2026-01-02
source_url = "https://source.example/"
source_name = "A made-up source"
checked_on = {checked}
act = {{ en = "{act}" }}
"""


class Somebody:
    """An actor with the given roles."""

    id = uuid.UUID(int=1)

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    def has_role(self, *roles: Role) -> bool:
        return bool(set(roles) & set(self.roles))


def organisation(*designations: Designation) -> Organisation:
    return Organisation(designations=list(designations))


def label(**changes: object) -> Designation:
    return Designation(**{"kind": "undesirable", "ended_on": None, "checked_on": clock.today(), **changes})


def load(tmp_path, **changes: str):
    values = {"kind": "undesirable", "checked": "2026-02-01", "act": "Banned.", **changes}
    file = tmp_path / "register.toml"
    file.write_text(ENTRY.format(**values))
    with transaction():
        return load_register(file)


@pytest.mark.parametrize(
    ("place", "name", "link"),
    [(Place.RUSSIA, False, False), (Place.NOT_SAID, True, False), (Place.ELSEWHERE, True, True)],
)
def test_what_a_visitor_may_see_of_a_designated_organisation(place, name, link):
    marked = organisation(label())
    assert (policy.may_show_name(marked, place), policy.may_show_link(marked, place)) == (name, link)


@pytest.mark.parametrize("place", list(Place))
def test_an_organisation_without_a_label_is_shown_everywhere(place):
    for free in (organisation(), organisation(label(ended_on=date(2026, 1, 1)))):
        assert not policy.is_designated(free)
        assert policy.may_show_name(free, place)
        assert policy.may_show_link(free, place)


def test_the_register_that_comes_with_the_program_loads_and_loads_again(app):
    with transaction():
        first = load_register()
    with transaction():
        second = load_register()
    assert first.organisations == 3
    assert first.added > 0
    assert (second.added, second.changed) == (0, 0)
    everyone = queries.list_organisations()
    assert [each.slug for each in everyone] == ["memorial", "ovd-info", "russia-behind-bars"]
    assert all(policy.is_designated(each) for each in everyone)
    for each in everyone:
        assert set(each.names) == set(each.descriptions) == {"en", "ru", "de"}
        for one in each.designations:
            assert set(one.act) == {"en", "ru", "de"}
            assert one.since_on <= one.checked_on or one.since_precision != "day"


def test_a_changed_entry_is_counted_and_audited(app, tmp_path):
    load(tmp_path)
    entries = audit.count_entries()
    assert load(tmp_path, act="Banned and dissolved.").changed == 1
    assert audit.count_entries() == entries + 1


def test_a_load_never_moves_back_the_day_of_the_last_look(app, tmp_path):
    load(tmp_path, checked="2026-05-01")
    assert load(tmp_path, checked="2026-04-01").changed == 0
    assert queries.last_checked_on() == date(2026, 5, 1)


def test_an_unknown_kind_is_refused_and_nothing_is_stored(app, tmp_path):
    with pytest.raises(BadRegister, match="lamp"):
        load(tmp_path, kind="annoying")
    assert session.query(Organisation).count() == 0


def test_staff_hear_of_entries_that_nobody_has_checked_for_thirty_days(app, tmp_path):
    load(tmp_path, checked=(clock.today() - timedelta(days=30)).isoformat())
    with app.test_request_context("/staff"):
        assert find_outdated(Somebody(Role.ORGANISER)) == []
    session.query(Designation).update({"checked_on": clock.today() - timedelta(days=31)})
    session.commit()
    with app.test_request_context("/staff"):
        (need,) = find_outdated(Somebody(Role.ORGANISER))
        assert (need.count, need.urgent) == (1, True)
        assert find_outdated(Somebody(Role.MODERATOR)) == []
