"""At the end of a test run: what could not run, and why; under --no-skips that fails the run."""

from collections import defaultdict

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the switch."""
    parser.addoption("--no-skips", action="store_true", help="a test that could not run fails the whole run")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a good run with skipped tests into a bad one, when that was asked for."""
    if session.config.getoption("--no-skips") and _skipped(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """List the reasons, each once, with the tests it kept from running."""
    skipped = _skipped(config)
    if not skipped:
        return
    strict = config.getoption("--no-skips")
    terminalreporter.section(
        "not run, which --no-skips makes a failure" if strict else "not run", red=strict, yellow=not strict
    )
    for reason, tests in sorted(skipped.items()):
        terminalreporter.write_line(f"{reason}: {len(tests)} ({', '.join(tests[:3])}{', …' if len(tests) > 3 else ''})")  # noqa: PLR2004


def _skipped(config: pytest.Config) -> dict[str, list[str]]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reasons: dict[str, list[str]] = defaultdict(list)
    for report in reporter.stats.get("skipped", []) if reporter else []:
        told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[told.removeprefix("Skipped: ")].append(report.nodeid)
    return reasons
