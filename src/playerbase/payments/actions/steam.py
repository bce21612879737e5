"""Steam: microtransactions, from the order to the report of what was taken back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from playerbase.kit.outside import Answer
from playerbase.payments.actions.asking import Line
from playerbase.payments.model.configuration import Steam
from playerbase.payments.model.refusals import PaymentRefused
from playerbase.payments.model.steam import (
    SteamBuyer,
    SteamFinalized,
    SteamLine,
    SteamOrder,
    SteamReport,
    SteamReportKind,
    SteamStarted,
)
from playerbase.payments.rules import steam as rules

STOPS: Final = frozenset({401, 403, 429})  # A wrong key is answered 403, and asking on locks our address out.
REPORT_BYTES_MAX: Final = 8_000_000  # 10,000 rows of some lines each.


class SteamTill:
    """What Steam does and says. The publisher's key goes in a header: addresses and bodies end up in logs."""

    def __init__(self, line: Line, ours: Steam) -> None:
        self._line, self._ours = line, ours
        self._headers = {"x-webapi-key": ours.key}
        interface = "ISteamMicroTxnSandbox" if ours.is_sandbox else "ISteamMicroTxn"
        self._at = f"{ours.url}/{interface}"

    async def init(
        self,
        order_id: int,
        steam_id: str,
        *,
        language: str,
        currency: str,
        lines: Sequence[SteamLine],
        ip_address: str | None = None,
        return_url: str | None = None,
    ) -> SteamStarted:
        """Tell Steam of an order, which the buyer then approves in the game, or with `ip_address` in a browser.

        The number of the order is ours, unique for good. Raises PaymentRefused, ProviderAway, and
        PaymentUnknownOutcome: such an order is abandoned, and a new one begun under a new number.
        """
        reason = rules.unsellable(order_id, steam_id, language, currency, lines)
        if reason is not None:
            raise PaymentRefused.because("invalid", field=reason)
        session = {"usersession": "web", "ipaddress": ip_address} if ip_address else {"usersession": "client"}
        said = await self._done(
            "InitTxn/v3/",
            {
                "orderid": str(order_id), "steamid": steam_id, "language": language, "currency": currency,
                **session, **rules.order_form(lines),
            },
        )  # fmt: skip
        self._check_order(said, order_id)
        url = said.get("steamurl") if ip_address else None
        if ip_address and not isinstance(url, str):
            raise self._line.unknown("it did not say where the buyer approves")
        if url is not None and return_url is not None:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode({'returnurl': return_url})}"
        return SteamStarted(order_id=order_id, trans_id=self._trans_id(said), steam_url=url)

    async def finalize(self, order_id: int) -> SteamFinalized:
        """Take the money of an approved order. That the game says it was approved is a hint of a stranger.

        Raises PaymentRefused (`not_approved`: not yet), ProviderAway, and PaymentUnknownOutcome: then `query` tells. An
        order that was finalized before is such a case: whether it still stands is not said.
        """
        said = await self._done("FinalizeTxn/v2/", {"orderid": str(order_id)})
        self._check_order(said, order_id)
        return SteamFinalized(order_id=order_id, trans_id=self._trans_id(said))

    async def refund(self, order_id: int) -> SteamFinalized:
        """Give all of an order's money back; parts cannot be. Raises as `finalize` does."""
        said = await self._done("RefundTxn/v2/", {"orderid": str(order_id)})
        self._check_order(said, order_id)
        return SteamFinalized(order_id=order_id, trans_id=self._trans_id(said))

    async def query(self, *, order_id: int | None = None, trans_id: str | None = None) -> SteamOrder:
        """An order as Steam has it, by one of its numbers; raises PaymentRefused if it has none, ProviderAway."""
        assert (order_id is None) != (trans_id is None)
        named = {"orderid": str(order_id)} if order_id is not None else {"transid": str(trans_id)}
        said = await self._told("QueryTxn/v3/", named)
        order = self._order(said)
        if (order_id is not None and order.order_id != order_id) or trans_id not in {None, order.trans_id}:
            raise self._line.away("it answered about another order")
        return order

    async def report(
        self, since: datetime, *, kind: SteamReportKind = SteamReportKind.SETTLEMENT, rows_max: int = rules.ROWS_DEFAULT
    ) -> SteamReport:
        """What changed from a moment on, that moment included; raises ProviderAway.

        Refunds and chargebacks are found out by this alone. See SteamReport for how to go on.
        """
        assert 0 < rows_max <= rules.ROWS_MAX
        found = await self._report(since, kind, rows_max)
        if found.is_stuck and rows_max < rules.ROWS_MAX:
            return await self._report(since, kind, rules.ROWS_MAX)
        return found

    async def buyer(self, steam_id: str, *, ip_address: str | None = None) -> SteamBuyer:
        """Where somebody buys and whether they may (GetUserInfo); in a browser by their address too."""
        query = {"steamid": steam_id, **({"ipaddress": ip_address} if ip_address else {})}
        said = await self._told("GetUserInfo/v2/", query)
        country, state, currency, status = (str(said.get(n, "")) for n in ("country", "state", "currency", "status"))
        return SteamBuyer(country=country, state=state, currency=currency, status=status)

    async def _report(self, since: datetime, kind: SteamReportKind, rows_max: int) -> SteamReport:
        asked = {"time": rules.asked_from(since), "type": kind.value, "maxresults": str(rows_max)}
        said = await self._told("GetReport/v5/", asked)
        rows = said.get("orders") or []
        if not isinstance(rows, list):
            raise self._line.away("a report cannot be read")
        return rules.report([self._order(each) for each in rows], since, rows_max)

    async def _told(self, method: str, query: Mapping[str, str]) -> dict[str, Any]:
        answer = await self._line.get(
            f"{self._at}/{method}", query={"appid": str(self._ours.app_id), **query}, headers=self._headers
        )
        response = self._line.read(answer, rules.Envelope).response
        if response.result == "OK":
            return response.params
        code = rules.code_of(response)
        if code in {0, rules.INTERNAL}:
            raise self._line.away(f"it failed with {code}")
        raise PaymentRefused.because(rules.reason_of(code), provider=self._line.platform, provider_code=code)

    async def _done(self, method: str, form: Mapping[str, str]) -> dict[str, Any]:
        answer = await self._line.form(
            f"{self._at}/{method}", {"appid": str(self._ours.app_id), **form}, headers=self._headers
        )
        response = self._response(answer)
        if response.result == "OK":
            return response.params
        code = rules.code_of(response)
        if code == rules.ALREADY_COMMITTED:
            raise self._line.unknown("it was committed before", "already_committed")
        if response.result != "Failure" or code in {0, rules.INTERNAL}:
            raise self._line.unknown(f"it failed within: {code}")
        raise PaymentRefused.because(rules.reason_of(code), provider=self._line.platform, provider_code=code)

    def _response(self, answer: Answer) -> rules.Response:
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise PaymentRefused.because("invalid", provider=self._line.platform)
        return self._line.read(answer, rules.Envelope, is_deed=True).response

    def _check_order(self, said: dict[str, Any], order_id: int) -> None:
        try:
            if rules.number(said.get("orderid")) == order_id:
                return
        except ValueError:
            pass
        raise self._line.unknown("it answered about another order")

    def _trans_id(self, said: dict[str, Any]) -> str:
        try:
            return rules.text(said.get("transid"))
        except ValueError:
            raise self._line.unknown("it did not name the transaction") from None

    def _order(self, said: object) -> SteamOrder:
        try:
            if not isinstance(said, dict):
                raise ValueError("not an order")  # noqa: TRY004, TRY301 - it is caught with its like
            return rules.order_of(said)
        except (ValueError, KeyError):
            raise self._line.away("an order cannot be read") from None
