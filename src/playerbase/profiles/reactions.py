"""What profiles do when a picture is ready, and on the side: all levels anew, when the curve is another one."""

from playerbase import files
from playerbase.kit.db import Tx
from playerbase.kit.outbox import on
from playerbase.profiles import actions
from playerbase.profiles.actions import reckon_levels

__all__ = ["reckon_levels"]


@on(files.FileReady)
async def show_files(tx: Tx, told: list[files.FileReady]) -> None:
    """Show each picture in its player's profile."""
    await actions.show_files(tx, told)
