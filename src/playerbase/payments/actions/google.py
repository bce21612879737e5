"""Google Play: purchases a game presents, what was taken back of them, and what Google tells us unasked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from joserfc import jwt
from joserfc.jwk import RSAKey

from playerbase.kit import clock
from playerbase.kit.outside import Answer
from playerbase.payments.actions.asking import Line
from playerbase.payments.actions.published import PublishedKeys
from playerbase.payments.model.configuration import Google
from playerbase.payments.model.google import GoogleNotification, GooglePurchase, GoogleVoidedPage
from playerbase.payments.model.refusals import NotBelieved, NotificationRefused, PaymentRefused
from playerbase.payments.rules import google as rules

SCOPE: Final = "https://www.googleapis.com/auth/androidpublisher"
GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_LIFE: Final = timedelta(hours=1)
RENEWED_BEFORE: Final = timedelta(seconds=300)
REASONS: Final = {
    HTTPStatus.BAD_REQUEST: "invalid",
    HTTPStatus.NOT_FOUND: "unknown_purchase",
    HTTPStatus.CONFLICT: "refused",
    HTTPStatus.GONE: "gone",
}


class GoogleTill:
    """What Google Play says. A purchase is believed because Google is asked about it, never by what the game says."""

    def __init__(self, line: Line, ours: Google) -> None:
        self._line, self._ours = line, ours
        self._key = RSAKey.import_key(ours.key)
        self._published = PublishedKeys(line, ours.certs_url)
        self._token, self._token_ends = "", _now()
        self._at = f"{ours.api_url}/androidpublisher/v3/applications/{ours.package}/purchases"

    async def purchase(self, product_id: str, token: str) -> GooglePurchase:
        """The purchase as it stands now; raises PaymentRefused for one there is not, ProviderAway."""
        answer = await self._asked(self._place(product_id, token))
        said = self._line.read(answer, rules.Product)
        try:
            return rules.purchase_of(said, product_id, token)
        except ValueError:
            raise self._line.away("the purchase cannot be read") from None

    async def acknowledge(self, product_id: str, token: str) -> None:
        """Say that it was given to the buyer: within three days, or Google gives the money back.

        It may be said again. Raises PaymentRefused, ProviderAway, PaymentUnknownOutcome.
        """
        await self._done(f"{self._place(product_id, token)}:acknowledge")

    async def consume(self, product_id: str, token: str) -> None:
        """Let it be bought again, which acknowledges it too; raises as `acknowledge` does."""
        await self._done(f"{self._place(product_id, token)}:consume")

    async def voided(
        self,
        since: datetime,
        *,
        page_token: str | None = None,
        rows_max: int = rules.ROWS_MAX,
        with_subscriptions: bool = False,
    ) -> GoogleVoidedPage:
        """What was taken back from a moment on; Google remembers 30 days. Raises ProviderAway.

        Ask on with `since` and `next_token` of the answer until it has none. What was taken back before that `since` is
        found out by notifications, or not at all: a worker must not rest for a month.
        """
        assert 0 < rows_max <= rules.ROWS_MAX
        # A minute less, because Google refuses what is older when it is read, and not when it was sent.
        first = _now() - rules.TOLD_FOR + timedelta(minutes=1)
        began = since if page_token is not None else max(since, first)
        query = {
            "startTime": str(int(began.timestamp() * 1000)),
            "maxResults": str(rows_max),
            "type": "1" if with_subscriptions else "0",
            "includeQuantityBasedPartialRefund": "true",
            **({} if page_token is None else {"token": page_token}),
        }
        said = self._line.read(await self._asked(f"{self._at}/voidedpurchases", query), rules.VoidedList)
        try:
            rows = [rules.voided_of(each) for each in said.voided_purchases]
        except ValueError:
            raise self._line.away("a row cannot be read") from None
        return GoogleVoidedPage(rows, said.token_pagination.next_page_token or None, began)

    async def notification(self, authorization: str | None, body: bytes) -> GoogleNotification:
        """What was pushed to us, with the header it came with; raises NotificationRefused, ProviderAway."""
        kind, _, token = (authorization or "").partition(" ")
        try:
            if not self._ours.push_audience:
                raise NotBelieved("not_expected")  # noqa: TRY301 - it is caught with its like
            if kind.lower() != "bearer":
                raise NotBelieved("token_missing")  # noqa: TRY301 - it is caught with its like
            rules.check_claims(await self._published.verified(token), self._ours, _now())
            found = rules.notification_of(body, self._ours)
        except NotBelieved as doubt:
            self._line.judged("refused")
            raise NotificationRefused.because(doubt.reason) from None
        self._line.judged("believed")
        return found

    def _place(self, product_id: str, token: str) -> str:
        if not rules.is_product(product_id) or not rules.is_token(token):
            raise PaymentRefused.because("invalid", provider=self._line.platform)
        return f"{self._at}/products/{product_id}/tokens/{token}"

    async def _asked(self, url: str, query: Mapping[str, str] | None = None) -> Answer:
        answer = await self._line.get(url, query=query, headers=await self._headers())
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._token = ""  # It may have been withdrawn; a new one is asked for once.
            answer = await self._line.get(url, query=query, headers=await self._headers())
        self._check(answer)
        return answer

    async def _done(self, url: str) -> None:
        answer = await self._line.json(url, {}, headers=await self._headers())
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._token = ""
            answer = await self._line.json(url, {}, headers=await self._headers())
        self._check(answer)
        if answer.status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
            raise self._line.away(f"status {answer.status}")

    def _check(self, answer: Answer) -> None:
        if answer.status in REASONS:
            raise PaymentRefused.because(REASONS[HTTPStatus(answer.status)], provider=self._line.platform)

    async def _headers(self) -> dict[str, str]:
        if not self._token or _now() >= self._token_ends:
            now = _now()
            claims = {
                "iss": self._ours.email, "scope": SCOPE, "aud": self._ours.token_url, "iat": int(now.timestamp()),
                "exp": int((now + ASSERTION_LIFE).timestamp()),
            }  # fmt: skip
            assertion = jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, self._key)
            form = {"grant_type": GRANT, "assertion": assertion}
            granted = self._line.read(await self._line.form(self._ours.token_url, form, is_deed=False), rules.Granted)
            self._token_ends = now + timedelta(seconds=granted.expires_in) - RENEWED_BEFORE
            self._token = granted.access_token
        return {"Authorization": f"Bearer {self._token}"}


def _now() -> datetime:
    return clock.now() - clock.offset()  # Their clock is the world's, wherever ours stands.
