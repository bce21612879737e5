"""What Steam's microtransactions take and say (InitTxn v3, FinalizeTxn v2, QueryTxn v3, GetReport v5)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from playerbase.payments.model.steam import (
    SteamLine,
    SteamOrder,
    SteamReport,
    SteamSold,
    SteamState,
)
from playerbase.payments.rules.moments import moment

ORDER_ID_MAX: Final = 2**64 - 1
ITEM_ID_MAX: Final = 2**32 - 1
QTY_MAX: Final = 2**15 - 1  # It is a signed 16-bit number on the wire.
AMOUNT_MAX: Final = 2**53 - 1
LINES_MAX: Final = 100
DESCRIPTION_CHARS_MAX, CATEGORY_CHARS_MAX = 128, 64
ROWS_DEFAULT, ROWS_MAX = 1_000, 10_000  # Steam hands out 50,000, and advises no more than this.

# Hundredths in the smallest sum of a currency that Steam charges; of all others it is one.
STEPS: Final = {
    **dict.fromkeys(("CLP", "COP", "IDR", "INR", "JPY", "KZT", "TWD", "UAH", "UYU"), 100),
    "CRC": 500,
    "KRW": 1_000,
    "VND": 50_000,
}
ALREADY_COMMITTED: Final = 6
INTERNAL: Final = 4
REASONS: Final = {
    2: "failed", 3: "invalid", 5: "not_approved", 7: "not_logged_in", 8: "currency_mismatch", 9: "account_unavailable",
    10: "declined", 11: "country_restricted", 100: "insufficient_funds", 101: "too_late", 102: "account_disabled",
    103: "not_allowed", 104: "fraud_suspected", 105: "no_payment_method", 106: "limit_exceeded", 107: "order_pending",
}  # fmt: skip
_MISSPELT: Final = {"RefundedSuspsectedFraud": SteamState.REFUNDED_AS_FRAUD}  # So it stands in one of their pages.
_CURRENCY = re.compile(r"[A-Z]{3}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_PLAYER = re.compile(r"76561[0-9]{12}")
_DIGITS = re.compile(r"[0-9]{1,20}")

Number = int | str  # 64-bit ids come as text, the rest as numbers; a flexible reader is asked for.


class Mistake(msgspec.Struct, frozen=True):
    """Why something was not done; it is told with status 200."""

    errorcode: Number = 0
    errordesc: str = ""


class Response(msgspec.Struct, frozen=True):
    """OK and what was asked for, or Failure and why."""

    result: str = ""
    params: dict[str, Any] = {}
    error: Mistake | None = None


class Envelope(msgspec.Struct, frozen=True):
    """What Steam wraps around every answer."""

    response: Response


def unsellable(order_id: int, steam_id: str, language: str, currency: str, lines: Sequence[SteamLine]) -> str | None:
    """Why Steam would not take this order, in a word; None if it would."""
    step = STEPS.get(currency, 1)
    checks = {
        "order_id": 0 < order_id <= ORDER_ID_MAX,
        "steam_id": _PLAYER.fullmatch(steam_id) is not None,
        "language": _LANGUAGE.fullmatch(language) is not None,
        "currency": _CURRENCY.fullmatch(currency) is not None,
        "lines": 0 < len(lines) <= LINES_MAX,
        "item_id": all(0 < line.item_id <= ITEM_ID_MAX for line in lines),
        "qty": all(0 < line.qty <= QTY_MAX for line in lines),
        "amount": all(0 < line.amount <= AMOUNT_MAX and line.amount % step == 0 for line in lines),
        "description": all(0 < len(line.description) <= DESCRIPTION_CHARS_MAX for line in lines),
        "category": all(len(line.category) <= CATEGORY_CHARS_MAX for line in lines),
    }
    return next((reason for reason, holds in checks.items() if not holds), None)


def differs(order: SteamOrder, *, steam_id: str, currency: str, lines: Sequence[SteamLine]) -> str | None:
    """In what an order at Steam is not what we kept of it, in a word; None if in nothing.

    Steam turns the money into that of the buyer's wallet, so amounts are compared in our currency alone.
    """
    ours = sorted((line.item_id, line.qty) for line in lines)
    paid = sum(line.charged for line in order.lines)
    checks = {
        "steam_id": order.steam_id == steam_id,
        "lines": sorted((line.item_id, line.qty) for line in order.lines) == ours,
        "amount": order.currency != currency or paid == sum(line.amount for line in lines),
    }
    return next((reason for reason, holds in checks.items() if not holds), None)


def order_form(lines: Sequence[SteamLine]) -> dict[str, str]:
    """The lines as a form has them: numbered from 0, beside their count."""
    form = {"itemcount": str(len(lines))}
    for number, line in enumerate(lines):
        form |= {
            f"itemid[{number}]": str(line.item_id),
            f"qty[{number}]": str(line.qty),
            f"amount[{number}]": str(line.amount),
            f"description[{number}]": line.description,
        }
        if line.category:
            form[f"category[{number}]"] = line.category
    return form


def code_of(response: Response) -> int:
    """The number of the failure; 0 where none is told."""
    return number(response.error.errorcode) if response.error else 0


def reason_of(code: int) -> str:
    """What a failure's number means, in a word. One that is in no table ends the order all the same."""
    return REASONS.get(code, "refused")


def order_of(said: dict[str, Any]) -> SteamOrder:
    """An order of an answer or a report; raises ValueError for what is none."""
    return SteamOrder(
        order_id=number(said.get("orderid", 0)),
        trans_id=text(said["transid"]) if "transid" in said else "",
        steam_id=text(said.get("steamid", "")),
        state=state_of(text(said.get("status", ""))),
        currency=text(said.get("currency", "")),
        at=moment(text(said.get("time", ""))),
        country=text(said.get("country", "")),
        lines=[_line_of(each) for each in _items_of(said.get("items"))],
    )


def state_of(word: str) -> SteamState:
    """The state a word names, also where Steam spells it wrong."""
    try:
        return _MISSPELT.get(word) or SteamState(word)
    except ValueError:
        return SteamState.OTHER


def asked_from(since: datetime) -> str:
    """The moment as GetReport takes it: UTC, and whole seconds, cut off so that none is skipped."""
    return since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def report(rows: list[SteamOrder], since: datetime, rows_max: int) -> SteamReport:
    """A batch and where to go on from: the newest change in it, or the same place if there was none."""
    ordered = sorted(rows, key=lambda row: row.at or since)
    newest = max((row.at for row in rows if row.at is not None), default=since)
    next_since = max(newest, since)
    # A full batch within one second would be handed out for ever.
    is_stuck = len(rows) >= rows_max and asked_from(next_since) == asked_from(since)
    return SteamReport(rows=ordered, next_since=next_since, is_stuck=is_stuck)


def number(said: object) -> int:
    """A whole number however it is written; raises ValueError."""
    if isinstance(said, int) and not isinstance(said, bool):
        return said
    if isinstance(said, str) and _DIGITS.fullmatch(said):
        return int(said)
    raise ValueError("not a number")


def text(said: object) -> str:
    """A word or an id however it is written; raises ValueError."""
    if isinstance(said, str):
        return said
    if isinstance(said, int) and not isinstance(said, bool):
        return str(said)
    raise ValueError("not a text")


def _items_of(said: object) -> list[dict[str, Any]]:
    if isinstance(said, dict):  # The older form wraps the list once more.
        said = said.get("item", [])
    if isinstance(said, dict):
        said = [said]
    if said is None:
        return []
    if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
        raise ValueError("not a list of lines")
    return said


def _line_of(said: dict[str, Any]) -> SteamSold:
    return SteamSold(
        item_id=number(said["itemid"]),
        qty=number(said.get("qty", 1)),
        amount=number(said.get("amount", 0)),
        vat=number(said.get("vat", 0)),
        state=state_of(text(said.get("itemstatus", ""))),
    )
