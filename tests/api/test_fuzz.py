"""The whole API as its description says, asked by a fuzzer: no fault of ours, and every refusal a problem."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from campaign.designations.service import load_register
from campaign.kernel.db import session, transaction
from tests.api.partners import made_token
from tests.api.shapes import of_answer
from tests.support import make

FEW = settings(
    max_examples=4, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.slow
def test_whatever_is_asked_is_answered_or_refused_with_a_reason(app, client):
    with transaction():
        load_register()
    make.petition(slug="0")
    make.public_prisoner()
    description = client.get("/api/v1/openapi.json").json
    token, asked = made_token(), {}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    for found in schema.get_all_operations():
        _ask(found.ok(), description, token, asked)
    assert len(asked) == sum(len(set(each) - {"parameters"}) for each in description["paths"].values())
    assert all(200 in asked[f"GET /api/v1/{kind}"] for kind in ("people", "petitions", "changes", "organisations"))


def _ask(operation, description, token, asked):
    @FEW
    @given(case=operation.as_strategy())
    def ask(case):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        answer = case.call()
        session.remove()
        status = answer.status_code
        asked.setdefault(operation.label, set()).add(status)
        assert status < 500 or (status == 503 and "/dump" in operation.path), (operation.label, status)
        if status >= 400:
            assert answer.headers["content-type"][0].startswith("application/problem+json"), operation.label
            assert answer.json()["status"] == status
            assert answer.json()["detail"]
        elif operation.method.upper() == "GET" and status == 200 and ".zip" not in operation.path:
            of_answer(description, operation.path).validate(answer.json())

    ask()
