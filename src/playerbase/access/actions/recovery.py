"""One-time secrets: what a letter carries, and what it does when it comes back.

A secret is derived from the id of the letter that carries it. So a letter that is sent twice, because nobody could
tell whether it had arrived, carries the same secret twice, and none lies anywhere but in the letter: the table holds
hashes, keyed where the secret is short.
"""

import hmac
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from playerbase import identity
from playerbase.access import store
from playerbase.access.actions.barring import check_not_barred
from playerbase.access.actions.credentials import PROVIDER, count_failure, forgive
from playerbase.access.actions.known_devices import forget_devices
from playerbase.access.actions.sessions import end_sessions
from playerbase.access.model import (
    EmailTaken,
    LinkSpent,
    Mailbox,
    OneTime,
    OwnCredential,
    Promise,
    Purpose,
    Verdict,
)
from playerbase.access.model.locks import Guess
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, blind, blinds, digest, looks_like_token, open_sealed, same, seal, token_of
from playerbase.kit.db import Db, Tx

PREFIX: Final = "pb_ot"
CODE_DIGITS: Final = 8
CODE_TRIES_MAX: Final = 5
LIFETIMES: Final = {
    Purpose.VERIFY: timedelta(hours=24),
    Purpose.RESET: timedelta(minutes=15),
    Purpose.CODE: timedelta(minutes=10),
}


async def mailbox(db: Db, keys: Keys, player_id: UUID) -> Mailbox | None:
    """The address of a player, or None if they have none."""
    own = await store.own_credential(db, player_id)
    return None if own is None else _mailbox(keys, player_id, own)


async def mailbox_of(db: Db, keys: Keys, email: str) -> Mailbox | None:
    """Whose address this is, in its normal spelling; None if it is nobody's."""
    known = await store.credential_of(db, list(blinds(keys, email, purpose="email")))
    return None if known is None else await mailbox(db, keys, known.player_id)


async def issue(
    tx: Tx,
    keys: Keys,
    purpose: Purpose,
    letter_id: UUID,
    asked_at: datetime,
    *,
    player_id: UUID | None,
    email: str,
    new_email: str | None = None,
    bound_to: bytes | None = None,
) -> tuple[str, bool] | None:
    """The secret of this letter, and whether it was made just now rather than when the letter was tried before.

    Of each purpose the newest is the only one: a code for an address, a link for a player. None if this one is no
    longer good: too old, used, or followed by a newer.
    """
    now, expires_at = clock.now(), asked_at + LIFETIMES[purpose]
    if expires_at <= now:
        return None
    subject = _subject(keys, email if purpose is Purpose.CODE else str(player_id))
    secret, hashed = _secret(keys, purpose, letter_id, subject)
    sealed = None
    if new_email is not None:
        sealed = seal(keys, new_email.encode(), table="access.one_time", column="address", row=hashed.hex())
    fresh = OneTime(hashed, purpose.value, subject, player_id, sealed, bound_to, asked_at, expires_at)
    if await store.put_one_time(tx, fresh):
        return secret, True
    return (secret, False) if await store.one_time(tx, hashed, purpose.value, now) else None


async def still_stands(tx: Tx, keys: Keys, seen: Mailbox) -> bool:
    """Whether the player's address and password are those that were seen before; from here on they stay so."""
    own = await store.lock_credential(tx, seen.player_id)
    if own is None:
        return False
    box = _mailbox(keys, seen.player_id, own)
    return box.email == seen.email and same(box.password_stamp, seen.password_stamp)


async def look_at_reset(db: Db, keys: Keys, text: str) -> Mailbox:
    """Who may choose a new password by this token, which stays good; raises LinkSpent."""
    found = await store.one_time(db, _hash(text), Purpose.RESET.value, clock.now())
    box = await mailbox(db, keys, found.player_id) if found and found.player_id else None
    if box is None:
        raise LinkSpent
    return box


async def reset_password(tx: Tx, keys: Keys, text: str, password_hash: str) -> tuple[Mailbox, int]:
    """Use a token up to give its player another password; who they are, and how many sessions ended. Raises LinkSpent.

    It shows that the address is theirs. Nothing that was handed out before is good any more, and every lock is taken
    off; a second factor stays what it is.
    """
    box, _ = await _redeemed(tx, keys, text, Purpose.RESET)
    now, player_id = clock.now(), box.player_id
    await store.save_password_hash(tx, player_id, password_hash, False, now)
    await store.verify_email(tx, player_id, now)
    for purpose in ("failures", "failures/code"):
        await store.unlock(tx, blind(keys, box.email, purpose=purpose))
    await store.unlock(tx, blind(keys, str(player_id), purpose="failures/own"))
    await store.void_one_time(tx, player_id, now)
    await forget_devices(tx, player_id)
    return box, await end_sessions(tx, player_id, "password_changed")


async def change_password(tx: Tx, player_id: UUID, password_hash: str, *, but: UUID | None) -> int:
    """Give a player another password and end all their sessions but one; how many ended."""
    now = clock.now()
    await store.save_password_hash(tx, player_id, password_hash, False, now)
    await store.void_one_time(tx, player_id, now)
    return await end_sessions(tx, player_id, "password_changed", but=but)


async def verify_email(tx: Tx, keys: Keys, text: str) -> tuple[UUID, bool]:
    """Use a token up: its address is its player's. Who, and whether it took the place of another.

    Raises LinkSpent, and EmailTaken if a new address has become somebody else's meanwhile.
    """
    box, found = await _redeemed(tx, keys, text, Purpose.VERIFY)
    now, player_id = clock.now(), box.player_id
    if found.address_sealed is None:
        await store.verify_email(tx, player_id, now)
        return player_id, False
    row = _hash(text).hex()
    email = open_sealed(keys, found.address_sealed, table="access.one_time", column="address", row=row).decode()
    if await store.credential_of(tx, list(blinds(keys, email, purpose="email"))) is not None:
        raise EmailTaken
    index = blind(keys, email, purpose="email")
    sealed = seal(keys, email.encode(), table="access.credentials", column="email", row=str(player_id))
    try:
        await store.change_email(tx, player_id, index, sealed, now)
        await identity.relink(tx, player_id, PROVIDER, index)
    except asyncpg.UniqueViolationError:
        raise EmailTaken from None  # Somebody registered with it at this very moment.
    await store.void_one_time(tx, player_id, now)
    return player_id, True


async def confirm_mailbox(tx: Tx, player_id: UUID) -> bool:
    """The player has shown that the address is theirs; False if they had before."""
    return await store.verify_email(tx, player_id, clock.now()) is not None


async def settle_email_code(tx: Tx, keys: Keys, email: str, code: str) -> Verdict:
    """Whom a code by mail lets in. It is good for five tries; the tenth failure in half an hour ends codes for as long.

    The same work whether or not anybody has the address. Raises PlayerBarred, which only who has the code gets to hear.
    """
    account, subject = blind(keys, email, purpose="failures/code"), _subject(keys, email)
    tried = await store.try_code(tx, subject, _code_hash(keys, subject, code), clock.now(), CODE_TRIES_MAX)
    if tried and tried.is_right and tried.player_id is not None and await forgive(tx, account):
        await check_not_barred(tx, tried.player_id)
        return Verdict(tried.player_id, locked_now=False)
    return Verdict(None, await count_failure(tx, Guess(account, tried.player_id if tried else None, "code")))


async def _redeemed(tx: Tx, keys: Keys, text: str, purpose: Purpose) -> tuple[Mailbox, Promise]:
    """Use a token up, and hold its player, if the password it was made beside still stands."""
    found = await store.take_one_time(tx, _hash(text), purpose.value, clock.now())
    if found is None or found.player_id is None:
        raise LinkSpent
    await identity.hold(tx, found.player_id)
    own = await store.lock_credential(tx, found.player_id)
    if own is None:
        raise LinkSpent
    box = _mailbox(keys, found.player_id, own)
    if found.bound_to is not None and not same(found.bound_to, box.password_stamp):
        raise LinkSpent
    return box, found


def _mailbox(keys: Keys, player_id: UUID, own: OwnCredential) -> Mailbox:
    email = open_sealed(keys, own.email_sealed, table="access.credentials", column="email", row=str(player_id))
    return Mailbox(player_id, email.decode(), own.is_verified, digest(own.password_hash))


def _secret(keys: Keys, purpose: Purpose, letter_id: UUID, subject: bytes) -> tuple[str, bytes]:
    raw = hmac.digest(keys.subkey(f"one_time/{purpose.value}"), letter_id.bytes, "sha256")
    if purpose is Purpose.CODE:
        code = f"{int.from_bytes(raw) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"
        return code, _code_hash(keys, subject, code)
    text = token_of(PREFIX, raw)
    return text, digest(text)


def _subject(keys: Keys, whom: str) -> bytes:
    return blind(keys, whom, purpose="one_time")


def _code_hash(keys: Keys, subject: bytes, code: str) -> bytes:
    # Eight digits are soon tried through, so whoever has the table must lack the key.
    return blind(keys, f"{subject.hex()} {code}", purpose="one_time/code")


def _hash(text: str) -> bytes:
    if not looks_like_token(text, PREFIX):
        raise LinkSpent
    return digest(text)
