"""Whether Twitch still stands by what it gave us, and what follows when it does not.

What is kept is asked about outside any transaction; what comes of it is written in one, and only if the same tokens
still lie there: whoever signed in anew meanwhile, or unlinked, is not signed out by an answer about the old ones.
"""

import asyncio
from random import random
from typing import Final
from uuid import UUID

import msgspec

from playerbase import access, audit, federation
from playerbase.accounts import rules
from playerbase.accounts.actions.settings import settings
from playerbase.federation import TWITCH, Checks, Granted, Held, ProviderAway, Providers
from playerbase.kit import clock, ids
from playerbase.kit.crypto import Keys, Tampered, open_sealed, seal
from playerbase.kit.db import Pool, Tx, reading, transaction
from playerbase.kit.jobs import Hopeless, enqueue, job

BATCH: Final = 50  # Five at a time and three calls each at most: two and a half minutes if every one takes its five s.
AT_ONCE: Final = 5
WAIT_SECONDS: Final = 60.0
DISCONNECTED: Final = "twitch_disconnected"
# A revocation that waits harms nobody; after a day of trying the token has long run out by itself.
PAUSES_SECONDS: Final = (30, 300, 1_800, 7_200)


class Revoking(msgspec.Struct, frozen=True):
    """Tokens to be revoked as they wait: the id of their job, under which they are sealed."""

    revoking_id: UUID
    sealed: bytes


async def check_grants(pool: Pool) -> None:
    """Ask about all tokens that are due. While Twitch is away nothing is decided, and they wait."""
    providers = federation.configured_providers()
    if TWITCH not in providers.names:
        return
    async with reading(pool) as db:
        minutes = (await settings(db)).twitch_check_minutes
    while True:
        async with transaction(pool) as tx:
            batch = await federation.claim_grants(tx, BATCH)
        if batch:
            away = await _checked(pool, providers, batch, minutes)
            if away is not None:
                return
        if len(batch) < BATCH:
            return


async def let_go(tx: Tx, keys: Keys, player_id: UUID) -> None:
    """Keep a player's tokens no longer, and have them revoked if this transaction commits."""
    granted = await federation.take_grant(tx, keys, player_id)
    if granted is None:
        return
    revoking_id = ids.uuid7()
    sealed = seal(keys, msgspec.json.encode(granted), table="kit.jobs", column="granted", row=str(revoking_id))
    await enqueue(tx, revoke_grant, Revoking(revoking_id, sealed), job_id=revoking_id)


async def disconnected(pool: Pool, held: Held) -> None:
    """The player no longer lets us: what Twitch signed in is signed out. The link stays, and may be used anew."""
    async with transaction(pool) as tx:
        if not await federation.drop_grant(tx, held):
            return
        ended = await access.end_sessions_by(tx, held.player_id, TWITCH, why=DISCONNECTED)
        await federation.count_checks(tx, Checks(disconnected=1))
        await audit.record(
            tx,
            audit.Deed(
                actor_kind="system", actor_id=TWITCH, action="session_ended", player_id=held.player_id,
                target_kind="player", target_id=held.player_id, reason=DISCONNECTED, after={"ended": ended},
            ),
        )  # fmt: skip


class NotRevoked(Exception):
    """Twitch cannot be asked at the moment."""


@job(lane="low", attempts_max=8, seconds_max=30, pauses_seconds=PAUSES_SECONDS)
async def revoke_grant(pool: Pool, args: Revoking) -> None:  # noqa: ARG001 - every job has it
    """Revoke tokens at Twitch; revoked twice is as once."""
    providers = federation.configured_providers()
    if TWITCH not in providers.names:
        raise Hopeless("Twitch is not configured any more.")
    granted = _opened(providers.keys, args)
    try:
        await federation.revoke(providers, granted)
    except ProviderAway as away:
        raise NotRevoked(str(away)) from None


async def _checked(pool: Pool, providers: Providers, batch: list[Held], minutes: int) -> ProviderAway | None:
    """Ask about these; what could not be told waits, and why not is returned."""
    turn = asyncio.Semaphore(AT_ONCE)
    away: ProviderAway | None = None
    waiting: list[Held] = []

    async def one(held: Held) -> None:
        nonlocal away
        async with turn:
            if away is not None:
                waiting.append(held)
                return
            due_at = rules.next_check(clock.now(), minutes, random())  # noqa: S311 - jitter
            try:
                stands = await federation.check(providers, pool, held, due_at=due_at)
            except ProviderAway as silent:
                away = silent
                waiting.append(held)
                return
        if stands is False:
            await disconnected(pool, held)

    async with asyncio.TaskGroup() as group:
        for held in batch:
            group.create_task(one(held))
    if away is not None:
        wanted = away.members.get("retry_after")
        seconds = float(wanted) if isinstance(wanted, int | float) else WAIT_SECONDS
        async with transaction(pool) as tx:
            await federation.put_off(tx, waiting, due_at=rules.next_try(clock.now(), seconds, random()))  # noqa: S311
            await federation.count_checks(tx, Checks(away=1))
    return away


def _opened(keys: Keys, args: Revoking) -> Granted:
    try:
        body = open_sealed(keys, args.sealed, table="kit.jobs", column="granted", row=str(args.revoking_id))
    except Tampered:
        raise Hopeless("The tokens were sealed with a secret that is not listed, or altered.") from None
    return msgspec.json.decode(body, type=Granted)
