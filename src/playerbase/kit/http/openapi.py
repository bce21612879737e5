"""The OpenAPI document, made from the same signatures the routes run by, so that it cannot differ from the wire."""

import inspect
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from playerbase.kit.errors import Refusal
from playerbase.kit.http.caller import NotAllowed, NotSignedIn
from playerbase.kit.http.examples import Examples
from playerbase.kit.http.faults import InvalidInput
from playerbase.kit.http.message import Answer
from playerbase.kit.http.route import Inputs, Route, kinds_of, status_of
from playerbase.kit.redis import TooManyRequests

_REF = "#/components/schemas/{name}"
_PROBLEM = {"$ref": _REF.format(name="Problem")}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Your own name for this one wish: sent again, it gets the same answer and has no second effect.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "019aa0f2-7c00-7000-8000-0000000000ff",
}


class ProblemField(msgspec.Struct):
    """One invalid field."""

    field: str
    code: str
    message: str


class Problem(msgspec.Struct):
    """RFC 9457 problem details; the case may add members."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    docs: str
    errors: list[ProblemField]


def document(routes: Sequence[Route], *, version: str, public_url: str) -> dict[str, Any]:
    """OpenAPI 3.1 for the routes that are not pages."""
    api = [(route, Inputs(route)) for route in routes if not route.is_page]
    shapes: list[Any] = [Problem]
    for route, inputs in api:
        if inputs.body is not None:
            shapes.append(inputs.body)
        shapes += _results(inputs)
        shapes += [*inputs.query.values(), *inputs.path.values()]
        assert route.function.__doc__, f"{route.name} has no docstring"
    schemas, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    by_shape = {id(shape): schema for shape, schema in zip(shapes, schemas, strict=True)}
    examples = Examples(components, _REF.format(name=""))
    paths: dict[str, dict[str, Any]] = {}
    for route, inputs in api:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, inputs, by_shape, examples)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Playerbase", "version": version, "description": "The player platform's API."},
        "servers": [{"url": public_url}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {_plain(name): schema for name, schema in sorted(components.items())},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "An access token, or a server's API key."}
            },
        },
    }


def _operation(route: Route, inputs: Inputs, by_shape: dict[int, Any], examples: Examples) -> dict[str, Any]:
    sentence, _, rest = inspect.cleandoc(route.function.__doc__ or "").partition("\n")
    told = f"For: {', '.join(route.policy.required())}. Limit: {', '.join(route.limits)}."
    parameters = [
        _parameter(name, by_shape[id(kind)], "path", examples, required=True) for name, kind in inputs.path.items()
    ] + [
        _parameter(name, by_shape[id(kind)], "query", examples, required=name not in inputs.defaults)
        for name, kind in inputs.query.items()
    ]
    if route.method == "POST" and (inputs.is_writing or inputs.key):
        parameters.append(_KEY | {"required": route.key_required})
    operation: dict[str, Any] = {
        "operationId": _unique(route),
        "summary": sentence,
        "description": f"{rest.strip()}\n\n{told}".strip(),
        "tags": [route.module],
        "parameters": parameters,
        "responses": _responses(route, inputs, by_shape, examples),
    }
    if inputs.body is not None:
        schema = by_shape[id(inputs.body)]
        content = {"schema": schema, "example": examples.of(schema)}
        operation["requestBody"] = {"required": not inputs.body_optional, "content": {"application/json": content}}
    if route.upload_bytes_max:
        content = {"schema": {"type": "string", "format": "binary", "maxLength": route.upload_bytes_max}, "example": ""}
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": content}}
    if not route.policy.anyone:
        operation["security"] = [{"bearer": []}]
    return operation


def _responses(route: Route, inputs: Inputs, by_shape: dict[int, Any], examples: Examples) -> dict[str, Any]:
    refusals: list[type[Refusal]] = [] if route.policy.anyone else [NotSignedIn, NotAllowed]
    if inputs.path or inputs.query or inputs.body is not None:
        refusals.append(InvalidInput)
    refusals.append(TooManyRequests)
    found = _successes(route, inputs, by_shape, examples)
    for kind in refusals:
        found[str(kind.status)] = {
            "description": kind.title(),
            "content": {"application/problem+json": {"schema": _PROBLEM, "example": _problem(kind)}},
        }
    found["default"] = {
        "description": "Any other problem; every code is explained where `docs` leads.",
        "content": {"application/problem+json": {"schema": _PROBLEM}},
    }
    return found


def _problem(kind: type[Refusal]) -> dict[str, Any]:
    docs = f"/docs/problems#{kind.code}"
    fault = {"field": "players.1.score", "code": "invalid", "message": "Expected `int` >= 0"}
    return {
        "type": docs, "title": kind.title(), "status": kind.status, "code": kind.code, "detail": kind.title(),
        "request_id": "5e1f0a7c9b2d4e6f8a1b3c5d", "docs": docs, "errors": [fault] if kind is InvalidInput else [],
    }  # fmt: skip


def _unique(route: Route) -> str:
    # One function on two paths needs two operation ids: the second says which path.
    first: Route = route.function.__dict__["routes"][-1]
    return route.name if route == first else f"{route.name}_at_{re.sub(r'[^a-z]+', '_', route.path).strip('_')}"


def _parameter(name: str, schema: Any, where: str, examples: Examples, *, required: bool) -> dict[str, Any]:
    described = {"name": name, "in": where, "required": required, "schema": schema}
    return described | ({"example": examples.of(schema, name)} if required else {})


def _results(inputs: Inputs) -> tuple[Any, ...]:
    return () if inputs.returns in {None, type(None), Answer, str} else kinds_of(inputs.returns)


def _successes(route: Route, inputs: Inputs, by_shape: dict[int, Any], examples: Examples) -> dict[str, Any]:
    if inputs.returns is type(None):
        return {"204": {"description": "Done; there is nothing to say."}}
    by_status: dict[str, list[Any]] = {}
    for kind in _results(inputs):
        by_status.setdefault(str(status_of(kind, route)), []).append(by_shape[id(kind)])
    found: dict[str, Any] = {}
    for status, schemas in by_status.items():
        schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
        content = {"schema": schema, "example": examples.of(schemas[0])}
        found[status] = {"description": "Done.", "content": {"application/json": content}}
    return found or {str(route.status): {"description": "Done."}}


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name)
