"""The App Store: purchases a game presents, what Apple's own interface says of them, and what it tells us unasked."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from playerbase.kit import clock
from playerbase.kit.outside import Answer
from playerbase.payments.actions.asking import Line
from playerbase.payments.model.apple import AppleNotification, ApplePage, AppleTransaction
from playerbase.payments.model.configuration import Apple
from playerbase.payments.model.refusals import NotBelieved, NotificationRefused, PaymentRefused
from playerbase.payments.rules import apple as rules
from playerbase.payments.rules import chain

AUDIENCE: Final = "appstoreconnect-v1"
TOKEN_LIFE: Final = timedelta(minutes=20)  # Apple takes no token that lives for more than an hour.
TOKEN_RENEWED: Final = timedelta(minutes=10)

Shape = TypeVar("Shape")


class AppleTill:
    """What the App Store says. What it signed is believed wherever it comes from, if it is about our app."""

    def __init__(self, line: Line, ours: Apple) -> None:
        self._line, self._ours = line, ours
        self._key = ECKey.import_key(ours.key)
        self._token, self._renewed_at = "", _now()

    def verify(self, signed: str) -> AppleTransaction:
        """The purchase that a game presents (StoreKit 2); raises PaymentRefused.

        It was true when it was signed: one that was given back since is found out by `transaction`.
        """
        try:
            found = self._believed(signed)
        except NotBelieved as doubt:
            self._line.judged("refused")
            raise PaymentRefused.because(doubt.reason, provider=self._line.platform) from None
        self._line.judged("believed")
        return found

    def notification(self, body: bytes) -> AppleNotification:
        """What was pushed to us (version 2), with the purchase it speaks of; raises NotificationRefused."""
        try:
            pushed = rules.decoded(body, rules.Pushed)
            now = _now()
            payload = chain.verified(pushed.signed_payload, root_sha256=self._ours.root_sha256, now=now)
            said, told = rules.notification_of(payload, self._ours, now)
            inner = self._believed(told.signed_transaction_info) if told.signed_transaction_info else None
        except NotBelieved as doubt:
            self._line.judged("refused")
            raise NotificationRefused.because(doubt.reason) from None
        self._line.judged("believed")
        return AppleNotification(
            id=said.notification_u_u_i_d, kind=said.notification_type, subtype=said.subtype,
            signed_at=rules.signed_at(said), environment=told.environment, transaction=inner,
        )  # fmt: skip

    async def transaction(self, transaction_id: str) -> AppleTransaction:
        """The purchase as it stands now; raises PaymentRefused for one there is not, ProviderAway."""
        said = await self._told(f"v1/transactions/{_checked(transaction_id)}", rules.One)
        found = self._answered(said.signed_transaction_info)
        if found.transaction_id != transaction_id:
            raise self._line.away("it answered about another purchase")
        return found

    async def history(self, transaction_id: str, *, revision: str | None = None) -> ApplePage:
        """What the buyer of one purchase has bought in our app, oldest change first; raises as `transaction` does."""
        return await self._page(f"v2/history/{_checked(transaction_id)}", revision)

    async def refunds(self, transaction_id: str, *, revision: str | None = None) -> ApplePage:
        """What was given back to the buyer of one purchase; raises as `transaction` does."""
        return await self._page(f"v2/refund/lookup/{_checked(transaction_id)}", revision)

    async def _page(self, path: str, revision: str | None) -> ApplePage:
        said = await self._told(path, rules.Listed, {} if revision is None else {"revision": revision})
        return ApplePage([self._answered(each) for each in said.signed_transactions], said.revision, said.has_more)

    async def _told(self, path: str, shape: type[Shape], query: dict[str, str] | None = None) -> Shape:
        headers = {"Authorization": f"Bearer {self._bearer()}"}
        answer = await self._line.get(f"{self._ours.url}/inApps/{path}", query=query, headers=headers)
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}:
            raise self._refusal(answer)
        return self._line.read(answer, shape)

    def _refusal(self, answer: Answer) -> Exception:
        try:
            code = msgspec.json.decode(answer.body, type=rules.Mistake).error_code
        except (msgspec.DecodeError, UnicodeDecodeError):
            code = 0
        if answer.status == HTTPStatus.NOT_FOUND and code not in rules.NO_SUCH_TRANSACTION:
            # A 404 without Apple's words is a wrong address, and says nothing of a purchase.
            return self._line.away("status 404")
        reason = "unknown_purchase" if answer.status == HTTPStatus.NOT_FOUND else "invalid"
        return PaymentRefused.because(reason, provider=self._line.platform, provider_code=code)

    def _answered(self, signed: str) -> AppleTransaction:
        try:
            return self._believed(signed)
        except NotBelieved as doubt:
            raise self._line.away(f"its answer is not believed: {doubt.reason}") from None

    def _believed(self, signed: str) -> AppleTransaction:
        now = _now()
        payload = chain.verified(signed, root_sha256=self._ours.root_sha256, now=now)
        return rules.transaction_of(payload, self._ours, now)

    def _bearer(self) -> str:
        now = _now()
        if not self._token or now >= self._renewed_at:
            claims = {
                "iss": self._ours.issuer_id, "iat": int(now.timestamp()),
                "exp": int((now + TOKEN_LIFE).timestamp()), "aud": AUDIENCE, "bid": self._ours.bundle_id,
            }  # fmt: skip
            header = {"alg": "ES256", "kid": self._ours.key_id, "typ": "JWT"}
            self._token, self._renewed_at = jwt.encode(header, claims, self._key), now + TOKEN_RENEWED
        return self._token


def _checked(transaction_id: str) -> str:
    if not rules.is_transaction_id(transaction_id):
        raise PaymentRefused.because("invalid", field="transaction_id")
    return transaction_id


def _now() -> datetime:
    return clock.now() - clock.offset()  # Their clock is the world's, wherever ours stands.
