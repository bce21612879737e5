"""Phones that show codes, and players who have one, for the tests of everything that asks for a second factor."""

import base64
from typing import Any

import httpx
import msgspec

from playerbase.access.rules import totp
from playerbase.kit import clock
from tests.accounts.people import PASSWORD, People, Someone

LOGIN = {"email": "ada@example.com", "password": PASSWORD}


class Phone(msgspec.Struct):
    """What shows the codes; each is asked for once, so time may have to pass."""

    people: People
    secret: bytes
    recovery_codes: list[str]
    enrolment: dict[str, Any]
    last: int = 0

    def at(self, steps: int = 0) -> str:
        return totp.code_at(self.secret, totp.step_at(clock.now()) + steps)

    async def next(self) -> str:
        """A code that was not used yet."""
        step = totp.step_at(clock.now())
        if step <= self.last:
            await self.people.later(seconds=30 * (self.last + 1 - step))
            step = self.last + 1
        self.last = step
        return totp.code_at(self.secret, step)


async def enable(people: People, who: Someone, code: str | None = None) -> httpx.Response:
    return await people.post("/auth/2fa/enable", {"code": code} if code else {}, **who.headers)


async def enrol(people: People, who: Someone, code: str | None = None) -> Phone:
    answer = await enable(people, who, code)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    phone = Phone(people, base64.b32decode(told["secret"]), [], told)
    confirmed = await people.post("/auth/2fa/verify", {"code": await phone.next()}, **who.headers)
    assert confirmed.status_code == 200, confirmed.text
    phone.recovery_codes = confirmed.json()["recovery_codes"]
    return phone


async def ask(people: People) -> str:
    """A sign-in that waits for its second factor."""
    answer = await people.post("/auth/login", LOGIN)
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    assert told["mfa_required"] is True
    assert told["expires_in"] == 300
    assert told.keys() == {"mfa_required", "mfa_token", "expires_in"}
    token: str = told["mfa_token"]
    return token


async def verify(people: People, mfa_token: str, code: str, **headers: str) -> httpx.Response:
    return await people.post("/auth/2fa/verify", {"mfa_token": mfa_token, "code": code}, **headers)


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
