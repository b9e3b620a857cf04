"""The page that explains the API to people, made of its description: what stands here is what programs are told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from campaign.api.service import dump
from campaign.api.views.description import describe
from campaign.api.views.partners import PARTNERS
from campaign.web.headers import public_page
from campaign.web.i18n import gettext as _
from campaign.web.settings import settings

bp = Blueprint("api_page", __name__)


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a part of a document."""

    name: str
    kind: str
    words: str
    schema: str
    """The document that stands in it; empty where it is a plain value."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One address and method."""

    method: str
    path: str
    summary: str
    takes: Sequence[Field]
    sends: str
    gives: str


@bp.get("")
@public_page(survives_outage=True)
def show_api() -> str:
    """Every address with what it takes and gives."""
    document = describe()
    parts: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, each in methods.items():
            if method != "parameters":
                operation = _operation(method, path, each, methods.get("parameters", []))
                parts.setdefault(each["tags"][0], []).append(operation)
    schemas = [(name, list(_fields(schema))) for name, schema in sorted(document["components"]["schemas"].items())]
    origin = document["servers"][0]["url"]
    return render_template(
        "api/page.html", parts={_(name): each for name, each in parts.items()}, schemas=schemas,
        for_partners=_(PARTNERS), with_token=f'curl -H "Authorization: Bearer unf_…" {origin}/api/v1/token',
        has_dump=dump.has_dump(settings().data_dir, ""),
        examples=[f"curl {origin}/api/v1/petitions", f"curl '{origin}/api/v1/people?lang=ru'"],
    )  # fmt: skip


def _operation(method: str, path: str, each: Mapping[str, Any], of_path: Sequence[Mapping[str, Any]]) -> Operation:
    asked = [*of_path, *each.get("parameters", [])]
    takes = [Field(one["name"], _kind(one["schema"]), _told(one.get("description")), "") for one in asked]
    sent = each.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    good = next(one for status, one in each["responses"].items() if status.startswith("2"))
    given = good.get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(method.upper(), path, _told(each.get("summary")), takes, _name(sent), _name(given))


def _fields(schema: Mapping[str, Any]) -> Iterator[Field]:
    for name, each in schema.get("properties", {}).items():
        whole = next(iter(each.get("allOf", [])), each)
        inner = whole.get("items", whole)
        yield Field(name, _kind(each), _told(each.get("description")), _name(inner))


def _kind(schema: Mapping[str, Any]) -> str:
    """What kind of value it is, in the words of JSON."""
    if "enum" in schema:
        return " | ".join("null" if each is None else str(each) for each in schema["enum"])
    kind = {"date": "date", "date-time": "date-time", "uri": "url"}.get(
        schema.get("format", ""), schema.get("type", "")
    )
    if kind == "array":
        return f"[{_kind(schema['items']) or ''}]"
    if "$ref" in schema or "allOf" in schema:
        return ""
    return f"{kind} | null" if schema.get("nullable") else kind


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _told(words: str | None) -> str:
    return _(words) if words else ""
