"""How a player sends a picture: the wish, the sending, the word that it is there."""

import hashlib
from typing import Any
from uuid import UUID

import httpx

from tests.accounts.people import People, Someone
from tests.kit.images import hostile

PICTURE = hostile.image(size=(300, 200))
ME = "/api/v1/profiles/me"


def wish(body: bytes = PICTURE, media: str = "image/png", **other: Any) -> dict[str, Any]:
    return {"size": len(body), "content_type": media, "checksum": hashlib.sha256(body).hexdigest(), **other}


async def begin(people: People, who: Someone, kind: str = "avatar", **asked: Any) -> httpx.Response:
    return await people.api.post(f"{ME}/{kind}/upload-url", json=asked or wish(), headers=who.headers)


async def send(people: People, begun: dict[str, Any], body: bytes = PICTURE, **other: str) -> httpx.Response:
    headers = begun["headers"] | {name.replace("_", "-"): value for name, value in other.items()}
    return await people.api.request(begun["method"], begun["upload_url"], content=body, headers=headers)


async def confirm(people: People, who: Someone, upload_id: str | UUID, kind: str = "avatar") -> httpx.Response:
    body = {"upload_id": str(upload_id)}
    return await people.api.post(f"{ME}/{kind}/confirm", json=body, headers=who.headers)


async def sent(
    people: People, who: Someone, body: bytes = PICTURE, media: str = "image/png", kind: str = "avatar"
) -> str:
    """Sent and confirmed, and not looked through yet; which upload it is."""
    begun = (await begin(people, who, kind, **wish(body, media))).json()
    assert (await send(people, begun, body)).status_code == 204
    told = await confirm(people, who, begun["upload_id"], kind)
    assert (told.status_code, told.json()["state"]) == (202, "uploaded")
    return str(begun["upload_id"])


async def shown(people: People, who: Someone, body: bytes = PICTURE, kind: str = "avatar") -> str:
    """Sent, looked through, and shown."""
    upload_id = await sent(people, who, body, kind=kind)
    await people.api.drain()
    assert await state(people, who, upload_id) == "ready"
    return upload_id


async def standing(people: People, who: Someone, upload_id: str) -> dict[str, Any]:
    told: dict[str, Any] = (await people.api.get(f"{ME}/uploads/{upload_id}", headers=who.headers)).json()
    return told


async def state(people: People, who: Someone, upload_id: str) -> str:
    return str((await standing(people, who, upload_id))["state"])


async def profile(people: People, who: Someone) -> dict[str, Any]:
    told: dict[str, Any] = (await people.api.get(ME, headers=who.headers)).json()
    return told
