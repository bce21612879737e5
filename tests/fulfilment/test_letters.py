"""Voucher codes by mail: each once, to a mailbox that is the player's, and the same code if it must be sent again."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from playerbase import accounts, fulfilment
from playerbase.fulfilment import Kind, State, Stopped
from playerbase.fulfilment.actions import carry_out, resume, wake_players
from playerbase.fulfilment.actions.stopping import wake_supplied
from playerbase.fulfilment.store import deliveries as store
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, Tx, transaction
from tests.accounts.letterbox import Received, received
from tests.conftest import SECRET, MovingClock
from tests.console.browser import free_port
from tests.fulfilment.lines import begun, line, player, stock, told

ADA = "ada@example.com"


def letters(folder: Path) -> list[Received]:
    return [received(path.read_bytes()) for path in sorted((folder / "mail").glob("*.eml"))]


async def state(pool: Pool, delivery_id: UUID) -> tuple[str, str]:
    found = await store.find(pool, delivery_id)  # type: ignore[arg-type]  # A pool reads like a connection.
    assert found is not None
    return found.state.value, found.waits_for


class Relay:
    """An SMTP server that answers each letter as it is told to, and keeps what it took."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 - aiosmtpd's
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250") or answer == "taken and gone":
            self.taken.append(envelope.original_content)
        if answer == "taken and gone":
            raise ConnectionResetError
        return answer


@pytest.fixture
async def relay(tmp_path: Path) -> Any:
    """Letters really go over SMTP."""
    made = Relay()
    port = free_port()
    controller = Controller(made, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    accounts.use_postbox(
        accounts.Postbox(
            keys=Keys.derive(SECRET), public_url="http://test", mail_from="no-reply@studio.example",
            smtp_url=f"smtp://127.0.0.1:{port}", folder=tmp_path / "mail",
        )
    )  # fmt: skip
    yield made
    controller.stop()


async def test_a_code_goes_to_the_players_mailbox(pool: Pool, tmp_path: Path) -> None:
    async with transaction(pool) as tx:
        (code,) = await stock(tx, 1)
        ada = await player(tx, ADA)
    (delivery_id,) = await begun(pool, line(ada, Kind.EMAIL))
    await carry_out(pool, delivery_id)
    (letter,) = letters(tmp_path)
    assert letter.to == ADA
    assert code in letter.text
    assert code not in letter.subject
    assert await state(pool, delivery_id) == ("completed", "")
    assert await told(pool) == ["delivery.completed"]


async def test_a_line_is_delivered_once(pool: Pool, tmp_path: Path) -> None:
    async with transaction(pool) as tx:
        await stock(tx, 2)
        ada = await player(tx, ADA)
    wanted = line(ada, Kind.EMAIL)
    first, second = await begun(pool, wanted), await begun(pool, wanted)
    assert first == second
    assert await begun(pool, line(ada, Kind.EMAIL), wanted) != first
    for _ in range(2):
        await carry_out(pool, first[0])
    assert len(letters(tmp_path)) == 1


async def test_codes_lie_sealed(pool: Pool) -> None:
    async with transaction(pool) as tx:
        (code,) = await stock(tx, 1)
        ada = await player(tx, ADA)
        await fulfilment.begin(tx, [line(ada, Kind.EMAIL, email="gift@example.com")])
        rows = await tx.fetch("select codes::text from fulfilment.codes union all "
                              "select deliveries::text from fulfilment.deliveries")  # fmt: skip
    kept = "".join(row[0] for row in rows)
    for secret in (code, "gift@example.com"):
        assert secret not in kept
        assert secret.encode().hex() not in kept


async def test_fifty_letters_and_forty_codes(pool: Pool, tmp_path: Path) -> None:
    async with transaction(pool) as tx:
        codes = await stock(tx, 40)
        ada = await player(tx, ADA)
    found = await begun(pool, *[line(ada, Kind.EMAIL) for _ in range(50)])
    # Two workers, each of which takes up everything.
    await asyncio.gather(*[carry_out(pool, each) for each in [*found, *reversed(found)]])
    while await pool.fetchval("select count(*) from fulfilment.codes where delivery_id is null"):
        # Somebody found the last codes being looked at, and waits; the next look finds them.
        async with transaction(pool) as tx:
            await wake_supplied(tx)
        await asyncio.gather(*[carry_out(pool, each) for each in found])
    sent = [next(code for code in codes if code in letter.text) for letter in letters(tmp_path)]
    assert sorted(sent) == sorted(codes)
    waiting = await pool.fetchval("select count(*) from fulfilment.deliveries where waits_for = 'codes'")
    assert waiting == 10
    assert await told(pool) == ["delivery.completed"] * 40


async def test_what_waits_for_codes_goes_on_when_there_are_enough(pool: Pool, tmp_path: Path) -> None:
    async with transaction(pool) as tx:
        await stock(tx, 1)
        ada = await player(tx, ADA)
    (delivery_id,) = await begun(pool, line(ada, Kind.EMAIL, quantity=3))
    await carry_out(pool, delivery_id)
    assert await state(pool, delivery_id) == ("pending", "codes")
    assert await pool.fetchval("select count(*) from fulfilment.codes where delivery_id is not null") == 0
    async with transaction(pool) as tx:
        await stock(tx, 2, named="MORE")
        assert await wake_supplied(tx) == 1
    await carry_out(pool, delivery_id)
    (letter,) = letters(tmp_path)
    assert all(code in letter.text for code in ("CODE-0000", "MORE-0000", "MORE-0001"))


@pytest.mark.parametrize("email", ["", ADA])
async def test_without_a_confirmed_address_it_waits(pool: Pool, tmp_path: Path, email: str) -> None:
    async with transaction(pool) as tx:
        await stock(tx, 1)
        ada = await player(tx, email, is_confirmed=False)
    (delivery_id,) = await begun(pool, line(ada, Kind.EMAIL))
    await carry_out(pool, delivery_id)
    assert await state(pool, delivery_id) == ("pending", "address")
    assert letters(tmp_path) == []
    async with transaction(pool) as tx:
        await wake_players(tx, [ada])
    await carry_out(pool, delivery_id)
    assert await state(pool, delivery_id) == ("pending", "address")


async def test_three_attempts_and_then_a_person(pool: Pool, relay: Relay, clock: MovingClock) -> None:
    relay.answers = ["451 Later"] * 3
    async with transaction(pool) as tx:
        await stock(tx, 1)
        ada = await player(tx, ADA)
    (delivery_id,) = await begun(pool, line(ada, Kind.EMAIL))
    for attempt, (shortest, longest) in enumerate([(90, 150), (1_350, 2_250)], 1):
        await carry_out(pool, delivery_id)
        found = await store.find(pool, delivery_id)  # type: ignore[arg-type]  # As above.
        assert found is not None
        assert (found.state, found.tried) == (State.PENDING, attempt)
        assert found.due_at is not None
        waits = (found.due_at - found.updated_at).total_seconds()
        assert shortest <= waits <= longest
        await carry_out(pool, delivery_id)
        assert len(await store.attempts(pool, delivery_id)) == attempt  # type: ignore[arg-type]  # Not before it is due.
        clock.forward(seconds=longest + 1)
        assert await resume(pool) == 1
    await carry_out(pool, delivery_id)
    assert await state(pool, delivery_id) == ("failed", "")
    assert await told(pool) == ["delivery.failed"]
    assert relay.taken == []
    outcomes = [each.outcome for each in await store.attempts(pool, delivery_id)]  # type: ignore[arg-type]  # As above.
    assert outcomes == ["failed"] * 3


async def test_a_letter_that_may_have_arrived_is_the_same_letter_again(
    pool: Pool, relay: Relay, clock: MovingClock
) -> None:
    relay.answers = ["taken and gone"]
    async with transaction(pool) as tx:
        await stock(tx, 2)
        ada = await player(tx, ADA)
    wanted = line(ada, Kind.EMAIL)
    (delivery_id,) = await begun(pool, wanted)
    await carry_out(pool, delivery_id)
    async with transaction(pool) as tx:
        assert await fulfilment.cancel(tx, wanted.line_id, "changed my mind") is Stopped.TOO_LATE
    clock.forward(minutes=5)
    await carry_out(pool, delivery_id)
    first, second = (received(each) for each in relay.taken)
    assert (first.message_id, first.text) == (second.message_id, second.text)
    assert await state(pool, delivery_id) == ("completed", "")


async def test_a_killed_worker_loses_nothing(pool: Pool, tmp_path: Path, clock: MovingClock) -> None:
    async with transaction(pool) as tx:
        await stock(tx, 2)
        ada = await player(tx, ADA)
    (delivery_id,) = await begun(pool, line(ada, Kind.EMAIL))

    class Box(accounts.Postbox):
        async def send(self, *given: Any, **named: Any) -> None:
            await super().send(*given, **named)
            raise KeyboardInterrupt

    kind = {"keys": Keys.derive(SECRET), "public_url": "http://test", "mail_from": "a@b.example", "smtp_url": None}
    accounts.use_postbox(Box(**kind, folder=tmp_path / "mail"))  # type: ignore[arg-type]  # As it takes them.
    with contextlib.suppress(KeyboardInterrupt):
        await carry_out(pool, delivery_id)
    accounts.use_postbox(accounts.Postbox(**kind, folder=tmp_path / "mail"))  # type: ignore[arg-type]  # As above.
    await carry_out(pool, delivery_id)
    assert await state(pool, delivery_id) == ("processing", "")
    clock.forward(minutes=4)
    assert await resume(pool) == 1
    await carry_out(pool, delivery_id)
    assert await state(pool, delivery_id) == ("completed", "")
    outcomes = [each.outcome for each in await store.attempts(pool, delivery_id)]  # type: ignore[arg-type]  # As above.
    assert outcomes == ["succeeded", "unknown"]
    # The folder knows letters by their id: the second is the first.
    assert len(letters(tmp_path)) == 1
    assert await pool.fetchval("select count(*) from fulfilment.codes where delivery_id is not null") == 1


async def test_cancelled_before_it_was_sent(pool: Pool, tmp_path: Path) -> None:
    async with transaction(pool) as tx:
        await stock(tx, 1)
        ada = await player(tx, ADA)
    wanted = line(ada, Kind.EMAIL)
    (delivery_id,) = await begun(pool, wanted)
    for _ in range(2):
        async with transaction(pool) as tx:
            assert await fulfilment.cancel(tx, wanted.line_id, "changed my mind") is Stopped.STOPPED
    await carry_out(pool, delivery_id)
    assert letters(tmp_path) == []
    assert await told(pool) == ["delivery.cancelled"]


async def test_two_read_one_order(tx: Tx) -> None:
    ada = await player(tx)
    wanted = line(ada, Kind.EMAIL)
    (made,) = await fulfilment.begin(tx, [wanted])
    assert await fulfilment.of_order(tx, wanted.order_id) == [made]
    assert await fulfilment.of_player(tx, ada) == [made]
