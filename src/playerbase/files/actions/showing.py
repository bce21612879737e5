"""The verb of whoever looks: a picture as HTTP carries it."""

from uuid import UUID

from playerbase.files.actions.keeping import body_of, shown
from playerbase.kit.db import Pool, reading
from playerbase.kit.http import Answer, Request


async def pictured(pool: Pool, request: Request, file_id: UUID, width: int, cache: str) -> Answer:
    """The picture in what this client reads, to be kept as ``cache`` says; raises NoSuchFile, StorageIsAway."""
    async with reading(pool) as db:
        variant = await shown(db, file_id, width, request.header("accept") or "")
    ending = variant.media.partition("/")[2]
    tag = f'"{file_id}-{width}-{ending}"'
    headers = [(b"cache-control", cache.encode()), (b"vary", b"accept"), (b"etag", tag.encode())]
    if request.header("if-none-match") == tag:
        return Answer(status=304, media=variant.media.encode(), headers=headers)
    answer = Answer(await body_of(variant), media=variant.media.encode(), headers=headers)
    answer.is_for_everywhere = True  # A game that runs in a browser stands under another address.
    return answer
