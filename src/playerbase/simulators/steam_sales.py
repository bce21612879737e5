"""Steam's microtransactions: InitTxn, the page on which a buyer approves, FinalizeTxn, and the report of all of it."""

import calendar
import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from playerbase.simulators import settings
from playerbase.simulators.web import FORBIDDEN, Asked, Reply, Route, page, route, said, see
from playerbase.simulators.world import Person, Provider, World, keep, seconds

NAME = "steam"
AT = "/steam/(?P<interface>ISteamMicroTxn|ISteamMicroTxnSandbox)"
VAT_PERCENT = 19
STEPS = {"JPY": 100, "KRW": 1_000, "VND": 50_000, "CRC": 500}
ROWS_MAX = 50_000
TEXTS = {
    2: "Operation failed", 3: "Invalid parameter", 4: "Internal error", 5: "User has not approved transaction",
    6: "Transaction has already been committed", 7: "User is not logged in",
    8: "Currency does not match the account's", 9: "Account is unavailable",
    10: "Transaction has been denied by user", 11: "User is in a restricted country",
    100: "Insufficient funds", 101: "Time limit for finalization has been exceeded",
    107: "User already has a pending transaction",
}  # fmt: skip

# What a person can let happen: to which state an order goes, and from which it can.
DEEDS: dict[str, tuple[str, str, frozenset[str]]] = {
    "approve": ("Approve", "Approved", frozenset({"Init"})),
    "decline": ("Decline", "Failed", frozenset({"Init", "Approved"})),
    "too_late": ("Wait too long", "Failed", frozenset({"Init", "Approved"})),
    "refund": ("Refund", "Refunded", frozenset({"Succeeded", "PartialRefund"})),
    "partial_refund": ("Refund the first line", "PartialRefund", frozenset({"Succeeded"})),
    "chargeback": ("Chargeback", "Chargedback", frozenset({"Succeeded", "PartialRefund"})),
    "fraud": ("Refund: suspected fraud", "RefundedSuspectedFraud", frozenset({"Succeeded"})),
    "friendly_fraud": ("Refund: friendly fraud", "RefundedFriendlyFraud", frozenset({"Succeeded"})),
}
REVERSED = {"Refunded", "PartialRefund", "Chargedback", "RefundedSuspectedFraud", "RefundedFriendlyFraud"}


class Line(msgspec.Struct):
    """A line of an order; its amount holds the tax."""

    item_id: int
    qty: int
    amount: int
    description: str
    status: str = "Init"


class Order(msgspec.Struct, kw_only=True):
    """An order, real or of the sandbox."""

    id: str
    trans_id: str
    interface: str
    person_id: str
    currency: str
    lines: list[Line]
    state: str = "Init"
    failed_with: int = 0
    changed_at: int
    created_at: int

    @property
    def what(self) -> str:
        """What is bought, for a person to read."""
        return ", ".join(f"{line.qty} x {line.description}" for line in self.lines)


def init(asked: Asked) -> Reply:
    """InitTxn/v3."""
    form, steam = asked.form, asked.world.provider(NAME)
    needed = ("orderid", "steamid", "appid", "itemcount", "language", "currency")
    if any(not form.get(name) for name in needed):
        return Reply("<html><body><h1>Bad Request</h1>Required parameter is missing</body></html>", 400)
    person, lines = steam.people.get(form["steamid"]), _lines(form)
    key = f"{asked.words['interface']} {form['orderid']}"
    is_odd = any(line.amount % STEPS.get(form["currency"], 1) or line.amount <= 0 for line in lines)
    is_nowhere = form.get("usersession") == "web" and not form.get("ipaddress")
    is_ours = form["appid"] == str(settings.STEAM_APP_ID) and form["orderid"].isdecimal()
    if not is_ours or not lines or is_odd or is_nowhere or key in steam.sales:
        return failure(3)
    if person is None:
        return failure(9)
    trans_id = str(secrets.randbelow(2**62) + 2**62)
    now = seconds()
    order = Order(
        id=form["orderid"], trans_id=trans_id, interface=asked.words["interface"], person_id=person.id,
        currency=form["currency"], lines=lines, changed_at=now, created_at=now,
    )  # fmt: skip
    keep(steam.sales, key, order)
    web = {"steamurl": f"{asked.world.url}/steam/checkout/{trans_id}"} if form.get("usersession") == "web" else {}
    return success({"orderid": order.id, "transid": trans_id, **web})


def finalize(asked: Asked) -> Reply:
    """FinalizeTxn/v2: neither amount nor buyer in its answer."""
    order = _ordered(asked, asked.form)
    if order is None:
        return failure(3)
    codes = {"Init": 5, "Failed": order.failed_with or 10}
    if order.state != "Approved":
        return failure(codes.get(order.state, 6), order)
    _change(order, "Succeeded")
    return success({"orderid": order.id, "transid": order.trans_id})


def refund(asked: Asked) -> Reply:
    """RefundTxn/v2: all of it, once."""
    order = _ordered(asked, asked.form)
    if order is None:
        return failure(3)
    if order.state != "Succeeded":
        return failure(2, order)
    _change(order, "Refunded")
    return success({"orderid": order.id, "transid": order.trans_id})


def query(asked: Asked) -> Reply:
    """QueryTxn/v3, by either number."""
    order = _ordered(asked, asked.query)
    return failure(3) if order is None else success(row(order))


def report(asked: Asked) -> Reply:
    """GetReport/v5: what changed since, that moment included, oldest first; perhaps fewer than were asked for."""
    steam, wanted = asked.world.provider(NAME), asked.query
    try:
        since = time.strptime(wanted["time"], "%Y-%m-%dT%H:%M:%SZ")
        rows_max = min(int(wanted.get("maxresults", "1000")), ROWS_MAX)
    except (KeyError, ValueError):
        return failure(3)
    kind = wanted.get("type", "GAMESALES")
    found = [
        order
        for order in sorted(steam.sales.values(), key=lambda order: int(order.changed_at))
        if order.interface == asked.words["interface"]
        and order.changed_at >= _since(since)
        and (order.state in REVERSED or (order.state == "Succeeded" and kind != "CHARGEBACK"))
        and kind in {"SETTLEMENT", "GAMESALES", "CHARGEBACK"}
    ]
    handed = found[: min(rows_max, steam.page_max or rows_max)]
    return success({"count": len(handed), "orders": [row(order) for order in handed]})


def buyer(asked: Asked) -> Reply:
    """GetUserInfo/v2."""
    person = asked.world.provider(NAME).people.get(asked.query.get("steamid", ""))
    if person is None:
        return failure(9)
    status = "Locked from purchasing" if person.publisher_banned else "Trusted"
    return success({"state": "", "country": "DE", "currency": "EUR", "status": status})


def checkout(asked: Asked) -> Reply:
    """The page on which a buyer says yes or no."""
    order = by_trans_id(asked.world, asked.words["trans"])
    person: Person = asked.world.provider(NAME).people[order.person_id]
    total = f"{sum(line.amount for line in order.lines) / 100:.2f} {order.currency}"
    back = asked.query.get("returnurl", "")
    return page("approve.html", order=order, person=person, total=total, back=back)


def decide(asked: Asked) -> Reply:
    """What the buyer said; back to where they came from."""
    order = by_trans_id(asked.world, asked.words["trans"])
    happen(asked.world, order, "approve" if asked.form.get("what") == "approve" else "decline")
    back = asked.form.get("back", "")
    return see(back) if back.startswith(("http://", "https://")) else see("/steam/sales")


def happen(_world: World, order: Order, what: str) -> None:
    """Let something happen to an order; a KeyError or ValueError where it cannot."""
    _title, state, before = DEEDS[what]
    if order.state not in before:
        raise ValueError(f"an order that is {order.state} cannot be {what}")
    order.failed_with = {"decline": 10, "too_late": 101}.get(what, 0)
    _change(order, state)


def possible(order: Order) -> dict[str, str]:
    """What a person may let happen to it now."""
    return {name: title for name, (title, _, before) in DEEDS.items() if order.state in before}


def by_trans_id(world: World, trans_id: str) -> Order:
    """The order; a KeyError for none."""
    for order in world.provider(NAME).sales.values():
        if order.trans_id == trans_id:
            return order  # type: ignore[no-any-return]  # Sales are kept as each platform writes them.
    raise KeyError(trans_id)


def row(order: Order) -> dict[str, Any]:
    """An order as QueryTxn and GetReport write it: ids as text, the rest as numbers, the tax beside the amount."""
    return {
        "orderid": order.id, "transid": order.trans_id, "steamid": order.person_id, "status": order.state,
        "currency": order.currency, "time": _rfc3339(order.changed_at), "country": "DE", "usstate": "",
        "timecreated": _rfc3339(order.created_at),
        "items": [
            {
                "itemid": line.item_id, "qty": line.qty, "amount": line.amount - _vat(line), "vat": _vat(line),
                "itemstatus": line.status,
            }
            for line in order.lines
        ],
    }  # fmt: skip


def success(params: dict[str, Any]) -> Reply:
    """What was asked for."""
    return said({"response": {"result": "OK", "params": params}})


def failure(code: int, order: Order | None = None) -> Reply:
    """Why not, with status 200."""
    params = {"orderid": order.id} if order else {}
    error = {"errorcode": code, "errordesc": TEXTS.get(code, "Action not allowed")}
    return said({"response": {"result": "Failure", "params": params, "error": error}})


def routes() -> list[Route]:
    """Where Steam takes money."""
    return [
        _deed("InitTxn/v3/", init),
        _deed("FinalizeTxn/v2/", finalize),
        _deed("RefundTxn/v2/", refund),
        route("GET", f"{AT}/QueryTxn/v3/", partial(_keyed, query), provider=NAME),
        route("GET", f"{AT}/GetReport/v5/", partial(_keyed, report), provider=NAME),
        route("GET", f"{AT}/GetUserInfo/v2/", partial(_keyed, buyer), provider=NAME),
        route("GET", "/steam/checkout/{trans}", checkout),
        route("POST", "/steam/checkout/{trans}", decide),
    ]


def _deed(method: str, handler: Callable[[Asked], Reply]) -> Route:
    def done(asked: Asked) -> Reply:
        steam = asked.world.provider(NAME)
        return failure(steam.refusing.popleft()) if steam.refusing else handler(asked)

    return route("POST", f"{AT}/{method}", partial(_keyed, done), provider=NAME, commits=True)


def _keyed(handler: Callable[[Asked], Reply], asked: Asked) -> Reply:
    given = {asked.headers.get("x-webapi-key"), asked.query.get("key"), asked.form.get("key")}
    return handler(asked) if settings.STEAM_KEY in given else Reply(FORBIDDEN, 403)


def _ordered(asked: Asked, given: dict[str, str]) -> Order | None:
    steam: Provider = asked.world.provider(NAME)
    if given.get("appid") != str(settings.STEAM_APP_ID):
        return None
    if given.get("transid"):
        found = [order for order in steam.sales.values() if order.trans_id == given["transid"]]
        return found[0] if found and found[0].interface == asked.words["interface"] else None
    return steam.sales.get(f"{asked.words['interface']} {given.get('orderid', '')}")


def _lines(form: dict[str, str]) -> list[Line]:
    try:
        return [
            Line(
                int(form[f"itemid[{n}]"]), int(form[f"qty[{n}]"]), int(form[f"amount[{n}]"]), form[f"description[{n}]"]
            )
            for n in range(int(form["itemcount"]))
        ]
    except (KeyError, ValueError):
        return []


def _change(order: Order, state: str) -> None:
    order.state = state
    order.changed_at = max(seconds(), order.changed_at)
    for line in order.lines[:1] if state == "PartialRefund" else order.lines:
        line.status = "Refunded" if state == "PartialRefund" else state


def _vat(line: Line) -> int:
    return line.amount * VAT_PERCENT // (100 + VAT_PERCENT)


def _rfc3339(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def _since(moment: time.struct_time) -> int:
    return calendar.timegm(moment)
