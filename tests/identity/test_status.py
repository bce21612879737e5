"""Who may not come in: decided, lifted, over by itself; and what holds follows from the decisions."""

from datetime import timedelta
from uuid import uuid4

import pytest

from playerbase import identity
from playerbase.identity import BanKind, Barring, Status
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Tx
from tests.conftest import MovingClock

FOR_GOOD = Barring(BanKind.BANNED, "Sells accounts", note="Seen on a market")


async def status_of(tx: Tx, player_id: object) -> Status:
    return Status(await tx.fetchval("select status from identity.players where player_id = $1", player_id))


async def test_a_decision_is_kept_with_everything_and_lifted_once(tx: Tx) -> None:
    ada = await identity.create(tx)
    before, after, ban = await identity.bar(tx, ada, FOR_GOOD, by="staff-1")
    assert (before, after) == (Status.ACTIVE, Status.BANNED)
    assert (ban.kind, ban.reason, ban.note, ban.scope, ban.until) == (
        BanKind.BANNED, "Sells accounts", "Seen on a market", None, None,
    )  # fmt: skip
    assert (await identity.bans_in_force(tx, [ada]))[ada] == ban
    before, after, lifted = await identity.lift(tx, ada, ban.ban_id, by="staff-2", why="It was her brother")
    assert (before, after) == (Status.BANNED, Status.ACTIVE)
    assert (lifted.by, lifted.lifted_by, lifted.lifted_why) == ("staff-1", "staff-2", "It was her brother")
    with pytest.raises(identity.BanOver):
        await identity.lift(tx, ada, ban.ban_id, by="staff-2", why="Again")
    assert await identity.bans(tx, ada, None, 10) == [lifted]
    told = await tx.fetch("select body ->> 'change' from kit.events where topic = 'player.status_changed' order by id")
    assert [row[0] for row in told] == ["barred", "lifted"]


async def test_who_is_not_there_cannot_be_barred(tx: Tx) -> None:
    ada, eve = await identity.create(tx), await identity.create(tx)
    _, _, ban = await identity.bar(tx, ada, FOR_GOOD, by="staff")
    with pytest.raises(identity.PlayerGone):
        await identity.bar(tx, uuid4(), FOR_GOOD, by="staff")
    for player_id, ban_id in ((eve, ban.ban_id), (ada, uuid4()), (uuid4(), ban.ban_id)):
        with pytest.raises(identity.NoSuchBan):
            await identity.lift(tx, player_id, ban_id, by="staff", why="No")


async def test_the_gravest_decision_holds_until_it_is_over(tx: Tx) -> None:
    ada = await identity.create(tx)
    _, _, short = await identity.bar(tx, ada, Barring(BanKind.SUSPENDED, "Insults"), by="staff")
    _, after, grave = await identity.bar(tx, ada, FOR_GOOD, by="staff")
    assert after is Status.BANNED
    assert (await identity.bans_in_force(tx, [ada]))[ada] == grave
    assert (await identity.lift(tx, ada, grave.ban_id, by="staff", why="No"))[1] is Status.SUSPENDED
    assert (await identity.lift(tx, ada, short.ban_id, by="staff", why="No"))[1] is Status.ACTIVE


async def test_a_decision_about_a_game_is_about_that_game(tx: Tx) -> None:
    ada = await identity.create(tx)
    _, after, ban = await identity.bar(tx, ada, Barring(BanKind.BANNED, "Aimbot", "arena"), by="staff")
    assert after is Status.ACTIVE
    assert await identity.bans_in_force(tx, [ada]) == {}
    assert await identity.bans_in_force(tx, [ada], "chess") == {}
    assert await identity.bans_in_force(tx, [ada], "arena") == {ada: ban}


async def test_what_has_an_end_is_over_by_itself_and_told_once(tx: Tx, clock: MovingClock) -> None:
    ada, eve = await identity.create(tx), await identity.create(tx)
    until = the_clock.now() + timedelta(hours=2)
    await identity.bar(tx, ada, Barring(BanKind.SUSPENDED, "Insults", until=until), by="staff")
    await identity.bar(tx, eve, Barring(BanKind.BANNED, "Aimbot", "arena", until=until), by="staff")
    clock.forward(hours=1)
    assert await identity.lapse_due(tx, 10) == 0
    assert await status_of(tx, ada) is Status.SUSPENDED
    clock.forward(hours=1, seconds=1)
    assert await identity.bans_in_force(tx, [ada, eve], "arena") == {}, "by the clock, whoever noticed"
    assert await identity.lapse_due(tx, 10) == 2
    assert await status_of(tx, ada) is Status.ACTIVE
    assert await identity.lapse_due(tx, 10) == 0
    told = await tx.fetch("select body ->> 'change' from kit.events where topic = 'player.status_changed' order by id")
    assert sorted(row[0] for row in told) == ["barred", "barred", "lapsed", "lapsed"]
    (ban,) = await identity.bans(tx, ada, None, 10)
    assert (ban.lapsed_at is not None, ban.lifted_at) == (True, None)
