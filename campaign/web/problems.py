"""What a program is told when something goes wrong: RFC 9457, under /api/ and nowhere else."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, request

PROBLEM = "application/problem+json"


def is_for_program() -> bool:
    """Whether the request at hand came to the API."""
    return bool(request) and request.path.startswith("/api/")


def problem(status: int, title: str, detail: str, errors: Mapping[str, Any] | None = None) -> Response:
    """What happened, and what to do. Kept by nobody."""
    told: dict[str, Any] = {"status": status, "title": title, "detail": detail}
    if errors:
        told["errors"] = errors
    response = Response(json.dumps(told, ensure_ascii=False), status, mimetype=PROBLEM)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
