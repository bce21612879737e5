"""The API's description is valid, has an example of everything, and agrees with the wire."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from playerbase import app
from playerbase.kit.http import document, routes_in
from playerbase.kit.http.route import Inputs
from tests.kit.http import little
from tests.kit.http.conftest import Edge

LITTLE: dict[str, Any] = document(routes_in(little), version="1", public_url="https://play.example")
WHOLE: dict[str, Any] = json.loads(app.openapi("https://play.example"))
ROUTES = [route for route in [*routes_in(little), *app.ROUTES] if not route.is_page]


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def strict(described: dict[str, Any], schema: Any) -> Any:
    """A validator of what the schema says, with the named parts at hand."""
    return jsonschema_rs.validator_for(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "components": described["components"]},
        validate_formats=True,
    )


@pytest.mark.parametrize("described", [LITTLE, WHOLE], ids=["little", "whole"])
def test_it_is_a_description(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    assert set(described) == {"openapi", "info", "servers", "paths", "components"}
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(set(names)) == len(names)
    for schema in described["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    for reference in re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(described)):
        assert reference in described["components"]["schemas"]
    for path, _, operation in operations(described):
        assert set(re.findall(r"{([a-z_]+)}", path)) == {
            each["name"] for each in operation["parameters"] if each["in"] == "path"
        }
        assert operation["summary"].endswith((".", "?"))
        assert operation["tags"]
        assert {"default", "429"} <= set(operation["responses"])
        assert ("401" in operation["responses"]) is ("403" in operation["responses"]) is ("security" in operation)


@pytest.mark.parametrize("described", [LITTLE, WHOLE], ids=["little", "whole"])
def test_every_example_is_one(described: dict[str, Any]) -> None:
    wrong = []
    for path, method, operation in operations(described):
        contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
        contents += [answer["content"] for answer in operation["responses"].values() if "content" in answer]
        given = [part for content in contents for part in content.values() if "example" in part]
        given += [each for each in operation["parameters"] if "example" in each]
        for each in given:
            faults = strict(described, each["schema"]).iter_errors(each["example"])
            wrong += [f"{method} {path}: {fault.message} at {fault.instance_path}" for fault in faults]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.template)
def test_the_route_takes_the_example_of_its_body(route: Any) -> None:
    described = LITTLE if route.function.__module__ == little.__name__ else WHOLE
    operation = described["paths"][route.path][route.method.lower()]
    inputs = Inputs(route)
    if route.upload_bytes_max:
        assert set(operation["requestBody"]["content"]) == {"application/octet-stream"}
    elif inputs.decoder is None:
        assert "requestBody" not in operation
    else:
        example = operation["requestBody"]["content"]["application/json"]["example"]
        inputs.decoder.decode(msgspec.json.encode(example))


def test_one_function_on_two_paths_has_two_names() -> None:
    names = [LITTLE["paths"][path]["post"]["operationId"] for path in ("/api/v1/valuables", "/api/v1/value")]
    assert names[0] != names[1]
    assert names[0].endswith("make_valuable")


def test_what_moves_value_says_that_it_needs_a_key() -> None:
    def key(path: str) -> Any:
        parameters = LITTLE["paths"][path]["post"]["parameters"]
        return next(each["required"] for each in parameters if each["name"] == "Idempotency-Key")

    assert (key("/api/v1/value"), key("/api/v1/things"), key("/api/v1/lane")) == (True, False, False)


async def test_answers_are_as_described(edge: Edge) -> None:
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("get", "/api/v1/ping", {}), ("get", "/api/v1/listed", {}), ("post", "/api/v1/things", {"json": {"name": "a"}}),
        ("post", "/api/v1/things", {"json": {"name": ""}}), ("get", "/api/v1/me", {}),
        ("post", "/api/v1/secrets", {"json": {"name": "a"}}),
    ]  # fmt: skip
    for method, path, options in asked:
        answer = await edge.request(method.upper(), path, **options)
        responses = LITTLE["paths"][path][method]["responses"]
        assert str(answer.status_code) in responses
        content = responses[str(answer.status_code)]["content"][answer.headers["content-type"]]
        strict(LITTLE, content["schema"]).validate(answer.json())
