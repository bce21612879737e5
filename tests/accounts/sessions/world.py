"""People who sign in and out of two processes, and beside them the model of what must come of it."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from playerbase import access, audit, identity
from playerbase.access.actions.sessions import _mint
from playerbase.access.rules import permissions
from playerbase.kit.crypto import Keys, blind
from playerbase.kit.db import Tx, reading, transaction
from playerbase.kit.http import csrf
from tests.accounts.people import PASSWORD, People
from tests.accounts.sessions import lineages
from tests.accounts.sessions.lineages import Known, Person
from tests.accounts.sessions.processes import Processes

BY = audit.Deed(actor_kind="system", actor_id="tests", action="")
GAME = "demo"
SECOND = timedelta(seconds=1)
OURS = {"origin": "http://test", "sec-fetch-site": "same-origin"}


class World:
    """One run: who plays, which sessions there ever were, and who is asked next."""

    def __init__(self, there: Processes, server: dict[str, str], run: int) -> None:
        self.there, self.server, self.run = there, server, run
        self.sessions: list[Known] = []
        self.people: list[Person] = []
        self.turn = 0

    @property
    def any(self) -> People:
        """A process; each request goes to the other one."""
        self.turn += 1
        return self.there.process(self.turn)

    @property
    def secret(self) -> int:
        return self.there.listed[-1]

    def of(self, person: Person) -> list[Known]:
        return [each for each in self.sessions if each.player_id == person.player_id]

    def owner(self, session: Known) -> Person:
        return next(each for each in self.people if each.player_id == session.player_id)

    async def begin(self) -> None:
        """Ada and Bob have passwords and are vouched for by a server too; one guest has a device alone."""
        for name in ("ada", "bob"):
            email = f"{name}{self.run}@example.com"
            answer = await self.any.post(
                "/auth/register", {"email": email, "password": PASSWORD, "display_name": f"{name} {self.run}"}
            )
            assert answer.status_code == 201, answer.text
            person = Person(UUID(answer.json()["player_id"]), email, PASSWORD, external_id=email)
            self.people.append(person)
            self._opened(answer, "password")
            site = self.any.api.site
            async with transaction(site.pool) as tx:
                subject = blind(site.keys, f"{GAME}\0{email}", purpose="identity/server")
                await identity.link(tx, person.player_id, "server", subject)
            await self.sign_in_by_browser(person)
            await self.sign_in(person, "server")
        guest = Person(UUID(int=0), device_id=f"a device of number {self.run}")
        answer = await self.any.post("/auth/device/login", {"device_id": guest.device_id})
        guest.player_id = UUID(answer.json()["player_id"])
        self.people.append(guest)
        self._opened(answer, "device")

    def _opened(self, answer: httpx.Response, method: str) -> Known:
        known = lineages.player_session(answer.json(), method, self.secret, self.there.now)
        self.sessions.append(known)
        return known

    # Signing in

    async def sign_in(self, person: Person, method: str) -> None:
        people = self.any
        if method == "password":
            answer = await people.post("/auth/login", {"email": person.email, "password": person.password})
        elif method == "server":
            answer = await people.post("/auth/server/login", {"external_id": person.external_id}, **self.server)
        else:
            answer = await people.post("/auth/device/login", {"device_id": person.device_id})
        if person.is_barred(self.there.now, GAME if method == "server" else None):
            assert (answer.status_code, answer.json()["code"]) == (403, "player_barred")
            return
        assert answer.status_code == 200, answer.text
        assert self._opened(answer, method).player_id == person.player_id

    async def sign_in_by_browser(self, person: Person) -> None:
        people = self.any
        form = {"email": person.email, "password": person.password}
        answer = await people.api.post("/portal/sign-in", data=form, headers=OURS)
        people.api.cookies.clear()
        if person.is_barred(self.there.now):
            assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
            return
        assert answer.status_code == 303, answer.text
        await self._browser_opened(people, answer)

    async def _browser_opened(self, people: People, answer: httpx.Response) -> None:
        cookie = _cookie(answer)
        row = await people.api.site.pool.fetchrow(
            "select session_id, player_id from access.sessions order by session_id desc limit 1"
        )
        self.sessions.append(lineages.browser_session(row, cookie, self.there.now))

    # Refreshing

    async def refresh(self, session: Known, which: int, *, at_once: int = 1) -> None:
        """Bring one token, so many times at once, to both processes."""
        now = self.there.now
        expected = [session.expected(which, now, self.there.listed)]
        if expected[0] == lineages.ROTATED:
            expected += [lineages.REPEATED] * (at_once - 1)
        elif expected[0] == lineages.REUSED:
            expected += [lineages.ENDED] * (at_once - 1)
        else:
            expected *= at_once
        token = session.refreshes[which][0]
        answers = await asyncio.gather(*(self.any.refresh(token) for _ in range(at_once)))
        good = [answer.json() for answer in answers if answer.status_code == 200]
        refused = Counter(answer.json()["code"] for answer in answers if answer.status_code != 200)
        assert refused == Counter(each for each in expected if each not in {lineages.ROTATED, lineages.REPEATED})
        assert {answer.status_code for answer in answers} <= {200, 401}
        assert len({told["refresh_token"] for told in good}) <= 1, "one lineage"
        if lineages.REUSED in expected:
            session.is_ended = True
        for each, told in zip([each for each in expected if each not in refused], good, strict=True):
            if each == lineages.ROTATED:
                session.rotate(told["refresh_token"], self.secret, now)
            assert told["refresh_token"] == session.refreshes[-1][0]
            assert told["session_id"] == str(session.session_id)
            assert told["expires_in"] == session.issue(told["access_token"], now).total_seconds()

    async def forge(self, session: Known, how: str) -> None:
        """What only looks like a token of the session gets nothing and ends nothing."""
        token = session.refreshes[-1][0]
        forged = {
            "cut": token[:-3],
            "checksum": token[:-1] + ("0" if token[-1] != "0" else "1"),
            "foreign": _mint(Keys.derive(b"f" * 32).subkey("refresh/tag"), session.session_id, b"s" * 32),
            "access": session.accesses[-1][0][:200],
        }[how]
        answer = await self.any.refresh(forged)
        assert (answer.status_code, answer.json()["code"]) == (401, lineages.INVALID)

    # Ending

    def credentials(self, session: Known) -> dict[str, str]:
        """What the session shows of itself, good or not."""
        if session.kind == "player":
            return {"authorization": f"Bearer {session.accesses[-1][0]}"}
        token = csrf.token(self.there.process(0).api.site.keys, session.session_id)
        return {"cookie": f"playerbase={session.cookie}", "x-csrf-token": token, **OURS}

    def is_in(self, session: Known) -> bool:
        """Whether what it shows is good now; a browser that shows it has been there."""
        if not session.lives(self.there.now):
            return False
        if session.kind == "browser":
            session.touch(self.there.now)
            return True
        return self.there.now < session.accesses[-1][1]

    async def call(self, method: str, path: str, session: Known, **json: Any) -> httpx.Response:
        people = self.any
        answer = await people.api.request(
            method, f"/api/v1{path}", json=json or None, headers=self.credentials(session)
        )
        people.api.cookies.clear()
        return answer

    async def log_out(self, session: Known) -> None:
        is_in = self.is_in(session)
        assert (await self.call("POST", "/auth/logout", session)).status_code == 204
        session.is_ended |= is_in

    async def log_out_by_refresh_token(self, session: Known, which: int) -> None:
        token, secret = session.refreshes[which]
        answer = await self.any.post("/auth/logout", {"refresh_token": token})
        assert answer.status_code == 204
        session.is_ended |= session.lives(self.there.now) and secret in self.there.listed

    async def log_out_everywhere(self, session: Known) -> None:
        is_in = self.is_in(session)
        answer = await self.call("DELETE", "/auth/sessions", session)
        if not is_in:
            assert answer.status_code == 401
            return
        ended = lineages.end(self.of(self.owner(session)), self.there.now)
        assert (answer.status_code, answer.json()) == (200, {"ended": ended})

    async def end_one(self, session: Known, other: Known) -> None:
        is_in = self.is_in(session)
        answer = await self.call("DELETE", f"/auth/sessions/{other.session_id}", session)
        if not is_in:
            assert answer.status_code == 401
        elif other.player_id == session.player_id and other.lives(self.there.now):
            assert answer.status_code == 204
            other.is_ended = True
        else:
            assert (answer.status_code, answer.json()["code"]) == (404, "no_such_session")

    async def change_password(self, session: Known) -> None:
        person = self.owner(session)
        is_in, password = self.is_in(session), f"Correct1!horse{len(person.password)}{self.turn}"
        told = {"current_password": person.password, "password": password}
        answer = await self.call("PUT", "/auth/password", session, **told)
        assert answer.status_code == (204 if is_in else 401), answer.text
        if is_in:
            person.password = password
            lineages.end(self.of(person), self.there.now, but=session)

    async def reset(self, person: Person) -> None:
        """As a letter's link does it; of two that are asked for at one moment neither would be the newer."""
        self.there.now += timedelta(seconds=1)
        people = self.any
        site, password = people.api.site, f"Another1!horse{self.turn}"
        async with transaction(site.pool) as tx:
            issued = await access.issue(
                tx, site.keys, access.Purpose.RESET, UUID(int=self.run << 64 | self.turn), self.there.now,
                player_id=person.player_id, email=person.email,
            )  # fmt: skip
        assert issued is not None
        told = {"token": issued[0], "password": password}
        assert (await self.any.post("/auth/password-reset/confirm", told)).status_code == 204
        assert (await self.any.post("/auth/password-reset/confirm", told)).status_code in {400, 404, 409, 410, 422}
        person.password = password
        lineages.end(self.of(person), self.there.now)

    async def step_up(self, session: Known) -> None:
        """Prove once more who one is: a browser gets another session for it, and the one before ends."""
        person, is_in = self.owner(session), self.is_in(session)
        answer = await self.call("POST", "/auth/reauthenticate", session, password=person.password)
        assert answer.status_code == (200 if is_in else 401), answer.text
        if is_in and session.kind == "browser":
            session.is_ended = True
            await self._browser_opened(self.any, answer)

    async def tidy(self, job: Any) -> None:
        await job.run(self.any.api.site.pool, job.args())

    # What is decided about people

    async def decide(self, act: Any) -> Any:
        async with transaction(self.any.api.site.pool) as tx:
            return await act(tx)

    async def bar(self, person: Person, scope: str | None, life: timedelta | None) -> None:
        now = self.there.now
        kind = identity.BanKind.BANNED if life is None else identity.BanKind.SUSPENDED
        barring = identity.Barring(kind, "Cheating", scope, until=None if life is None else now + life)

        async def act(tx: Tx) -> identity.Ban | None:
            try:
                return await access.bar(tx, person.player_id, barring, by=BY)
            except access.WorksHere:
                return None

        ban = await self.decide(act)
        assert (ban is None) == bool(person.roles)
        if ban is not None:
            person.bans.append((ban.ban_id, scope, barring.until))
            mine = self.of(person)
            lineages.end([each for each in mine if scope is None or each.method == "server"], now)

    async def lift(self, person: Person) -> None:
        ban_id, _, until = person.bans.pop()
        if until is None or self.there.now < until:
            await self.decide(lambda tx: access.lift(tx, person.player_id, ban_id, "Mistaken", by=BY))

    async def appoint(self, person: Person, roles: list[str]) -> None:
        await self.decide(lambda tx: access.set_roles(tx, person.player_id, roles, by=BY))
        person.roles = roles

    # What must hold after every step

    async def check(self) -> None:
        live = [each for each in self.sessions if each.lives(self.there.now)]
        dead = [each for each in self.sessions if not each.lives(self.there.now)]
        await asyncio.gather(*(self.check_session(each) for each in [*live, *dead[-6:]]))
        for person in self.people:
            await self.check_list(person)

    async def check_session(self, session: Known) -> None:
        now, people = self.there.now, self.any
        shown = [({"cookie": f"playerbase={session.cookie}"}, session.expires_at)] if session.cookie else []
        shown += [({"authorization": f"Bearer {text}"}, ends) for text, ends in session.accesses[-2:]]
        if session.kind == "browser" and session.lives(now):
            session.touch(now)
        for headers, ends in shown:
            answer = await people.api.get("/api/v1/auth/validate", headers=headers)
            said = answer.json()
            if session.lives(now) and now < ends:
                assert answer.status_code == 200, said
                roles = self.owner(session).roles if session.method == "password" else []
                assert said["permissions"] == sorted(permissions(tuple(roles)))
                assert said["session_id"] == str(session.session_id)
            else:
                # A token of a retired key is not read any more, and a cookie of nobody is nobody's.
                codes = {"token_expired", "token_invalid"} if now >= ends else {"session_ended"}
                assert answer.status_code == 401, said
                assert said["code"] in ({"not_signed_in"} if session.cookie else codes)

    async def check_list(self, person: Person) -> None:
        now = self.there.now
        async with reading(self.any.api.site.pool) as db:
            listed = await access.sessions(db, person.player_id, None, 100)
        live = [each for each in self.of(person) if each.lives(now)]
        assert [(each.session_id, each.kind.value, each.method, each.expires_at) for each in listed] == [
            (each.session_id, each.kind, each.method, each.expires_at)
            for each in sorted(live, key=lambda known: known.session_id, reverse=True)
        ]

    async def check_refreshes(self, session: Known, latest: int = 1_000) -> None:
        """What every refresh token there ever was would get: each is tried in a transaction that is rolled back."""
        site, now = self.any.api.site, self.there.now
        for which, (token, _) in list(enumerate(session.refreshes))[-latest:]:
            expected = session.expected(which, now, self.there.listed)
            got, left = await _would_get(site, token, session.player_id)
            assert got == ("ok" if expected in {lineages.ROTATED, lineages.REPEATED} else expected)
            lost = {session.session_id} if expected == lineages.REUSED else set()
            mine = {each.session_id for each in self.of(self.owner(session)) if each.lives(now)}
            assert left == mine - lost, "a replay ends its own session and no other"

    async def look_ahead(self, session: Known) -> None:
        """The same at the moments at which, if nothing happens, something will change; and back again."""
        now = self.there.now
        ends = min(session.expires_at, session.absolute_at)
        moments = [
            session.rotated_at + lineages.GRACE,
            session.rotated_at + lineages.GRACE + SECOND,
            ends - SECOND,
            ends,
        ]
        for moment in moments:
            if moment > now:
                self.there.now = moment
                await self.check_refreshes(session, 3)
        self.there.now = now


async def _would_get(site: Any, token: str, player_id: UUID) -> tuple[str, set[UUID]]:
    async with site.pool.acquire() as connection:
        doing = connection.transaction()
        await doing.start()
        ((_, outcome),) = await access.refresh_sessions(Tx(connection), site.keys, [token])
        left = {each.session_id for each in await access.sessions(Tx(connection), player_id, None, 100)}
        await doing.rollback()
    return ("ok" if isinstance(outcome, access.Opened) else outcome.code), left


def _cookie(answer: httpx.Response) -> str:
    (found,) = [
        each.partition("=")[2].partition(";")[0]
        for each in answer.headers.get_list("set-cookie")
        if each.startswith("playerbase=")
    ]
    return found
