"""Whatever the OpenAPI document allows, and much that it does not, is sent to every route: none answers 5xx."""

from pathlib import Path

import pytest

from tests.journeys.fuzzing import fuzz, there
from tests.journeys.installation import Installation

__all__ = ["there"]


@pytest.mark.parametrize("kind", ["player", "server", "operator"])
async def test_no_input_makes_the_server_fail(there: Installation, kind: str, tmp_path: Path) -> None:
    ended, said = await fuzz(there, kind, tmp_path)
    assert ended == 0, said
