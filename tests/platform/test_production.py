"""What holds in production without anybody having decided it."""

from tests.accounts.people import People
from tests.platform.conftest import Start


async def test_staff_needs_a_second_factor_there_and_nowhere_else(start: Start) -> None:
    async with start() as api:
        operator, _ = await People(api).begin()
        assert (await api.get("/api/v1/admin/staff", headers=operator.headers)).status_code == 200
    async with start(PLAYERBASE_ENV="production") as api:
        refused = await api.get("/api/v1/admin/staff", headers=operator.headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required")
    async with start() as api:
        assert (await api.get("/api/v1/admin/staff", headers=operator.headers)).status_code == 200


async def test_staff_chooses_a_password_of_their_own_there_and_nowhere_else(start: Start) -> None:
    async with start() as api:
        operator, _ = await People(api).begin()
        await api.site.pool.execute("update access.credentials set is_given = true")
        assert (await api.get("/api/v1/admin/staff", headers=operator.headers)).status_code == 200
    async with start(PLAYERBASE_ENV="production") as api:
        refused = await api.get("/api/v1/admin/staff", headers=operator.headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "password_given")
