"""How a platform is asked: in time, in bounds, with a breaker of its own, and what its silence means.

Silence after a question is "away". Silence after a deed is "unknown": the deed may have been done.
"""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import msgspec

from playerbase.kit import log, metrics
from playerbase.kit.outside import Answer, BreakerOpen, Busy, NoAnswer, Outbound, Refused
from playerbase.payments.model.refusals import PaymentUnknownOutcome, ProviderAway

RETRY_SECONDS, RETRY_SECONDS_MAX = 15, 3_600
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
JSON: Final = {"Content-Type": "application/json"}
NOTHING_SENT: Final = (BreakerOpen, Busy, Refused)

Said = TypeVar("Said")

_log = log.get("payments")
_calls = metrics.Counter("payments_calls", "Calls to platforms about money, and what came of them.", [
    "platform", "outcome",
])  # fmt: skip
_proofs = metrics.Counter("payments_proofs", "Signed receipts and notifications looked at, and what came of it.", [
    "platform", "outcome",
])  # fmt: skip
_seconds = metrics.Histogram("payments_call_seconds", "Time until a platform had answered.", ["platform"])


class Line:
    """The line to one platform. Nothing that is sent or said over it is logged: it holds keys and names."""

    def __init__(self, platform: str, outbound: Outbound, *, stops: frozenset[int]) -> None:
        """Statuses in `stops` tell us to stop asking: the breaker opens at once, and nothing is asked again."""
        self.platform = platform
        self._outbound, self._stops = outbound, stops

    async def get(
        self, url: str, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to a question; raises ProviderAway."""
        return await self._send("GET", url, query=query, headers=headers, is_deed=False)

    async def form(
        self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None, is_deed: bool = True
    ) -> Answer:
        """The answer to a form; raises ProviderAway, and PaymentUnknownOutcome if it may have been acted upon."""
        content = urlencode(form).encode()
        return await self._send("POST", url, headers={**FORM, **(headers or {})}, content=content, is_deed=is_deed)

    async def json(
        self,
        url: str,
        body: object,
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        is_deed: bool = True,
    ) -> Answer:
        """The same with a JSON body."""
        sent = msgspec.json.encode(body)
        return await self._send(method, url, headers={**JSON, **(headers or {})}, content=sent, is_deed=is_deed)

    def away(self, why: str, *, retry_after: float = RETRY_SECONDS) -> ProviderAway:
        """The refusal for when nothing was done and nothing can be told; why goes to the log alone."""
        _log.warning("a platform cannot be asked", platform=self.platform, why=why)
        _calls.labels(self.platform, "away").inc()
        return ProviderAway(provider=self.platform, retry_after=max(1, math.ceil(retry_after)))

    def unknown(self, why: str, reason: str = "no_answer") -> PaymentUnknownOutcome:
        """The refusal for when something may have been done."""
        _log.warning("a platform did not say what it did", platform=self.platform, why=why)
        _calls.labels(self.platform, "unknown").inc()
        return PaymentUnknownOutcome.because(reason, provider=self.platform, retry_after=RETRY_SECONDS)

    def silent(self, why: str, *, is_deed: bool) -> ProviderAway | PaymentUnknownOutcome:
        """What silence means."""
        return self.unknown(why) if is_deed else self.away(why)

    def read(self, answer: Answer, shape: type[Said], *, is_deed: bool = False) -> Said:
        """What a 200 says; raises ProviderAway for anything else, or PaymentUnknownOutcome of a deed."""
        if answer.status != HTTPStatus.OK:
            # A redirect or a request it does not understand is nothing done; what fails is caught before.
            raise self.away(f"status {answer.status}")
        try:
            return msgspec.json.decode(answer.body, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise self.silent("the answer cannot be read", is_deed=is_deed) from None

    def judged(self, outcome: str) -> None:
        """Count what came of something signed."""
        _proofs.labels(self.platform, outcome).inc()

    async def close(self) -> None:
        """Close the connections."""
        await self._outbound.close()

    async def _send(self, method: str, url: str, *, is_deed: bool, **sent: Any) -> Answer:
        try:
            with _seconds.labels(self.platform).time():
                answer = await self._outbound.request(method, url, stops=self._stops, **sent)
        except BreakerOpen as shut:
            raise self.away("it failed of late", retry_after=shut.retry_after_seconds) from None
        except NoAnswer as fault:
            # Its words, not its traceback: that would show the address, and what stands in one is a player's.
            why = f"{type(fault).__name__}: {fault}"
            raise self.silent(why, is_deed=is_deed and not isinstance(fault, NOTHING_SENT)) from None
        if answer.status in self._stops:
            raise self.away(f"status {answer.status}", retry_after=wait(answer))
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self.silent(f"status {answer.status}", is_deed=is_deed)
        _calls.labels(self.platform, "answered").inc()
        return answer


def wait(answer: Answer) -> float:
    """How long they ask us to wait, within reason."""
    asked = answer.headers.get("retry-after", "")
    return min(int(asked), RETRY_SECONDS_MAX) if asked.isdecimal() and len(asked) < 10 else RETRY_SECONDS  # noqa: PLR2004 - digits
