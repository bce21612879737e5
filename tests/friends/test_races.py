"""Two who act at the same moment: what they come to is what one after the other would have."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from playerbase import friends, identity, profiles, schema
from playerbase.friends import actions
from playerbase.friends.model import Settings
from playerbase.kit.db import Pool, broken, open_pool, transaction
from playerbase.kit.errors import Refusal

TRIES = 6


@pytest.fixture
async def wide(dsn: str) -> Pool:
    return await open_pool(dsn, size_min=4, size_max=12)


async def players(pool: Pool, count: int = 2) -> list[UUID]:
    async with transaction(pool) as tx:
        found = [await identity.create(tx) for _ in range(count)]
        for player_id in found:
            await profiles.create(tx, player_id, "Somebody")
    return found


async def tried(pool: Pool, act: Callable[..., Awaitable[object]], *who: UUID) -> object:
    try:
        async with transaction(pool) as tx:
            return await act(tx, *who)
    except Refusal as refusal:
        return refusal


async def stand(pool: Pool, one: UUID, other: UUID) -> tuple[bool, bool]:
    async with transaction(pool) as tx:
        assert await broken(tx, schema.INVARIANTS) == []
        return await friends.are(tx, one, other), await friends.blocked(tx, one, other)


async def test_who_ask_one_another_at_once_are_friends(wide: Pool) -> None:
    for _ in range(TRIES):
        one, other = await players(wide)
        await asyncio.gather(
            tried(wide, friends.ask, one, other), tried(wide, friends.ask, other, one)
        )  # fmt: skip
        assert await stand(wide, one, other) == (True, False)
    made = await wide.fetchval("select count(*) from kit.events where topic = 'friend.made'")
    assert made == TRIES
    await wide.close()


async def test_of_accepting_and_taking_back_one_happens(wide: Pool) -> None:
    for _ in range(TRIES):
        one, other = await players(wide)
        async with transaction(wide) as tx:
            request = (await friends.ask(tx, one, other)).request_id
        accepted, cancelled = await asyncio.gather(
            tried(wide, friends.accept, other, request),
            tried(wide, actions.cancel, one, request),
        )
        assert isinstance(accepted, Refusal) != isinstance(cancelled, Refusal)
        assert await stand(wide, one, other) == (isinstance(cancelled, Refusal), False)
    await wide.close()


async def test_a_block_wins_over_accepting_whoever_is_first(wide: Pool) -> None:
    for _ in range(TRIES):
        one, other = await players(wide)
        async with transaction(wide) as tx:
            request = (await friends.ask(tx, one, other)).request_id
        await asyncio.gather(
            tried(wide, friends.accept, other, request),
            tried(wide, friends.block, one, other),
            tried(wide, friends.block, other, one),
        )
        assert await stand(wide, one, other) == (False, True)
    await wide.close()


async def test_limits_hold_when_many_accept_at_once(wide: Pool) -> None:
    one, *others = await players(wide, 8)
    async with transaction(wide) as tx:
        await actions.set_settings(tx, Settings(friends_max=3), "test")
        requests = [(other, (await friends.ask(tx, other, one)).request_id) for other in others]
    found = await asyncio.gather(*(tried(wide, friends.accept, one, request) for _, request in requests))
    assert sum(not isinstance(each, Refusal) for each in found) == 3
    async with transaction(wide) as tx:
        assert len(await friends.of(tx, one)) == 3
    await wide.close()
