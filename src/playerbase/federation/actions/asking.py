"""How a provider is asked: in time, in bounds, with a breaker of its own, and what its silence means."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import urlencode

import msgspec

from playerbase.federation.model import ProviderAway, ProviderBanned, ProviderRefused
from playerbase.kit import log, metrics
from playerbase.kit.outside import Answer, BreakerOpen, NoAnswer, Outbound

RETRY_SECONDS, RETRY_SECONDS_MAX = 15, 3_600
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}

Said = TypeVar("Said")

_log = log.get("federation")
_outcomes = metrics.Counter(
    "federation_judgements", "Credentials of providers judged, and what came of it.", ["provider", "outcome"]
)
_seconds = metrics.Histogram("federation_call_seconds", "Time until a provider had answered.", ["provider"])


class Line:
    """The line to one provider. Nothing that is sent or said over it is logged: it holds keys and tickets."""

    def __init__(self, provider: str, outbound: Outbound, *, stops: frozenset[int]) -> None:
        """Statuses in `stops` tell us to stop asking: the breaker opens at once, and nothing is asked again."""
        self.provider = provider
        self._outbound, self._stops = outbound, stops

    async def get(
        self, url: str, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer, if it is one at all; raises ProviderAway."""
        return await self._ask("GET", url, query=query, headers=headers)

    async def post(self, url: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Answer:
        """The same with a form."""
        return await self._ask("POST", url, headers={**FORM, **(headers or {})}, content=urlencode(form).encode())

    def away(self, why: str, *, retry_after: float = RETRY_SECONDS) -> ProviderAway:
        """The refusal for when nothing can be told; why goes to the log alone."""
        _log.warning("a provider cannot be asked", provider=self.provider, why=why)
        return ProviderAway(provider=self.provider, retry_after=max(1, math.ceil(retry_after)))

    def read(self, answer: Answer, shape: type[Said]) -> Said:
        """What a 200 says; raises ProviderAway for anything else, which proves nothing either way."""
        if answer.status != HTTPStatus.OK:
            raise self.away(f"status {answer.status}")
        try:
            return msgspec.json.decode(answer.body, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise self.away("the answer cannot be read") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._outbound.close()

    async def _ask(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> Answer:
        try:
            with _seconds.labels(self.provider).time():
                answer = await self._outbound.request(
                    method, url, query=query, headers=headers, content=content, stops=self._stops
                )
        except BreakerOpen as shut:
            raise self.away("it failed of late", retry_after=shut.retry_after_seconds) from None
        except NoAnswer as fault:
            # Its words, not its traceback: that would show the address, and a ticket stands in one.
            raise self.away(f"{type(fault).__name__}: {fault}") from None
        if answer.status in self._stops or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self.away(f"status {answer.status}", retry_after=_wait(answer))
        return answer


@contextmanager
def judged(provider: str) -> Iterator[None]:
    """Count what comes of a credential."""
    outcome = "fault"
    try:
        yield
        outcome = "believed"
    except ProviderRefused as refused:
        outcome = "refused"
        _log.info("a provider's credential was not believed", provider=provider, reason=refused.reason)
        raise
    except ProviderBanned:
        outcome = "banned"
        raise
    except ProviderAway:
        outcome = "away"
        raise
    finally:
        _outcomes.labels(provider, outcome).inc()


def replayed(provider: str) -> ProviderRefused:
    """The refusal of what was believed, and has been used before; counted as that."""
    _outcomes.labels(provider, "replayed").inc()
    _log.info("a provider's credential was not believed", provider=provider, reason="token_used")
    return ProviderRefused.because("token_used")


def _wait(answer: Answer) -> float:
    """How long they ask us to wait, within reason."""
    asked = answer.headers.get("retry-after", "")
    return min(int(asked), RETRY_SECONDS_MAX) if asked.isdecimal() and len(asked) < 10 else RETRY_SECONDS  # noqa: PLR2004 - digits
