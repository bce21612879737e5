"""The verbs of uploads: a wish, an address for it, and the word that all of it is there."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from playerbase.files import rules, store
from playerbase.files.actions.processing import Process, process
from playerbase.files.actions.wiring import store_of
from playerbase.files.model import (
    Begun,
    File,
    FileSettings,
    FileTooLarge,
    Kind,
    NoSuchFile,
    NothingUploaded,
    Standing,
    State,
    StorageIsAway,
    Tally,
    Wish,
)
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Db, Pool, Tx, reading, transaction
from playerbase.kit.images import REASONS
from playerbase.kit.jobs import enqueue
from playerbase.kit.objects import NoSuchObject, Pinned, StorageAway

DAY: Final = timedelta(days=1)
LAST: Final = UUID(int=2**128 - 1)
_wishes = metrics.Counter("file_uploads", "Addresses for uploads that were given out.", ["kind"])


async def begin(tx: Tx, owner_id: UUID, kind: Kind, wish: Wish) -> Begun:
    """An address to which its owner may send exactly this, once; raises FileTooLarge, UploadsSpent, NoRoomLeft."""
    decided = await settings(tx)
    if wish.size > decided.bytes_max(kind):
        raise FileTooLarge(decided.bytes_max(kind))
    await store.hold_owner(tx, owner_id)
    now = clock.now()
    rules.check_room(await store.use_of(tx, owner_id, now - DAY), wish.size, decided)
    sha256 = bytes.fromhex(wish.checksum)
    file = File(
        ids.uuid7(), owner_id, kind, State.DRAFT, wish.size, wish.content_type, sha256, None, now, now
    )  # fmt: skip
    await store.add(tx, file)
    key = rules.quarantine_key(file.file_id)
    signed = store_of().sign_upload(Pinned(key, wish.size, wish.content_type, sha256), decided.url_seconds)
    _wishes.labels(kind.value).inc()
    return Begun(file.file_id, signed.method, signed.url, signed.headers, signed.expires_at)


async def confirm(pool: Pool, owner_id: UUID, kind: Kind, file_id: UUID) -> Standing:
    """The owner says that it was sent; if the store says so too, it is looked through. Again, it is how it stands.

    The store is asked outside any transaction. Raises NoSuchFile, NothingUploaded, StorageIsAway.
    """
    async with reading(pool) as db:
        file = await owned(db, owner_id, kind, file_id)
    if file.state is State.DRAFT:
        try:
            head = await store_of().head(rules.quarantine_key(file_id))
        except NoSuchObject:
            raise NothingUploaded from None
        except StorageAway:
            raise StorageIsAway(retry_after=5) from None
        # What differs can only have come by a store that does not hold to what was signed.
        is_whole = head.size == file.size and head.media == file.media and head.sha256 in {None, file.sha256}
        async with transaction(pool) as tx:
            if not is_whole:
                raise NothingUploaded
            moved = await store.move(tx, file_id, [State.DRAFT], State.UPLOADED, None, clock.now())
            if moved is not None:
                await enqueue(tx, process, Process(file_id), once=str(file_id))
        async with reading(pool) as db:
            file = await owned(db, owner_id, kind, file_id)
    return rules.standing(file, REASONS)


async def standing(db: Db, owner_id: UUID, file_id: UUID) -> Standing:
    """How an upload of one's own stands; raises NoSuchFile."""
    return rules.standing(await owned(db, owner_id, None, file_id), REASONS)


async def owned(db: Db, owner_id: UUID, kind: Kind | None, file_id: UUID) -> File:
    """A file of this owner and kind; raises NoSuchFile."""
    file = await store.file(db, file_id)
    if file is None or file.owner_id != owner_id or kind not in {None, file.kind}:
        raise NoSuchFile
    return file


async def files_of(db: Db, owner_id: UUID, before: UUID | None, count: int) -> list[Standing]:
    """What an owner has sent and had of late, latest first."""
    return [rules.standing(file, REASONS) for file in await store.files_of(db, owner_id, before or LAST, count)]


async def settings(db: Db) -> FileSettings:
    """What holds now; the defaults until somebody has decided otherwise."""
    return await store.settings(db) or FileSettings()


async def set_settings(tx: Tx, wanted: FileSettings, changed_by: str) -> FileSettings:
    """Decide; it holds from the next upload on. Returns what held before."""
    before = await settings(tx)
    await store.put_settings(tx, wanted, changed_by, clock.now())
    return before


async def tally(db: Db) -> list[Tally]:
    """How many files there are of each kind and state."""
    return await store.tally(db)
