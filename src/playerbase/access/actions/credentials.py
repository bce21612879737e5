"""Passwords: given, tried, and counted when they are wrong."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from playerbase import identity
from playerbase.access import rules, store
from playerbase.access.actions.barring import check_not_barred
from playerbase.access.actions.hashing import hashing
from playerbase.access.actions.known_devices import known_device
from playerbase.access.model import (
    EmailInvalid,
    EmailTaken,
    NoSuchAccount,
    PasswordMissing,
    PasswordTooLong,
    PasswordTooWeak,
    Verdict,
)
from playerbase.access.model.locks import Attempt, Guess
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, blind, blinds, seal
from playerbase.kit.db import Pool, Tx, reading

PROVIDER: Final = "password"
FAILURES_MAX: Final = 10
FAILURES_WINDOW = timedelta(minutes=30)
LOCKED = timedelta(minutes=30)
SOURCE_BYTES: Final = 8
SOURCES_MAX: Final = 32  # Told apart for staff to see; more would let whoever guesses fill the table.


def normal_email(text: str) -> str:
    """The one spelling an address is known by; raises EmailInvalid."""
    address = rules.normal_email(text)
    if address is None:
        raise EmailInvalid
    return address


def normal_email_or_none(text: str) -> str | None:
    """The same where it may be no address; then None."""
    return rules.normal_email(text)


async def hash_new_password(keys: Keys, password: str, *, email: str, display_name: str) -> str:
    """The hash of a password somebody chose; raises PasswordTooWeak with every reason, PasswordTooLong, TooBusy.

    To be called before a transaction is opened, because it takes a quarter of a second.
    """
    check_new_password(password, email=email, display_name=display_name)
    return await hashing().make(keys, password)


def check_new_password(password: str, *, email: str, display_name: str) -> None:
    """Raises PasswordTooWeak with every reason why somebody should not choose this password, PasswordTooLong."""
    _check_length(password)
    if faults := rules.faults_of(password, email=email, display_name=display_name):
        raise PasswordTooWeak(errors=faults)


async def add_password(
    tx: Tx, keys: Keys, player_id: UUID, *, email: str, password_hash: str, is_given: bool = False,
    confirm_first: bool = False,
) -> None:  # fmt: skip
    """Let a player sign in by this address, in its normal spelling, and password; raises EmailTaken.

    With ``confirm_first`` only once they have shown that the address is theirs. ``is_given`` says that the password was
    made for them: whoever made it has seen it.
    """
    index = blind(keys, email, purpose="email")
    sealed = seal(keys, email.encode(), table="access.credentials", column="email", row=str(player_id))
    known_as = blinds(keys, email, purpose="email")
    if len(known_as) > 1:
        await store.lock_address(tx, min(known_as))
    is_known = await store.credential_of(tx, list(known_as)) is not None
    if (
        is_known
        or await store.add_credential(tx, player_id, index, sealed, password_hash, is_given, confirm_first, clock.now())
        is None
    ):
        raise EmailTaken
    await identity.link(tx, player_id, PROVIDER, index)


async def replace_password(tx: Tx, keys: Keys, email: str, password_hash: str) -> UUID:
    """Give the account of this address a password made for it, and forget its failures; raises NoSuchAccount."""
    known = await store.credential_of(tx, list(blinds(keys, email, purpose="email")))
    if known is None:
        raise NoSuchAccount
    await store.save_password_hash(tx, known.player_id, password_hash, True, clock.now())
    await store.unlock(tx, blind(keys, email, purpose="failures"))
    return known.player_id


async def try_password(
    pool: Pool, keys: Keys, email: str, password: str, device_token: str | None = None, source: str = ""
) -> Attempt:
    """Check a password without saying yet what comes of it: ``settle`` does, in a transaction.

    An account that is unknown or locked costs the same work as any. On a device that has been in this account before,
    failures are counted for that device alone. ``source`` says where the attempt comes from, kept as a keyed hash.
    Raises PasswordTooLong, TooBusy.
    """
    _check_length(password)
    place = blind(keys, source, purpose="failures/source")[:SOURCE_BYTES] if source else None
    # What was typed may be no address, or even a password: it is kept as a keyed hash and nothing else.
    typed = rules.normal_email(email) or email.casefold()
    account = blind(keys, typed, purpose="failures")
    async with reading(pool) as db:
        known = await store.credential_of(db, list(blinds(keys, typed, purpose="email")))
        device = await known_device(db, known.player_id if known else None, device_token)
    if device is not None:
        account = blind(keys, f"{typed}\0{device.hex()}", purpose="failures/device")
    scope = "address" if device is None else "device"
    stored = known.password_hash if known else None
    is_right = await hashing().check(keys, password, stored)
    new_hash = None
    if is_right and stored is not None and hashing().is_old(keys, stored):
        new_hash = await hashing().make(keys, password)
    if known is None:
        return Attempt(account, None, is_right, new_hash, scope=scope, source=place)
    return Attempt(account, known.player_id, is_right, new_hash, known.must_confirm, scope, place)


async def attempt_own_password(pool: Pool, keys: Keys, player_id: UUID, password: str) -> Attempt:
    """Check the password of somebody signed in, for ``settle``; raises PasswordMissing, PasswordTooLong, TooBusy.

    Failures are counted apart from those at the door: strangers' guesses keep nobody from changing their password,
    and a stolen session is no way to guess it.
    """
    _check_length(password)
    async with reading(pool) as db:
        own = await store.own_credential(db, player_id)
    if own is None:
        raise PasswordMissing
    is_right = await hashing().check(keys, password, own.password_hash)
    return Attempt(blind(keys, str(player_id), purpose="failures/own"), player_id, is_right, None, scope="own")


async def settle(tx: Tx, attempt: Attempt) -> Verdict:
    """Whom the attempt lets in. A wrong one is counted, the tenth in half an hour locks the account for as long.

    Locked is locked for the right password too, but no attempt prolongs it; who holds a live session is not touched.
    What came before is forgiven, unless a second factor is still to come: then only that forgives.
    Raises PlayerBarred, which only who knows the password gets to hear.
    """
    now = clock.now()
    if attempt.is_right and await _may_enter(tx, attempt):
        assert attempt.player_id is not None
        await check_not_barred(tx, attempt.player_id)
        if attempt.new_hash is not None:
            await store.save_password_hash(tx, attempt.player_id, attempt.new_hash, None, now)
        return Verdict(attempt.player_id, locked_now=False)
    guess = Guess(attempt.account, attempt.player_id, attempt.scope, attempt.source)
    return Verdict(None, await count_failure(tx, guess))


async def is_open(tx: Tx, account: bytes) -> bool:
    """Whether the account may be tried; what its failures are stays as it is.

    The row is locked before it is judged: a right secret beside the tenth wrong one waits, and sees the lock.
    """
    row = await store.lock_failures(tx, account)
    return row is None or row.locked_until is None or row.locked_until <= clock.now()


async def forgive(tx: Tx, account: bytes) -> bool:
    """Forget the failures of an account, whose secret was right; False, and nothing forgotten, while it is locked."""
    if not await is_open(tx, account):
        return False
    await store.unlock(tx, account)
    return True


async def count_failure(tx: Tx, guess: Guess) -> bool:
    """Count one; True if it was the one that locked the account."""
    now = clock.now()
    return await store.count_failure(tx, guess, now, now - FAILURES_WINDOW, now + LOCKED, FAILURES_MAX, SOURCES_MAX)


async def _may_enter(tx: Tx, attempt: Attempt) -> bool:
    assert attempt.player_id is not None
    if await store.holders(tx, [attempt.player_id]):
        return await is_open(tx, attempt.account)
    return await forgive(tx, attempt.account)


def _check_length(password: str) -> None:
    if len(password.encode("utf-8", "surrogatepass")) > rules.PASSWORD_BYTES_MAX:
        raise PasswordTooLong
