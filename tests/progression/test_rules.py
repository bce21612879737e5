"""Merging, plausibility and differences, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerbase.progression import FieldRule, rules
from playerbase.progression.model import Tree

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
whole = st.integers(-1_000_000, 1_000_000)


def merged(base: Tree | None, mine: Tree, theirs: Tree, undeclared: Any = "last", **merging: Any) -> Tree:
    fields = [FieldRule(path=path, merge=how) for path, how in merging.items()]
    found = rules.merge(fields, undeclared, base, mine, theirs)
    assert found.unsettled == []
    return found.data


@given(base=whole, gained=st.lists(whole, min_size=2, max_size=2))
@settings(max_examples=50)
def test_a_sum_adds_what_each_side_added_and_the_base_once(base: int, gained: list[int]) -> None:
    mine, theirs = base + gained[0], base + gained[1]
    assert merged({"gold": base}, {"gold": mine}, {"gold": theirs}, gold="sum") == {"gold": base + sum(gained)}


@pytest.mark.parametrize(
    ("how", "base", "mine", "theirs", "expected"),
    [
        ("sum", {}, {"x": 3}, {"x": 4}, {"x": 7}),
        ("sum", {"x": 5}, {"x": 5}, {"x": 9}, {"x": 9}),
        ("sum", {"x": 5}, {}, {"x": 9}, {"x": 9}),
        ("max", {"x": 1}, {"x": 3}, {"x": 2}, {"x": 3}),
        ("min", {"x": 9}, {"x": 3}, {"x": 2}, {"x": 2}),
        ("max", {}, {}, {"x": 2}, {"x": 2}),
        ("union", {"x": ["a"]}, {"x": ["a", "b"]}, {"x": ["c"]}, {"x": ["c", "a", "b"]}),
        ("union", {}, {"x": [{"id": 1}]}, {"x": [{"id": 1}, 2]}, {"x": [{"id": 1}, 2]}),
        ("last", {"x": 1}, {"x": 2}, {"x": 3}, {"x": 2}),
        ("first", {"x": 1}, {"x": 2}, {"x": 3}, {"x": 3}),
        ("last", {"x": 1}, {"x": 1}, {"x": 3}, {"x": 3}),
        ("first", {"x": 1}, {"x": 2}, {"x": 1}, {"x": 2}),
        ("last", {"x": 1}, {"x": 1}, {}, {}),
        ("max", {"x": True}, {"x": True}, {"x": False}, {"x": False}),
    ],
)
def test_each_rule_merges_as_it_says(how: str, base: Tree, mine: Tree, theirs: Tree, expected: Tree) -> None:
    assert merged(base, mine, theirs, x=how) == expected


def test_a_rule_holds_for_what_lies_below_its_path_until_another_does() -> None:
    fields = [FieldRule(path="best", merge="max"), FieldRule(path="best.lap_seconds", merge="min")]
    found = rules.merge(
        fields, "ask", {}, {"best": {"score": 5, "lap_seconds": 60}}, {"best": {"score": 4, "lap_seconds": 70}}
    )
    assert found == rules.Merged({"best": {"score": 5, "lap_seconds": 60}}, [])


def test_what_both_changed_and_no_rule_settles_is_named() -> None:
    found = rules.merge([], "ask", {"a": 1, "b": {"c": 1}}, {"a": 2, "b": {"c": 2}}, {"a": 3, "b": {"c": 1}})
    assert found == rules.Merged({"a": 3, "b": {"c": 2}}, ["a"])


def test_without_its_base_a_sum_is_not_guessed() -> None:
    found = rules.merge([FieldRule(path="gold", merge="sum")], "last", None, {"gold": 5}, {"gold": 7})
    assert found.unsettled == ["gold"]


trees = st.recursive(
    st.dictionaries(st.sampled_from("abc"), whole | st.booleans() | st.lists(whole, max_size=2), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner | whole, max_size=3),
    max_leaves=6,
)


@given(base=trees, changed=trees)
@settings(max_examples=60)
def test_who_alone_changed_something_gets_exactly_that(base: Tree, changed: Tree) -> None:
    for how in ("last", "first", "ask"):
        assert rules.differences(merged(base, changed, base, how), changed, 9) == []
        assert rules.differences(merged(base, base, changed, how), changed, 9) == []


def judged(after: Tree, before: Tree | None = None, hours: float = 0, paces: Any = None, **rule: Any) -> list[str]:
    fields = [FieldRule(path="stats.gold", **rule)]
    return [each.rule for each in rules.judge(fields, before, after, paces or {}, NOW + timedelta(hours=hours)).refused]


def gold(value: object) -> Tree:
    return {"stats": {"gold": value}}


@pytest.mark.parametrize(
    ("after", "rule", "expected"),
    [
        (gold(5), {"type": "integer", "min": 5, "max": 5}, []),
        (gold(4), {"min": 5}, ["below_minimum"]),
        (gold(6), {"max": 5}, ["above_maximum"]),
        (gold(True), {"type": "integer"}, ["type"]),
        (gold(1.5), {"type": "integer"}, ["type"]),
        (gold(1.5), {"type": "number"}, []),
        (gold("xx"), {"type": "text", "max": 1}, ["above_maximum"]),
        ({}, {"required": True}, ["missing"]),
        ({"stats": 7}, {"required": True}, ["missing"]),
        ({}, {"min": 5}, []),
    ],
)
def test_bounds_and_kinds(after: Tree, rule: dict[str, Any], expected: list[str]) -> None:
    assert judged(after, **rule) == expected


@pytest.mark.parametrize("after", [gold(9), {}, gold("ten")])
def test_what_never_decreases_is_refused_when_it_does_or_is_gone(after: Tree) -> None:
    assert judged(after, gold(10), never_decreasing=True) == ["decreased"]
    assert judged(gold(10), gold(10), never_decreasing=True) == []


def test_however_often_somebody_saves_a_field_grows_no_faster_than_it_may() -> None:
    rule = FieldRule(path="gold", per_hour_max=60)
    paces: dict[str, rules.Pace] = {}
    before, passed = 0, 0
    for second in range(0, 7_200, 30):
        found = rules.judge([rule], {"gold": before}, {"gold": before + 2}, paces, NOW + timedelta(seconds=second))
        if not found.refused:
            before, paces = before + 2, found.paces
            passed += 2
    assert 60 + 118 <= passed <= 60 + 120


def test_who_played_offline_brings_home_what_the_hours_allow() -> None:
    pace = {"stats.gold": rules.Pace(0, NOW.timestamp())}
    assert judged(gold(480), gold(0), 8, pace, per_hour_max=60) == []
    assert judged(gold(481), gold(0), 8, pace, per_hour_max=60) == ["too_fast"]
    assert judged(gold(60 * 24 + 1), gold(0), 1_000, pace, per_hour_max=60) == ["too_fast"]


def test_differences_are_named_by_path_and_bounded() -> None:
    found = rules.differences({"a": 1, "b": {"c": [1]}, "d": 1}, {"a": 1.0, "b": {"c": [2]}, "e": True}, 10)
    assert [(each.path, each.kind) for each in found] == [("b.c", "changed"), ("d", "removed"), ("e", "added")]
    assert len(rules.differences({}, {str(at): at for at in range(50)}, 10)) == 10


def test_the_same_from_two_devices_is_not_the_same() -> None:
    assert rules.fingerprint("one ", b"{}") != rules.fingerprint("other ", b"{}")
    large = b'{"x":"' + b"y" * 5_000 + b'"}'
    assert len(rules.packed(large)) < 100
    assert [rules.unpacked(rules.packed(each)) for each in (large, b"{}")] == [large, b"{}"]
