"""Which orders may be, one after another over what was locked for all of them. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from playerbase.kit.errors import Refusal
from playerbase.orders.model import (
    MaximumReached,
    Met,
    QuantityTooLarge,
    Rule,
    RuleRow,
    Settings,
    TooManyLines,
    TooManyPurchases,
    Wanted,
)

Whose = tuple[UUID, UUID]  # A player and an item.


class Signs(msgspec.Struct):
    """What was counted before this batch: what players have of items with a maximum, and what the rules look at."""

    owned: dict[Whose, int]
    recent: dict[Whose, int]  # Lines of an item, in the time that the rule looks at.
    addresses: dict[str, int]
    suspects: Mapping[UUID, int]


class Short(msgspec.Struct, frozen=True):
    """There are fewer of this left than wanted."""

    code: str
    left: int


class Desk:
    """Everything that was locked and counted for a batch, and what its orders so far have left of it."""

    def __init__(
        self, settings: Settings, rules: Iterable[RuleRow], stocks: Mapping[UUID, int], signs: Signs
    ) -> None:  # fmt: skip
        self.review_hours = settings.review_hours
        self._settings, self._signs = settings, signs
        self._rules = {rule.code: rule for rule in rules if rule.is_on}
        self._left = dict(stocks)

    def take(self, wanted: Wanted) -> list[Met] | Refusal | Short:
        """Let an order have what it wants: the rules that want it reviewed; or say why not and take nothing."""
        if len(wanted.lines) > self._settings.lines_max:
            return TooManyLines(lines_max=self._settings.lines_max)
        for _, code, quantity in wanted.lines:
            if quantity > self._settings.quantity_max:
                return QuantityTooLarge(item=code, quantity_max=self._settings.quantity_max)
        refusal = self._too_many(wanted) or self._short(wanted)
        if refusal is not None:
            return refusal
        signs = self._set_off(wanted)
        if not isinstance(signs, Refusal):
            self._take(wanted)
        return signs

    def _too_many(self, wanted: Wanted) -> Refusal | None:
        for item in wanted.gets:
            owned = self._signs.owned.get((wanted.player_id, item.item_id), 0)
            if item.max_per_player is not None and owned + item.quantity > item.max_per_player:
                return MaximumReached(item=item.code, max_per_player=item.max_per_player, owned=owned)
        return None

    def _short(self, wanted: Wanted) -> Short | None:
        for item in wanted.draws:
            left = self._left.get(item.item_id)
            if left is not None and left < item.quantity:
                return Short(item.code, left)
        return None

    def _set_off(self, wanted: Wanted) -> list[Met] | Refusal:
        """Which rules this order sets off; a refusal if one of them refuses."""
        signs: list[Met] = []
        for code, count in self._met(wanted).items():
            rule = self._rules.get(code)
            if rule is None or count < rule.count:
                continue
            if rule.action == "refuse":
                return TooManyPurchases(retry_after=rule.seconds, rule=code.value)
            signs.append(Met(code.value, count, rule.count, rule.seconds))
        return signs

    def _met(self, wanted: Wanted) -> dict[Rule, int]:
        """How much there was already of what each rule counts."""
        often = max(self._signs.recent.get((wanted.player_id, item_id), 0) for item_id, _, _ in wanted.lines)
        met = {Rule.VELOCITY: often}
        if wanted.address is not None:
            met[Rule.ADDRESS] = self._signs.addresses.get(wanted.address, 0)
        if wanted.player_id in self._signs.suspects:
            met[Rule.EARNING] = self._signs.suspects[wanted.player_id]
        return met

    def _take(self, wanted: Wanted) -> None:
        for item in wanted.draws:
            if item.item_id in self._left:
                self._left[item.item_id] -= item.quantity
        for item in wanted.gets:
            whose = (wanted.player_id, item.item_id)
            self._signs.owned[whose] = self._signs.owned.get(whose, 0) + item.quantity
        for item_id, _, _ in wanted.lines:
            whose = (wanted.player_id, item_id)
            self._signs.recent[whose] = self._signs.recent.get(whose, 0) + 1
        if wanted.address is not None:
            self._signs.addresses[wanted.address] = self._signs.addresses.get(wanted.address, 0) + 1


def window(rules: Iterable[RuleRow], code: Rule, now: datetime) -> tuple[datetime, int]:
    """From when on a rule counts, and how far; nothing where it is off."""
    rule = next((each for each in rules if each.code is code and each.is_on), None)
    return (now, 0) if rule is None else (now - timedelta(seconds=rule.seconds), rule.count)
