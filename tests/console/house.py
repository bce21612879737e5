"""An installation with people, matches and troubles in it, for the pages to show."""

from datetime import timedelta
from random import Random
from uuid import UUID

import msgspec

from playerbase import access, accounts, audit, identity, matches, profiles
from playerbase.kit import clock, ids
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.matches import Performance, Report
from playerbase.matches.actions import Intake

NAMES = (
    "Mossgate", "kestrel.ink", "Noor_77", "PaleOrbit", "tin lantern", "Ardent Vole", "hollow_bee", "Drumlin",
    "A name that is as long as a name may be, all of 50", '<b>bold</b> & "quoted"', "Zoë Ångström", "龍の子",
)  # fmt: skip
HOURS = 6


class House(msgspec.Struct, frozen=True):
    """Where it is, who runs it, and who plays in it."""

    url: str
    pool: Pool
    email: str
    password: str
    players: list[UUID]
    player_email: str
    player_password: str
    environ: dict[str, str] = {}  # Of its process, for a test that starts another beside it.


async def furnish(pool: Pool, keys: Keys, url: str) -> House:
    """Make the operator, a dozen players, some hours of matches, and one of everything that can be wrong."""
    async with transaction(pool) as tx:
        made = await accounts.bootstrap(tx, keys)
        assert made is not None
        players = [await _player(tx, name) for name in NAMES]
        email, password = "player@example.com", "Correct1!horse"
        hashed = await access.hash_new_password(keys, password, email=email, display_name=NAMES[0])
        await access.add_password(tx, keys, players[0], email=email, password_hash=hashed)
    dice = Random(7)
    reports = []
    for hour in range(HOURS, 0, -1):
        for _ in range(8):
            one, other = dice.sample(players, 2)
            reports.append(report_of(one, other, minutes_ago=60 * hour + dice.randrange(50)))
    async with transaction(pool) as tx:
        await matches.report(tx, reports)
    return House(url, pool, made.email, made.password, players, email, password)


def report_of(winner: UUID, loser: UUID, *, minutes_ago: int = 5) -> Intake:
    """A match of two that one of them won."""
    began = clock.now() - timedelta(minutes=minutes_ago)
    players = [Performance(winner, 5, kills=5, deaths=2, shots=40, hits=22), Performance(loser, 2, kills=2, deaths=5)]
    report = Report(
        match_id=ids.uuid7(), game="demo", started_at=began, duration_seconds=180, players=players, winner_id=winner,
        mode="duel", map="Salt Pier",
    )  # fmt: skip
    return Intake(report, "key:tests", "demo")


async def break_letters(pool: Pool, handler: str) -> list[int]:
    """Three letters of one reaction, and no others: a dead one, one held behind it, one to be tried again."""
    fault = "UndefinedColumnError: column ratings.before does not exist\nwhile settling"
    numbers = []
    async with transaction(pool) as tx:
        await tx.execute("delete from kit.letters")
        events = await tx.fetch("select id from kit.events where topic = 'match.completed' order by id limit 3")
        for (event,), state, attempts in zip(events, ("dead", "held", "retry"), (3, 0, 1), strict=True):
            number = await tx.fetchval(
                "insert into kit.letters (handler, event, state, attempts, due_at, fault, opened_at)"
                " values ($1, $2, $3, $4, $5, $6, $7) returning number",
                handler, event, state, attempts, clock.now() + timedelta(minutes=4), fault, clock.now(),
            )  # fmt: skip
            await tx.execute(
                "insert into kit.letter_keys (handler, key, number) values ($1, 'same', $2)", handler, number
            )
            numbers.append(event)
    return numbers


async def break_job(pool: Pool) -> UUID:
    """A job that failed each time."""
    job_id = ids.uuid7()
    async with transaction(pool) as tx:
        await tx.execute(
            "insert into kit.jobs (id, name, args, lane, state, run_at, attempts, fault, made_at, ended_at)"
            " values ($1, 'audit.verify', '{\"chain\": 3}', 'low', 'dead', $2, 3, 'TimeoutError: locked', $2, $2)",
            job_id, clock.now(),
        )  # fmt: skip
    return job_id


async def clear_calendar(pool: Pool) -> None:
    """No season there ever was: whoever plans one of their own does not meet another file's."""
    await pool.execute("delete from ladder.archive; delete from ladder.closes")
    await pool.execute("delete from seasons.parts; delete from seasons.seasons")


async def letters_of(pool: Pool, handler: str) -> dict[int, str]:
    """What there is of this reaction, and in which state."""
    rows = await pool.fetch("select event, state from kit.letters where handler = $1", handler)
    return {row["event"]: row["state"] for row in rows}


async def give_roles(pool: Pool, player_id: UUID, *roles: str) -> None:
    by = audit.Deed(actor_kind="system", actor_id="tests", action="")
    async with transaction(pool) as tx:
        await access.set_roles(tx, player_id, list(roles), by=by)


async def _player(tx: Tx, name: str) -> UUID:
    player_id = await identity.create(tx)
    await profiles.create(tx, player_id, name, "PT")
    return player_id
