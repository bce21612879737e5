"""Rules of fields as a person writes them: one a line, a path and what holds for it."""

from typing import Any, get_args

import msgspec

from playerbase.progression.model import FieldRule, Merge
from playerbase.progression.model.declared import Kind

KINDS, MERGES = set(get_args(Kind)), set(get_args(Merge))
NUMBERS = {"min": "min", "max": "max", "per_hour": "per_hour_max"}
FLAGS = {"never_decreasing", "required"}


def written(rule: FieldRule) -> str:
    """A rule as a line: ``stats.gold integer sum min=0 per_hour=500 never_decreasing review``."""
    words = [rule.path, *filter(None, [rule.type]), rule.merge]
    words += [f"{word}={value:g}" if isinstance(value, float) else f"{word}={value}" for word, name in NUMBERS.items()
              if (value := getattr(rule, name)) is not None]  # fmt: skip
    words += [name for name in sorted(FLAGS) if getattr(rule, name)]
    return " ".join([*words, *(["review"] if rule.on_violation == "flag" else [])])


def read(text: str) -> tuple[list[FieldRule], str]:
    """The rules of some lines, and what is wrong with the first that cannot be read, if one cannot."""
    rules: list[FieldRule] = []
    for number, line in enumerate(text.splitlines(), 1):
        path, *words = line.split() or [""]
        if not path:
            continue
        given: dict[str, Any] = {"path": path}
        for word in words:
            name, is_number, value = word.partition("=")
            if is_number and name in NUMBERS:
                given[NUMBERS[name]] = _number(value)
            elif word in KINDS:
                given["type"] = word
            elif word in MERGES:
                given["merge"] = word
            elif word in FLAGS:
                given[word] = True
            elif word in {"review", "refuse"}:
                given["on_violation"] = "flag" if word == "review" else "refuse"
            else:
                return rules, f"Line {number}: nobody knows what {word[:40]} means"
        try:
            rules.append(msgspec.convert(given, FieldRule))
        except msgspec.ValidationError as fault:
            return rules, f"Line {number}: {fault}"
    return rules, ""


def _number(text: str) -> float | str:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text
