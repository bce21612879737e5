"""Challenges: a sign-in that was right so far waits here for its second factor."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from playerbase import identity
from playerbase.access import rules, store
from playerbase.access.actions.barring import check_not_barred
from playerbase.access.actions.credentials import forgive
from playerbase.access.actions.proving import account_of, prove, with_proof
from playerbase.access.model import Opening
from playerbase.access.model.factors import Challenge, ChallengeOver, Pending, Proof
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, digest, looks_like_token, token
from playerbase.kit.db import Db, Tx

PREFIX: Final = "pb_mf"
LIFE = timedelta(minutes=5)
TRIES_MAX: Final = 5
BY_MAIL: Final = "email_code"  # No way of its own: it stands on the address of the password.
Purpose = Literal["player", "browser"]


class Answered(msgspec.Struct, frozen=True):
    """What came of an answer: whose it was, and the session it opens or why there is none."""

    player_id: UUID
    proof: Proof
    opening: Opening | None = None


async def challenge(
    tx: Tx, keys: Keys, opening: Opening, *, account: bytes | None = None, purpose: Purpose = "player"
) -> Challenge | None:
    """The question for a second factor that stands before this session; None if the player has none, so open it.

    The one call for every way of signing in, made once it is settled who the player is and that they may come in, in
    the transaction that held them (``check_not_barred``), and before any session is opened::

        opening = Opening(player_id, "steam", client_id, request.agent)
        asked = await access.challenge(tx, keys, opening)
        if asked is not None:
            return asked  # a route answers it as 202; see accounts.actions.passwords.tokens_or_question
        opened = await access.open_session(tx, keys, opening)

    Nothing is told, counted as a sign-in or forgiven until POST /auth/2fa/verify has answered it; that opens the very
    session described here, for ``purpose`` "browser" with a cookie. ``account`` is whose failures a wrong code counts
    as, where the sign-in has counted some already; left out, it is found by the player.
    """
    if not await store.holders(tx, [opening.player_id]):
        return None
    counted = account or await account_of(tx, keys, opening.player_id)
    pending = Pending(
        opening.method, opening.client_id, rules.device_label(opening.device),
        opening.amr or rules.amr_of(opening.method), counted,
    )  # fmt: skip
    text, now = token(PREFIX), clock.now()
    body = msgspec.json.encode(pending).decode()
    await store.add_challenge(tx, digest(text), opening.player_id, purpose, body, now, now + LIFE)
    return Challenge(text, int(LIFE.total_seconds()))


async def factor_holders(db: Db, player_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these players who have a second factor: for ways of signing in that let in many at once."""
    return set(await store.holders(db, list(player_ids)))


async def answer_challenge(tx: Tx, keys: Keys, mfa_token: str, code: str, *, purpose: Purpose = "player") -> Answered:
    """Try a code on a challenge; the right one consumes it, and its opening is to be opened in this transaction.

    The try counts whatever comes of it. Raises ChallengeOver for a token that is unknown, too old, tried five times,
    used, meant for the other purpose or begun by a way of signing in that was unlinked since, and PlayerBarred:
    nothing was counted then.
    """
    asked = None
    if looks_like_token(mfa_token, PREFIX):
        asked = await store.try_challenge(tx, digest(mfa_token), purpose, clock.now(), TRIES_MAX)
    if asked is None:
        raise ChallengeOver
    await check_not_barred(tx, asked.player_id)
    pending = msgspec.json.decode(asked.opening, type=Pending)
    if pending.method != BY_MAIL and pending.method not in await identity.providers(tx, asked.player_id):
        # Unlinked or moved since: the player is held, so it is settled that this is no way in any more.
        raise ChallengeOver
    proof = await settle_code(tx, keys, asked.player_id, code, pending.account)
    if proof.how is None:
        return Answered(asked.player_id, proof)
    await store.consume_challenge(tx, digest(mfa_token), clock.now())
    opening = Opening(asked.player_id, pending.method, pending.client_id, pending.device, pending.amr)
    return Answered(asked.player_id, proof, with_proof(opening, proof))


async def settle_code(tx: Tx, keys: Keys, player_id: UUID, code: str, account: bytes) -> Proof:
    """Try the code that completes a sign-in: the right one forgives the account's failures."""
    proof = await prove(tx, keys, player_id, code, account=account)
    if proof.how is not None:
        await forgive(tx, account)
    return proof
