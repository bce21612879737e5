"""The verb of the worker: what was sent is copied, proved, decoded apart, and shown only if all of that went well."""

import hashlib
from typing import Final
from uuid import UUID

import msgspec

from playerbase.files import rules, store
from playerbase.files.actions.wiring import store_of, studio_of
from playerbase.files.events import FileReady, FileRefused
from playerbase.files.model import File, FileSettings, State, Variant
from playerbase.kit import clock, images, metrics
from playerbase.kit.crypto import same
from playerbase.kit.db import Pool, reading, transaction
from playerbase.kit.jobs import job
from playerbase.kit.objects import ONE_YEAR, NoSuchObject
from playerbase.kit.outbox import emit

UNDER_WAY: Final = [State.UPLOADED, State.PROCESSING]
_ended = metrics.Counter("file_processed", "Files that were looked through, by what came of it.", ["kind", "outcome"])


class Process(msgspec.Struct, frozen=True):
    """Which file."""

    file_id: UUID


class _Unfit(Exception):
    """It is not taken; the argument says why."""


@job(lane="medium", attempts_max=5, seconds_max=120)
async def process(pool: Pool, args: Process) -> None:
    """Look a file through and show it, or say why not.

    Whoever runs this again after a crash writes the same under the same keys; what counts is written last, at once.
    """
    async with transaction(pool) as tx:
        file = await store.move(tx, args.file_id, UNDER_WAY, State.PROCESSING, None, clock.now())
    if file is None:
        return
    async with reading(pool) as db:
        decided = await store.settings(db) or FileSettings()
    try:
        made = await _made(file, await _proved(file), decided)
    except _Unfit as unfit:
        async with transaction(pool) as tx:
            if await store.move(tx, file.file_id, UNDER_WAY, State.REFUSED, str(unfit), clock.now()):
                refused = FileRefused(
                    file_id=file.file_id, player_id=file.owner_id, kind=file.kind, code=str(unfit)
                )  # fmt: skip
                await emit(tx, refused)
        _ended.labels(file.kind.value, str(unfit)).inc()
    else:
        async with transaction(pool) as tx:
            if await store.move(tx, file.file_id, UNDER_WAY, State.READY, None, clock.now()):
                await store.add_variants(tx, made)
                await emit(tx, FileReady(file_id=file.file_id, player_id=file.owner_id, kind=file.kind))
        _ended.labels(file.kind.value, "ready").inc()
    # What it was made from tells more than it: where a photograph was taken, say. The sweep takes what is left here.
    await store_of().delete([rules.quarantine_key(file.file_id), rules.source_key(file)])


async def _proved(file: File) -> bytes:
    """The bytes that were announced, from where nobody but us can write; raises _Unfit."""
    storage, source = store_of(), rules.source_key(file)
    try:
        # The address may still be open while this runs: only the copy is looked at.
        await storage.copy(rules.quarantine_key(file.file_id), source)
        body = await storage.get(source)
    except NoSuchObject:
        raise _Unfit("missing") from None
    if len(body) != file.size or not same(hashlib.sha256(body).digest(), file.sha256):
        raise _Unfit("differs")
    return body


async def _made(file: File, body: bytes, decided: FileSettings) -> list[Variant]:
    """Every size, kept where it is shown from; raises _Unfit."""
    sizes = [images.Size(*size) for size in rules.SIZES[file.kind]]
    limits = images.Limits(pixels_max=decided.pixels_max, frames_max=decided.frames_max)
    try:
        made = await studio_of().make(body, media=file.media, sizes=sizes, limits=limits)
    except images.Unfit as unfit:
        raise _Unfit(unfit.code) from None
    variants = []
    for each in made:
        variant = Variant(file.file_id, each.width, each.height, each.media, len(each.body))
        await store_of().put(rules.media_key(variant), each.body, media=each.media, cache=ONE_YEAR)
        variants.append(variant)
    return variants
