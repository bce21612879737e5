import asyncio
import json
from collections.abc import Iterator
from uuid import UUID

import pytest

from playerbase import access, audit, ledger
from playerbase.kit.db import transaction
from playerbase.kit.outbox import emit
from playerbase.matches import MatchVoided
from playerbase.platform.actions import streaming
from tests.accounts.people import People, Someone
from tests.conftest import Api
from tests.ledger.conftest import moving
from tests.platform.conftest import Listener

BY = audit.Deed(actor_kind="system", actor_id="test", action="")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(streaming, "KEEP_ALIVE_SECONDS", 0.3)
    yield
    assert not streaming._open


async def tell(api: Api, *player_ids: UUID, reason: str = "test") -> None:
    async with transaction(api.site.pool) as tx:
        await emit(
            tx,
            *[MatchVoided(match_id=each, game="demo", player_ids=[each], reason=reason) for each in player_ids],
        )


async def listen(api: Api, who: Someone | dict[str, str], **more: str) -> Listener:
    headers = who.headers if isinstance(who, Someone) else who
    listener = Listener(api, headers | more)
    assert await listener.answered() == 200
    assert await listener.next() == {"retry": "2000"}
    return listener


async def test_a_player_hears_their_own_and_staff_hear_all(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    ada, bob = await people.register("ada@example.com", "Ada"), await people.register("bob@example.com", "Bob")
    adas, operators = await listen(api, ada), await listen(api, operator)
    await tell(api, bob.player_id, ada.player_id)
    heard = await adas.told()
    assert heard["event"] == "match.voided"
    assert json.loads(heard["data"])["player_ids"] == [str(ada.player_id)]
    of_whom = [json.loads((await operators.told())["data"])["player_ids"][0] for _ in range(2)]
    assert of_whom == [str(bob.player_id), str(ada.player_id)]
    await adas.leave()
    await operators.leave()


async def test_of_a_commit_for_many_each_hears_their_own_part(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    ada, bob = await people.register("ada@example.com", "Ada"), await people.register("bob@example.com", "Bob")
    adas, operators = await listen(api, ada), await listen(api, operator)
    async with transaction(api.site.pool) as tx:
        await ledger.post(tx, [moving("earn", ada.player_id, 5), moving("earn", bob.player_id, 5)])
    told = await adas.told()
    assert told["event"] == "wallet.changed"
    assert json.loads(told["data"])["player_ids"] == [str(ada.player_id)]
    assert str(bob.player_id) not in told["data"]
    assert len(json.loads((await operators.told())["data"])["player_ids"]) == 2
    await adas.leave()
    await operators.leave()


async def test_who_comes_back_goes_on_where_they_left(api: Api, people: People) -> None:
    ada = await people.register()
    first = await listen(api, ada)
    await tell(api, ada.player_id, reason="one")
    seen = (await first.told())["id"]
    await first.leave()
    await tell(api, ada.player_id, reason="two")
    second = await listen(api, ada, **{"last-event-id": seen})
    assert json.loads((await second.told())["data"])["reason"] == "two"
    await second.leave()


async def test_a_busy_stream_ends_with_its_session_too(api: Api, people: People) -> None:
    ada = await people.register()
    listener = await listen(api, ada)
    await people.api.post("/api/v1/auth/logout", headers=ada.headers)
    busy = asyncio.create_task(_keep_telling(api, ada.player_id))
    await listener.ended()
    assert not busy.done(), "it was told of things to the end"
    busy.cancel()


async def test_a_quiet_stream_is_kept_open_and_ends_with_its_session(api: Api, people: People) -> None:
    ada = await people.register()
    listener = await listen(api, ada)
    assert await listener.next() == {"": "still here"}
    await people.api.post("/api/v1/auth/logout", headers=ada.headers)
    await listener.ended()


async def test_who_is_dismissed_hears_no_more(api: Api, people: People) -> None:
    await people.begin()
    ada = await people.register()
    async with transaction(api.site.pool) as tx:
        await access.set_roles(tx, ada.player_id, ["support"], by=BY)
    eve = await people.register("eve@example.com", "Evening")
    listener = await listen(api, ada)
    await tell(api, eve.player_id, reason="while she worked here")
    assert json.loads((await listener.told())["data"])["reason"] == "while she worked here"
    async with transaction(api.site.pool) as tx:
        await access.set_roles(tx, ada.player_id, [], by=BY)
    await listener.ended()
    assert not api.site.live._streams
    await tell(api, eve.player_id, reason="when she did not")
    said = []
    while frame := await listener.next():
        said.append(frame)
    assert "when she did not" not in str(said)


async def test_a_sixth_stream_is_refused_until_one_has_gone(api: Api, people: People) -> None:
    ada = await people.register()
    listeners = [Listener(api, ada.headers) for _ in range(streaming.STREAMS_MAX + 3)]
    statuses = [await each.answered() for each in listeners]
    assert sorted(statuses) == [200] * streaming.STREAMS_MAX + [429] * 3
    await next(each for each in listeners if each.status == 200).leave()
    again = await listen(api, ada)
    await again.leave()
    for each in listeners:
        await each.leave()


async def test_asking_for_the_head_takes_no_place(api: Api, people: People) -> None:
    ada = await people.register()
    for _ in range(streaming.STREAMS_MAX + 1):
        answer = await api.head("/api/v1/events/stream", headers=ada.headers)
        assert answer.status_code == 200
    assert not api.site.live._streams


async def test_who_is_not_signed_in_hears_nothing(api: Api) -> None:
    listener = Listener(api, {})
    assert await listener.answered() == 401
    await listener.ended()


async def test_a_key_of_one_game_hears_nothing_and_one_of_all_hears_all(api: Api, people: People) -> None:
    _, server = await people.begin()
    ada = await people.register()
    assert "events:read" in access.KEY_SCOPES
    bound = Listener(api, server)
    assert await bound.answered() == 403
    await bound.ended()
    async with transaction(api.site.pool) as tx:
        key = await access.create_api_key(tx, name="all", env="dev", game=None, scopes=["events:read"], by=BY)
    listener = await listen(api, {"authorization": f"Bearer {key.secret}"})
    await tell(api, ada.player_id)
    assert (await listener.told())["event"] == "match.voided"
    await listener.leave()


async def _keep_telling(api: Api, player_id: UUID) -> None:
    while True:
        await tell(api, player_id)
