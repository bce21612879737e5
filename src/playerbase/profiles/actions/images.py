"""The verbs of pictures: one takes another's place, and one is taken away."""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from playerbase import files
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.profiles import rules, store
from playerbase.profiles.model import NoSuchProfile, Row

FIELDS = {files.Kind.AVATAR: "avatar_file", files.Kind.BANNER: "banner_file"}


async def show_files(tx: Tx, told: Sequence[files.FileReady]) -> None:
    """Show each picture in its player's profile; the one before it is kept for whoever still has its address."""
    for each in told:
        row = await store.lock_profile(tx, each.player_id)
        seen = await files.standing(tx, each.player_id, each.file_id) if row is not None else None
        if row is None or seen is None or seen.state is not files.State.READY:
            continue  # Somebody took it away meanwhile, or it has had its time.
        before: UUID | None = getattr(row, FIELDS[each.kind])
        if before == each.file_id:
            continue
        await _save(tx, replace(row, **{FIELDS[each.kind]: each.file_id}))
        if before is not None:
            await files.replace(tx, [before])


async def remove_image(tx: Tx, player_id: UUID, kind: files.Kind) -> UUID | None:
    """Take a player's picture away, from everywhere and at once; answers which it was. Raises NoSuchProfile."""
    row = await store.lock_profile(tx, player_id)
    if row is None:
        raise NoSuchProfile
    file_id: UUID | None = getattr(row, FIELDS[kind])
    if file_id is not None:
        await _save(tx, replace(row, **{FIELDS[kind]: None}))
        await files.remove(tx, file_id)
    return file_id


async def image_of(db: Db, player_id: UUID, kind: files.Kind) -> tuple[UUID, bool] | None:
    """The file of a player's picture, and whether everybody may see it; None if there is none."""
    for row in await store.profiles(db, [player_id]):
        file_id: UUID | None = getattr(row, FIELDS[kind])
        if file_id is not None:
            return file_id, row.is_public
    return None


async def _save(tx: Tx, row: Row) -> None:
    changed = replace(row, version=row.version + 1, updated_at=clock.now())
    await store.save(tx, changed, rules.search_key(changed.display_name))
