"""A stream that is open when its player is kept out."""

import pytest

from playerbase import access, audit, identity
from playerbase.kit.db import transaction
from playerbase.platform.actions import streaming
from tests.accounts.people import People
from tests.conftest import Api
from tests.platform.conftest import Listener

BY = audit.Deed(actor_kind="system", actor_id="tests", action="")


async def test_a_stream_tells_its_player_why_and_ends_within_two_seconds(
    api: Api, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What ends it is that it is told, and not the next look at who is listening: those two seconds hold on a machine
    # that is not busy, and this on any.
    monkeypatch.setattr(streaming, "KEEP_ALIVE_SECONDS", 3_600)
    ada, eve = await people.register(), await people.register("eve@example.com", "Evening")
    listener, other = Listener(api, ada.headers), Listener(api, eve.headers)
    for each in (listener, other):
        assert await each.answered() == 200
        await each.next()
    async with transaction(api.site.pool) as tx:
        barring = identity.Barring(identity.BanKind.BANNED, "Sells accounts")
        await access.bar(tx, ada.player_id, barring, by=BY)
    told = await listener.told()
    await listener.ended()
    assert told["event"] == "player.status_changed"
    assert "Sells accounts" in told["data"]
    assert not other.task.done()
    await other.leave()
