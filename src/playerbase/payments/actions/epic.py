"""Epic's store: what an account was given there, and that it has been handed over."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote

from playerbase.kit import clock
from playerbase.kit.outside import Answer
from playerbase.payments.actions.asking import Line
from playerbase.payments.model.configuration import Epic
from playerbase.payments.model.epic import EpicClawback, EpicEntitlement, EpicOffer
from playerbase.payments.model.refusals import PaymentRefused
from playerbase.payments.rules import epic as rules

RENEWED_BEFORE: Final = timedelta(seconds=60)

Found = TypeVar("Found")


class EpicTill:
    """What Epic's store says, to our client itself and not to a player's."""

    def __init__(self, line: Line, ours: Epic) -> None:
        self._line, self._ours = line, ours
        self._token, self._token_ends = "", _now()
        self._at = f"{ours.url}/epic/ecom"

    async def entitlements(self, account_id: str, *, with_redeemed: bool = False) -> list[EpicEntitlement]:
        """What an account was given in our sandbox; raises PaymentRefused, ProviderAway."""
        found: list[EpicEntitlement] = []
        for page in range(rules.PAGES_MAX):
            query = {
                "sandboxId": self._ours.sandbox, "start": str(page * rules.PAGE), "count": str(rules.PAGE),
                "includeRedeemed": str(with_redeemed).lower(),
            }  # fmt: skip
            answer = await self._asked(f"{self._at}/v4/identities/{_account(account_id)}/entitlements", query)
            said = self._line.read(answer, list[rules.Entitlement])
            known = {each.id for each in found}
            # Another sandbox's would be worth what it costs there, which is often nothing.
            ours = [each for each in said if each.namespace in {"", self._ours.sandbox}]
            fresh = [each for each in self._understood(_entitlements, ours) if each.id not in known]
            found += fresh
            if len(said) < rules.PAGE or not fresh:  # Where start is not understood, the first page comes again.
                break
        return found

    async def redeem(self, account_id: str, entitlement_ids: Sequence[str]) -> None:
        """Say that these were handed over, which uses up what can be used up. Hand them over first, and keep that.

        It may be said again: Epic then counts them as redeemed before. Raises PaymentRefused, ProviderAway, and
        PaymentUnknownOutcome: then it is said again.
        """
        if not 0 < len(entitlement_ids) <= rules.REDEEMED_MAX or not all(map(rules.is_id, entitlement_ids)):
            raise PaymentRefused.because("invalid", field="entitlement_ids")
        url = f"{self._at}/v3/identities/{_account(account_id)}/entitlements/redeem"
        body = {"entitlementIds": list(entitlement_ids), "sandboxId": self._ours.sandbox}
        answer = await self._line.json(url, body, method="PUT", headers=await self._headers())
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._token = ""
            answer = await self._line.json(url, body, method="PUT", headers=await self._headers())
        self._check(answer)
        if answer.status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
            raise self._line.away(f"status {answer.status}")

    async def owned(self, account_id: str, catalog_item_id: str) -> bool:
        """Whether an account owns an item of our sandbox: a durable one that was refunded is owned no more."""
        if not rules.is_id(catalog_item_id):
            raise PaymentRefused.because("invalid", field="catalog_item_id")
        url = f"{self._at}/v3/platforms/EPIC/identities/{_account(account_id)}/ownership"
        answer = await self._asked(url, {"nsCatalogItemId": f"{self._ours.sandbox}:{catalog_item_id}"})
        said = self._line.read(answer, list[rules.Owned])
        return any(each.owned for each in said if catalog_item_id in {each.item_id, each.catalog_item_id})

    async def offers(self, account_id: str) -> list[EpicOffer]:
        """What an account may buy in our sandbox, at its prices."""
        place = f"{_account(account_id)}/namespaces/{quote(self._ours.sandbox, safe='')}/offers"
        answer = await self._asked(f"{self._at}/v3/identities/{place}")
        return self._understood(rules.offers_of, self._line.read(answer, object))

    async def clawbacks(self, since: datetime, *, rows_max: int = rules.PAGE) -> list[EpicClawback]:
        """What was taken back since a day. Rows repeat; how Epic writes them is not public, so compare with `owned`."""
        place = f"namespace/{quote(self._ours.sandbox, safe='')}/entitlements/clawbacks"
        query = {"clawbackDate": since.strftime("%Y-%m-%d"), "count": str(rows_max)}
        answer = await self._asked(f"{self._at}/v3/{place}", query)
        return self._understood(rules.clawbacks_of, self._line.read(answer, object))

    def _understood(self, read: Callable[[Any], Found], said: object) -> Found:
        try:
            return read(said)
        except (ValueError, KeyError, TypeError):
            raise self._line.away("the answer cannot be understood") from None

    async def _asked(self, url: str, query: Mapping[str, str] | None = None) -> Answer:
        answer = await self._line.get(url, query=query, headers=await self._headers())
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._token = ""  # It may have been withdrawn; a new one is asked for once.
            answer = await self._line.get(url, query=query, headers=await self._headers())
        self._check(answer)
        return answer

    def _check(self, answer: Answer) -> None:
        reasons = {HTTPStatus.BAD_REQUEST: "invalid", HTTPStatus.NOT_FOUND: "unknown_account"}
        if answer.status in reasons:
            raise PaymentRefused.because(reasons[HTTPStatus(answer.status)], provider=self._line.platform)

    async def _headers(self) -> dict[str, str]:
        if not self._token or _now() >= self._token_ends:
            now = _now()
            form = {"grant_type": "client_credentials", "deployment_id": self._ours.deployment}
            pair = (
                f"{quote(self._ours.client_id, safe='')}:{quote(self._ours.client_secret, safe='')}"  # RFC 6749, 2.3.1.
            )
            headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
            url = f"{self._ours.url}/epic/oauth/v2/token"
            granted = self._line.read(await self._line.form(url, form, headers=headers, is_deed=False), rules.Granted)
            self._token_ends = now + timedelta(seconds=granted.expires_in) - RENEWED_BEFORE
            self._token = granted.access_token
        return {"Authorization": f"Bearer {self._token}"}


def _entitlements(said: list[rules.Entitlement]) -> list[EpicEntitlement]:
    return [rules.entitlement_of(each) for each in said]


def _account(account_id: str) -> str:
    if not rules.is_account(account_id):
        raise PaymentRefused.because("invalid", field="account_id")
    return account_id


def _now() -> datetime:
    return clock.now() - clock.offset()  # Their clock is the world's, wherever ours stands.
