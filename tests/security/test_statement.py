"""The statement is whole, names what exists, and says of nothing that it is met without a test."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.security.statement import LEVELS, PAGE, ROOT, WORDS, page, read

# The levels of all requirements of ASVS 5.0.0, section by section, in their order.
SECTIONS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223",
    "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222", "10.6": "22",
    "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip
REQUIREMENTS = 345


@cache
def names_in(path: Path) -> frozenset[str]:
    """The tests that pytest collects of a file."""
    tree = ast.parse(path.read_text())
    found = (each for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(each.name for each in found if each.name.startswith("test_"))


def test_every_requirement_stands_there_once_and_in_order() -> None:
    said = read()
    expected = [
        (f"{section}.{number}", int(level))
        for section, levels in SECTIONS.items()
        for number, level in enumerate(levels, 1)
    ]
    assert len(expected) == REQUIREMENTS
    assert [(each.id, each.level) for each in said.requirements] == expected
    assert set(said.chapters) == {each.chapter for each in said.requirements}
    assert {each.level for each in said.requirements} == set(LEVELS)


def test_every_test_that_is_named_exists() -> None:
    for each in read().requirements:
        assert len(set(each.tests)) == len(each.tests), each.id
        for named in each.tests:
            path, _, name = named.partition("::")
            assert re.fullmatch(r"tests/(\w+/)*test_\w+\.py", path), named
            assert (ROOT / path).is_file(), f"{each.id}: {named}"
            assert name in names_in(ROOT / path), f"{each.id}: {named}"


def test_every_file_that_is_named_exists() -> None:
    said = read()
    texts = [said.report, said.threats, *(f"{each.how} {each.note}" for each in said.requirements)]
    for named in re.findall(r"`((?:src|tests|docs|ops|bin)/[\w./-]+)`", " ".join(texts)):
        assert (ROOT / named).exists(), named


def test_nothing_is_called_met_without_a_test_or_unmet_without_a_reason() -> None:
    for each in read().requirements:
        assert each.state in WORDS, each.id
        assert each.gist, each.id
        assert each.how, each.id
        assert (each.state == "met") <= bool(each.tests), f"{each.id} is met by no test"
        assert (each.state in {"partly", "not_met"}) <= bool(each.note), f"{each.id} lacks its reason"
        assert (each.state == "not_met") <= ("needed" in each.note.lower() or bool(each.tests)), each.id
        assert (each.state == "not_applicable") <= (not each.tests), each.id
        assert "|" not in f"{each.gist}{each.how}{each.note}", f"{each.id} would break its row"


def test_the_page_is_what_the_statement_says() -> None:
    assert PAGE.read_text() == page(read()), "run: python -m tests.security"
