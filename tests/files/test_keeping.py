"""What is kept: replaced, taken away, swept; and a worker that dies leaves nothing half done."""

import asyncio
import os
import signal
from typing import Any
from uuid import UUID, uuid4

import pytest

from playerbase import files
from playerbase.files import actions
from playerbase.files.actions import processing, store_of
from playerbase.kit import images
from playerbase.kit.db import broken, transaction
from playerbase.kit.objects import Disk, StorageAway
from playerbase.profiles import actions as profiles
from playerbase.schema import INVARIANTS
from tests.accounts.people import People
from tests.conftest import MovingClock
from tests.files.sending import ME, begin, confirm, profile, send, sent, shown, standing, state
from tests.kit.images import hostile


async def keys() -> list[str]:
    return [each.key for each in await store_of().page("", "", 1_000)]


async def seen(people: People, upload_id: str) -> int:
    return (await people.api.get(f"/media/{upload_id}/256")).status_code


async def test_what_is_replaced_is_shown_for_a_month_and_then_swept(people: People, clock: MovingClock) -> None:
    ada = await people.register()
    first = await shown(people, ada)
    second = await shown(people, ada, hostile.image(size=(90, 90)))
    assert (await profile(people, ada))["avatar_url"].split("/")[-2] == second
    assert [await state(people, ada, each) for each in (first, second)] == ["replaced", "ready"]
    assert [await seen(people, each) for each in (first, second)] == [200, 200]
    clock.forward(days=29)
    await actions.forget_lapsed(people.api.site.pool)
    assert await seen(people, first) == 200
    clock.forward(days=2)
    await actions.forget_lapsed(people.api.site.pool)
    assert [await seen(people, each) for each in (first, second)] == [404, 200]
    assert {key.split("/")[1] for key in await keys()} == {second}


async def test_a_picture_that_is_taken_away_is_gone_at_once(people: People, clock: MovingClock) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    mine, bad = await shown(people, ada), await shown(people, ada, kind="banner")
    assert (await people.api.delete(f"{ME}/avatar", headers=ada.headers)).status_code == 204
    assert (await people.api.delete(f"{ME}/avatar", headers=ada.headers)).status_code == 204, "again"
    path = f"/api/v1/admin/players/{ada.player_id}/images/banner/remove"
    for headers, expected in ((ada.headers, 403), (operator.headers, 204)):
        told = await people.api.post(path, json={"reason": "an advertisement"}, headers=headers)
        assert told.status_code == expected
    assert (await people.api.post(path, json={}, headers=operator.headers)).status_code == 422
    now = await profile(people, ada)
    assert (now["avatar_url"], now["banner_url"]) == (None, None)
    assert [await seen(people, each) for each in (mine, bad)] == [404, 404]
    noted = await people.api.site.pool.fetchval("select count(*) from audit.entries where action = 'image_removed'")
    assert noted == 1
    clock.forward(hours=25)
    await actions.forget_lapsed(people.api.site.pool)
    await actions.sweep(people.api.site.pool)
    assert await keys() == []


async def test_what_is_never_brought_to_an_end_is_swept(people: People, clock: MovingClock) -> None:
    ada = await people.register()
    asked = (await begin(people, ada)).json()["upload_id"]
    left = (await begin(people, ada)).json()
    await send(people, left)
    mine = await shown(people, ada)
    for orphan in (f"media/{uuid4()}/256.webp", f"quarantine/{uuid4()}", "sources/ab/cd/what-is-this"):
        await store_of().put(orphan, b"x", media="image/webp", cache="no-store")
    assert await actions.sweep(people.api.site.pool) == 0, "what is young may belong to somebody yet"
    clock.forward(hours=25)
    await actions.forget_lapsed(people.api.site.pool)
    assert await actions.sweep(people.api.site.pool) == 3
    assert {key.split("/")[1] for key in await keys()} == {mine}
    rows = await people.api.site.pool.fetch("select file_id::text from files.files")
    assert {asked, left["upload_id"]}.isdisjoint(row["file_id"] for row in rows)


class Killed(BaseException):
    """As if the process had ended here."""


async def test_a_worker_that_dies_anywhere_leaves_nothing_half_done(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await people.register()
    pool = people.api.site.pool
    real = {name: getattr(Disk, name) for name in ("copy", "get", "put", "delete")}
    for number, (name, on_call) in enumerate([("copy", 1), ("get", 1), ("put", 1), ("put", 4), ("delete", 1)]):
        upload_id = await sent(people, ada, hostile.image(size=(100 + number, 100)))
        calls = 0

        async def dying(self: Disk, *given: Any, _name: str = name, _on: int = on_call, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == _on:
                raise Killed
            return await real[_name](self, *given, **named)

        monkeypatch.setattr(Disk, name, dying)
        with pytest.raises(Killed):
            await processing.process.run(pool, processing.Process(UUID(upload_id)))
        monkeypatch.setattr(Disk, name, real[name])
        assert await broken(pool, INVARIANTS) == []
        assert await seen(people, upload_id) == (200 if name == "delete" else 404), name
        await processing.process.run(pool, processing.Process(UUID(upload_id)))
        await people.api.drain()
        assert await state(people, ada, upload_id) == "ready", name
        assert await seen(people, upload_id) == 200
    told = await pool.fetchval("select count(*) from kit.events where topic = 'file.ready'")
    assert told == 5, "each once"
    assert await broken(pool, INVARIANTS) == []


async def test_the_decoding_process_may_be_killed_too(people: People) -> None:
    ada = await people.register()
    studio = images.Studio(1)
    files.use_studio(studio)
    await shown(people, ada)
    process = studio._idle.get()
    studio._idle.put(process)
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    await shown(people, ada, hostile.image(size=(77, 77)))


async def test_while_the_store_is_away_uploads_wait(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await people.register()
    begun = (await begin(people, ada)).json()
    await send(people, begun)

    async def away(*_: object) -> None:
        raise StorageAway

    with monkeypatch.context() as patch:
        patch.setattr(Disk, "head", away)
        told = await confirm(people, ada, begun["upload_id"])
        assert (told.status_code, told.json()["code"]) == (503, "storage_is_away")
    await confirm(people, ada, begun["upload_id"])
    with monkeypatch.context() as patch:
        patch.setattr(Disk, "copy", away)
        with pytest.raises(StorageAway):
            await processing.process.run(people.api.site.pool, processing.Process(UUID(begun["upload_id"])))
    assert await state(people, ada, begun["upload_id"]) == "processing"
    await people.api.drain()
    assert await state(people, ada, begun["upload_id"]) == "ready"
    with monkeypatch.context() as patch:
        patch.setattr(Disk, "get", away)
        assert await seen(people, begun["upload_id"]) == 503


async def test_a_picture_told_of_twice_or_late_changes_nothing(people: People) -> None:
    ada = await people.register()
    first, second = await shown(people, ada), await shown(people, ada, hostile.image(size=(90, 90)))
    told = [
        files.FileReady(file_id=UUID(each), player_id=ada.player_id, kind=files.Kind.AVATAR) for each in (first, second)
    ]
    before = await profile(people, ada)
    async with transaction(people.api.site.pool) as tx:
        await profiles.show_files(tx, [*told, *told])
    assert await profile(people, ada) == before
    assert (await standing(people, ada, second))["state"] == "ready"


async def test_of_two_pictures_at_once_the_later_one_is_shown_and_the_other_let_go(people: People) -> None:
    ada = await people.register()
    both = [await sent(people, ada, hostile.image(size=(200 + number, 90))) for number in range(2)]
    run = processing.process.run
    await asyncio.gather(*(run(people.api.site.pool, processing.Process(UUID(each))) for each in both * 2))
    await people.api.drain()
    assert sorted([await state(people, ada, each) for each in both]) == ["ready", "replaced"]


async def test_titles_are_worn_by_whoever_earned_them(people: People) -> None:
    ada = await people.register()

    async def wear(title: str) -> tuple[int, str]:
        told = await people.api.put(ME, json={"title": title, "colour": "#3f7d58"}, headers=ada.headers)
        return told.status_code, told.json().get("title", "")

    assert (await wear("Champion"))[0] == 422
    async with transaction(people.api.site.pool) as tx:
        await profiles.award_titles(tx, [(ada.player_id, "Champion"), (ada.player_id, "Pioneer")])
        await profiles.award_titles(tx, [(ada.player_id, "Champion")])
    assert await wear("Champion") == (200, "Champion")
    assert (await profile(people, ada))["colour"] == "#3f7d58"
    page = (await people.api.get(f"{ME}/titles?limit=1", headers=ada.headers)).json()
    assert [each["title"] for each in page["items"]] == ["Champion"]
    page = (await people.api.get(f"{ME}/titles?limit=1&cursor={page['next_cursor']}", headers=ada.headers)).json()
    assert ([each["title"] for each in page["items"]], page["next_cursor"]) == (["Pioneer"], None)
    async with transaction(people.api.site.pool) as tx:
        await profiles.withdraw_titles(tx, [(ada.player_id, "Champion")])
    assert (await profile(people, ada))["title"] == "Rookie"
    assert (await wear("Champion"))[0] == 422
    assert await wear("Rookie") == (200, "Rookie")
    for odd in ("#fff", "red", "#3F7D58", "#3f7d58;"):
        assert (await people.api.put(ME, json={"colour": odd}, headers=ada.headers)).status_code == 422
