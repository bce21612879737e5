"""JSON as it is shown: indented, and cut into names, texts and other values for the stylesheet."""

import re

import msgspec

_TOKEN = re.compile(r'("(?:\\.|[^"\\])*")(?=\s*:)|("(?:\\.|[^"\\])*")|(-?\d[\d.eE+-]*|true|false|null)')


def tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) in order: k a name, s a text, v another value, empty what lies between."""
    pretty = msgspec.json.format(text, indent=2)
    found: list[tuple[str, str]] = []
    end = 0
    for match in _TOKEN.finditer(pretty):
        found += [("", pretty[end : match.start()]), ("ksv"[(match.lastindex or 1) - 1], match[0])]
        end = match.end()
    return [*found, ("", pretty[end:])]
