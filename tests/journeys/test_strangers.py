"""The same from who is nobody yet: apart, because most of the time goes into passwords, and files run side by side."""

from pathlib import Path

from tests.journeys.fuzzing import fuzz, there
from tests.journeys.installation import Installation

__all__ = ["there"]


async def test_no_stranger_makes_the_server_fail(there: Installation, tmp_path: Path) -> None:
    ended, said = await fuzz(there, "anonymous", tmp_path)
    assert ended == 0, said
