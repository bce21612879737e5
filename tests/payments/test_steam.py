"""Steam's microtransactions, from the order to what was taken back of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from playerbase import payments
from playerbase.payments import (
    PaymentRefused,
    PaymentUnknownOutcome,
    ProviderAway,
    SteamLine,
    SteamOrder,
    SteamReportKind,
    SteamState,
    Tills,
)
from playerbase.payments.rules import steam as rules
from playerbase.simulators import steam_sales
from playerbase.simulators.world import Fault, World, seconds
from tests.payments.conftest import Opening

ADA, LARGE = "76561197960287930", 2**64 - 1
GEMS = SteamLine(item_id=102, qty=2, amount=1_998, description="A bag of gems")
SHIELD = SteamLine(item_id=7, qty=1, amount=450, description="A shield")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def begin(tills: Tills, order_id: int = 1, **options: Any) -> str:
    told: dict[str, Any] = {"language": "en", "currency": "EUR", "lines": [GEMS, SHIELD], **options}
    return (await tills.steam.init(order_id, ADA, **told)).trans_id


def happen(world: World, what: str, order_id: int = 1) -> None:
    steam_sales.happen(world, world.provider("steam").sales[f"ISteamMicroTxnSandbox {order_id}"], what)


async def sell(world: World, tills: Tills, order_id: int = 1) -> None:
    await begin(tills, order_id)
    happen(world, "approve", order_id)
    await tills.steam.finalize(order_id)


async def reason_of(refused: Any) -> str:
    with pytest.raises(PaymentRefused) as caught:
        await refused
    return caught.value.reason


async def test_an_order_is_begun_approved_finalized_and_told(world: World, tills: Tills) -> None:
    trans_id = await begin(tills, LARGE)
    assert (await tills.steam.query(order_id=LARGE)).state is SteamState.INIT
    assert await reason_of(tills.steam.finalize(LARGE)) == "not_approved"
    happen(world, "approve", LARGE)
    finalized = await tills.steam.finalize(LARGE)
    assert (finalized.order_id, finalized.trans_id) == (LARGE, trans_id)
    told = await tills.steam.query(trans_id=trans_id)
    assert (told.order_id, told.steam_id, told.state, told.currency) == (LARGE, ADA, SteamState.SUCCEEDED, "EUR")
    assert [(line.item_id, line.qty, line.charged) for line in told.lines] == [(102, 2, 1_998), (7, 1, 450)]
    assert all(line.amount < line.charged for line in told.lines), "the tax stands beside the amount"


async def test_the_key_goes_in_a_header_alone(world: World, opening: Opening) -> None:
    tills = opening({"STEAM_WEB_API_KEY": "wrong"})
    for _ in range(3):
        with pytest.raises(ProviderAway):
            await begin(tills)
    assert [call.status for call in world.provider("steam").calls] == [403], "asking on would lock us out"
    assert "key" not in rules.order_form([GEMS])


async def test_a_browser_approves_on_steams_page_and_is_led_back(world: World, tills: Tills) -> None:
    started = await tills.steam.init(
        5, ADA, language="en", currency="EUR", lines=[GEMS], ip_address="203.0.113.7",
        return_url=f"{world.url}/health?a=1",
    )  # fmt: skip
    assert started.steam_url
    async with httpx.AsyncClient() as browser:
        shown = await browser.get(started.steam_url)
        assert "A bag of gems" in shown.text
        form = {"what": "approve", "back": f"{world.url}/health?a=1"}
        assert f'value="{form["back"]}"' in shown.text
        led = await browser.post(f"{world.url}/steam/checkout/{started.trans_id}", data=form)
    assert led.headers["location"] == f"{world.url}/health?a=1"
    assert (await tills.steam.query(order_id=5)).state is SteamState.APPROVED


async def test_who_declines_is_not_charged(world: World, tills: Tills) -> None:
    await begin(tills)
    happen(world, "decline")
    assert await reason_of(tills.steam.finalize(1)) == "declined"
    assert (await tills.steam.query(order_id=1)).state is SteamState.FAILED


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (7, "not_logged_in"), (8, "currency_mismatch"), (100, "insufficient_funds"), (107, "order_pending"),
        (1001, "refused"),
    ],
)  # fmt: skip
async def test_steam_says_no_with_status_200(code: int, reason: str, world: World, tills: Tills) -> None:
    world.provider("steam").refusing.append(code)
    assert await reason_of(begin(tills)) == reason


async def test_who_waits_too_long_is_not_charged(world: World, tills: Tills) -> None:
    await begin(tills)
    happen(world, "approve")
    happen(world, "too_late")
    assert await reason_of(tills.steam.finalize(1)) == "too_late"


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.CLOSE, Fault.HALF, Fault.MISTAKE])
async def test_an_answer_that_never_comes_is_neither_yes_nor_no(fault: Fault, world: World, opening: Opening) -> None:
    world.slow_seconds = 60.0
    tills = opening(seconds=20.0)
    await begin(tills)
    happen(world, "approve")
    world.provider("steam").break_next(fault, 1)
    hasty = opening(seconds=5.0) if fault is Fault.LOST else tills
    with pytest.raises(PaymentUnknownOutcome) as unknown:
        await hasty.steam.finalize(1)
    assert (unknown.value.status, unknown.value.reason) == (503, "no_answer")
    was_done = fault is not Fault.MISTAKE
    state = (await tills.steam.query(order_id=1)).state
    assert state is (SteamState.SUCCEEDED if was_done else SteamState.APPROVED)


@pytest.mark.parametrize("fault", [Fault.CLOSE, Fault.FAILING])
async def test_a_question_without_an_answer_is_only_a_question(fault: Fault, world: World, tills: Tills) -> None:
    await begin(tills)
    world.provider("steam").break_next(fault, 1)
    with pytest.raises(ProviderAway):
        await tills.steam.query(order_id=1)


async def test_what_was_committed_before_is_looked_up_and_not_taken_for_granted(world: World, tills: Tills) -> None:
    await sell(world, tills)
    with pytest.raises(PaymentUnknownOutcome) as unknown:
        await tills.steam.finalize(1)
    assert unknown.value.reason == "already_committed"
    happen(world, "refund")
    with pytest.raises(PaymentUnknownOutcome):
        await tills.steam.finalize(1)
    assert (await tills.steam.query(order_id=1)).reversed_lines


async def test_a_shut_breaker_has_done_nothing(world: World, tills: Tills) -> None:
    await begin(tills)
    world.provider("steam").break_next(Fault.TOO_MANY, 1)
    with pytest.raises(ProviderAway) as away:
        await tills.steam.finalize(1)
    assert away.value.members["retry_after"] == 7
    with pytest.raises(ProviderAway):
        await tills.steam.finalize(1)


async def test_a_refund_gives_all_back(world: World, tills: Tills) -> None:
    await sell(world, tills)
    await tills.steam.refund(1)
    told = await tills.steam.query(order_id=1)
    assert (told.state, len(told.reversed_lines)) == (SteamState.REFUNDED, 2)
    assert await reason_of(tills.steam.refund(1)) == "failed"


@pytest.mark.parametrize(
    ("what", "state"),
    [
        ("refund", SteamState.REFUNDED),
        ("chargeback", SteamState.CHARGED_BACK),
        ("fraud", SteamState.REFUNDED_AS_FRAUD),
        ("friendly_fraud", SteamState.REFUNDED_AS_FRIENDLY_FRAUD),
    ],
)
async def test_the_report_tells_what_was_taken_back(what: str, state: SteamState, world: World, tills: Tills) -> None:
    await sell(world, tills)
    await sell(world, tills, 2)
    happen(world, what)
    told = await tills.steam.report(LONG_AGO, kind=SteamReportKind.CHARGEBACK)
    assert [(row.order_id, row.state) for row in told.rows] == [(1, state)]
    assert len(told.rows[0].reversed_lines) == 2


async def test_of_a_part_only_its_lines_are_taken_back(world: World, tills: Tills) -> None:
    await sell(world, tills)
    happen(world, "partial_refund")
    (row,) = (await tills.steam.report(LONG_AGO)).rows
    assert row.state is SteamState.PARTLY_REFUNDED
    assert [line.item_id for line in row.reversed_lines] == [102]


async def all_changes(tills: Tills, rows_max: int) -> list[SteamOrder]:
    """Follows a report as it is meant to be followed."""
    seen: dict[str, SteamOrder] = {}
    since = LONG_AGO
    while True:
        told = await tills.steam.report(since, rows_max=rows_max)
        fresh = {row.key: row for row in told.rows if row.key not in seen}
        if not fresh:
            return list(seen.values())
        seen |= fresh
        since = told.next_since


async def test_a_report_in_short_batches_with_repeated_rows_loses_nothing(world: World, tills: Tills) -> None:
    for order_id in range(1, 8):
        await sell(world, tills, order_id)
    sales = world.provider("steam").sales
    for number, order in enumerate(sales.values()):
        order.changed_at = seconds() - 100 + 10 * (number // 2)
    world.provider("steam").page_max = 3
    assert {row.order_id for row in await all_changes(tills, 100)} == set(range(1, 8))
    happen(world, "refund", 3)
    again = [row.state for row in await all_changes(tills, 100) if row.order_id == 3]
    assert again == [SteamState.REFUNDED], "a later refund tells of the same order once more, later"


async def test_more_changes_in_one_moment_than_a_batch_holds_are_asked_for_at_once(world: World, tills: Tills) -> None:
    for order_id in range(1, 6):
        await sell(world, tills, order_id)
    for order in world.provider("steam").sales.values():
        order.changed_at = 1_700_000_000
    moment = datetime.fromtimestamp(1_700_000_000, UTC)
    told = await tills.steam.report(moment, rows_max=2)
    assert (len(told.rows), told.is_stuck, told.next_since) == (5, False, moment)
    world.provider("steam").page_max = 2
    assert rules.report([rules.order_of({"time": "2023-11-14T22:13:20Z"})] * 2, moment, 2).is_stuck


async def test_an_empty_report_stays_where_it_is(tills: Tills) -> None:
    since = LONG_AGO + timedelta(milliseconds=900)
    told = await tills.steam.report(since)
    assert (told.rows, told.next_since, told.is_stuck) == ([], since, False)
    assert rules.asked_from(since) == "2020-01-01T00:00:00Z", "cut off: nothing within the second is skipped"


async def test_the_sandbox_knows_nothing_of_real_money(world: World, tills: Tills, opening: Opening) -> None:
    await sell(world, tills)
    live = opening({"STEAM_PAYMENTS": "live"})
    assert await reason_of(live.steam.query(order_id=1)) == "invalid"
    assert all("/ISteamMicroTxnSandbox/" in call.path for call in list(world.provider("steam").calls)[:-1])


async def test_where_somebody_buys_and_whether_they_may(world: World, tills: Tills) -> None:
    told = await tills.steam.buyer(ADA, ip_address="203.0.113.7")
    assert (told.country, told.currency, told.is_locked) == ("DE", "EUR", False)
    world.provider("steam").people[ADA].publisher_banned = True
    assert (await tills.steam.buyer(ADA)).is_locked


UNSELLABLE: dict[str, dict[str, Any]] = {
    "order_id": {"order_id": 0},
    "an order beyond 64 bits": {"order_id": 2**64},
    "steam_id": {"steam_id": "77561198355051011"},
    "currency": {"currency": "eur"},
    "language": {"language": "english"},
    "nothing": {"lines": []},
    "qty of 16 bits": {"lines": [SteamLine(item_id=1, qty=2**15, amount=1, description="x")]},
    "no qty": {"lines": [SteamLine(item_id=1, qty=0, amount=1, description="x")]},
    "no amount": {"lines": [SteamLine(item_id=1, qty=1, amount=0, description="x")]},
    "yen without hundredths": {"currency": "JPY", "lines": [SteamLine(item_id=1, qty=1, amount=150, description="x")]},
    "won by tens": {"currency": "KRW", "lines": [SteamLine(item_id=1, qty=1, amount=500, description="x")]},
    "item": {"lines": [SteamLine(item_id=2**32, qty=1, amount=1, description="x")]},
    "description": {"lines": [SteamLine(item_id=1, qty=1, amount=1, description="x" * 129)]},
    "category": {"lines": [SteamLine(item_id=1, qty=1, amount=1, description="x", category="x" * 65)]},
}


@pytest.mark.parametrize("wrong", UNSELLABLE.values(), ids=UNSELLABLE.keys())
def test_what_steam_would_not_take_is_not_sent(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "order_id": 1, "steam_id": ADA, "language": "en", "currency": "EUR", "lines": [GEMS],
    }  # fmt: skip
    assert rules.unsellable(**right) is None
    assert rules.unsellable(**{**right, **wrong}) is not None


async def test_what_steam_has_is_compared_with_what_we_kept(world: World, tills: Tills) -> None:
    await sell(world, tills)
    order = await tills.steam.query(order_id=1)
    kept: dict[str, Any] = {"steam_id": ADA, "currency": "EUR", "lines": [GEMS, SHIELD]}
    assert payments.steam_differs(order, **kept) is None
    cheap = msgspec.structs.replace(GEMS, amount=1)
    more = msgspec.structs.replace(GEMS, qty=3)
    for wrong, reason in (
        ({"steam_id": "76561197960434622"}, "steam_id"), ({"lines": [GEMS]}, "lines"),
        ({"lines": [more, SHIELD]}, "lines"), ({"lines": [cheap, SHIELD]}, "amount"),
        ({"lines": [cheap, SHIELD], "currency": "USD"}, None),
    ):  # fmt: skip
        assert payments.steam_differs(order, **{**kept, **wrong}) == reason


def test_the_row_of_the_documentation_is_read() -> None:
    row = rules.order_of(
        {
            "orderid": "1236", "transid": "1234567890123456791", "steamid": "76561197972751825",
            "status": "Chargedback",
            "currency": "USD", "time": "2024-01-23T19:55:00Z", "country": "US", "usstate": "WA",
            "timecreated": "2024-01-23T18:40:00Z",
            "items": [{"itemid": 102, "qty": 1, "amount": 999, "vat": 89, "itemstatus": "Chargedback"}],
        }
    )  # fmt: skip
    assert (row.order_id, row.trans_id, row.state) == (1236, "1234567890123456791", SteamState.CHARGED_BACK)
    assert row.at == datetime(2024, 1, 23, 19, 55, tzinfo=UTC)
    assert row.lines[0].charged == 1_088


def test_words_steam_spells_wrong_or_never_told_us() -> None:
    assert rules.state_of("RefundedSuspsectedFraud") is SteamState.REFUNDED_AS_FRAUD
    assert rules.state_of("RefundedSuspectedFraud") is SteamState.REFUNDED_AS_FRAUD
    assert rules.state_of("RefundedByTheMoon") is SteamState.OTHER
    assert rules.order_of({"orderid": "0", "transid": 7, "time": "2024-01-23 19:55:00"}).key.startswith("7 Other 2024")
    wrapped = rules.order_of({"transid": "1", "items": {"item": {"itemid": "3", "amount": "5"}}})
    assert (wrapped.order_id, wrapped.lines[0].item_id, wrapped.lines[0].charged) == (0, 3, 5)
