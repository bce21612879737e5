"""Refresh tokens: rotated on use, raced for, stolen, forged and outlived."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from playerbase import access, identity
from playerbase.access.actions.sessions import _mint, _parse, _successors
from playerbase.kit import crypto
from playerbase.kit.crypto import Keys
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone, someone
from tests.conftest import SECRET, Api, MovingClock

WAITING = """
    select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""


async def test_a_refresh_gives_new_tokens_of_the_same_session(people: People) -> None:
    ada = await people.register()
    next_ = someone(await people.refresh(ada.refresh_token))
    assert (next_.player_id, next_.session_id) == (ada.player_id, ada.session_id)
    assert next_.refresh_token != ada.refresh_token
    assert await people.validate(next_) == 200
    someone(await people.refresh(next_.refresh_token))


async def test_twenty_who_race_with_one_token_all_win_and_one_lineage_lives(people: People) -> None:
    ada = await people.register()
    answers = [someone(each) for each in await asyncio.gather(*(people.refresh(ada.refresh_token) for _ in range(20)))]
    assert {each.refresh_token for each in answers} == {answers[0].refresh_token}
    assert [await people.validate(each) for each in answers] == [200] * 20
    live = "select count(*) from access.sessions where revoked_at is null"
    assert await people.api.site.pool.fetchval(live) == 1
    later = someone(await people.refresh(answers[7].refresh_token))
    assert later.session_id == ada.session_id


async def test_who_lost_the_answer_asks_again_and_gains_no_time(people: People) -> None:
    ada = await people.register()
    first = someone(await people.refresh(ada.refresh_token))
    ends = "select expires_at from access.sessions"
    before = await people.api.site.pool.fetchval(ends)
    await people.later(seconds=19)
    assert someone(await people.refresh(ada.refresh_token)).refresh_token == first.refresh_token
    assert await people.api.site.pool.fetchval(ends) == before


@pytest.mark.parametrize("generations", [1, 2, 5])
async def test_a_replay_ends_the_session_for_both_and_no_other(people: People, generations: int) -> None:
    ada = await people.register()
    phone = someone(await people.log_in())
    latest = ada
    for _ in range(generations):
        latest = someone(await people.refresh(latest.refresh_token))
        await people.later(seconds=1)
    await people.later(seconds=20)
    replayed = await people.refresh(ada.refresh_token)
    assert (replayed.status_code, replayed.json()["code"]) == (401, "refresh_reused")
    ended = await people.refresh(latest.refresh_token)
    assert (ended.status_code, ended.json()["code"]) == (401, "session_ended")
    assert await people.validate(latest) == 401
    assert await people.validate(phone) == 200
    (reuse,) = await people.audited("authn_token_reuse")
    assert (reuse["player_id"], reuse["outcome"]) == (ada.player_id, "refused")


async def test_a_token_of_a_session_that_was_logged_out_is_no_theft(people: People) -> None:
    ada = await people.register()
    next_ = someone(await people.refresh(ada.refresh_token))
    await people.post("/auth/logout", {"refresh_token": next_.refresh_token})
    await people.later(minutes=5)
    for old in (ada, next_):
        answer = await people.refresh(old.refresh_token)
        assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
    assert await people.audited("authn_token_reuse") == []


async def test_a_week_of_silence_ends_a_session(people: People) -> None:
    ada = await people.register()
    await people.later(days=6.9)
    ada = someone(await people.refresh(ada.refresh_token))
    await people.later(days=6.9)
    ada = someone(await people.refresh(ada.refresh_token))
    await people.later(days=7)
    assert (await people.refresh(ada.refresh_token)).json()["code"] == "session_ended"


async def test_thirty_days_end_a_session_used_daily(people: People) -> None:
    ada = await people.register()
    for _ in range(5):
        await people.later(days=5.99)
        ada = someone(await people.refresh(ada.refresh_token))
    await people.later(minutes=65)
    last = (await people.refresh(ada.refresh_token)).json()
    assert 0 < last["expires_in"] < 900, "no access token outlives its session"
    await people.later(minutes=8)
    assert (await people.refresh(last["refresh_token"])).json()["code"] == "session_ended"


def _resealed(keys: Keys, who: Someone) -> str:
    """A token of that session with another secret and a tag by other keys."""
    return _mint(keys.subkey("refresh/tag"), who.session_id, b"s" * 32)


FORGERIES: list[Callable[[Someone], str]] = [
    lambda _: "pb_rt_",
    lambda _: crypto.token("pb_rt"),
    lambda _: crypto.token("pb_rt", bytes_=64),
    lambda ada: ada.refresh_token[:-1] + ("0" if ada.refresh_token[-1] != "0" else "1"),
    lambda ada: ada.refresh_token.swapcase(),
    lambda ada: ada.access_token,
    lambda ada: _resealed(Keys.derive(b"x" * 32), ada),
]


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_forged_token_gets_nothing_and_ends_nothing(people: People, forge: Callable[[Someone], str]) -> None:
    ada = await people.register()
    answer = await people.post("/auth/refresh", {"refresh_token": forge(ada)[:200]})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    someone(await people.refresh(ada.refresh_token))


async def test_a_refresh_token_is_no_access_token(people: People) -> None:
    ada = await people.register()
    headers = {"authorization": f"Bearer {ada.refresh_token}"}
    assert (await people.api.get("/api/v1/profiles/me", headers=headers)).status_code == 401


async def test_a_rotated_secret_still_refreshes_and_still_tells_a_race(api: Api) -> None:
    old, new = Keys.derive(SECRET), Keys.derive(b"n" * 32, [SECRET])
    async with transaction(api.site.pool) as tx:
        player_id = await identity.create(tx)
        opened = await access.open_session(tx, old, access.Opening(player_id, "device", "playerbase", ""))
        ((_, before),) = await access.refresh_sessions(tx, old, [opened.refresh_token])
        ((_, raced),) = await access.refresh_sessions(tx, new, [opened.refresh_token])
        assert isinstance(before, access.Opened)
        assert isinstance(raced, access.Opened)
        assert raced.refresh_token == before.refresh_token
        ((_, after),) = await access.refresh_sessions(tx, new, [before.refresh_token])
        assert isinstance(after, access.Opened)


async def test_only_a_hash_of_a_token_is_stored(people: People) -> None:
    ada = await people.register()
    (row,) = await people.api.site.pool.fetch("select * from access.sessions")
    assert row["current_hash"] == crypto.digest(ada.refresh_token)
    assert ada.refresh_token not in str(row)


async def test_who_waited_for_another_rotates_no_second_time(people: People, clock: MovingClock) -> None:
    """Both bring one token; the second comes while the first has not committed, and 15 seconds later."""
    ada, site = await people.register(), people.api.site
    async with transaction(site.pool) as tx:
        await access.refresh_sessions(tx, site.keys, [ada.refresh_token])
        clock.forward(seconds=15)
        waiting = asyncio.create_task(people.refresh(ada.refresh_token))
        while not await site.pool.fetchval(WAITING):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0)
    assert (await waiting).status_code == 200
    clock.forward(seconds=10)
    late = await people.refresh(ada.refresh_token)
    assert (late.status_code, late.json()["code"]) == (401, "refresh_reused"), "the grace is counted from the first"


async def test_who_is_barred_gets_no_tokens_even_if_a_session_were_left(people: People) -> None:
    ada = await people.register()
    await people.api.site.pool.execute("update identity.players set status = 'banned'")
    answer = await people.refresh(ada.refresh_token)
    assert (answer.status_code, answer.json()["code"]) == (403, "player_barred")


async def test_of_two_in_one_batch_the_second_meets_what_the_first_left(people: People, clock: MovingClock) -> None:
    ada, site = await people.register(), people.api.site
    second = someone(await people.refresh(ada.refresh_token)).refresh_token
    async with transaction(site.pool) as tx:
        (_, raced), (_, third) = await access.refresh_sessions(tx, site.keys, [ada.refresh_token, second])
        assert isinstance(raced, access.Opened)
        assert isinstance(third, access.Opened)
        assert raced.refresh_token == second
        fourth = _only(await access.refresh_sessions(tx, site.keys, [third.refresh_token]))
    clock.forward(seconds=30)
    async with transaction(site.pool) as tx:
        # Who follows its own rotation goes on; who replays ends the session for whoever comes after it.
        batch = [fourth, _next(site.keys, fourth), third.refresh_token, _next(site.keys, _next(site.keys, fourth))]
        outcomes = [outcome for _, outcome in await access.refresh_sessions(tx, site.keys, batch)]
    assert [type(outcome).__name__ for outcome in outcomes] == ["Opened", "Opened", "RefreshReused", "SessionEnded"]
    assert await people.validate(ada) == 401


def _only(outcomes: Sequence[tuple[object, object]]) -> str:
    ((_, outcome),) = outcomes
    assert isinstance(outcome, access.Opened)
    return outcome.refresh_token


def _next(keys: Keys, refresh_token: str) -> str:
    """The token that a rotation of this one will give."""
    parsed = _parse(keys, refresh_token)
    assert parsed is not None
    return _successors(keys, *parsed)[0]
