"""Whether what we depend on answers, and in time."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from playerbase.kit.db import Pool, reading

ANSWER_SECONDS = 2.0  # What health checks and scrapes wait for at most; those who ask give up after five to ten.


async def is_answered(question: Coroutine[Any, Any, object]) -> bool:
    """Whether it is answered, and in time; what is not is left to end by itself, since ending it may hang as well."""
    asked = asyncio.create_task(question)
    await asyncio.wait({asked}, timeout=ANSWER_SECONDS)
    if not asked.done():
        asked.add_done_callback(lambda late: late.cancelled() or late.exception())
        return False
    return asked.exception() is None


async def ask(pool: Pool) -> None:
    """The shortest question a database can answer."""
    async with reading(pool) as db:
        await db.fetchval("select 1")
