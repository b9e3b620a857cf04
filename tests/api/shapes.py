"""The description of the API as JSON schemas that a document can be held against."""

from typing import Any

from jsonschema import Draft7Validator


def of_answer(description: dict[str, Any], path: str) -> Draft7Validator:
    """What a GET of `path` says that it gives, nothing missing and nothing more."""
    good = next(each for code, each in description["paths"][path]["get"]["responses"].items() if code.startswith("2"))
    schema = good["content"]["application/json"]["schema"]
    components = {name: _strict(each) for name, each in description["components"]["schemas"].items()}
    return Draft7Validator({**schema, "components": {"schemas": components}})


def _strict(schema: Any) -> Any:
    """JSON Schema knows no `nullable`; and what is not described must not be there."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _strict(each) for name, each in schema.items() if name != "nullable"}
    if "properties" in inner:
        inner["additionalProperties"] = False
    if schema.get("nullable") and "type" in inner:
        inner["type"] = [inner["type"], "null"]
    elif schema.get("nullable"):
        inner = {"anyOf": [inner, {"type": "null"}]}
    return inner
