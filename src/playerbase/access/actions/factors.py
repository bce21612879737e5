"""Second factors: set up, confirmed, taken away; and the codes to come back with when the phone is gone."""

import os
import secrets
from typing import Final
from uuid import UUID

from playerbase import identity
from playerbase.access import rules, store
from playerbase.access.actions.credentials import count_failure, is_open
from playerbase.access.actions.proving import TABLE, account_of
from playerbase.access.events import SecondFactorDisabled, SecondFactorEnabled
from playerbase.access.model.factors import Enrolment, FactorState, NothingToConfirm, Proof
from playerbase.access.model.locks import Guess
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, Tampered, blind, open_sealed, seal
from playerbase.kit.db import Db, Tx
from playerbase.kit.outbox import emit

CODES: Final = 10
CODE_CHARACTERS: Final = 16  # Of 32 kinds, so 80 bits each.
GROUP: Final = 4
_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"  # They are typed from paper: nothing looks like something else.


async def factor_state(db: Db, player_id: UUID) -> FactorState:
    """What a player may know of their own second factor: all but the secret."""
    row = await store.factor(db, player_id)
    if row is None:
        return FactorState(is_enabled=False, is_pending=False, confirmed_at=None, recovery_codes_left=0)
    left = await store.recovery_codes_left(db, player_id)
    return FactorState(row.confirmed_at is not None, row.pending_sealed is not None, row.confirmed_at, left)


async def begin_factor(tx: Tx, keys: Keys, player_id: UUID) -> Enrolment:
    """A new secret for a player's phone, which counts once ``confirm_factor`` has seen a code of it.

    One that is in force stays so until then; one that was never confirmed is forgotten.
    """
    secret = os.urandom(rules.SECRET_BYTES)
    sealed = seal(keys, secret, table=TABLE, column="pending", row=str(player_id))
    await store.begin_factor(tx, player_id, sealed, clock.now())
    uri = rules.otpauth_uri(secret, await _label(tx, keys, player_id))
    return Enrolment(uri, rules.base32(secret), rules.qr_svg(uri))


async def confirm_factor(tx: Tx, keys: Keys, player_id: UUID, code: str) -> tuple[Proof, list[str]]:
    """Put the new secret in force if this is a code of it, and return the recovery codes, in clear this once.

    A wrong code is returned as such, and counted. The code is spent: the same does not sign anybody in.
    Raises NothingToConfirm.
    """
    # Who is signing in at this moment is either seen by whoever ends the other sessions, or sees the factor.
    await identity.hold(tx, player_id)
    row = await store.lock_factor(tx, player_id)
    if row is None or row.pending_sealed is None:
        raise NothingToConfirm
    account, why, now = await account_of(tx, keys, player_id), "code_wrong", clock.now()
    if not await is_open(tx, account):
        return Proof(None, "locked"), []
    try:
        secret = open_sealed(keys, row.pending_sealed, table=TABLE, column="pending", row=str(player_id))
        step = rules.matching_step(secret, rules.normal_code(code), now)
    except Tampered:
        step, why = None, "tampered"
    if step is None:
        return Proof(None, why, locked_now=await count_failure(tx, Guess(account, player_id))), []
    sealed = seal(keys, secret, table=TABLE, column="secret", row=str(player_id))
    await store.confirm_factor(tx, player_id, sealed, step, now)
    codes = await renew_recovery_codes(tx, keys, player_id)
    await emit(tx, SecondFactorEnabled(player_id=player_id))
    return Proof(rules.CODE), codes


async def renew_recovery_codes(tx: Tx, keys: Keys, player_id: UUID) -> list[str]:
    """Ten new recovery codes in place of those there were, in clear this once: what is stored are keyed hashes."""
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(CODE_CHARACTERS)) for _ in range(CODES)]
    await store.drop_recovery_codes(tx, player_id)
    hashes = [blind(keys, f"{player_id} {code}", purpose="recovery_code") for code in codes]
    await store.add_recovery_codes(tx, player_id, hashes)
    return ["-".join(code[at : at + GROUP] for at in range(0, CODE_CHARACTERS, GROUP)) for code in codes]


async def drop_factor(tx: Tx, player_id: UUID) -> bool:
    """Take a player's second factor away, with its recovery codes and what it has proven; False if there was none."""
    if await store.drop_factor(tx, player_id) is None:
        return False
    await store.drop_recovery_codes(tx, player_id)
    await store.unprove_sessions(tx, player_id)
    await emit(tx, SecondFactorDisabled(player_id=player_id))
    return True


async def _label(db: Db, keys: Keys, player_id: UUID) -> str:
    """What the phone lists it under: the address, or for who has none the end of their id."""
    held = await store.own_credential(db, player_id)
    if held is None:
        return f"player-{player_id.hex[-6:]}"
    try:
        email = open_sealed(keys, held.email_sealed, table="access.credentials", column="email", row=str(player_id))
    except Tampered:
        return f"player-{player_id.hex[-6:]}"
    return email.decode()
