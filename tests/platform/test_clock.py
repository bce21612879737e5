import pytest

from tests.accounts.people import People
from tests.accounts.phones import enrol
from tests.conftest import Api, MovingClock
from tests.platform.conftest import Start


@pytest.mark.usefixtures("clock")
async def test_whoever_moves_the_clock_sees_tokens_expire(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    assert await people.validate(ada) == 200
    answer = await api.put("/api/v1/admin/clock", json={"ahead_seconds": 901}, headers=operator.headers)
    assert (answer.status_code, answer.json()["ahead_seconds"]) == (200, 901)
    late = await api.get("/api/v1/auth/validate", headers=ada.headers)
    assert (late.status_code, late.json()["code"]) == (401, "token_expired")
    (deed,) = await people.audited("clock_moved")
    assert (deed["player_id"], deed["outcome"]) == (operator.player_id, "done")


async def test_other_processes_follow(api: Api, people: People, start: Start, clock: MovingClock) -> None:
    operator, _ = await people.begin()
    await api.put("/api/v1/admin/clock", json={"ahead_seconds": 600}, headers=operator.headers)
    clock.forward(seconds=-600)
    async with start(PUBLIC_URL="http://test") as other:
        told = await other.get("/api/v1/admin/clock", headers=operator.headers)
        assert told.json()["ahead_seconds"] == 600


async def test_players_may_not_move_it(api: Api, people: People) -> None:
    ada = await people.register()
    for answer in (
        await api.put("/api/v1/admin/clock", json={"ahead_seconds": 901}, headers=ada.headers),
        await api.get("/api/v1/admin/clock", headers=ada.headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    answer = await api.put("/api/v1/admin/clock", json={"ahead_seconds": 901})
    assert answer.status_code == 401


async def test_it_never_goes_back_in_time_nor_out_of_sight(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    for seconds in (-1, 6 * 366 * 86_400):
        answer = await api.put("/api/v1/admin/clock", json={"ahead_seconds": seconds}, headers=operator.headers)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "ahead_seconds")


async def test_in_production_it_is_the_real_one(start: Start) -> None:
    async with start(PLAYERBASE_ENV="production") as api:
        people = People(api)
        operator, _ = await people.begin()
        await enrol(people, operator)
        answer = await api.put("/api/v1/admin/clock", json={"ahead_seconds": 901}, headers=operator.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "clock_is_real")
        told = await api.get("/api/v1/admin/clock", headers=operator.headers)
        assert told.json()["ahead_seconds"] == 0
