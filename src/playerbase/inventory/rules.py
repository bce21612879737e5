"""What of things can be taken, and what may be worn where. Pure: no clock, no database."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from playerbase.inventory.model import (
    DoesNotFit,
    Entitlement,
    NotWearable,
    OfAnotherGame,
    Slot,
    SlotTakesOther,
    Spot,
    State,
    Value,
    Wearable,
)
from playerbase.kit.errors import Refusal

ANYHOW = "fits"  # What a slot must be, whatever that is called there: fits = ["rifle"] wants a slot for rifles.
FITS = "fits_"  # Before the name of what a slot must be: fits_weapon = ["rifle"] wants a slot with weapon = "rifle".


def is_there(thing: Entitlement, now: datetime) -> bool:
    """Whether somebody has this at the moment; what has expired is gone before anybody has written so."""
    return thing.state is State.ACTIVE and (thing.expires_at is None or thing.expires_at > now)


def take_back(thing: Entitlement, quantity: int | None, now: datetime, reason: str) -> Entitlement:
    """The thing after so many of what is left (or all) were taken back."""
    taken = thing.quantity if quantity is None else min(quantity, thing.quantity)
    return _left(replace(thing, revoked=thing.revoked + taken), thing.quantity - taken, State.REVOKED, now, reason)


def use_up(things: Iterable[Entitlement], quantity: int, now: datetime) -> list[tuple[Entitlement, int]] | None:
    """The things from which so many are taken, as they stand then, each with how many: what ends first goes first.

    None if there are not that many.
    """
    there = [thing for thing in things if is_there(thing, now)]
    there.sort(key=lambda thing: (thing.expires_at is None, thing.expires_at or now, thing.entitlement_id))
    taken = []
    for thing in there:
        count = min(quantity, thing.quantity)
        if count:
            taken.append((_left(thing, thing.quantity - count, State.CONSUMED, now, "consumed"), count))
            quantity -= count
    return None if quantity else taken


def newest(things: Iterable[Entitlement], quantity: int, now: datetime) -> list[tuple[Entitlement, int]]:
    """From which things so many are taken back, and how many from each: what came last goes first."""
    taken = []
    for thing in sorted(things, key=lambda thing: thing.entitlement_id, reverse=True):
        count = min(quantity, thing.quantity) if is_there(thing, now) else 0
        if count:
            taken.append((thing, count))
            quantity -= count
    return taken


def left(things: Iterable[Entitlement], now: datetime) -> int:
    """How many there are in all."""
    return sum(thing.quantity for thing in things if is_there(thing, now))


def refusal_to_wear(item: Wearable, spot: Spot, slot: Slot | None) -> Refusal | None:
    """Why this is not worn there, or None; ``slot`` is what is known of the place, if it is more than its name."""
    if item.slot is None:
        return NotWearable()
    if item.game is not None and item.game != spot.game:
        return OfAnotherGame(game=item.game)
    accepts = spot.slot if slot is None else slot.accepts
    if item.slot != accepts:
        return SlotTakesOther(slot=spot.slot, accepts=accepts, given=item.slot)
    wrong = misfits(item.metadata, {} if slot is None else slot.metadata)
    return DoesNotFit(slot=spot.slot, needs={name: item.metadata[name] for name in wrong}) if wrong else None


def misfits(item: Mapping[str, Value], slot: Mapping[str, Value]) -> list[str]:
    """Which rules of an item this slot does not meet; what an item says nothing of does not matter."""
    is_for = [each for value in slot.values() for each in _listed(value)]
    return [
        name
        for name, value in item.items()
        if (name == ANYHOW and not _meets(is_for, value))
        or (name.startswith(FITS) and not _meets(_listed(slot.get(name.removeprefix(FITS), [])), value))
    ]


def _meets(given: Sequence[str | int | float | bool], wanted: Value) -> bool:
    return not set(map(_word, given)).isdisjoint(map(_word, _listed(wanted)))


def _listed(value: Value) -> Sequence[str | int | float | bool]:
    return value if isinstance(value, list) else [value]


def _word(value: str | float) -> tuple[bool, str | float]:
    return isinstance(value, bool), value  # To Python True is 1; to whoever writes rules it is not.


def _left(thing: Entitlement, quantity: int, ended: State, now: datetime, why: str) -> Entitlement:
    if quantity:
        return replace(thing, quantity=quantity)
    return replace(thing, quantity=0, state=ended, ended_at=now, ended_why=why)
