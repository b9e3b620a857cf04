"""What stands around a view's one call: a refusal in words, and a step with its answer."""

import pytest
from flask_babel import force_locale

from campaign.kernel.errors import Conflict, DomainError, NotFound
from campaign.kernel.tables import BadTable
from campaign.web.steps import step, told


@pytest.fixture
def asked(app):
    with app.test_request_context("/"):
        yield


def refuse(problem):
    def act():
        raise problem

    return step(act, "Done.", "/there", lambda words: f"page: {words}")


def test_a_refusal_names_its_values_in_the_readers_language(asked):
    refusal = BadTable("This file is larger than %(most)s MB. Split it.", most=100)
    assert told(refusal) == "This file is larger than 100 MB. Split it."
    with force_locale("ru"):
        assert "100" in told(refusal)
        assert told(refusal) != "This file is larger than 100 MB. Split it."
    assert told(DomainError()) == "This is not possible right now."


def test_a_step_leads_on_or_shows_its_page_again(asked):
    assert refuse(Conflict("Changed meanwhile.")) == ("page: Changed meanwhile.", 409)
    with pytest.raises(NotFound):
        refuse(NotFound())
    done = step(lambda: None, "Done.", "/there", lambda _words: "page")
    assert (done.status_code, done.location) == (303, "/there")
