"""Pictures from the wish to send one to where everybody sees it."""

import asyncio
import io
from collections.abc import AsyncIterator

from PIL import Image

from playerbase.files.actions import store_of
from tests.accounts.people import People
from tests.files.sending import ME, PICTURE, begin, confirm, profile, send, sent, shown, standing, state, wish
from tests.kit.images import hostile

SETTINGS = "/api/v1/admin/files/settings"


def local(address: str) -> str:
    return address.removeprefix("http://test")


async def test_an_avatar_is_sent_looked_through_and_seen_by_others(people: People) -> None:
    ada, eve = await people.register(), await people.register("eve@example.com", "Evelyn")
    answer = await begin(people, ada)
    assert answer.status_code == 201
    begun = answer.json()
    assert begun["headers"]["content-type"] == "image/png"
    assert (await confirm(people, ada, begun["upload_id"])).json()["code"] == "nothing_uploaded"
    assert (await send(people, begun)).status_code == 204
    assert (await confirm(people, eve, begun["upload_id"])).status_code == 404, "it is somebody else's"
    assert (await confirm(people, ada, begun["upload_id"], "banner")).status_code == 404, "it is no banner"
    told = [await confirm(people, ada, begun["upload_id"]) for _ in range(2)]
    assert [(each.status_code, each.json()["state"]) for each in told] == [(202, "uploaded")] * 2
    assert (await profile(people, ada))["avatar_url"] is None
    await people.api.drain()
    seen = await profile(people, ada)
    assert seen["avatar_url"] == f"http://test/media/{begun['upload_id']}/256"
    assert (seen["banner_url"], seen["version"]) == (None, 2)
    others = (await people.api.get(f"/api/v1/profiles/{ada.player_id}", headers=eve.headers)).json()
    assert others["avatar_url"] == seen["avatar_url"]
    for width in (128, 256, 512):
        for accept, media in (
            ("image/avif,image/webp,*/*", "image/webp"),
            ("image/webp;q=0, */*", "image/jpeg"),
            ("", "image/jpeg"),
        ):
            got = await people.api.get(f"/media/{begun['upload_id']}/{width}", headers={"accept": accept})
            assert (got.status_code, got.headers["content-type"], got.headers["vary"]) == (200, media, "accept")
            assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert got.headers["cross-origin-resource-policy"] == "cross-origin"
            assert got.headers["x-content-type-options"] == "nosniff"
            assert Image.open(io.BytesIO(got.content)).size == (width, width)
    again = await people.api.get(
        local(seen["avatar_url"]), headers={"if-none-match": got.headers["etag"].replace("512", "256")}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert (await people.api.get(f"/media/{begun['upload_id']}/300")).status_code == 404
    current = await people.api.get(f"/media/players/{ada.player_id}/avatar/128")
    assert (current.status_code, current.headers["cache-control"]) == (200, "public, max-age=3600")
    await people.api.put(f"{ME}/privacy", headers=ada.headers, json={
        "is_public": False, "accept_friend_requests": False, "allow_messages": True,
    })  # fmt: skip
    assert (await people.api.get(f"/media/players/{ada.player_id}/avatar/128")).status_code == 404
    objects = [each.key for each in await store_of().page("", "", 100)]
    assert [key.split("/")[0] for key in objects] == ["media"] * 6, "nothing is left of what was sent"


async def test_a_banner_has_its_own_sizes(people: People) -> None:
    ada = await people.register()
    upload_id = await shown(people, ada, kind="banner")
    assert (await profile(people, ada))["banner_url"] == f"http://test/media/{upload_id}/1920"
    for width, height in ((1920, 540), (960, 270)):
        got = await people.api.get(f"/media/{upload_id}/{width}")
        assert Image.open(io.BytesIO(got.content)).size == (width, height)


ODD = [
    (wish(size=0), "size"), (wish(size=-1), "size"), (wish(size=2**40), "size"), (wish(size="9"), "size"),
    (wish(content_type="image/svg+xml"), "content_type"), (wish(content_type="image/gif"), "content_type"),
    (wish(checksum="00"), "checksum"), (wish(checksum="AB" * 32), "checksum"),
    (wish(filename="../../etc/passwd"), "filename"), (wish(size=5 * 1024 * 1024 + 1), "size"),
]  # fmt: skip


async def test_whoever_lies_about_what_they_send_leaves_nothing_behind(people: People) -> None:
    ada = await people.register()
    for asked, field in ODD:
        told = await begin(people, ada, **asked)
        assert (told.status_code, [each["field"] for each in told.json()["errors"]]) == (422, [field])
    begun = (await begin(people, ada)).json()
    other = hostile.image(size=(301, 200))
    lies = [
        (await send(people, begun, PICTURE + b"!"), 422, "upload_differs"),
        (await send(people, begun, PICTURE[:-1]), 422, "upload_differs"),
        (await send(people, begun, PICTURE[::-1]), 422, "upload_differs"),
        (await send(people, begun, other), 422, "upload_differs"),
        (await send(people, begun, content_type="image/svg+xml"), 422, "upload_differs"),
        (await send(people, begun, x_checksum_sha256="AAAA"), 422, "upload_differs"),
        (await send(people, begun | {"upload_url": begun["upload_url"][:-2]}), 404, "upload_not_signed"),
        (await send(people, begun | {"method": "GET"}), 404, "upload_not_signed"),
        (await send(people, begun, b"x" * (10 * 1024 * 1024 + 1)), 422, "upload_differs"),
    ]
    assert [(each.status_code, each.json()["code"]) for each, *_ in lies] == [
        (status, code) for _, status, code in lies
    ]
    assert (await confirm(people, ada, begun["upload_id"])).json()["code"] == "nothing_uploaded"

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 100_000

    chunked = await people.api.put(begun["upload_url"], content=endless(), headers=begun["headers"])
    assert chunked.json()["code"] == "upload_differs"
    assert (await send(people, begun)).status_code == 204
    assert (await send(people, begun)).json()["code"] == "uploaded_already"


HOSTILE = {
    "svg": (hostile.SVG, "image/png", "type_not_taken"),
    "another type": (hostile.image("JPEG", (64, 64)), "image/png", "type_differs"),
    "bomb": (hostile.bomb(7_000, 7_000), "image/png", "too_many_pixels"),
    "frames": (hostile.animation(200), "image/webp", "too_many_frames"),
    "cut": (hostile.image("JPEG")[:-900], "image/jpeg", "cut_short"),
}


async def test_hostile_pictures_are_refused_with_a_word_and_a_sentence(people: People) -> None:
    ada = await people.register()
    uploads = {name: await sent(people, ada, body, media) for name, (body, media, _) in HOSTILE.items()}
    await people.api.drain()
    for name, upload_id in uploads.items():
        told = await standing(people, ada, upload_id)
        assert (told["state"], told["code"]) == ("refused", HOSTILE[name][2]), name
        assert told["message"].endswith("."), name
        assert (await people.api.get(f"/media/{upload_id}/256")).status_code == 404
        assert (await confirm(people, ada, upload_id)).json()["state"] == "refused"
    assert (await profile(people, ada))["avatar_url"] is None
    assert await store_of().page("", "", 10) == []


async def test_what_is_hidden_in_a_picture_is_not_shown(people: People) -> None:
    ada = await people.register()
    upload_id = await sent(people, ada, hostile.photograph() + hostile.ZIP, "image/jpeg")
    await people.api.drain()
    for accept in ("image/webp", "*/*"):
        body = (await people.api.get(f"/media/{upload_id}/512", headers={"accept": accept})).content
        assert not any(word in body for word in (b"taken at home", b"Exif", b"payload.exe", b"a remark"))


async def test_what_changes_in_the_store_after_it_was_confirmed_is_noticed(people: People) -> None:
    ada = await people.register()
    upload_id = await sent(people, ada)
    # As a store would allow that does not hold to what was signed.
    other = hostile.image(size=(301, 200))
    await store_of().put(f"quarantine/{upload_id}", other, media="image/png", cache="no-store")
    gone = await sent(people, ada, hostile.image(size=(302, 200)))
    await store_of().delete([f"quarantine/{gone}"])
    await people.api.drain()
    assert [(await standing(people, ada, each))["code"] for each in (upload_id, gone)] == ["differs", "missing"]


async def test_quotas_hold_however_many_ask_at_once(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    now = (await people.api.get(SETTINGS, headers=operator.headers)).json()
    for odd in ({"uploads_a_day": 0}, {"avatar_bytes_max": 2**30}, {"url_seconds": 1}, {"surprise": 1}):
        assert (await people.api.put(SETTINGS, json=now | odd, headers=operator.headers)).status_code == 422
    wanted = now | {"uploads_a_day": 3}
    assert (await people.api.put(SETTINGS, json=wanted, headers=operator.headers)).status_code == 200
    assert (await people.api.put(SETTINGS, json=wanted, headers=ada.headers)).status_code == 403
    asked = await asyncio.gather(*(begin(people, ada) for _ in range(6)))
    assert sorted(each.status_code for each in asked) == [201] * 3 + [429] * 3
    assert {each.json()["code"] for each in asked if each.status_code == 429} == {"uploads_spent"}
    wanted = now | {"player_bytes_max": 1024 * 1024}
    await people.api.put(SETTINGS, json=wanted, headers=operator.headers)
    large = await begin(people, ada, **wish(size=1024 * 1024))
    assert large.json()["code"] == "no_room_left"
    usage = (await people.api.get("/api/v1/admin/files/usage", headers=operator.headers)).json()["items"]
    assert usage == [{"kind": "avatar", "state": "draft", "count": 3, "bytes": 3 * len(PICTURE)}]


async def test_two_confirm_at_once_and_it_is_looked_through_once(people: People) -> None:
    ada = await people.register()
    begun = (await begin(people, ada)).json()
    await send(people, begun)
    both = await asyncio.gather(*(confirm(people, ada, begun["upload_id"]) for _ in range(4)))
    assert {each.status_code for each in both} == {202}
    assert await people.api.site.pool.fetchval("select count(*) from kit.jobs where name = 'files.process'") == 1
    await people.api.drain()
    assert await state(people, ada, begun["upload_id"]) == "ready"
