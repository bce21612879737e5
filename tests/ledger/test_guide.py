"""The guide lists every promise, and what it names is there."""

import re
from pathlib import Path

from playerbase.ledger.model import INVARIANTS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guides/ledger.md").read_text()


def test_every_promise_is_listed_and_every_finding_names_one() -> None:
    listed = re.findall(r"^\| (I\d+) \|", GUIDE, re.MULTILINE)
    assert listed == [f"I{number}" for number in range(1, 41)]
    assert {number for said in INVARIANTS.values() for number in said.split(", ")} <= set(listed)


def test_what_proves_them_is_there() -> None:
    named = re.findall(r"`((?:tests|src)/[^`:]+)(?:::(\w+))?`", GUIDE)
    assert len(named) > 20
    for path, test in named:
        assert f"def {test}(" in (ROOT / path).read_text() if test else (ROOT / path).exists(), (path, test)
