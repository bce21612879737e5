"""Who is calling: the first thing every request asks, and so the most often run code of all."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from playerbase.access import rules, store
from playerbase.access.actions.api_keys import server_caller
from playerbase.access.actions.clients import client_caller
from playerbase.access.actions.impersonating import borrowing
from playerbase.access.actions.keyring import Keyring, Known, KnownClient
from playerbase.access.actions.known_devices import KEPT
from playerbase.access.actions.policies import by_default, is_own_password_demanded
from playerbase.access.actions.sessions import BROWSER_ABSOLUTE, BROWSER_IDLE, COOKIE_PREFIX
from playerbase.access.model import Browsing, SessionEnded, Standing, TokenExpired, TokenInvalid, TwoCredentials
from playerbase.access.model.factors import PasswordGiven, SecondFactorRequired
from playerbase.access.model.impersonations import ImpersonationOver
from playerbase.kit import clock
from playerbase.kit.crypto import digest, looks_like_token
from playerbase.kit.db import Db, Lane, Reading, Tx
from playerbase.kit.errors import Refusal, Unauthenticated
from playerbase.kit.http import Answer, Caller, Request, csrf

BEARER = b"bearer "
BROWSER_TOUCH = timedelta(minutes=1)  # How fine the 60 minutes of silence are measured.
WITHHELD: Final = {"password": PasswordGiven, "second_factor": SecondFactorRequired}
_SELF_PROVING = {"auth", "token", "webhook"}
_BORROWED = ("/portal", "/portal/")  # Where somebody may be seen as somebody else: there, and below it.


class Standings(Reading[UUID, Standing]):
    """Live sessions and the roles of their players; whoever asks at one moment shares one statement."""

    async def fetch(self, db: Db, wanted: list[UUID]) -> Mapping[UUID, Standing]:
        """The standings by session; ended sessions are not there."""
        return {
            row.session_id: row for row in await store.standings(db, wanted, is_own_password_demanded(), by_default())
        }


class Browsings(Reading[bytes, Browsing]):
    """The same for browsers, by the hash of their cookies."""

    async def fetch(self, db: Db, wanted: list[bytes]) -> Mapping[bytes, Browsing]:
        """The sessions of these cookies."""
        return {
            row.cookie_hash: row for row in await store.browsing(db, wanted, is_own_password_demanded(), by_default())
        }


class BrowserTouches(Lane[UUID, None]):
    """Browsers that are still there."""

    async def commit(self, tx: Tx, items: list[UUID]) -> list[Refusal | None]:
        """Begin their 60 minutes anew."""
        now = clock.now()
        await store.touch_browsing(tx, sorted(set(items)), now, now + BROWSER_IDLE)
        return [None] * len(items)


async def authenticate(request: Request) -> Caller:
    """Who calls: by access token, API key or cookie; anonymous when nothing was sent.

    The signature of a token is checked once in a process, but whether its session lives, and what its player may do,
    is read anew for every request. So a logout, a ban or a dismissal holds at once, everywhere.
    On the portal a cookie that shows it as somebody else comes before the caller's own; elsewhere nobody looks at it.
    Raises TwoCredentials, TokenInvalid, TokenExpired, SessionEnded, AddressNotAllowed, NotFromHere, ImpersonationOver.
    """
    authorization = request.headers.get(b"authorization")
    cookie = None
    if b"cookie" in request.headers:
        cookie = request.cookie(cookie_name(request.site.public_url))
        if _is_portal(request.route.path) and (
            borrowed := request.cookie(borrowed_cookie_name(request.site.public_url))
        ):
            if authorization is not None:
                raise TwoCredentials
            caller = await _by_borrowed_cookie(request, borrowed)
            if caller is not None:
                return caller
    if authorization is None:
        return request.caller if cookie is None else await _by_cookie(request, cookie)
    if cookie is not None:
        raise TwoCredentials
    try:
        return await _by_header(request, authorization)
    except Unauthenticated:
        # Who signs in, refreshes or logs out is judged by what the body holds; a dead token beside it is why they come.
        # A client that wants a token shows its own secret, in a header of another scheme; a platform that pushes, a
        # token of its own.
        if request.route.policy.anyone and not _SELF_PROVING.isdisjoint(request.route.limits):
            return request.caller
        raise


async def _by_header(request: Request, authorization: bytes) -> Caller:
    site = request.site
    keyring: Keyring = site.lane(Keyring)
    known = keyring.remembered(authorization)
    if known is None:
        if not authorization[: len(BEARER)].lower() == BEARER:
            raise TokenInvalid("Send the token as: Authorization: Bearer <token>.")
        text = authorization[len(BEARER) :].decode("latin-1").strip(" ")
        if text.startswith("pb_"):
            return await server_caller(request, text)
        known = await keyring.verify(site.keys, site.public_url, authorization, text)
    if known.expires_at <= clock.now():
        raise TokenExpired
    if isinstance(known, KnownClient):
        return await client_caller(request, known)
    standing: Standing | None = await site.lane(Standings).get(known.session_id)
    if standing is None:
        raise SessionEnded
    return _with_roles(known.caller, standing) if standing.roles else known.caller


async def _by_cookie(request: Request, cookie: str) -> Caller:
    """A browser sends its cookie whether or not it is still good for something, so a dead one makes nobody of it."""
    if not looks_like_token(cookie, COOKIE_PREFIX):
        return request.caller
    row: Browsing | None = await request.site.lane(Browsings).get(digest(cookie))
    now = clock.now()
    if row is None or row.expires_at <= now:
        return request.caller
    if request.route.policy.anyone:
        if request.method not in csrf.SAFE_METHODS:
            csrf.check_origin(request)
    else:
        csrf.check(request, row.session_id)
    if now - row.seen_at > BROWSER_TOUCH:
        await request.site.lane(BrowserTouches).put(row.session_id)
    caller = Caller(
        "player", f"player:{row.player_id}", player_id=row.player_id, session_id=row.session_id, by_cookie=True
    )
    return _with_roles(caller, row) if row.roles else caller


def _is_portal(path: str) -> bool:
    return path == _BORROWED[0] or path.startswith(_BORROWED[1])


async def _by_borrowed_cookie(request: Request, cookie: str) -> Caller | None:
    """A dead one must not make its bearer themselves again unawares; only pages for anybody, and the way back, open."""
    policy = request.route.policy
    found = await borrowing(request, cookie)
    if found is None:
        if policy.anyone:
            return None
        raise ImpersonationOver
    # Known before what they ask for is judged: a refusal is theirs, and its page says as whom they see it.
    request.caller, request.borrowed = found
    if request.method not in csrf.SAFE_METHODS:
        if policy.on_behalf:
            assert request.caller.session_id is not None
            csrf.check(request, request.caller.session_id)
        else:
            csrf.check_origin(request)
    return request.caller


def _with_roles(caller: Caller, row: Standing | Browsing) -> Caller:
    if row.withheld is not None:
        return replace(caller, withheld=WITHHELD[row.withheld])
    return replace(caller, permissions=rules.permissions(tuple(row.roles or ())))


def token_of(request: Request) -> Known | None:
    """What the caller's access token says; None for who came by key or cookie."""
    keyring: Keyring = request.site.lane(Keyring)
    known = keyring.remembered(request.headers.get(b"authorization", b""))
    return known if isinstance(known, Known) else None


def cookie_name(public_url: str) -> str:
    """What the console's cookie is called: over https with the prefix that keeps neighbour domains from setting it."""
    return "__Host-playerbase" if public_url.startswith("https://") else "playerbase"


def set_cookie(answer: Answer, public_url: str, value: str) -> Answer:
    """Let the browser keep its session, in a cookie no script can read and no other site can send."""
    seconds = int(BROWSER_ABSOLUTE.total_seconds())
    return answer.cookie(cookie_name(public_url), value, seconds=seconds, secure=public_url.startswith("https://"))


def device_cookie_name(public_url: str) -> str:
    """What the cookie is called by which a browser's device is known."""
    return f"{cookie_name(public_url)}-device"


def set_device_cookie(answer: Answer, public_url: str, value: str) -> Answer:
    """Let the browser keep the token by which its device is known, longer than any session."""
    seconds = int(KEPT.total_seconds())
    return answer.cookie(
        device_cookie_name(public_url), value, seconds=seconds, secure=public_url.startswith("https://")
    )


def borrowed_cookie_name(public_url: str) -> str:
    """What the cookie is called by which a member of staff sees the portal as a player."""
    return f"{cookie_name(public_url)}-as"


def set_borrowed_cookie(answer: Answer, public_url: str, value: str) -> Answer:
    """Let the browser show the portal as somebody else; an empty value ends that.

    It outlives what it opens, so that its bearer is told that it is over and does not take themselves for the player.
    """
    seconds = int(BROWSER_ABSOLUTE.total_seconds()) if value else 0
    secure = public_url.startswith("https://")
    return answer.cookie(borrowed_cookie_name(public_url), value, seconds=seconds, secure=secure)


def clear_cookie(answer: Answer, public_url: str) -> Answer:
    """Let the browser forget its session, the pages it kept to go back to, and what it saw as somebody else."""
    # Not its cookies: the one by which the device is known is what lets its owner in while strangers lock the door.
    answer.headers.append((b"clear-site-data", b'"cache"'))
    answer = answer.cookie(cookie_name(public_url), "", seconds=0, secure=public_url.startswith("https://"))
    return set_borrowed_cookie(answer, public_url, "")
