"""Letters: what fails is tried again, what shares a key waits for it, what is dead waits for a person."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from playerbase.kit import clock as the_clock
from playerbase.kit import outbox
from playerbase.kit.db import Pool, Tx, reading, transaction
from playerbase.kit.outbox import Letter, Reaction
from tests.conftest import MovingClock
from tests.kit.outbox.stage import CannotMove, Moved, drain, effects, moves, tell, writer


async def letters(pool: Pool) -> list[Letter]:
    async with reading(pool) as db:
        return await outbox.letters(db)


async def states(pool: Pool) -> dict[int, str]:
    return {int(each.body.split(":")[1].split(",")[0]): each.state for each in await letters(pool)}


async def letter_of(pool: Pool, number: int) -> Letter:
    return next(each for each in await letters(pool) if each.body.startswith(f'{{"number":{number},'))


async def replay(pool: Pool, number: int) -> None:
    found = await letter_of(pool, number)
    async with transaction(pool) as tx:
        await outbox.replay(tx, found.handler, found.event)


async def discard(pool: Pool, number: int) -> None:
    found = await letter_of(pool, number)
    async with transaction(pool) as tx:
        await outbox.discard(tx, found.handler, found.event)


class Bad(set[int]):
    """The numbers that fail; the test takes them out again."""

    def __call__(self, number: int) -> bool:
        return number in self


@pytest.fixture
def bad() -> Bad:
    return Bad()


@pytest.fixture
async def reaction(stage: Pool, bad: Bad) -> Reaction:
    made = writer(bad=bad)
    await outbox.subscribe(stage, [made])
    return made


async def test_three_attempts_half_a_minute_and_five_apart_and_then_it_is_dead(
    stage: Pool, reaction: Reaction, bad: Bad, clock: MovingClock
) -> None:
    bad.add(1)
    await moves(stage, 1)
    for attempts, (least, most) in ((1, (15, 45)), (2, (150, 450))):
        await drain(stage, reaction)
        (letter,) = await letters(stage)
        assert (letter.state, letter.attempts, letter.fault) == ("retry", attempts, "CannotMove: 1")
        wait = letter.due_at - the_clock.now()
        assert timedelta(seconds=least - 5) < wait <= timedelta(seconds=most)
        clock.forward(seconds=least - 6)
        assert await outbox.read(stage, reaction) == 0
        clock.forward(seconds=most)
    await drain(stage, reaction)
    (letter,) = await letters(stage)
    assert (letter.state, letter.attempts) == ("dead", 3)
    clock.forward(days=30)
    await drain(stage, reaction)
    assert await effects(stage) == []
    async with reading(stage) as db:
        assert (await outbox.open_letters(db))["dead"].count == 1


async def test_the_wait_is_random(stage: Pool, reaction: Reaction, bad: Bad) -> None:
    bad.update(range(40))
    await moves(stage, *range(40))
    await drain(stage, reaction)
    waits = [(each.due_at - each.opened_at).total_seconds() for each in await letters(stage)]
    assert min(waits) < 25
    assert max(waits) > 35


async def test_a_hopeless_event_is_dead_at_once(stage: Pool) -> None:
    async def run(_: Tx, __: list[Moved]) -> None:
        raise outbox.Hopeless("The player is gone.")

    reaction = Reaction("writer", (Moved,), run)
    await outbox.subscribe(stage, [reaction])
    await moves(stage, 1)
    await drain(stage, reaction)
    assert [(each.state, each.fault) for each in await letters(stage)] == [("dead", "Hopeless: The player is gone.")]


async def test_a_second_attempt_that_succeeds_takes_effect_once(
    stage: Pool, reaction: Reaction, bad: Bad, clock: MovingClock
) -> None:
    bad.add(2)
    await moves(stage, 1, 2, 3)
    await drain(stage, reaction)
    bad.clear()
    clock.forward(seconds=46)
    await drain(stage, reaction)
    assert await effects(stage) == [1, 3, 2]
    assert await letters(stage) == []


async def test_what_shares_a_key_waits_also_at_second_hand_and_all_else_flows(
    stage: Pool, reaction: Reaction, bad: Bad, clock: MovingClock
) -> None:
    bad.add(1)
    await moves(stage, 1, who=("ann", "bob"))
    await moves(stage, 2, who=("bob", "cem"))
    await moves(stage, 3, who=("dia",))
    await drain(stage, reaction)
    await moves(stage, 4, who=("cem", "eve"))
    await moves(stage, 5, who=("eve",))
    await moves(stage, 6, who=("fay",))
    await drain(stage, reaction)
    assert await effects(stage) == [3, 6]
    assert await states(stage) == {1: "retry", 2: "held", 4: "held", 5: "held"}
    bad.clear()
    clock.forward(seconds=46)
    await drain(stage, reaction)
    assert await effects(stage) == [3, 6, 1, 2, 4, 5]
    assert await letters(stage) == []


@pytest.mark.parametrize("verb", [replay, discard])
async def test_what_is_held_behind_the_dead_flows_in_order_after_replay_or_discard(
    stage: Pool, reaction: Reaction, bad: Bad, clock: MovingClock, verb: type
) -> None:
    bad.add(1)
    for number in range(1, 6):
        await moves(stage, number, who=("ann",))
    for _ in range(3):
        await drain(stage, reaction)
        clock.forward(seconds=451)
    assert await states(stage) == {1: "dead", 2: "held", 3: "held", 4: "held", 5: "held"}
    await moves(stage, 6, who=("ann",))
    bad.clear()
    await verb(stage, 1)
    await drain(stage, reaction)
    assert await effects(stage) == ([1] if verb is replay else []) + [2, 3, 4, 5, 6]


async def test_one_that_was_held_and_fails_holds_those_behind_it_on(
    stage: Pool, reaction: Reaction, bad: Bad, clock: MovingClock
) -> None:
    bad.update({1, 2})
    for number in (1, 2, 3):
        await moves(stage, number, who=("ann",))
    await drain(stage, reaction)
    bad.discard(1)
    clock.forward(seconds=46)
    await drain(stage, reaction)
    assert await effects(stage) == [1]
    assert await states(stage) == {2: "retry", 3: "held"}
    found = await letter_of(stage, 2)
    assert found.attempts == 1
    bad.clear()
    clock.forward(seconds=46)
    await drain(stage, reaction)
    assert await effects(stage) == [1, 2, 3]


async def test_a_held_letter_is_discarded_but_not_replayed(stage: Pool, reaction: Reaction, bad: Bad) -> None:
    bad.add(1)
    await moves(stage, 1, who=("ann",))
    await moves(stage, 2, who=("ann", "bob"))
    await moves(stage, 3, who=("bob",))
    await drain(stage, reaction)
    with pytest.raises(outbox.LetterHeld):
        await replay(stage, 2)
    await discard(stage, 2)
    await drain(stage, reaction)
    assert await effects(stage) == [3]
    assert await states(stage) == {1: "retry"}


async def test_a_letter_that_is_gone_says_so(stage: Pool, reaction: Reaction) -> None:
    assert reaction.name == "writer"
    async with transaction(stage) as tx:
        for verb in (outbox.replay, outbox.discard, outbox.letter):
            with pytest.raises(outbox.LetterGone):
                await verb(tx, "writer", 1)


async def test_what_is_discarded_while_a_batch_runs_leaves_nothing_held_behind_it(stage: Pool, bad: Bad) -> None:
    begun, go = asyncio.Event(), asyncio.Event()
    inner = writer(bad=bad)

    async def run(tx: Tx, events: list[Moved]) -> None:
        if events[0].number == 9:
            begun.set()
            await go.wait()
        await inner.run(tx, events)

    reaction = Reaction("writer", (Moved,), run)
    await outbox.subscribe(stage, [reaction])
    bad.add(1)
    await moves(stage, 1, who=("ann",))
    await drain(stage, reaction)
    await moves(stage, 9, who=("zoe",))
    await moves(stage, 2, who=("ann",))
    batch = asyncio.create_task(drain(stage, reaction))
    await begun.wait()
    discarding = asyncio.create_task(discard(stage, 1))
    async with asyncio.timeout(20), stage.acquire() as connection:
        while not await connection.fetchval("select exists (select from pg_locks where not granted)"):
            pass
    go.set()
    await asyncio.gather(batch, discarding)
    await drain(stage, reaction)
    assert await effects(stage) == [9, 2]


async def test_letters_are_listed_in_pages_and_by_state(stage: Pool, reaction: Reaction, bad: Bad) -> None:
    bad.update(range(5))
    await moves(stage, *range(5))
    await drain(stage, reaction)
    async with reading(stage) as db:
        first = await outbox.letters(db, count=3)
        rest = await outbox.letters(db, after=(first[-1].handler, first[-1].event), count=3)
        assert [len(first), len(rest)] == [3, 2]
        assert await outbox.letters(db, state="dead") == []
        assert len(await outbox.letters(db, state="retry")) == 5


async def test_a_deadlock_costs_a_letter_no_attempt(stage: Pool, clock: MovingClock) -> None:
    faults: list[Exception] = [CannotMove(1), asyncpg.DeadlockDetectedError("pretended")]

    async def run(_: Tx, __: list[Moved]) -> None:
        if faults:
            raise faults.pop(0)

    reaction = Reaction("writer", (Moved,), run)
    await outbox.subscribe(stage, [reaction])
    await tell(stage, Moved(number=1))
    await drain(stage, reaction)
    clock.forward(seconds=46)
    with pytest.raises(asyncpg.DeadlockDetectedError):
        await drain(stage, reaction)
    (letter,) = await letters(stage)
    assert (letter.state, letter.attempts, letter.fault) == ("retry", 1, "CannotMove: 1")
    await drain(stage, reaction)
    assert await letters(stage) == []
