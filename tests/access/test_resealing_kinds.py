"""Everything that is sealed, kind by kind: under the secret before, anew, and read without the one before."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, cast
from uuid import UUID

import pytest

from playerbase import access, accounts, identity
from playerbase.access.actions import resealing
from playerbase.access.rules import totp
from playerbase.accounts.actions.federated import sealed_label, stand_in
from playerbase.federation import Subject
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, Tampered, open_sealed, seal_head
from playerbase.kit.db import Pool, Tx, keep_keys, reading, recall_keys, transaction
from tests.conftest import SECRET

pytestmark = pytest.mark.usefixtures("standing_clock")  # Codes of a step are made here and shown later.

NEW, FOREIGN = bytes(range(100, 132)), bytes(range(50, 82))
OLD_KEYS, FOREIGN_KEYS = Keys.derive(SECRET), Keys.derive(FOREIGN)
Make = Callable[[Tx, Keys], Awaitable[Any]]


class Kind(NamedTuple):
    """Something that is sealed: where, how it comes to be, and how it is read again."""

    sealed: str  # All values of the kind, in an order that stays.
    make: Make
    read: Callable[[Tx, Keys, Any], Awaitable[object]]


async def address(tx: Tx, keys: Keys) -> UUID:
    player_id = await identity.create(tx)
    email = f"{player_id}@example.com"
    await access.add_password(tx, keys, player_id, email=email, password_hash="hash")
    return player_id


async def read_address(tx: Tx, keys: Keys, player_id: UUID) -> bool:
    box = await access.mailbox_of(tx, keys, f"{player_id}@example.com")
    return box is not None and (box.player_id, box.email) == (player_id, f"{player_id}@example.com")


async def waiting_factor(tx: Tx, keys: Keys) -> tuple[UUID, bytes]:
    player_id = await identity.create(tx)
    return player_id, base64.b32decode((await access.begin_factor(tx, keys, player_id)).secret)


async def confirm(tx: Tx, keys: Keys, made: tuple[UUID, bytes], steps: int = -1) -> bool:
    code = totp.code_at(made[1], totp.step_at(clock.now()) + steps)
    return (await access.confirm_factor(tx, keys, made[0], code))[0].how == "otp"


async def factor(tx: Tx, keys: Keys) -> tuple[UUID, bytes]:
    made = await waiting_factor(tx, keys)
    assert await confirm(tx, keys, made)
    return made


async def read_factor(tx: Tx, keys: Keys, made: tuple[UUID, bytes]) -> bool:
    return (await access.prove(tx, keys, made[0], totp.code_at(made[1], totp.step_at(clock.now())))).how == "otp"


async def both_factors(tx: Tx, keys: Keys) -> tuple[tuple[UUID, bytes], tuple[UUID, bytes]]:
    """One in force, and another phone that waits to take its place."""
    made = await factor(tx, keys)
    return made, (made[0], base64.b32decode((await access.begin_factor(tx, keys, made[0])).secret))


async def read_both(tx: Tx, keys: Keys, made: tuple[tuple[UUID, bytes], tuple[UUID, bytes]]) -> bool:
    return await read_factor(tx, keys, made[0]) and await confirm(tx, keys, made[1], 1)


async def label(tx: Tx, keys: Keys) -> UUID:
    player_id = await identity.create(tx)
    subject = Subject(provider="steam", id=str(player_id), display_name="Mossgate")
    index = await stand_in(tx, keys, subject)
    await identity.link_once(tx, player_id, "steam", index, sealed=sealed_label(keys, player_id, subject))
    return player_id


async def read_label(tx: Tx, keys: Keys, player_id: UUID) -> bool:
    (way,) = await accounts.linked(tx, keys, player_id)
    return (way.provider_id, way.name) == (str(player_id), "Mossgate")


async def signing_key(tx: Tx, keys: Keys) -> None:
    await tx.execute("delete from access.signing_keys")
    await access.ensure_signing_key(tx, keys)


async def read_signing_key(tx: Tx, keys: Keys, _: None) -> bool:
    (row,) = await tx.fetch("select kid, private_sealed from access.signing_keys")
    try:
        open_sealed(keys, row["private_sealed"], table="access.signing_keys", column="private", row=row["kid"])
    except Tampered:
        return False
    return True


FACTORS = "select coalesce(secret_sealed, '') || coalesce(pending_sealed, '') from access.factors order by player_id"
KINDS = {
    "address": Kind("select email_sealed from access.credentials order by player_id", address, read_address),
    "factor": Kind(FACTORS, factor, read_factor),
    "factor that waits": Kind(FACTORS, waiting_factor, confirm),
    "factor and the next": Kind(FACTORS, both_factors, read_both),
    "name at a provider": Kind(
        "select sealed from identity.identities where provider = 'steam' order by player_id", label, read_label,
    ),
    "signing key": Kind("select private_sealed from access.signing_keys order by kid", signing_key, read_signing_key),
}  # fmt: skip


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@asynccontextmanager
async def trying(pool: Pool) -> AsyncIterator[Tx]:
    """A transaction whose effects are undone."""
    async with pool.acquire() as connection:
        doing = connection.transaction()
        await doing.start()
        yield cast("Tx", connection)
        await doing.rollback()


async def values(pool: Pool, kind: Kind) -> list[bytes]:
    return [row[0] for row in await pool.fetch(kind.sealed)]


async def test_each_kind_is_read_without_the_secret_that_first_sealed_it(pool: Pool, kind: Kind) -> None:
    async with transaction(pool) as tx:
        made = await kind.make(tx, OLD_KEYS)
    before = await values(pool, kind)
    done = await access.reseal(pool, Keys.derive(NEW, [SECRET]))
    assert (done.lost, done.done > 0) == (0, True)
    new = Keys.derive(NEW)
    await recall_keys(pool, new)
    async with trying(pool) as tx:
        assert await kind.read(tx, new, made)
    async with trying(pool) as tx:
        with_old = await _or_not(kind.read(tx, Keys.derive(SECRET), made))
        assert not with_old, "the one before opens nothing"
    after = await values(pool, kind)
    assert len(after) == len(before)
    assert not set(after) & set(before)
    again = await access.reseal(pool, Keys.derive(NEW, [SECRET]))
    assert (again.done, again.lost) == (0, 0)
    assert await values(pool, kind) == after, "what is sealed with the present one is not touched"


async def test_what_an_unlisted_secret_sealed_is_left_as_it_is(pool: Pool, kind: Kind) -> None:
    async with transaction(pool) as tx:
        await kind.make(tx, FOREIGN_KEYS)
    foreign = await values(pool, kind)
    assert foreign
    async with transaction(pool) as tx:
        made = None if kind is KINDS["signing key"] else await kind.make(tx, OLD_KEYS)
    done = await access.reseal(pool, Keys.derive(NEW, [SECRET]))
    assert done.lost == 1
    assert set(foreign) <= set(await values(pool, kind))
    if made is not None:
        new = Keys.derive(NEW)
        await recall_keys(pool, new)
        async with trying(pool) as tx:
            assert await kind.read(tx, new, made), "and holds nobody else up"


class Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


async def test_what_was_interrupted_is_gone_on_with(pool: Pool, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "SLICE", 2)
    async with transaction(pool) as tx:
        made = [await kind.make(tx, OLD_KEYS) for _ in range(1 if kind is KINDS["signing key"] else 7)]
    keys, tries, done = Keys.derive(NEW, [SECRET]), 0, 0
    while True:
        left = tries % 4

        def stop(what: str, number: int, _: int) -> None:
            nonlocal left, done
            left -= 1
            done += number > 0
            if left == 0:
                raise Interrupted(what)

        try:
            resealed = await access.reseal(pool, keys, stop)
        except Interrupted:
            tries += 1
            assert tries < 40, "it gets on"
            continue
        break
    assert resealed.lost == 0
    assert (await access.reseal(pool, keys)).done == 0
    new = Keys.derive(NEW)
    await recall_keys(pool, new)
    for each in made:
        async with trying(pool) as tx:
            assert await kind.read(tx, new, each)


async def test_writers_of_every_kind_go_on_meanwhile(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "SLICE", 1)
    kinds = [kind for kind in KINDS.values() if kind is not KINDS["signing key"]]
    keys, made = Keys.derive(NEW, [SECRET]), []

    async def write(kind: Kind, by: Keys) -> None:
        async with transaction(pool) as tx:
            made.append((kind, await kind.make(tx, by)))

    for kind in kinds:
        for _ in range(4):
            await write(kind, OLD_KEYS)
    # Some processes still have the new secret second, as in the first step of the guide; others use it already.
    writing = [write(kind, by) for _ in range(6) for kind in kinds for by in (keys, Keys.derive(SECRET, [NEW]))]
    async with asyncio.TaskGroup() as group:
        both = [group.create_task(access.reseal(pool, keys)) for _ in range(2)]
        for each in writing:
            group.create_task(each)
    assert [task.result().lost for task in both] == [0, 0]
    last = await access.reseal(pool, keys)
    assert (last.lost, (await access.reseal(pool, keys)).done) == (0, 0)
    new = Keys.derive(NEW)
    await recall_keys(pool, new)
    for kind, one in made:
        async with trying(pool) as tx:
            assert await kind.read(tx, new, one)


async def test_kept_keys_are_sealed_anew_and_are_the_same(pool: Pool) -> None:
    label = "index/identity/device"
    oldest = Keys.derive(FOREIGN)
    async with transaction(pool) as tx:
        await keep_keys(tx, Keys.derive(SECRET, [FOREIGN]), [label])
    await access.reseal(pool, Keys.derive(NEW, [SECRET]))
    new = Keys.derive(NEW)
    await recall_keys(pool, new)
    assert {oldest.subkey(label), OLD_KEYS.subkey(label), new.subkey(label)} <= set(new.subkeys(label))
    async with reading(pool) as db:
        rows = [row[0] for row in await db.fetch("select key_sealed from kit.kept_keys")]
    assert rows
    assert {row[: len(seal_head(new))] for row in rows} == {seal_head(new)}


async def _or_not(reading_it: Awaitable[object]) -> object:
    try:
        return await reading_it
    except (Tampered, ValueError):
        return False
