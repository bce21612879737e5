"""The parts of a close, as tests name them."""

from collections.abc import Callable, Iterator

import pytest

from playerbase import app, seasons


@pytest.fixture(autouse=True)
def parts() -> Iterator[Callable[..., None]]:
    seasons.use_parts(())
    yield lambda *names: seasons.use_parts(names)
    seasons.use_parts(app.SEASON_PARTS)
