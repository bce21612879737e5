"""What files do on the side: look through what was sent, and sweep."""

from datetime import timedelta

from playerbase.files import actions
from playerbase.files.actions import process
from playerbase.kit.db import Pool
from playerbase.kit.jobs import every

__all__ = ["process"]


@every(timedelta(hours=1), seconds_max=600)
async def forget_lapsed(pool: Pool) -> None:
    """Let go of abandoned uploads, and of pictures that were replaced long enough ago."""
    await actions.forget_lapsed(pool)


@every(timedelta(days=1), seconds_max=3_600)
async def sweep(pool: Pool) -> None:
    """Let go of objects that belong to no file."""
    await actions.sweep(pool)
