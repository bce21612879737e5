"""The list of mutations is run apart, and must not rot meanwhile: every check is there to be taken away."""

import ast
from functools import cache

import pytest

from tests.mutations.checks import MUTATIONS
from tests.mutations.mutation import ROOT, Mutation
from tests.mutations.running import STUMBLED


@cache
def functions_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_check_stands_once_where_it_is_looked_for_and_the_code_without_it_can_be_read() -> None:
    gone = []
    for mutation in MUTATIONS:
        try:
            mutation.mutated()
        except (LookupError, SyntaxError) as fault:
            gone.append(f"{mutation.name}: {fault}")
    assert gone == []


def test_something_is_taken_away_and_each_has_a_name_of_its_own() -> None:
    assert [each.name for each in MUTATIONS if each.old == each.new] == []
    assert len({each.name for each in MUTATIONS}) == len(MUTATIONS)
    assert len(MUTATIONS) >= 90


def test_every_test_that_must_miss_it_is_there() -> None:
    absent = []
    for mutation in MUTATIONS:
        for test in mutation.tests.split():
            file, _, function = test.partition("::")
            if not (ROOT / "tests" / file).exists() or (function and function not in functions_of(file)):
                absent.append(f"{mutation.name}: {test}")
    assert absent == []


def test_a_text_that_is_not_there_or_there_twice_is_no_check() -> None:
    for old in ("no such text in it", "import"):
        with pytest.raises(LookupError):
            Mutation("", "kit/crypto.py", old, "", "").mutated()
    with pytest.raises(SyntaxError):
        Mutation("", "kit/crypto.py", "def same(", "def same((", "").mutated()


@pytest.mark.parametrize(
    ("why", "stumbled"),
    [
        ("NameError: name 'x' is not defined", True),
        ("asyncpg.exceptions.UndefinedColumnError: column", True),
        ("assert 500 == 401", True),
        ("assert 200 == 401", False),
        ("Failed: DID NOT RAISE <class 'Tampered'>", False),
        ("AssertionError: assert ['alg none'] == []", False),
    ],
)
def test_code_that_stumbles_is_told_from_a_test_that_noticed(why: str, stumbled: bool) -> None:  # noqa: FBT001 - a table
    assert bool(STUMBLED.search(why)) is stumbled
