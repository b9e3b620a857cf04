"""The description of the API for programs (OpenAPI 3.0.3), made when it is first asked for and kept."""

import json
from functools import cache
from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Flask, Response, current_app
from flask_smorest import Api

from campaign.api.forms.documents import Problem
from campaign.api.views.blueprint import answer, bp
from campaign.api.views.partners import BEARER
from campaign.web.problems import PROBLEM
from campaign.web.settings import settings

VERSION = "1.0.0"
TITLE = "Unforgotten"
ABOUT = (
    "What is public on this site, for programs, and what partners may send with a token. Everybody is answered alike; "
    "answers are fresh for ten seconds and carry an ETag. Unless asked with place=out, what is dangerous to readers in "
    "Russia is left out. Errors are RFC 9457 problems. A list in pages gives the cursor of the next one as next."
)


class _Description(Api):  # type: ignore[misc]
    """Only describes: our own errors and pages are told elsewhere, and nothing is loaded from anywhere."""

    ERROR_SCHEMA = Problem
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        pass

    def _register_doc_blueprint(self) -> None:
        pass


def show_description() -> Response:
    """OpenAPI 3.0.3."""
    return answer(describe(), survives_outage=True)


FlaskBlueprint.add_url_rule(bp, "/openapi.json", "show_description", show_description)


def describe() -> dict[str, Any]:
    """The description as a dictionary; not to be changed by who gets it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return _describe(app)


@cache
def _describe(app: Flask) -> dict[str, Any]:
    options = {"title": TITLE, "version": VERSION, "openapi_version": "3.0.3", "info": {"description": ABOUT}}
    api = _Description(app, spec_kwargs=options)
    bp.register_views_in_doc(api, app, api.spec, name=bp.name, parameters=None)
    document: dict[str, Any] = json.loads(json.dumps(api.spec.to_dict()))
    document["components"]["securitySchemes"] = {BEARER: {"type": "http", "scheme": "bearer"}}
    document["servers"] = [{"url": settings().public_url.rstrip("/")}]
    for path in document["paths"].values():
        for method, operation in path.items():
            if method != "parameters":
                _finish(operation)
    return document


def _finish(operation: dict[str, Any]) -> None:
    """Every answer but the good ones is a problem."""
    problem = {
        "description": "What went wrong",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    operation["responses"] = {
        status: each for status, each in operation["responses"].items() if status.startswith("2")
    } | {"default": problem}
