"""The rules of what is taken and what fits, as laws."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from playerbase.inventory import Entitlement, Source, State, rules
from playerbase.inventory.model import (
    DoesNotFit,
    NotWearable,
    OfAnotherGame,
    Slot,
    SlotTakesOther,
    Spot,
    Value,
    Wearable,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)
PLAYER, ITEM = UUID(int=1), UUID(int=2)


def thing(number: int, quantity: int, expires_at: datetime | None = None) -> Entitlement:
    return Entitlement(
        UUID(int=number), PLAYER, ITEM, quantity, quantity, 0, NOW, expires_at, Source.ORDER, "1", 0, State.ACTIVE,
        None, "", "{}",
    )  # fmt: skip


moments = st.none() | st.integers(-5, 50).map(lambda hours: NOW + timedelta(hours=hours))
piles = st.lists(st.tuples(st.integers(1, 20), moments), max_size=8).map(
    lambda pairs: [thing(number, count, end) for number, (count, end) in enumerate(pairs)]
)


@given(piles, st.integers(1, 60))
def test_using_up_takes_exactly_so_many_of_what_is_there_or_nothing(things: list[Entitlement], quantity: int) -> None:
    there = rules.left(things, NOW)
    taken = rules.use_up(things, quantity, NOW)
    if taken is None:
        assert there < quantity
        return
    assert sum(count for _, count in taken) == quantity
    after = {each.entitlement_id: each for each, _ in taken}
    left = [after.get(each.entitlement_id, each) for each in things]
    assert rules.left(left, NOW) == there - quantity
    assert all((each.state is State.CONSUMED) == (each.quantity == 0) for each in after.values())


@given(piles, st.integers(1, 60))
def test_what_ends_first_goes_first(things: list[Entitlement], quantity: int) -> None:
    taken = rules.use_up(things, quantity, NOW) or []
    touched = {each.entitlement_id for each, _ in taken}
    far = datetime.max.replace(tzinfo=UTC)
    spared = [
        each.expires_at or far for each in things if rules.is_there(each, NOW) and each.entitlement_id not in touched
    ]
    assert all((each.expires_at or far) <= min(spared, default=far) for each, _ in taken)


@given(st.integers(1, 20), st.none() | st.integers(1, 30), st.none() | st.integers(1, 30))
def test_taking_back_twice_never_takes_more_than_there_was(granted: int, one: int | None, two: int | None) -> None:
    first = rules.take_back(thing(1, granted), one, NOW, "refund")
    second = rules.take_back(first, two, NOW, "refund")
    assert second.quantity + second.revoked == granted
    assert (second.state is State.REVOKED) == (second.quantity == 0)


@given(piles, st.integers(1, 60))
def test_what_came_last_is_taken_back_first(things: list[Entitlement], quantity: int) -> None:
    chosen = rules.newest(things, quantity, NOW)
    assert sum(count for _, count in chosen) == min(quantity, rules.left(things, NOW))
    order = [each.entitlement_id for each, _ in chosen]
    assert order == sorted(order, reverse=True)


def test_what_has_expired_is_not_there() -> None:
    assert not rules.is_there(thing(1, 1, NOW), NOW)
    assert rules.is_there(thing(1, 1, NOW + timedelta(microseconds=1)), NOW)
    assert not rules.is_there(replace(thing(1, 1), state=State.REVOKED), NOW)


RIFLE = Slot("demo", "primary", "Primary weapon", "weapon_skin", {"weapon": "rifle", "tier": 2, "is_real": True})
RIFLE_SKIN: dict[str, Value] = {"fits_weapon": ["rifle", "carbine"]}


@pytest.mark.parametrize(
    ("item", "spot", "slot", "refusal"),
    [
        (Wearable("demo", "weapon_skin", RIFLE_SKIN), Spot("demo", None, "primary"), RIFLE, None),
        (Wearable("demo", "weapon_skin", {"fits_weapon": "pistol"}), Spot("demo", None, "primary"), RIFLE, DoesNotFit),
        (Wearable("demo", "weapon_skin", RIFLE_SKIN), Spot("demo", None, "weapon_skin"), None, DoesNotFit),
        (Wearable("demo", "weapon_skin", {"fits_tier": 2}), Spot("demo", None, "primary"), RIFLE, None),
        (Wearable("demo", "weapon_skin", {"fits_is_real": 1}), Spot("demo", None, "primary"), RIFLE, DoesNotFit),
        (Wearable("demo", "weapon_skin", {"fits": ["rifle"]}), Spot("demo", None, "primary"), RIFLE, None),
        (Wearable("demo", "weapon_skin", {"fits": "pistol"}), Spot("demo", None, "primary"), RIFLE, DoesNotFit),
        (Wearable("demo", "weapon_skin", {"fits": ["rifle"]}), Spot("demo", None, "weapon_skin"), None, DoesNotFit),
        (Wearable("demo", "weapon_skin", {"glow": "red"}), Spot("demo", None, "primary"), RIFLE, None),
        (Wearable("demo", "hat", {}), Spot("demo", None, "primary"), RIFLE, SlotTakesOther),
        (Wearable("demo", "hat", {}), Spot("demo", None, "hat"), None, None),
        (Wearable("demo", "hat", {}), Spot("chess", None, "hat"), None, OfAnotherGame),
        (Wearable("demo", "hat", {}), Spot(None, None, "hat"), None, OfAnotherGame),
        (Wearable(None, "hat", {}), Spot("chess", UUID(int=9), "hat"), None, None),
        (Wearable(None, "hat", {}), Spot(None, None, "hat"), None, None),
        (Wearable("demo", None, {}), Spot("demo", None, "hat"), None, NotWearable),
    ],
)
def test_where_things_are_worn(item: Wearable, spot: Spot, slot: Slot | None, refusal: type | None) -> None:
    found = rules.refusal_to_wear(item, spot, slot)
    assert (type(found) if found is not None else None) is refusal


words = st.sampled_from(["rifle", "pistol", "bow"])
values = words | st.integers(0, 3) | st.booleans() | st.lists(words, max_size=3)
traits = st.dictionaries(st.sampled_from(["weapon", "tier", "side"]), values, max_size=3)


@given(traits, traits)
def test_a_thing_fits_only_where_every_rule_of_it_is_met(wanted: dict[str, Value], slot: dict[str, Value]) -> None:
    item = {rules.FITS + name: value for name, value in wanted.items()}
    wrong = {name.removeprefix(rules.FITS) for name in rules.misfits(item, slot)}
    assert wrong <= set(wanted)
    assert all(name in wrong for name in wanted if name not in slot)
    unmet = [rules.FITS + name for name, value in wanted.items() if value == []]
    assert rules.misfits(item, wanted) == unmet
    assert rules.misfits({}, slot) == []
