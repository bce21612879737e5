"""For the tests of a mutation: writes down, as JSON, which of them failed and how, and whose source they ran."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

FILE = "MUTATION_REPORT"
_said: dict[str, Any] = {"failed": [], "errors": [], "passed": 0, "source": ""}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that fails, apart from one whose surroundings could not be made or unmade."""
    if report.failed:
        crash = getattr(report.longrepr, "reprcrash", None)
        why = crash.message if crash else str(report.longrepr)
        _said["failed" if report.when == "call" else "errors"].append([report.nodeid, why])
    elif report.when == "call":
        _said["passed"] += report.passed


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """A file of tests that cannot even be read."""
    if report.failed:
        _said["errors"].append([report.nodeid, str(report.longrepr)[-300:]])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Write it down."""
    _said["source"] = str(getattr(sys.modules.get("playerbase"), "__file__", ""))
    Path(os.environ[FILE]).write_text(json.dumps(_said))
