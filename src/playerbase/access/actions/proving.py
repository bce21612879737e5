"""Proving who one is once more: a code against the second factor, and how long ago it was last done.

What a wrong code costs must commit, so whether a code is right is returned and not raised.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from playerbase.access import rules, store
from playerbase.access.actions.credentials import count_failure, is_open
from playerbase.access.actions.hashing import hashing
from playerbase.access.actions.sessions import renew_browser_session
from playerbase.access.events import RecoveryCodeUsed
from playerbase.access.model import Opening
from playerbase.access.model.factors import Factor, Proof, ReauthRequired
from playerbase.access.model.locks import Guess
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, Tampered, blind, blinds, open_sealed
from playerbase.kit.db import Db, Pool, Tx, reading
from playerbase.kit.http import Caller
from playerbase.kit.outbox import emit

FRESH_MINUTES: Final = 5
TABLE: Final = "access.factors"


async def has_factor(db: Db, player_id: UUID) -> bool:
    """Whether a second factor of this player is in force."""
    return bool(await store.holders(db, [player_id]))


async def account_of(db: Db, keys: Keys, player_id: UUID) -> bytes:
    """The account whose failures a player's wrong codes count as: that of their address, if they have one.

    So codes and passwords are guessed at out of one purse.
    """
    held = await store.own_credential(db, player_id)
    if held is not None:
        try:
            email = open_sealed(keys, held.email_sealed, table="access.credentials", column="email", row=str(player_id))
        except Tampered:
            pass
        else:
            return blind(keys, email.decode(), purpose="failures")
    return blind(keys, f"player {player_id}", purpose="failures")


async def prove(tx: Tx, keys: Keys, player_id: UUID, code: str, *, account: bytes | None = None) -> Proof:
    """Try a code of the second factor, six digits of the phone or a recovery code: each is good once.

    A wrong one is counted like a wrong password, and while the account is locked none is right. ``Proof.why`` says for
    the audit alone what was wrong: ``no_factor``, ``locked``, ``tampered`` or ``code_wrong``.
    """
    counted = account or await account_of(tx, keys, player_id)
    if not await is_open(tx, counted):
        return Proof(None, "locked")
    row = await store.factor(tx, player_id)
    if row is None or row.confirmed_at is None:
        return Proof(None, "no_factor")
    why = "code_wrong"
    normal = rules.normal_code(code)
    try:
        if rules.is_totp(normal):
            if await _is_next_step(tx, keys, player_id, row, normal):
                return Proof(rules.CODE)
        elif (left := await _burn(tx, keys, player_id, normal)) is not None:
            await emit(tx, RecoveryCodeUsed(player_id=player_id, codes_left=left))
            return Proof(rules.RECOVERY, codes_left=left)
    except Tampered:
        why = "tampered"
    return Proof(None, why, locked_now=await count_failure(tx, Guess(counted, player_id)))


def with_proof(opening: Opening, proof: Proof) -> Opening:
    """The opening of somebody who has shown this beside their way of signing in."""
    amr = opening.amr or rules.amr_of(opening.method)
    return replace(opening, amr=tuple(sorted({*amr, *shown(proof)})))


def shown(proof: Proof) -> tuple[str, ...]:
    """What a proof adds to what a session has shown."""
    assert proof.how is not None
    return (proof.how,) if proof.how == rules.PASSWORD else rules.with_second((), proof.how)


async def try_own_password(pool: Pool, keys: Keys, player_id: UUID, password: str) -> bool:
    """Whether it is this player's password; to be called before a transaction, as it takes a quarter of a second.

    Raises TooBusy.
    """
    async with reading(pool) as db:
        held = await store.own_credential(db, player_id)
    return await hashing().check(keys, password, held.password_hash if held else None)


async def settle_own_password(tx: Tx, keys: Keys, player_id: UUID, *, is_right: bool) -> Proof:
    """What ``try_own_password`` found, counted if it was wrong, and of no use while the account is locked."""
    account = await account_of(tx, keys, player_id)
    if not await is_open(tx, account):
        return Proof(None, "locked")
    if is_right:
        return Proof(rules.PASSWORD)
    return Proof(None, "password_wrong", locked_now=await count_failure(tx, Guess(account, player_id)))


async def check_fresh(tx: Db, caller: Caller, minutes: int = FRESH_MINUTES) -> None:
    """Raises ReauthRequired unless the player of the caller's session proved who they are this recently.

    Signing in proves it, and so does POST /auth/reauthenticate; a game server's word for its player does not.
    """
    at = None if caller.session_id is None else await store.authenticated_at(tx, caller.session_id)
    if at is None or clock.now() - at > timedelta(minutes=minutes):
        raise ReauthRequired(minutes=minutes)


async def step_up(tx: Tx, caller: Caller, amr: tuple[str, ...]) -> str | None:
    """Note that the caller has just proven who they are in these ways.

    A browser gets another session for it, whose cookie is returned for ``access.set_cookie``.
    """
    assert caller.session_id is not None
    if caller.by_cookie:
        return await renew_browser_session(tx, caller.session_id, amr)
    await store.prove_session(tx, caller.session_id, list(amr), clock.now())
    return None


async def _is_next_step(tx: Tx, keys: Keys, player_id: UUID, row: Factor, code: str) -> bool:
    assert row.secret_sealed is not None
    secret = open_sealed(keys, row.secret_sealed, table=TABLE, column="secret", row=str(player_id))
    step = rules.matching_step(secret, code, clock.now())
    return step is not None and await store.use_step(tx, player_id, step) is not None


async def _burn(tx: Tx, keys: Keys, player_id: UUID, code: str) -> int | None:
    """How many recovery codes are left after this one, or None if it is none."""
    hashes = list(blinds(keys, f"{player_id} {code}", purpose="recovery_code"))
    if await store.burn_recovery_code(tx, player_id, hashes, clock.now()) is None:
        return None
    return await store.recovery_codes_left(tx, player_id)
