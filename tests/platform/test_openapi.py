import json
from pathlib import Path

from playerbase import app
from tests.conftest import Api

WRITTEN = Path(__file__).parents[2] / "openapi.json"
PUBLIC_URL = "http://127.0.0.1:8080"


def test_the_document_in_the_repository_is_the_one_served() -> None:
    described = json.loads(app.openapi(PUBLIC_URL))
    assert json.loads(WRITTEN.read_text()) == described, "the API changed: bin/playerbase openapi > openapi.json"


async def test_it_is_served_and_lists_every_path_of_the_platform(api: Api) -> None:
    answer = await api.get("/openapi.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    paths = answer.json()["paths"]
    assert {"/health", "/health/ready", "/metrics", "/api/v1/events/stream", "/api/v1/admin/clock"} <= set(paths)
    assert answer.json()["servers"] == [{"url": "http://test"}]
