"""The live stream of the console, over HTTP: who may hear it, and for how long."""

import asyncio

import pytest

from playerbase import access, audit
from playerbase.console.pages import frame
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone, people
from tests.platform.conftest import Listener
from tests.platform.test_stream import tell

__all__ = ["people"]

BY = audit.Deed(actor_kind="system", actor_id="test", action="")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "KEEP_ALIVE_SECONDS", 0.3)


async def listening(people: People) -> tuple[Someone, Listener]:
    """Ada, whom somebody has appointed, at the console."""
    await people.begin()
    ada = await people.register()
    await appoint(people, ada, "support")
    listener = Listener(people.api, ada.headers, "/console/stream")
    assert await listener.answered() == 200
    assert await listener.next() == {"retry": "2000"}
    return ada, listener


async def appoint(people: People, who: Someone, *roles: str) -> None:
    async with transaction(people.api.site.pool) as tx:
        await access.set_roles(tx, who.player_id, list(roles), by=BY)


async def test_a_quiet_stream_ends_with_the_role(people: People) -> None:
    ada, listener = await listening(people)
    assert await listener.next() == {"": "still here"}
    await appoint(people, ada)
    await listener.ended()


async def test_a_busy_stream_ends_with_the_role_too(people: People) -> None:
    ada, listener = await listening(people)

    async def keep_telling() -> None:
        while True:
            await tell(people.api, ada.player_id)

    await appoint(people, ada)
    busy = asyncio.create_task(keep_telling())
    await listener.ended()
    assert not busy.done(), "there was more to hear"
    busy.cancel()
