"""What is met of OWASP ASVS 5.0.0: read from `docs/security.toml`, written as `docs/security.md`."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
SOURCE, PAGE = ROOT / "docs" / "security.toml", ROOT / "docs" / "security.md"
WORDS = {"met": "met", "partly": "partly met", "not_met": "not met", "not_applicable": "not applicable"}
LEVELS = (1, 2, 3)


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One requirement: its gist in our words, whether it is met, by what, and which tests show it."""

    id: str
    level: int
    gist: str
    state: str
    how: str
    tests: tuple[str, ...] = ()
    note: str = ""

    @property
    def place(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.id.split("."))

    @property
    def chapter(self) -> str:
        return self.id.partition(".")[0]


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of it."""

    standard: str
    source: str
    report: str
    threats: str
    chapters: dict[str, str]
    requirements: list[Requirement]


def read() -> Statement:
    return msgspec.convert(tomllib.loads(SOURCE.read_text()), Statement)


def page(said: Statement) -> str:
    return "\n".join(_lines(said)) + "\n"


def _lines(said: Statement) -> Iterator[str]:
    yield "# Security"
    yield ""
    yield "<!-- Written by `python -m tests.security` from docs/security.toml; change that. -->"
    yield f"What is met of {said.standard}, by what, and which test shows it. Gists are ours; the requirements are"
    yield f"at <{said.source}>. How each thing is protected stands in [the guide](guides/protecting.md)."
    yield ""
    yield from _counts(said)
    yield from _unmet(said)
    yield "## How to report a vulnerability"
    yield said.report.strip()
    yield ""
    yield "## Who attacks, and what stands against it"
    yield said.threats.strip()
    for chapter, title in said.chapters.items():
        yield ""
        yield from _chapter(said, chapter, title)


def _counts(said: Statement) -> Iterator[str]:
    yield "| level | " + " | ".join(WORDS.values()) + " | all |"
    yield "|---|" + "---:|" * (len(WORDS) + 1)
    for level in LEVELS:
        counted = Counter(each.state for each in said.requirements if each.level == level)
        row = [str(counted[state]) for state in WORDS]
        yield f"| {level} | {' | '.join(row)} | {counted.total()} |"
    counted = Counter(each.state for each in said.requirements)
    yield f"| all | {' | '.join(str(counted[state]) for state in WORDS)} | {counted.total()} |"
    yield ""


def _unmet(said: Statement) -> Iterator[str]:
    yield "## What is not met"
    for state in ("not_met", "partly"):
        yield f"### {WORDS[state].capitalize()}"
        for level in LEVELS:
            found = [each for each in said.requirements if (each.state, each.level) == (state, level)]
            if found:
                yield f"Level {level}:"
                yield ""
                yield from (f"- **{each.id}** {each.gist}: {_sentence(each.note)}" for each in found)
                yield ""


def _sentence(note: str) -> str:
    return note if note.endswith(".") else f"{note}."


def _chapter(said: Statement, chapter: str, title: str) -> Iterator[str]:
    yield f"## {chapter} {title}"
    yield ""
    yield "| | level | what | state | how | tests |"
    yield "|---|---|---|---|---|---|"
    for each in said.requirements:
        if each.chapter == chapter:
            how = f"{each.how} {each.note[0].upper()}{_sentence(each.note)[1:]}" if each.note else each.how
            tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in each.tests)
            yield f"| {each.id} | {each.level} | {each.gist} | {WORDS[each.state]} | {how} | {tests} |"
