"""The verbs of what is kept: shown, replaced, removed, and swept away."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from playerbase.files import rules, store
from playerbase.files.actions.wiring import store_of
from playerbase.files.model import File, FileSettings, NoSuchFile, State, StorageIsAway, Variant
from playerbase.kit import clock, log, metrics
from playerbase.kit.db import Db, Pool, Tx, reading, transaction
from playerbase.kit.objects import NoSuchObject, StorageAway

SLICE: Final = 200
YOUNG: Final = timedelta(days=1)  # What is younger may belong to a file whose row is not written yet.
_swept = metrics.Counter("file_objects_swept", "Objects that belonged to no file any more.")
_log = log.get("files")


async def shown(db: Db, file_id: UUID, width: int, accept: str) -> Variant:
    """The variant of this width that somebody who accepts this can read; raises NoSuchFile."""
    found = rules.chosen(await store.shown(db, file_id), width, accept)
    if found is None:
        raise NoSuchFile
    return found


async def body_of(variant: Variant) -> bytes:
    """The bytes of a variant; raises NoSuchFile, StorageIsAway."""
    try:
        return await store_of().get(rules.media_key(variant))
    except NoSuchObject:
        raise NoSuchFile from None
    except StorageAway:
        raise StorageIsAway(retry_after=5) from None


async def replace(tx: Tx, file_ids: Sequence[UUID]) -> None:
    """Others have taken their place: they are shown for some days yet, to whoever still has their addresses."""
    for file_id in file_ids:
        await store.move(tx, file_id, [State.READY], State.REPLACED, None, clock.now())


async def remove(tx: Tx, file_id: UUID) -> bool:
    """Show it no more, from now on; the objects go with the next sweep. Answers whether it was shown."""
    moved = await store.move(tx, file_id, [State.READY, State.REPLACED], State.REMOVED, None, clock.now())
    if moved is not None:
        await store.drop_variants(tx, file_id)
    return moved is not None


async def forget_lapsed(pool: Pool) -> None:
    """Let go of what nobody brought to an end, and of what was replaced long enough ago: objects first, then rows."""
    while True:
        async with reading(pool) as db:
            decided = await store.settings(db) or FileSettings()
            now = clock.now()
            abandoned = now - timedelta(hours=decided.abandoned_hours)
            gone = await store.lapsed(db, abandoned, now - timedelta(days=decided.replaced_days), SLICE)
            keys = [key for file in gone for key in await _keys_of(db, file)]
        await store_of().delete(keys)
        async with transaction(pool) as tx:
            await store.forget(tx, [file.file_id for file in gone])
        if len(gone) < SLICE:
            return


async def sweep(pool: Pool) -> int:
    """Let go of objects that belong to no file; returns how many. What is younger than a day is left alone."""
    swept = 0
    for folder in rules.FOLDERS:
        after = ""
        while page := await store_of().page(folder, after, SLICE):
            after = page[-1].key
            old = {each.key: rules.file_of(each.key) for each in page if each.changed_at < clock.now() - YOUNG}
            async with reading(pool) as db:
                known = set(await store.known(db, [file_id for file_id in old.values() if file_id is not None]))
            orphans = [key for key, file_id in old.items() if file_id not in known]
            await store_of().delete(orphans)
            swept += len(orphans)
    if swept:
        _swept.inc(swept)
        _log.info("objects without a file were swept", count=swept)
    return swept


async def _keys_of(db: Db, file: File) -> list[str]:
    made = [rules.media_key(variant) for variant in await store.variants(db, file.file_id)]
    return [rules.quarantine_key(file.file_id), rules.source_key(file), *made]
