"""A person's public page."""

from tests.support import make


def test_a_person_without_a_case_has_a_page(client):
    person = make.public_prisoner()
    answer = client.get(f"/prisoners/{person.slug}")
    assert answer.status_code == 200
