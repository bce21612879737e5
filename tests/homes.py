"""Where the engines of tests keep their data, and how the processes that tests start hash passwords."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playerbase.kit import engines

MEMORY = Path("/dev/shm")  # noqa: S108 - a home of its own is made below it.
# For the environment of a process: a quarter of a second for each password would be most of what it does.
HASHING_CHEAPLY = {
    "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parent / "quick"), os.environ.get("PYTHONPATH")]))
}
# Each of the processes of a whole run has one, and no engine writes more than half a gigabyte of its log ahead.
ROOM_BYTES = 4 * 2**30


def is_roomy(place: Path = MEMORY) -> bool:
    """Whether homes may be made there: there is room, and programs that are laid there can run."""
    try:
        room, mode = os.statvfs(place), place.stat().st_mode
    except OSError:
        return False
    is_open = stat.S_ISDIR(mode) and os.access(place, os.W_OK | os.X_OK) and bool(mode & stat.S_IXOTH)
    return is_open and not room.f_flag & os.ST_NOEXEC and room.f_bavail * room.f_frsize >= ROOM_BYTES


@contextmanager
def quick_home() -> Iterator[Path]:
    """A home that vanishes with the block, in memory where there is room; stop its engines before the block ends.

    A process that is killed loses as much there as on a disk: nothing that it had written.
    """
    if not is_roomy():
        with engines.throwaway_home() as home:
            yield home
        return
    home = Path(tempfile.mkdtemp(prefix="playerbase-", dir=MEMORY))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)  # The engines run under another account than root.
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
