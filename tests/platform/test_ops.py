"""Alert rules and dashboards name figures by hand; a misspelt one would be silent for good."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from tests.accounts.people import People
from tests.conftest import Api
from tests.platform.test_metrics import figure, report_match

ROOT = Path(__file__).parents[2]
RULES = ROOT / "ops" / "prometheus" / "rules.yml"
DASHBOARDS = sorted((ROOT / "ops" / "grafana").glob("*.json"))
RUNNING = ROOT / "docs" / "guides" / "running.md"

OF_PROMETHEUS = {"up": set[str]()}
OF_EVERY_TARGET = {"job", "instance", "le"}
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
MATCHERS = re.compile(r"\{([^}]*)\}")
NAME = re.compile(r"(?<![\w.])[a-zA-Z_:][a-zA-Z0-9_:]*(?!\w|\s*\()")
OPERATORS = {"and", "or", "unless", "bool", "offset"}


def parsed(expression: str) -> tuple[set[str], set[str]]:
    """The metrics and the labels a PromQL expression names."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', expression)
    labels = {part.strip() for group in GROUPING.findall(bare) for part in group.split(",") if part.strip()}
    labels |= set(re.findall(r"(\w+)\s*[=!]", " ".join(MATCHERS.findall(bare))))
    bare = re.sub(r"\[[^\]]*\]", "", MATCHERS.sub("", GROUPING.sub("", bare)))
    return {name for name in NAME.findall(bare) if name not in OPERATORS}, labels


def known(scrape: str) -> dict[str, set[str]]:
    """The series names of a scrape, and the labels of each."""
    found = dict(OF_PROMETHEUS)
    for family in text_string_to_metric_families(scrape):
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
        labels = {label for sample in family.samples for label in sample.labels}
        labels |= set(getattr(REGISTRY._names_to_collectors.get(family.name), "_labelnames", ()))
        found |= {f"{family.name}{ending}": labels for ending in endings}
    return found


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression that somebody wrote, and where."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{path.name}: {panel['title']}", target["expr"]


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def wrong(expression: str, series: dict[str, set[str]]) -> set[str]:
    """The names in an expression that mean nothing."""
    names, labels = parsed(expression)
    meant = set.union(OF_EVERY_TARGET, *(series.get(name, set()) for name in names))
    return (names - series.keys()) | (labels - meant)


@pytest.fixture
async def scrape(api: Api, people: People) -> dict[str, set[str]]:
    """What an app that has done something says of itself."""
    _, server = await people.begin()
    await report_match(api, server)
    await api.drain()
    assert await figure(api, "database_up") == 1
    return known((await api.get("/metrics")).text)


async def test_every_figure_that_is_watched_or_drawn_exists(scrape: dict[str, set[str]]) -> None:
    assert len(scrape) > 40
    assert {where: found for where, said in expressions() if (found := wrong(said, scrape))} == {}


@pytest.mark.parametrize(
    ("expression", "misspelt"),
    [
        ("max(workers_alife) == 0", "workers_alife"),
        ('sum(rate(http_request_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))', "http_request_total"),
        ("histogram_quantile(0.95, sum by (le) (rate(http_request_seconds[5m])))", "http_request_seconds"),
        ('max(outbox_letters{sate="dead"}) > 0', "sate"),
        ("max by (reader) (outbox_lag_seconds) > 60", "reader"),
    ],
)
async def test_a_misspelt_name_is_found(scrape: dict[str, set[str]], expression: str, misspelt: str) -> None:
    assert wrong(expression, scrape) == {misspelt}


def test_an_expression_is_taken_apart() -> None:
    said = 'topk(10, (a_x{state="open", y!~"b c"} - ignoring (state) b_total[5m]) / 2e3 > 0.8) unless on (z) c'
    assert parsed(said) == ({"a_x", "b_total", "c"}, {"state", "y", "z"})


def test_every_alert_says_how_bad_it_is_what_it_means_and_what_to_do() -> None:
    headings = {_anchor(line) for line in RUNNING.read_text().splitlines() if line.startswith("#")}
    assert len({rule["alert"] for rule in rules()}) == len(rules()) > 10
    for rule in rules():
        notes = rule["annotations"]
        assert rule["labels"]["severity"] in {"page", "warn"}
        assert notes["summary"]
        assert notes["description"].rstrip().endswith("."), rule["alert"]
        path, _, anchor = notes["runbook"].partition("#")
        assert (ROOT / path) == RUNNING
        assert anchor in headings, f"{rule['alert']} has no runbook"


def test_dashboards_can_stand_side_by_side() -> None:
    drawn = [json.loads(path.read_text()) for path in DASHBOARDS]
    assert {each["uid"].removeprefix("playerbase-") for each in drawn} == {path.stem for path in DASHBOARDS}
    for each in drawn:
        places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in each["panels"]]
        assert len(set(places)) == len(places)


def _anchor(heading: str) -> str:
    """How a heading is linked to, as GitHub does it."""
    return re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).replace(" ", "-")
