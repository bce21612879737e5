"""The parts of a close, as tests name them."""

from collections.abc import Callable, Iterator

import pytest

from playerbase import app, seasons


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    present = app.SEASON_PARTS
    monkeypatch.setattr(app, "SEASON_PARTS", ())  # The whole app says it again when it is set up.
    seasons.use_parts(())
    yield lambda *names: seasons.use_parts(names)
    seasons.use_parts(present)
