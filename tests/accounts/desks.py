"""Members of staff at a browser, who see the portal as a player."""

from uuid import UUID

import httpx
import msgspec

from playerbase import access, audit
from playerbase.kit.crypto import digest
from playerbase.kit.db import transaction
from playerbase.kit.http import csrf
from tests.accounts.people import People

MAKER = audit.Deed(actor_kind="system", actor_id="tests", action="")
REASON = "They say the second factor is gone"
LIVE = "select count(*) from access.sessions where kind = 'impersonation' and revoked_at is null"
SEEN = "You are seeing this as Countess."


class Desk(msgspec.Struct, kw_only=True):
    """A browser: whose it is, its own cookie, and the one by which it shows the portal as somebody else."""

    people: People
    player_id: UUID
    own: str
    borrowed: str = ""

    async def session_id(self, value: str) -> UUID:
        """The session behind a cookie's value."""
        found = await self.people.api.site.pool.fetchval(
            "select session_id from access.sessions where current_hash = $1", digest(value)
        )
        assert isinstance(found, UUID)
        return found

    async def send(
        self, method: str, path: str, *, form: dict[str, str] | None = None, json: object = None, signed_by: str = ""
    ) -> httpx.Response:
        """A request with both cookies, from our own pages; ``signed_by`` is the cookie its page was rendered for."""
        headers = {"sec-fetch-site": "same-origin"}
        if signed_by:
            headers["x-csrf-token"] = csrf.token(self.people.api.site.keys, await self.session_id(signed_by))
        held = {"playerbase": self.own, "playerbase-as": self.borrowed}
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in held.items() if value)
        self.people.api.cookies.clear()
        if json is not None:
            return await self.people.api.request(method, path, json=json, headers=headers)
        return await self.people.api.request(method, path, data=form, headers=headers)

    async def get(self, path: str) -> httpx.Response:
        return await self.send("GET", path)

    async def see_as(self, player_id: UUID, reason: str = REASON) -> httpx.Response:
        """Begin, and keep the cookie if there is one."""
        answer = await self.send(
            "POST", f"/console/players/{player_id}/see-as", form={"reason": reason}, signed_by=self.own
        )
        if answer.status_code == 303:
            self.borrowed = answer.cookies["playerbase-as"]
        return answer


async def desk(people: People, role: str = "support", email: str = "sam@example.com", name: str = "Sam Ple") -> Desk:
    """A member of staff who has just signed in to the console."""
    someone = await people.register(email, name)
    async with transaction(people.api.site.pool) as tx:
        await access.set_roles(tx, someone.player_id, [role], by=MAKER)
    return Desk(people=people, player_id=someone.player_id, own=await browser(people, someone.player_id))


async def browser(people: People, player_id: UUID) -> str:
    """The cookie of a browser in which somebody has signed in by password."""
    async with transaction(people.api.site.pool) as tx:
        opening = access.Opening(player_id, "password", "playerbase", "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0")
        return await access.open_browser_session(tx, opening)


async def deeds(people: People, action: str) -> list[tuple[str, str, UUID | None, str, str]]:
    rows = await people.api.site.pool.fetch(
        "select actor_kind, actor_id, player_id, outcome, reason from audit.entries where action = $1 order by seq, at",
        action,
    )
    return [tuple(row) for row in rows]
