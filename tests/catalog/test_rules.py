from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase.catalog import ItemType, Part, Platform, Price, Sku, Status, StockDraft, rules
from playerbase.catalog.model import FileCategory, FileItem, Item, ItemNotForSale, Media, NewItem, Search, SoldOut
from tests.catalog.things import bundle, draft, potion

AT = datetime(2026, 11, 1, 18, tzinfo=UTC)
CODES = [f"c{number}" for number in range(6)]


def an_item(new: NewItem, **given: Any) -> Item:
    fields = {name: getattr(new, name) for name in Item.__struct_fields__ if hasattr(new, name)}
    rest: dict[str, Any] = {
        "item_id": uuid4(), "version": 1, "popularity": 0, "owned_by_count": 0, "created_at": AT, "updated_at": AT,
        "stock_total": None, "stock_opens_at": None, "stock_closes_at": None, "is_sold_out": False,
    }  # fmt: skip
    return Item(**(fields | rest | given))


graphs = st.dictionaries(st.sampled_from(CODES), st.lists(st.sampled_from(CODES), max_size=4), max_size=6)


def brute_reaches(graph: dict[str, list[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph.get(start, []))
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting += graph.get(at, [])
    return seen


@given(graphs, st.sampled_from(CODES))
def test_a_way_back_is_found_exactly_where_there_is_one(graph: dict[str, list[str]], start: str) -> None:
    def following(at: str) -> list[str]:
        return graph.get(at, [])

    way = rules.route_back(start, following)
    assert (way is not None) == (start in brute_reaches(graph, start))
    if way is not None:
        assert way[0] == way[-1] == start
        assert all(after in graph[before] for before, after in pairwise(way))
    assert rules.reached(start, following) == brute_reaches(graph, start) | {start}


@given(st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), max_size=3), min_size=6, max_size=6))
def test_a_bundle_holds_what_its_parts_hold(nested: list[list[tuple[int, int]]]) -> None:
    items: dict[str, Item] = {"potion": an_item(potion())}
    for at, inside in enumerate(nested[:5]):
        parts: dict[str, int] = {}
        for below, count in inside:
            name = f"b{below}" if below < at else "potion"
            parts[name] = parts.get(name, 0) + count
        asset = [Part(quantity=at + 1, asset="gems")]
        whole = [*(Part(quantity=count, item=name) for name, count in parts.items()), *asset]
        items[f"b{at}"] = an_item(bundle(f"b{at}", parts=whole))

    def counted(code: str) -> tuple[int, int]:
        if code == "potion":
            return 1, 0
        sums = [0, 0]
        for part in items[code].parts:
            potions, gems = (0, 1) if part.item is None else counted(part.item)
            sums[0] += potions * part.quantity
            sums[1] += gems * part.quantity
        return sums[0], sums[1]

    got = rules.expand(items["b4"], 3, items)
    potions, gems = counted("b4")
    assert {item.code: count for item, count in got.items} == ({"potion": 3 * potions} if potions else {})
    assert got.assets == [("gems", 3 * gems)]


def test_what_is_no_bundle_is_itself() -> None:
    item = an_item(draft())
    assert rules.expand(item, 4, {}) == rules.Contents([(item, 4)], [])


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({}, None),
        ({"status": Status.INACTIVE}, ItemNotForSale),
        ({"status": Status.COMING_SOON}, ItemNotForSale),
        ({"available_from": AT + timedelta(seconds=1)}, ItemNotForSale),
        ({"available_from": AT}, None),
        ({"available_until": AT}, ItemNotForSale),
        ({"available_until": AT + timedelta(microseconds=1)}, None),
        ({"stock_total": 9, "stock_opens_at": AT + timedelta(hours=1)}, ItemNotForSale),
        ({"stock_total": 9, "stock_closes_at": AT}, ItemNotForSale),
        ({"stock_total": 9, "is_sold_out": True}, SoldOut),
    ],
)
def test_what_is_for_sale_at_a_moment(given: dict[str, Any], refusal: type | None) -> None:
    said = rules.refusal(an_item(draft(), **given), AT, "gems")
    assert (None if said is None else type(said)) is refusal


def test_a_price_is_in_an_asset() -> None:
    assert isinstance(rules.refusal(an_item(draft()), AT, "coins"), ItemNotForSale)


@pytest.mark.parametrize(
    ("given", "is_public", "is_listed"),
    [
        ({}, True, True),
        ({"status": Status.INACTIVE}, False, False),
        ({"status": Status.COMING_SOON, "prices": []}, True, True),
        ({"prices": []}, True, False),
        ({"available_from": AT + timedelta(seconds=1)}, False, False),
        ({"available_from": AT + timedelta(seconds=1), "status": Status.COMING_SOON}, True, True),
        ({"available_until": AT}, True, False),
    ],
)
def test_what_may_be_seen(given: dict[str, Any], is_public: bool, is_listed: bool) -> None:  # noqa: FBT001 - a table
    item = an_item(draft(), **given)
    assert (rules.is_public(item, AT), rules.is_listed(item, AT)) == (is_public, is_listed)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from("abc")), max_size=12),
    st.sampled_from(["popularity", "newest", "price", "name"]),
    st.integers(1, 5),
)
def test_pages_of_any_order_are_the_list_cut_up(made: list[tuple[int, int, str]], sort: Any, size: int) -> None:
    items = [
        an_item(
            draft(f"item{at}", name=name, prices=[Price("gems", price + 1)]), popularity=points,
            created_at=AT + timedelta(seconds=points),
        )
        for at, (points, price, name) in enumerate(made)
    ]  # fmt: skip
    search = Search(sort=sort, asset="gems")
    whole = rules.pick(items, search, None, AT, None, 100)
    paged: list[Item] = []
    after = None
    while page := rules.pick(items, search, None, AT, after, size):
        paged += page
        after = rules.place(page[-1], search)
    assert paged == whole
    assert {item.code for item in whole} == {item.code for item in items}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-5, 50)), max_size=20), st.integers(0, 29))
def test_a_sale_counts_less_each_day_and_nothing_after_thirty(sales: list[tuple[int, int]], age: int) -> None:
    points = rules.popularity(sales)
    assert points >= 0
    assert rules.popularity([(30, 1_000_000)]) == 0
    assert rules.popularity([(age, 1_000)]) > rules.popularity([(age + 1, 1_000)])
    assert rules.popularity([(7, 2)]) == rules.popularity([(0, 1)])


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
titles = st.from_regex(r"\A[ -~à-ÿ]{0,20}[!-~][ -~]{0,20}\Z").filter(lambda text: len(text) <= 100)
moments = st.none() | st.datetimes(
    datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001 - hypothesis adds the zone
)  # fmt: skip
metadata = st.dictionaries(
    st.from_regex(r"\A[a-z][a-z0-9_]{0,5}\Z"),
    words | st.integers(-(2**53), 2**53) | st.booleans() | st.floats(-1e15, 1e15) | st.lists(words, max_size=3),
    max_size=3,
)
file_items = st.builds(
    FileItem,
    code=st.sampled_from(CODES), name=titles, type=st.sampled_from(ItemType), description=words,
    category=st.none() | st.sampled_from(CODES), game=st.none() | st.just("demo"), is_stackable=st.booleans(),
    max_per_player=st.none() | st.integers(1, 1_000_000), status=st.sampled_from(Status), is_limited=st.booleans(),
    available_from=moments, available_until=moments, metadata=metadata,
    prices=st.lists(st.builds(Price, st.sampled_from(["gems", "item:potion"]), st.integers(1, 2**53)), max_size=2),
    skus=st.lists(
        st.builds(Sku, st.sampled_from(Platform), st.just("com.x-1_a"), st.integers(1, 999), st.just("EUR")), max_size=2
    ),
    parts=st.lists(st.builds(Part, item=st.sampled_from(CODES), quantity=st.integers(1, 9))
                   | st.builds(Part, asset=st.just("gems"), quantity=st.integers(1, 9)), max_size=2),
    media=st.lists(st.builds(Media, url=st.just("https://cdn.example/a=b?c=d;e"), kind=st.just("video")), max_size=2),
    stock=st.none() | st.builds(StockDraft, st.integers(0, 10**9), moments, moments),
    version=st.none() | st.integers(1, 99),
)  # fmt: skip
file_categories = st.builds(
    FileCategory, code=st.sampled_from(CODES), name=titles, parent=st.none() | st.sampled_from(CODES),
    position=st.integers(0, 10_000),
)  # fmt: skip


@given(st.lists(file_categories, max_size=2), st.lists(file_items, max_size=3))
def test_a_file_reads_back_as_it_was_written(categories: list[FileCategory], items: list[FileItem]) -> None:
    for body, read in (
        (rules.as_json(categories, items), rules.read_json), (rules.as_csv(categories, items), rules.read_csv),
    ):  # fmt: skip
        rows, faults = read(body.decode())
        assert faults == []
        found = [msgspec.convert(row.given, FileItem if row.record == "item" else FileCategory) for row in rows]
        assert found == [*categories, *items]


@given(st.text(max_size=200))
def test_any_text_is_a_file_or_has_faults_with_lines(text: str) -> None:
    for read in (rules.read_json, rules.read_csv):
        rows, faults = read(text)
        lines = [each.line for each in rows] + [each.line for each in faults]
        assert all(1 <= line <= text.count("\n") + text.count("\r") + 1 for line in lines)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('{"categories": [],\n"items": [\n{"code": "a1"},\n]}', 4, "Expected an object"),
        ('{"items": [\n{"code": "a1"}\n{"code": "a2"}]}', 3, "Expected ,"),
        ('{"items": [\n{"code": }]}', 2, "valid JSON"),
        ('{"things": []}', 1, 'Expected "categories"'),
        ('{"items": [NaN]}', 1, "valid JSON"),
        ('{"items": [' + "[" * 100_000, 1, "valid JSON"),
        ('{"items": []}\n\nand more', 3, "Expected the end"),
        ("", 1, "Expected {"),
    ],
)
def test_what_is_no_catalog_is_told_where_it_ceases_to_be_one(text: str, line: int, said: str) -> None:
    rows, (fault,) = rules.read_json(text)
    assert rows == []
    assert fault.line == line
    assert said in fault.message
