"""Pictures, privacy and titles over HTTP, and what staff decides about files."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import audit, files
from playerbase.files import Begun, FileSettings, Kind, Standing, Tally, Wish
from playerbase.kit.db import Db, Pool, Tx, reading
from playerbase.kit.http import ANYONE, PLAYER, Answer, Caller, Cursors, Listing, Request, delete, get, post, put, staff
from playerbase.kit.objects import ONE_HOUR
from playerbase.profiles import actions
from playerbase.profiles.actions import Change, Profiles
from playerbase.profiles.model import EarnedTitle, NoSuchProfile, Privacy, Profile

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=1000)]
Width = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class Sent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which upload is there now."""

    upload_id: UUID


class Removal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why staff takes a picture away."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


@post("/profiles/me/avatar/upload-url", policy=PLAYER, limit="upload", status=201)
async def ask_avatar_upload(tx: Tx, caller: Caller, body: Wish) -> Begun:
    """Where to send my new avatar: a JPEG, PNG or WebP of exactly this size and SHA-256, within five minutes."""
    assert caller.player_id is not None
    return await files.begin(tx, caller.player_id, Kind.AVATAR, body)


@post("/profiles/me/banner/upload-url", policy=PLAYER, limit="upload", status=201)
async def ask_banner_upload(tx: Tx, caller: Caller, body: Wish) -> Begun:
    """Where to send my new banner: a JPEG, PNG or WebP of exactly this size and SHA-256, within five minutes."""
    assert caller.player_id is not None
    return await files.begin(tx, caller.player_id, Kind.BANNER, body)


@post("/profiles/me/avatar/confirm", policy=PLAYER, status=202)
async def confirm_avatar(pool: Pool, caller: Caller, body: Sent) -> Standing:
    """My avatar was sent: look it through and show it. Saying so again tells how it stands."""
    assert caller.player_id is not None
    return await files.confirm(pool, caller.player_id, Kind.AVATAR, body.upload_id)


@post("/profiles/me/banner/confirm", policy=PLAYER, status=202)
async def confirm_banner(pool: Pool, caller: Caller, body: Sent) -> Standing:
    """My banner was sent: look it through and show it. Saying so again tells how it stands."""
    assert caller.player_id is not None
    return await files.confirm(pool, caller.player_id, Kind.BANNER, body.upload_id)


@get("/profiles/me/uploads/{upload_id}", policy=PLAYER, limit="game")
async def my_upload(db: Db, caller: Caller, upload_id: UUID) -> Standing:
    """How an upload of mine stands, and why it was refused."""
    assert caller.player_id is not None
    return await files.standing(db, caller.player_id, upload_id)


@delete("/profiles/me/avatar", policy=PLAYER)
async def delete_avatar(tx: Tx, caller: Caller) -> None:
    """Have no avatar any more; its addresses lead nowhere from now on."""
    assert caller.player_id is not None
    await actions.remove_image(tx, caller.player_id, Kind.AVATAR)


@delete("/profiles/me/banner", policy=PLAYER)
async def delete_banner(tx: Tx, caller: Caller) -> None:
    """Have no banner any more; its addresses lead nowhere from now on."""
    assert caller.player_id is not None
    await actions.remove_image(tx, caller.player_id, Kind.BANNER)


@get("/profiles/me/privacy", policy=PLAYER, limit="game")
async def my_privacy(caller: Caller, profiles: Profiles) -> Privacy:
    """What others may see and do."""
    assert caller.player_id is not None
    profile = await profiles.get(caller.player_id)
    if profile is None:
        raise NoSuchProfile
    return _privacy(profile)


@put("/profiles/me/privacy", policy=PLAYER)
async def set_my_privacy(tx: Tx, caller: Caller, body: Privacy) -> Privacy:
    """Decide what others may see and do."""
    assert caller.player_id is not None
    wanted = Change(
        is_public=body.is_public, accept_friend_requests=body.accept_friend_requests, allow_messages=body.allow_messages
    )
    return _privacy(await actions.change(tx, caller.player_id, wanted))


@get("/profiles/me/titles", policy=PLAYER)
async def my_titles(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[EarnedTitle]:
    """The titles I have earned, by name; besides them everybody may wear the first one."""
    assert caller.player_id is not None
    scope = f"titles {caller.subject}"
    (after,) = cursors.read(cursor, tuple[str], scope=scope) if cursor else ("",)
    found = await actions.titles_of(db, caller.player_id, after, limit + 1)
    more = cursors.make((found[limit - 1].title,), scope=scope) if found[limit:] else None
    return Listing(found[:limit], more)


@get("//media/players/{player_id}/{kind}/{width}", policy=ANYONE, limit="game")
async def read_current_image(pool: Pool, request: Request, player_id: UUID, kind: Kind, width: Width) -> Answer:
    """A player's present avatar (128, 256, 512) or banner (960, 1920), to be kept for an hour.

    Of a player who keeps to themselves there is none here.
    """
    async with reading(pool) as db:
        found = await actions.image_of(db, player_id, kind)
    if found is None or not found[1]:
        raise NoSuchProfile
    return await files.pictured(pool, request, found[0], width, ONE_HOUR)


@post("/admin/players/{player_id}/images/{kind}/remove", policy=staff("players.write"), limit="console", status=204)
async def remove_player_image(tx: Tx, request: Request, player_id: UUID, kind: Kind, body: Removal) -> None:
    """Take a player's picture away, from everywhere and at once, and say why."""
    file_id = await actions.remove_image(tx, player_id, kind)
    deed = audit.deed(
        request, "image_removed", "player", player_id, reason=body.reason,
        before={"kind": kind.value, "file_id": str(file_id) if file_id else None},
    )  # fmt: skip
    await audit.record(tx, deed)


@get("/admin/files/settings", policy=staff("operations.read"), limit="console")
async def read_file_settings(db: Db) -> FileSettings:
    """How large pictures may be, how many a player may send, and how long what is replaced is kept."""
    return await files.settings(db)


@put("/admin/files/settings", policy=staff("operations.write"), limit="console")
async def set_file_settings(tx: Tx, request: Request, body: FileSettings) -> FileSettings:
    """Decide how large pictures may be, how many a player may send, and how long what is replaced is kept."""
    before = await files.set_settings(tx, body, request.caller.subject)
    await audit.record(
        tx,
        audit.deed(
            request, "file_settings_changed", "settings", "files", before=msgspec.structs.asdict(before),
            after=msgspec.structs.asdict(body),
        ),
    )  # fmt: skip
    return body


@get("/admin/files/usage", policy=staff("operations.read"), limit="console")
async def read_file_usage(db: Db) -> Listing[Tally]:
    """How many files there are of each kind and state, and how large they were as they were sent."""
    return Listing(await files.tally(db), None)


def _privacy(profile: Profile) -> Privacy:
    return Privacy(profile.is_public, profile.accept_friend_requests, profile.allow_messages)
