"""The store's doors to PostgreSQL."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, sql
from playerbase.orders.model import Line, Order, Refund, Rule, RuleChange, Settings, State, Thing, ThingState


class Bound(msgspec.Struct, frozen=True):
    """A rule, and beside it the bounds of every order."""

    code: Rule
    is_on: bool
    count: int
    seconds: int
    action: str
    reason: str
    lines_max: int
    quantity_max: int
    review_hours: int


class Known(msgspec.Struct, frozen=True):
    """What became of a wish: an order, or a refusal as it is kept."""

    player_id: UUID
    transaction_id: str
    fingerprint: bytes
    order_id: UUID | None
    refusal: str | None


class Sign(msgspec.Struct, frozen=True):
    """Something that was counted: of a player, of a player's item, of an address."""

    sign: str
    player_id: UUID | None
    item_id: UUID | None
    address: str | None
    count: int


class NewOrder(msgspec.Struct, frozen=True):
    """An order on its way in; its flags stand in one text."""

    order_id: UUID
    player_id: UUID
    transaction_id: str
    fingerprint: bytes
    state: State
    currency: str
    total: int
    balance_after: int | None
    flags: str
    buyer: str
    address: str | None
    request_id: str
    posting_id: UUID | None
    hold_id: UUID | None
    settled_at: datetime | None


class NewThing(msgspec.Struct, frozen=True):
    """Something on its way that is not in the inventory."""

    thing_id: UUID
    order_id: UUID
    number: int
    player_id: UUID
    item_id: UUID
    quantity: int
    kind: str
    state: ThingState
    is_alone: bool


class NewSign(msgspec.Struct, frozen=True):
    """What a rule saw of an order that it had wait."""

    order_id: UUID
    rule: str
    count: int
    bound: int
    seconds: int


class Part(msgspec.Struct, frozen=True):
    """A part of a bundle that was not delivered, while what was paid for the bundle was kept."""

    thing_id: UUID
    order_id: UUID
    number: int
    player_id: UUID
    item_id: UUID
    quantity: int
    line: str  # What the bundle was called.
    placed_at: datetime


class Finding(msgspec.Struct, frozen=True):
    """An order of which the ledger says something else, and since when that is known."""

    order_id: UUID
    player_id: UUID
    currency: str
    expected: int
    found: int
    noticed_at: datetime


class SuspectRow(msgspec.Struct, frozen=True):
    """Who earned too often, as it lies in its table."""

    player_id: UUID
    asset: str
    earnings: int
    amount: Decimal
    noticed_at: datetime
    until: datetime


class GivenBack(msgspec.Struct, frozen=True):
    """A refund, and the currency of its order."""

    refund_id: UUID
    order_id: UUID
    currency: str
    amount: int
    reason: str
    at: datetime


class Tally(msgspec.Struct, frozen=True):
    """How many orders wait, and since when."""

    state: str
    count: int
    oldest_at: datetime


@sql
async def bounds(db: Db) -> list[Bound]: ...
@sql
async def known(db: Db, players: list[UUID], names: list[str]) -> list[Known]: ...
@sql
async def signs(
    tx: Tx,
    players: list[UUID],
    items: list[UUID],
    lines_since: datetime,
    lines_count: int,
    addresses: list[str],
    orders_since: datetime,
    orders_count: int,
    limited_players: list[UUID],
    limited: list[UUID],
    bundles: list[UUID],
    now: datetime,
) -> list[Sign]: ...
@sql
async def add_orders(tx: Tx, orders: list[NewOrder], now: datetime) -> None: ...
@sql
async def add_lines(tx: Tx, lines: list[Line], now: datetime) -> None: ...
@sql
async def add_things(tx: Tx, things: list[NewThing]) -> None: ...
@sql
async def add_signs(tx: Tx, signs: list[NewSign]) -> None: ...
@sql
async def signs_of(db: Db, order_ids: list[UUID]) -> list[NewSign]: ...
@sql
async def add_refusals(
    tx: Tx, players: list[UUID], names: list[str], fingerprints: list[bytes], refusals: list[str], now: datetime
) -> None: ...
@sql
async def forget_refusals(tx: Tx, before: datetime, count: int) -> list[UUID]: ...
@sql
async def forget_addresses(tx: Tx, before: datetime, count: int) -> list[UUID]: ...
@sql
async def orders_by_id(db: Db, order_ids: list[UUID]) -> list[Order]: ...
@sql
async def lock_order(tx: Tx, order_id: UUID) -> Order | None: ...
@sql
async def of_player(db: Db, player_id: UUID, before: UUID, count: int) -> list[Order]: ...
@sql
async def made_before(db: Db, player_id: UUID, before: datetime, count: int) -> list[Order]: ...
@sql
async def given_back_before(db: Db, player_id: UUID, before: datetime, count: int) -> list[GivenBack]: ...
@sql
async def page(
    db: Db,
    player_id: UUID | None,
    state: str | None,
    currency: str | None,
    item_id: UUID | None,
    is_refunded: bool,  # noqa: FBT001 - a filter
    since: datetime | None,
    until: datetime | None,
    before: UUID,
    count: int,
) -> list[Order]: ...
@sql
async def waiting(db: Db, after: UUID, count: int) -> list[Order]: ...
@sql
async def tally(db: Db) -> Tally | None: ...
@sql
async def lines_of(db: Db, order_ids: list[UUID]) -> list[Line]: ...
@sql
async def things_of(db: Db, order_ids: list[UUID]) -> list[Thing]: ...
@sql
async def things_by_id(db: Db, thing_ids: list[UUID]) -> list[Thing]: ...
@sql
async def lock_things(tx: Tx, thing_ids: list[UUID]) -> list[Thing]: ...
@sql
async def put_things(tx: Tx, thing_ids: list[UUID], states: list[str]) -> None: ...
@sql
async def drop_things(tx: Tx, thing_ids: list[UUID]) -> None: ...
@sql
async def settle(
    tx: Tx,
    order_id: UUID,
    state: str,
    posting_id: UUID | None,
    balance_after: int | None,
    by: str,
    why: str,
    now: datetime,
) -> None: ...
@sql
async def give_up_lines(tx: Tx, order_id: UUID) -> None: ...
@sql
async def return_lines(tx: Tx, order_ids: list[UUID], numbers: list[int], quantities: list[int]) -> None: ...
@sql
async def return_amount(tx: Tx, order_ids: list[UUID], amounts: list[int]) -> None: ...
@sql
async def add_refunds(tx: Tx, refunds: list[Refund]) -> None: ...
@sql
async def refunds_of(db: Db, order_id: UUID) -> list[Refund]: ...
@sql
async def put_rule(tx: Tx, code: str, change: RuleChange) -> str | None: ...
@sql
async def put_settings(tx: Tx, wanted: Settings) -> bool | None: ...
@sql
async def undelivered(db: Db, order_id: UUID | None, after: UUID, count: int) -> list[Part]: ...
@sql
async def let_be(tx: Tx, order_id: UUID, thing_id: UUID) -> UUID | None: ...
@sql
async def latest(db: Db, floor: UUID, before: UUID, count: int) -> list[Order]: ...
@sql
async def refunded_lately(db: Db, floor: UUID, count: int) -> list[UUID]: ...
@sql
async def findings(db: Db, count: int) -> list[Finding]: ...
@sql
async def put_findings(
    tx: Tx,
    order_ids: list[UUID],
    players: list[UUID],
    currencies: list[str],
    expected: list[int],
    found: list[int],
    now: datetime,
) -> None: ...
@sql
async def drop_findings(tx: Tx, order_ids: list[UUID]) -> list[UUID]: ...
@sql
async def put_suspects(tx: Tx, suspects: list[SuspectRow], cleared_before: datetime) -> None: ...
@sql
async def clear_suspect(tx: Tx, player_id: UUID, now: datetime) -> UUID | None: ...
@sql
async def suspects(db: Db, now: datetime, count: int) -> list[SuspectRow]: ...
