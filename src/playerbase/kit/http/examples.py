"""Examples for the API's description: what a struct says itself, else something plain that fits its bounds."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_BY_FORMAT = {
    "uuid": "019aa0f2-7c00-7000-8000-000000000001",
    "date-time": "2026-11-20T18:00:00.000Z",
    "date": "2026-11-20",
    "byte": "cGxheWVyYmFzZQ==",
}
# Tried in this order where a pattern must be met.
_WORDS = (
    "demo",
    "example",
    "123456",
    "12345678",
    "EU",
    "DE",
    "#1f6feb",
    "https://example.org/player",
    "ada@example.org",
    "players.read",
    "0123456789abcdef" * 4,
)


class Examples:
    """Makes an example of a JSON schema, whose named parts are these."""

    def __init__(self, components: Mapping[str, Any], prefix: str) -> None:
        self._components, self._prefix = components, prefix

    def of(self, schema: Mapping[str, Any], name: str = "") -> Any:
        """A value that is valid against the schema; ``name`` is what it is called where it stands."""
        if "$ref" in schema:
            return self.of(self._components[schema["$ref"].removeprefix(self._prefix)], name)
        if schema.get("examples"):
            return schema["examples"][0]
        if schema.get("default") not in (None, [], {}, ""):
            return schema["default"]
        if "enum" in schema:
            return schema["enum"][0]
        for part in schema.get("anyOf", ()):
            if part.get("type") != "null":
                return self.of(part, name)
        return self._plain(schema, name)

    def _plain(self, schema: Mapping[str, Any], name: str) -> Any:
        found: Any = None
        match schema.get("type"):
            case "object":
                inner = schema.get("additionalProperties")
                parts = schema.get("properties") or ({"name": inner} if isinstance(inner, dict) else {})
                found = {each: self.of(part, each) for each, part in parts.items()}
            case "array" if "prefixItems" in schema:
                found = [self.of(part, name) for part in schema["prefixItems"]]
            case "array":
                count = max(1, schema.get("minItems", 0))
                found = [self.of(schema["items"], name)] * count if "items" in schema else []
            case "integer" | "number":
                found = _number(schema)
            case "boolean":
                found = True
            case "string":
                found = _text(schema, name)
        return found


def _number(schema: Mapping[str, Any]) -> float:
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    return max(low, min(1, schema.get("maximum", 1)))  # type: ignore[no-any-return]  # Numbers, as the schema has them.


def _text(schema: Mapping[str, Any], name: str) -> str:
    if "format" in schema:
        return _BY_FORMAT.get(schema["format"], "")
    shortest, longest, pattern = schema.get("minLength", 0), schema.get("maxLength", 10_000), schema.get("pattern", "")

    def tried() -> Iterator[str]:
        for word in (name, *_WORDS):
            yield word
            yield (word * (shortest // max(1, len(word)) + 1))[: max(shortest, 1)]
        yield "a" * shortest

    fitting = (word for word in tried() if shortest <= len(word) <= longest and re.search(pattern, word))
    return next(fitting, name)
