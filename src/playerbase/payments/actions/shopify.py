"""Shopify: orders of things that can be touched, and what becomes of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from playerbase.kit import clock
from playerbase.payments.actions.asking import Line
from playerbase.payments.model.configuration import Shopify
from playerbase.payments.model.refusals import NotBelieved, NotificationRefused, PaymentRefused
from playerbase.payments.model.shopify import ShopAddress, ShopLine, ShopOrder, ShopWebhook
from playerbase.payments.rules import shopify as rules

# Words that say that nothing was done, because the question itself was not understood.
NOT_UNDERSTOOD: Final = frozenset(
    {"MAX_COST_EXCEEDED", "BAD_USER_INPUT", "INVALID_VARIABLE", "GRAPHQL_VALIDATION_FAILED"}
)


class ShopTill:
    """What the shop does and says."""

    def __init__(self, line: Line, ours: Shopify) -> None:
        self._line, self._ours = line, ours
        self._headers = {"X-Shopify-Access-Token": ours.access_token}
        self._url = f"{ours.url}/admin/api/{ours.api_version}/graphql.json"

    async def create(
        self,
        our_id: str,
        lines: Sequence[ShopLine],
        *,
        email: str | None = None,
        address: ShopAddress | None = None,
        is_test: bool = False,
    ) -> ShopOrder:
        """Order something that is paid for already, under a number of ours.

        Shopify makes an order as often as it is told to, so `find` comes before every further try. Raises
        PaymentRefused, ProviderAway, and PaymentUnknownOutcome: then `find` tells, though not always at once.
        """
        reason = rules.unsendable(our_id, lines)
        if reason is not None:
            raise PaymentRefused.because("invalid", field=reason)
        order = rules.order_input(our_id, lines, email=email, address=address, is_test=is_test)
        made = (await self._asked(rules.CREATE, {"order": order}, is_deed=True)).order_create
        if made is not None and made.user_errors:
            raise self._refused(made.user_errors)
        if made is None or made.order is None:
            raise self._line.unknown("it says neither what it made nor why not")
        return rules.order_of(made.order)

    async def find(self, our_id: str) -> list[ShopOrder]:
        """The orders with this number of ours: one, none, or as many as were made by mistake; raises ProviderAway.

        Shopify's search lags some seconds behind: that it finds none yet does not prove that there is none.
        """
        if not rules.is_our_id(our_id):
            raise PaymentRefused.because("invalid", field="our_id")
        told = await self._asked(rules.FIND, {"query": f'source_identifier:"{our_id}"'})
        if told.orders is None:
            raise self._line.away("it does not say what it found")
        # Its search is not exact.
        return [each for each in map(rules.order_of, told.orders.nodes) if each.our_id == our_id]

    async def order(self, order_id: str) -> ShopOrder:
        """An order as it stands now, with its parcels; raises PaymentRefused for one there is not, ProviderAway."""
        told = await self._asked(rules.SHOW, {"id": self._checked(order_id)})
        if told.order is None:
            raise PaymentRefused.because("unknown_order", provider=self._line.platform)
        return rules.order_of(told.order)

    async def cancel(self, order_id: str, *, note: str = "", is_told: bool = True) -> None:
        """Let an order be cancelled, for good; it happens a little later, and is told by a webhook.

        What was paid is not Shopify's to give back. Raises PaymentRefused, ProviderAway, and PaymentUnknownOutcome:
        then `order` tells.
        """
        wanted = {
            "orderId": self._checked(order_id), "reason": "OTHER", "restock": True, "notifyCustomer": is_told,
            "refundMethod": {"originalPaymentMethodsRefund": False}, "staffNote": note[:255],
        }  # fmt: skip
        done = (await self._asked(rules.CANCEL, wanted, is_deed=True)).order_cancel
        if done is not None and done.order_cancel_user_errors:
            raise self._refused(done.order_cancel_user_errors)
        if done is None or done.job is None:
            raise self._line.unknown("it says neither what it does nor why not")

    def webhook(self, headers: Mapping[str, str], body: bytes) -> ShopWebhook:
        """What the shop pushed to us: the body as it came, to the last byte; raises NotificationRefused."""
        try:
            told = rules.webhook_of(headers, body, self._ours, clock.now() - clock.offset())
        except NotBelieved as doubt:
            self._line.judged("refused")
            raise NotificationRefused.because(doubt.reason) from None
        self._line.judged("believed")
        return told

    async def _asked(self, query: str, variables: dict[str, Any], *, is_deed: bool = False) -> rules.Answers:
        body = {"query": query, "variables": variables}
        answer = await self._line.json(self._url, body, headers=self._headers, is_deed=is_deed)
        envelope = self._line.read(answer, rules.Envelope, is_deed=is_deed)
        data = envelope.data
        if envelope.errors:
            codes = {each.code for each in envelope.errors}
            if rules.THROTTLED in codes:
                raise self._line.away("it is too much at once", retry_after=rules.wait_of(envelope) or 1.0)
            if rules.DENIED in codes:
                raise self._line.away("our token may not do this")
            if codes <= NOT_UNDERSTOOD:
                raise PaymentRefused.because("invalid", provider=self._line.platform)
            if data is None or (data.order_create is None and data.order_cancel is None):
                raise self._line.silent(f"it failed within: {sorted(codes)}", is_deed=is_deed)
        if data is None:
            raise self._line.silent("it says nothing", is_deed=is_deed)
        return data

    def _refused(self, errors: Sequence[rules.UserError]) -> PaymentRefused:
        said = [each.message[:200] for each in errors[:5]]
        return PaymentRefused.because("refused", provider=self._line.platform, said=said)

    def _checked(self, order_id: str) -> str:
        if not rules.is_order_id(order_id):
            raise PaymentRefused.because("invalid", field="order_id")
        return order_id
