"""Sessions: opened, kept alive, ended.

A refresh token holds its session's id, 32 secret bytes and a tag only we can make. The secret of the first is random,
that of each successor is an HMAC of its predecessor under a key of ours. So when twenty requests bring the same token
at once, the first to have the row's lock rotates, and each of the others computes the very successor that is current
and answers with it: one lineage, one live token, nothing stored but a hash. That is granted for 20 seconds, which
races and lost answers need. Later, or for any older token (the tag shows that it was ours), a replay means that two
parties hold the lineage, and as nobody can tell which is the thief, the session ends for both. All of this is one row
in PostgreSQL: a restart forgets nothing.
"""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from playerbase import identity
from playerbase.access import rules, store
from playerbase.access.actions.policies import is_own_password_demanded, is_second_factor_demanded
from playerbase.access.model import (
    Fresh,
    Kind,
    Lasting,
    Opened,
    Opening,
    PlayerBarred,
    RefreshReused,
    Session,
    SessionEnded,
    TokenInvalid,
)
from playerbase.kit import clock, ids
from playerbase.kit.crypto import Keys, digest, same, token, token_bytes, token_of
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.mac import mac

SLIDING = timedelta(days=7)
ABSOLUTE = timedelta(days=30)
GRACE = timedelta(seconds=20)
BROWSER_IDLE = timedelta(minutes=60)
BROWSER_ABSOLUTE = timedelta(hours=12)
REFRESH_PREFIX: Final = "pb_rt"
COOKIE_PREFIX: Final = "pb_bs"
ID_BYTES, SECRET_BYTES, TAG_BYTES = 16, 32, 16


async def open_sessions(
    tx: Tx, keys: Keys, openings: Sequence[Opening], *, providers: Sequence[Sequence[str]], roles: Sequence[str] = ()
) -> list[Opened]:
    """A new session for each, in order; the tokens are made of them after the commit, by ``Keyring.sign``.

    The roles are those of every one of them: a batch comes from game servers and devices, which vouch for players only.
    """
    now = clock.now()
    refresh_key, tag_key = keys.subkey("refresh"), keys.subkey("refresh/tag")
    assert refresh_key != tag_key
    rows: list[Fresh] = []
    opened: list[Opened] = []
    names = ids.uuid7s(2 * len(openings))  # Of sessions, and of the tokens they begin with.
    for at, (opening, each) in enumerate(zip(openings, providers, strict=True)):
        session_id = names[2 * at]
        refresh_token = _mint(tag_key, session_id, os.urandom(SECRET_BYTES))
        rows.append(_fresh(session_id, Kind.PLAYER, opening, digest(refresh_token), now, SLIDING, ABSOLUTE))
        opened.append(
            Opened(
                session_id, opening.player_id, opening.client_id, refresh_token, ("player", *roles), tuple(each),
                now, names[2 * at + 1], now + ABSOLUTE,
            )
        )  # fmt: skip
    await store.add_sessions(tx, rows, now)
    return opened


async def open_session(tx: Tx, keys: Keys, opening: Opening) -> Opened:
    """A new session for a player who has shown who they are; the tokens are made of it by ``Keyring.sign``."""
    providers = await identity.providers(tx, opening.player_id)
    asked = (opening.player_id, opening.player_id, opening.method, opening.amr)
    roles = (await _roles(tx, [asked]))[opening.player_id]
    (opened,) = await open_sessions(tx, keys, [opening], providers=[providers], roles=roles)
    return opened


async def open_browser_session(tx: Tx, opening: Opening) -> str:
    """A new session held by a browser: the value of its cookie, good for 12 hours and 60 minutes of silence."""
    value, now = token(COOKIE_PREFIX), clock.now()
    row = _fresh(ids.uuid7(), Kind.BROWSER, opening, digest(value), now, BROWSER_IDLE, BROWSER_ABSOLUTE)
    await store.add_sessions(tx, [row], now)
    return value


async def renew_browser_session(tx: Tx, session_id: UUID, amr: Sequence[str]) -> str | None:
    """Another session for a browser whose player has just proven more, which ends the one before; None if that is gone.

    Its id is new, so that whoever knew the old one knows nothing of what may be done now.
    """
    before = await store.browser_session(tx, session_id)
    if before is None:
        return None
    opening = Opening(
        before.player_id, before.method, before.client_id, before.device, tuple(sorted({*before.amr, *amr}))
    )
    await store.revoke_session(tx, session_id, before.player_id, "stepped_up", clock.now())
    return await open_browser_session(tx, opening)


async def refresh_sessions(
    tx: Tx, keys: Keys, refresh_tokens: Sequence[str]
) -> list[tuple[Lasting | None, Opened | Refusal]]:
    """Of each token, in order, its session and what its next tokens are made of, or why there are none.

    They are taken one after the other, as if each had come alone, but read and written together. A refusal is
    returned and not raised, because ending a stolen session must commit.
    """
    parsed = [_parse(keys, each) for each in refresh_tokens]
    wanted = sorted({each[0] for each in parsed if each is not None})
    rows = {row.session_id: row for row in await store.lock_sessions(tx, wanted)} if wanted else {}
    now = clock.now()
    rotated: dict[UUID, bytes] = {}
    turns: list[tuple[Lasting | None, str | Refusal]] = []
    for text, each in zip(refresh_tokens, parsed, strict=True):
        if each is None:
            turns.append((None, TokenInvalid("This is not a refresh token.")))
            continue
        row = rows.get(each[0])
        outcome = _turned(keys, row, text, each[1], now)
        turns.append((row, outcome))
        if row is None or isinstance(outcome, Refusal):
            if row is not None and isinstance(outcome, RefreshReused):
                await store.revoke_session(tx, row.session_id, row.player_id, outcome.code, now)
                rows[row.session_id] = replace(row, revoked_at=now)
        elif (fresh := digest(outcome)) != row.current_hash:
            rotated[row.session_id] = fresh
            rows[row.session_id] = replace(row, current_hash=fresh, rotated_at=now)
    if rotated:
        await store.rotate(tx, list(rotated), list(rotated.values()), now, now + SLIDING)
    return await _opened_anew(tx, turns, now)


def _turned(keys: Keys, row: Lasting | None, text: str, secret: bytes, now: datetime) -> str | Refusal:
    """The token that follows this one; the row is its session's, locked."""
    if row is None or row.revoked_at is not None or min(row.expires_at, row.absolute_expires_at) <= now:
        return SessionEnded()
    if same(digest(text), row.current_hash):
        return _successors(keys, row.session_id, secret)[0]
    current = [each for each in _successors(keys, row.session_id, secret) if same(digest(each), row.current_hash)]
    if not current or now - row.rotated_at > GRACE:
        return RefreshReused()
    return current[0]


async def _opened_anew(
    tx: Tx, turns: Sequence[tuple[Lasting | None, str | Refusal]], now: datetime
) -> list[tuple[Lasting | None, Opened | Refusal]]:
    """What the sessions' next tokens are made of, by what holds of their players now."""
    going_on = [row for row, outcome in turns if row is not None and isinstance(outcome, str)]
    faces = await identity.faces(tx, sorted({row.player_id for row in going_on})) if going_on else {}
    roles = await _roles(tx, [(row.session_id, row.player_id, row.method, row.amr) for row in going_on])
    outcomes: list[tuple[Lasting | None, Opened | Refusal]] = []
    for row, outcome in turns:
        if row is None or isinstance(outcome, Refusal):
            assert isinstance(outcome, Refusal)
            outcomes.append((row, outcome))
            continue
        face = faces.get(row.player_id)
        if face is None or face.status is not identity.Status.ACTIVE:
            outcomes.append((row, PlayerBarred()))
            continue
        opened = Opened(
            row.session_id, row.player_id, row.client_id, outcome, ("player", *roles[row.session_id]),
            tuple(face.providers), now, ids.uuid7(), row.absolute_expires_at,
        )  # fmt: skip
        outcomes.append((row, opened))
    return outcomes


async def end_session_of(tx: Tx, keys: Keys, refresh_token: str) -> Lasting | None:
    """End the session a refresh token belongs to, if it does to any, whether or not it is the latest."""
    parsed = _parse(keys, refresh_token)
    row = next(iter(await store.lock_sessions(tx, [parsed[0]])), None) if parsed else None
    if row is None or await store.revoke_session(tx, row.session_id, row.player_id, "logout", clock.now()) is None:
        return None
    return row


async def end_session(tx: Tx, player_id: UUID, session_id: UUID, why: str = "logout") -> bool:
    """End one session of a player; False if it is not theirs or has ended. It holds at once, in every process."""
    return await store.revoke_session(tx, session_id, player_id, why, clock.now()) is not None


async def end_sessions(tx: Tx, player_id: UUID, why: str, *, but: UUID | None = None) -> int:
    """End all sessions of a player, or all but one; returns how many."""
    return len(await store.revoke_sessions(tx, player_id, but, why, clock.now()))


async def end_sessions_by(
    tx: Tx, player_id: UUID, method: str, *, but: UUID | None = None, why: str = "unlinked"
) -> int:
    """End all sessions a player opened by one way of signing in, or all but one; returns how many."""
    return len(await store.revoke_sessions_by(tx, player_id, method, but, why, clock.now()))


async def sessions(db: Db, player_id: UUID, before: UUID | None, count: int) -> list[Session]:
    """The live sessions of a player, newest first."""
    return await store.live_sessions(db, player_id, clock.now(), before, count)


async def _roles(db: Db, asked: Sequence[tuple[UUID, UUID, str, Sequence[str]]]) -> dict[UUID, list[str]]:
    """Of these sessions, with their players, methods and what was shown, the roles each may use."""
    # A game server's word or a device's id must not open the console.
    by_password = {player_id for _, player_id, method, _ in asked if method == "password"}
    members = {each.player_id: each for each in await store.members(db, sorted(by_password))} if by_password else {}
    if members and is_own_password_demanded():
        members = {key: members[key] for key in members.keys() - set(await store.given_passwords(db, list(members)))}
    is_demanded = bool(members) and await is_second_factor_demanded(db)
    return {
        session_id: members[player_id].roles
        if method == "password" and player_id in members and (rules.SECOND in amr or not is_demanded)
        else []
        for session_id, player_id, method, amr in asked
    }


def _fresh(
    session_id: UUID,
    kind: Kind,
    opening: Opening,
    current_hash: bytes,
    now: datetime,
    sliding: timedelta,
    most: timedelta,
) -> Fresh:
    amr = opening.amr or rules.amr_of(opening.method)
    return Fresh(
        session_id, opening.player_id, kind.value, opening.method, opening.client_id,
        rules.device_label(opening.device), current_hash, now + sliding, now + most, now if amr else None,
        " ".join(amr),
    )  # fmt: skip


def _mint(tag_key: bytes, session_id: UUID, secret: bytes) -> str:
    body = session_id.bytes + secret
    return token_of(REFRESH_PREFIX, body + mac(tag_key, body)[:TAG_BYTES])


def _successors(keys: Keys, session_id: UUID, secret: bytes) -> list[str]:
    """The token after this one, under the present key first and then under those before it."""
    return [
        _mint(tag_key, session_id, mac(step_key, session_id.bytes + secret))
        for step_key, tag_key in zip(keys.subkeys("refresh"), keys.subkeys("refresh/tag"), strict=True)
    ]


def _parse(keys: Keys, refresh_token: str) -> tuple[UUID, bytes] | None:
    raw = token_bytes(refresh_token, REFRESH_PREFIX, bytes_=ID_BYTES + SECRET_BYTES + TAG_BYTES)
    if raw is None:
        return None
    body, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
    if not any(same(mac(key, body)[:TAG_BYTES], tag) for key in keys.subkeys("refresh/tag")):
        return None
    return UUID(bytes=body[:ID_BYTES]), body[ID_BYTES:]
