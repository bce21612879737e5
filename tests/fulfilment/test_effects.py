"""Effects inside the platform: they take place with the delivery's end, or not at all."""

import asyncio
from uuid import UUID

import pytest

from playerbase import fulfilment
from playerbase.fulfilment import Delivery, EffectWorthless, Kind
from playerbase.fulfilment.actions import carry_out
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Conflict
from tests.conftest import MovingClock
from tests.fulfilment.lines import begun, line, player, told
from tests.fulfilment.test_parcels import seen


class NotNow(Conflict):
    """Not now."""


async def one(pool: Pool) -> UUID:
    async with transaction(pool) as tx:
        ada = await player(tx)
    (delivery_id,) = await begun(pool, line(ada, Kind.FUNCTIONAL))
    return delivery_id


async def taken(pool: Pool) -> int:
    return int(await pool.fetchval("select count(*) from games.games where slug like 'effect-%'"))


async def take(tx: Tx, delivery: Delivery) -> None:
    slug = f"effect-{str(delivery.delivery_id)[-8:]}"
    await tx.execute("insert into games.games (slug, name, created_at) values ($1, 'x', now())", slug)


async def test_it_takes_effect_once(pool: Pool) -> None:
    fulfilment.use_effects({"name_change": take})
    delivery_id = await one(pool)
    await asyncio.gather(*[carry_out(pool, delivery_id) for _ in range(6)])
    assert await taken(pool) == 1
    assert await told(pool) == ["delivery.completed"]


@pytest.mark.parametrize(
    ("fault", "state", "outcome"),
    [
        (RuntimeError("broken"), "pending", "failed"),
        (NotNow(), "failed", "refused"),
        (EffectWorthless("It changes nothing."), "cancelled", "refused"),
    ],
)
async def test_what_fails_leaves_nothing_behind(pool: Pool, fault: Exception, state: str, outcome: str) -> None:
    async def fail(tx: Tx, delivery: Delivery) -> None:
        await take(tx, delivery)
        raise fault

    fulfilment.use_effects({"name_change": fail})
    delivery_id = await one(pool)
    await carry_out(pool, delivery_id)
    delivery, attempts = await seen(pool, delivery_id)
    assert (delivery.state.value, [each.outcome for each in attempts]) == (state, [outcome])
    assert await taken(pool) == 0


async def test_a_broken_effect_is_tried_three_times(pool: Pool, clock: MovingClock) -> None:
    async def fail(_: Tx, __: Delivery) -> None:
        raise RuntimeError

    fulfilment.use_effects({"name_change": fail})
    delivery_id = await one(pool)
    for _ in range(5):
        await carry_out(pool, delivery_id)
        clock.forward(hours=1)
    delivery, attempts = await seen(pool, delivery_id)
    assert (delivery.state, len(attempts)) == ("failed", 3)
    assert await told(pool) == ["delivery.failed"]


async def test_an_effect_nobody_knows_waits_for_a_person(pool: Pool) -> None:
    delivery_id = await one(pool)
    await carry_out(pool, delivery_id)
    delivery, _ = await seen(pool, delivery_id)
    assert (delivery.state, delivery.fault) == ("failed", "This installation knows no effect called name_change.")
