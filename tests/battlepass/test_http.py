"""The battle pass over HTTP: what players read, claim and buy, what staff runs, and what bad input gets."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from playerbase import seasons
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone, people
from tests.battlepass.passes import PREMIUM, a_match, a_pass, a_season, gained, has, tiers
from tests.conftest import Api
from tests.orders.shop import Shop

__all__ = ["people"]
USUAL = {"name": "Embers", "excess_asset": "coins"}


class Hall:
    """A season with a pass, somebody who plays and has gems, and the operator."""

    def __init__(
        self, api: Api, ada: Someone, operator: Someone, server: dict[str, str], season: seasons.Season
    ) -> None:
        self.api, self.ada, self.operator, self.server, self.season = api, ada, operator, server, season

    async def get(self, path: str, who: Someone | None = None, tag: str = "") -> httpx.Response:
        headers = (who or self.ada).headers | ({"if-none-match": tag} if tag else {})
        return await self.api.get(f"/api/v1{path}", headers=headers)

    async def post(self, path: str, body: object, who: Someone | None = None, key: str = "") -> httpx.Response:
        headers = (who or self.ada).headers | ({"idempotency-key": key} if key else {})
        return await self.api.post(f"/api/v1{path}", json=body, headers=headers)

    async def put(self, path: str, body: object) -> httpx.Response:
        return await self.api.put(f"/api/v1{path}", json=body, headers=self.operator.headers)

    async def gain(self, amount: int) -> None:
        async with transaction(self.api.site.pool) as tx:
            await gained(tx, self.ada.player_id, amount)

    async def has(self) -> dict[str, int]:
        async with transaction(self.api.site.pool) as tx:
            return await has(tx, self.ada.player_id)


@pytest.fixture
async def hall(api: Api, people: People) -> Hall:
    operator, server = await people.begin()
    ada = await Shop(people).buyer(2_500)
    async with transaction(api.site.pool) as tx:
        season = await a_season(tx)
        await a_pass(tx, season, excess_xp=200)
    await api.drain()
    return Hall(api, ada, operator, server, season)


async def test_a_player_plays_buys_premium_and_claims(hall: Hall) -> None:
    match = a_match(hall.ada.player_id, winner=hall.ada.player_id, kills=40)
    body = {
        "match_id": str(match.match_id), "game": "demo", "started_at": match.started_at.isoformat(),
        "duration_seconds": 60, "winner_id": str(hall.ada.player_id),
        "players": [{"player_id": str(hall.ada.player_id), "kills": 40}, {"player_id": str(hall.operator.player_id)}],
    }  # fmt: skip
    assert (await hall.api.post("/api/v1/matches", json=body, headers=hall.server)).status_code == 201
    await hall.api.drain()
    await hall.gain(1_000)

    current = (await hall.get("/battlepass/current")).json()
    assert (current["number"], current["tiers"], current["xp_last"]) == (1, 5, 5_000)
    assert current["premium_prices"] == [{"asset": "gems", "amount": 1_000}]
    shown = await hall.get("/me/battlepass")
    assert (shown.json()["tier"], shown.json()["xp"], shown.json()["xp_next"]) == (1, 1_300, 2_000)
    assert [(each["tier"], each["track"]) for each in shown.json()["claimable"]] == [(0, "free"), (1, "free")]
    same = await hall.get("/me/battlepass", tag=shown.headers["etag"])
    assert (same.status_code, same.content) == (304, b"")

    refused = await hall.post("/me/battlepass/claim-reward", {"tier": 1, "track": "premium"})
    assert (refused.status_code, refused.json()["code"]) == (403, "premium_needed")
    first = await hall.post("/me/battlepass/purchase-premium", {"transaction_id": "one", "currency": "gems"})
    assert first.status_code == 201, first.text
    again = await hall.post("/me/battlepass/purchase-premium", {"transaction_id": "one", "currency": "gems"})
    assert (again.status_code, again.json()["order_id"]) == (200, first.json()["order_id"])
    other = await hall.post("/me/battlepass/purchase-premium", {}, key="two")
    assert (other.status_code, other.json()["code"]) == (409, "premium_owned")
    missing = await hall.post("/me/battlepass/purchase-premium", {})
    assert (missing.status_code, missing.json()["code"]) == (400, "transaction_id_missing")

    got = await hall.post("/me/battlepass/claim-reward", {"tier": 1, "track": "premium"}, key="a")
    assert got.json()["parts"] == [{"asset": "gems", "amount": 100}]
    replayed = await hall.post("/me/battlepass/claim-reward", {"tier": 1, "track": "premium"}, key="a")
    assert (replayed.status_code, replayed.json()) == (200, got.json())
    twice = await hall.post("/me/battlepass/claim-reward", {"tier": 1, "track": "premium"})
    assert (twice.status_code, twice.json()["code"]) == (409, "reward_claimed")
    everything = (await hall.post("/me/battlepass/claim-all", {})).json()["items"]
    assert [(each["tier"], each["track"]) for each in everything] == [(0, "free"), (0, "premium"), (1, "free")]
    assert (await hall.post("/me/battlepass/claim-all", {})).json()["items"] == []
    assert await hall.has() == {"gems": 1_700, "coins": 100, PREMIUM: 1}

    progress = (await hall.get("/me/battlepass/xp-progress?limit=1")).json()
    assert [(each["source"], each["amount"]) for each in progress["by_source"]] == [
        ("grant", 1_000),
        ("match_win", 300),
    ]
    assert [each["source"] for each in progress["items"]] == ["grant"]
    following = (await hall.get(f"/me/battlepass/xp-progress?cursor={progress['next_cursor']}")).json()
    assert [each["ref"] for each in following["items"]] == [f"match {match.match_id}"]
    listed = (await hall.get("/battlepass/tiers/1")).json()
    assert [each["xp"] for each in listed["items"]] == [0, 1_000, 2_000, 3_000, 4_000, 5_000]
    assert (await hall.get(f"/battlepass/tiers/{hall.season.season_id}?curve=1")).json() == listed
    assert (await hall.get("/battlepass/tiers/1?curve=2")).json()["code"] == "no_such_curve"
    assert (await hall.get("/battlepass/tiers/9")).json()["code"] == "no_battle_pass"


async def test_a_refund_of_the_order_takes_premium_and_what_it_gave_back(hall: Hall) -> None:
    order = (await hall.post("/me/battlepass/purchase-premium", {"transaction_id": "one"})).json()
    await hall.api.drain()
    await hall.post("/me/battlepass/claim-all", {})
    assert await hall.has() == {"gems": 1_600, "coins": 50, PREMIUM: 1}
    seen = (await hall.get(f"/admin/battlepass/players/{hall.ada.player_id}", hall.operator)).json()
    assert [(each["tier"], each["track"]) for each in seen["standing"]["claimed"]] == [(0, "free"), (0, "premium")]
    back = await hall.post(
        f"/admin/orders/{order['order_id']}/refund",
        {"reason": "Charged back"},
        hall.operator,
        key="r",
    )
    assert back.status_code == 200, back.text
    await hall.api.drain()
    assert await hall.has() == {"gems": 2_500, "coins": 50}
    mine = (await hall.get("/me/battlepass")).json()
    assert not mine["has_premium"]
    assert [each["taken_back_at"] is None for each in mine["claimed"]] == [True, False]


async def test_staff_runs_passes(hall: Hall) -> None:
    listed = (await hall.get("/admin/battlepass/passes?game=demo", hall.operator)).json()["items"]
    (found,) = listed
    path = f"/admin/battlepass/passes/{found['season_id']}"
    assert (await hall.get(path, hall.operator)).json() == found
    change = USUAL | {"premium_item": PREMIUM, "grace_days": 7, "expected_version": 1, "reason": "Shorter"}
    changed = (await hall.put(path, change)).json()
    assert (changed["grace_days"], changed["version"]) == (7, 2)
    stale = await hall.put(path, change | {"grace_days": 3})
    assert (stale.status_code, stale.json()["code"], stale.json()["current_version"]) == (409, "version_conflict", 2)

    exported = await hall.get(f"{path}/tiers", hall.operator)
    assert exported.text.splitlines()[1] == "0,0,asset:coins*50,asset:gems*100"
    as_json = (await hall.get(f"{path}/tiers?kind=json", hall.operator)).json()
    as_json[5]["xp"] = 6_000
    dearer = (await hall.put(f"{path}/tiers", {"tiers": as_json, "reason": "Too fast"})).json()
    assert (dearer["curve"], dearer["version"]) == (2, 3)
    curves = (await hall.get(f"{path}/curves", hall.operator)).json()["items"]
    assert [(each["curve"], each["items"][5]["xp"]) for each in curves] == [(1, 5_000), (2, 6_000)]

    rates = await hall.put("/admin/battlepass/rates/demo", RATES | {"win": 200})
    assert rates.status_code == 200, rates.text
    assert (await hall.get("/admin/battlepass/rates/demo", hall.operator)).json()["win"] == 200
    made = await hall.post("/admin/battlepass/challenges", CHALLENGE, hall.operator)
    assert made.status_code == 201, made.text
    edited = {name: CHALLENGE[name] for name in CHALLENGE if name not in {"game", "code"}} | {"expected_version": 1}
    path = f"/admin/battlepass/challenges/{made.json()['challenge_id']}"
    assert (await hall.put(path, edited | {"goal": 5})).json()["goal"] == 5
    assert (await hall.put(path, edited)).json()["code"] == "version_conflict"
    shown = (await hall.get("/me/battlepass/xp-progress")).json()["challenges"]
    assert [(each["code"], each["goal"], each["count"]) for each in shown] == [("wins", 5, 0)]

    grant = {"game": "demo", "amount": 1_500, "ref": "ticket-1", "reason": "A lost evening"}
    for _ in range(2):
        given = await hall.post(f"/admin/battlepass/players/{hall.ada.player_id}/experience", grant, hall.operator)
        assert (given.status_code, given.json()["amount"]) == (201, 1_500), given.text
    assert (await hall.get("/me/battlepass")).json()["tier"] == 1
    noted = await hall.api.site.pool.fetch(
        "select action from audit.entries where target_kind = 'season' and outcome = 'done' order by at"
    )
    assert [row["action"] for row in noted] == [
        "battle_pass_created", "battle_pass_changed", "battle_pass_tiers_changed"
    ]  # fmt: skip


RATES = {
    "win": 100, "draw": 75, "loss": 50, "kill": 5, "streak": 10, "second_tenths": 1, "least": 50, "most": 300,
    "reason": "A weekend",
}  # fmt: skip
CHALLENGE = {"game": "demo", "code": "wins", "name": "Win", "measure": "wins", "goal": 3, "period": "day", "xp": 100}
PASSES, PASS = "/admin/battlepass/passes", "/admin/battlepass/passes/{season}"
GRANT = {"game": "demo", "amount": 5, "ref": "x", "reason": "x"}
UNKNOWN = str(UUID(int=1))


def listed(**change: Any) -> dict[str, Any]:
    """The tiers as they are, but for the third."""
    rows: list[dict[str, Any]] = [{"tier": each.tier, "xp": each.xp, "free": [], "premium": []} for each in tiers()]
    rows[2] |= change
    return {"tiers": rows, "reason": "x"}


async def test_what_bad_input_gets(hall: Hall) -> None:
    season = str(hall.season.season_id)
    tried: list[tuple[str, str, object, int, str]] = [
        ("post", PASSES, {"season_id": season} | USUAL, 409, "pass_exists"),
        ("post", PASSES, {"season_id": UNKNOWN} | USUAL, 404, "no_such_season"),
        ("post", PASSES, {"season_id": season, "name": " "}, 422, "name"),
        ("put", PASS, USUAL | {"expected_version": 1, "reason": "x", "premium_item": "nothing"}, 422, "premium_item"),
        ("put", PASS, USUAL | {"expected_version": 1, "reason": "x", "excess_asset": "gold"}, 422, "excess_asset"),
        ("put", f"{PASS}/tiers", {"tiers": [], "reason": "x"}, 422, "tiers"),
        ("put", f"{PASS}/tiers", listed(tier=3), 422, "tiers.2.tier"),
        ("put", f"{PASS}/tiers", listed(xp=1_000), 422, "tiers.2.xp"),
        ("put", f"{PASS}/tiers", listed(xp=-1), 422, "tiers.2.xp"),
        ("put", f"{PASS}/tiers", listed(free=[{}]), 422, "tiers.2.free.0"),
        ("put", f"{PASS}/tiers", listed(free=[{"item": "nothing"}]), 422, "tiers.2.free.0.item"),
        ("put", f"{PASS}/tiers", listed(premium=[{"asset": "gold", "amount": 1}]), 422, "tiers.2.premium.0.asset"),
        ("put", f"/admin/battlepass/passes/{UNKNOWN}/tiers", listed(), 404, "no_battle_pass"),
        ("put", "/admin/battlepass/rates/demo", RATES | {"least": 301}, 422, "least"),
        ("put", "/admin/battlepass/rates/nowhere", RATES, 404, "no_such_game"),
        ("post", "/admin/battlepass/challenges", CHALLENGE | {"source": "match_win"}, 422, "source"),
        ("post", "/admin/battlepass/challenges", CHALLENGE | {"goal": 0}, 422, "goal"),
        ("post", f"/admin/battlepass/players/{UNKNOWN}/experience", GRANT, 404, "player_gone"),
        ("post", f"/admin/battlepass/players/{hall.ada.player_id}/experience", GRANT | {"amount": 0}, 422, "amount"),
        ("post", "/me/battlepass/claim-reward", {"tier": 0, "track": "excess"}, 422, "track"),
        ("post", "/me/battlepass/claim-reward", {"tier": -1, "track": "free"}, 422, "tier"),
        ("post", "/me/battlepass/claim-reward", {"tier": 501, "track": "free"}, 422, "tier"),
        ("post", "/me/battlepass/claim-reward", {"tier": 5, "track": "free"}, 409, "tier_not_reached"),
        ("post", "/me/battlepass/claim-reward", {"tier": 1, "track": "free", "game": "nowhere"}, 404, "no_battle_pass"),
    ]  # fmt: skip
    wrong = []
    for method, path, body, status, said in tried:
        who = hall.ada if path.startswith("/me") else hall.operator
        answer = await hall.api.request(method, f"/api/v1{path.format(season=season)}", json=body, headers=who.headers)
        told = answer.json()
        fields = [each["field"] for each in told.get("errors", [])]
        if answer.status_code != status or said not in [told.get("code"), *fields]:
            wrong.append((method, path, body, answer.status_code, told))
    assert not wrong, wrong


async def test_every_page_answers(hall: Hall) -> None:
    await hall.gain(1_500)
    await hall.post("/me/battlepass/claim-all", {})
    made = await hall.post("/admin/battlepass/challenges", CHALLENGE, hall.operator)
    here = f"/console/battlepass/seasons/{hall.season.season_id}"
    player = f"/console/battlepass/players/{hall.ada.player_id}"
    pages = [
        "/console/battlepass", here, f"{here}?curve=1", f"{here}/terms", f"{here}/tiers", f"{here}/tiers/5",
        f"{here}/export?kind=json", "/console/battlepass/challenges", "/console/battlepass/challenges/demo/new",
        f"/console/battlepass/challenges/{made.json()['challenge_id']}/change", "/console/battlepass/rates/demo",
        player, f"{player}/experience", f"/console/players/{hall.ada.player_id}",
    ]  # fmt: skip
    wrong = []
    for path in pages:
        answer = await hall.api.get(path, headers=hall.operator.headers)
        if answer.status_code != 200:
            wrong.append((path, answer.status_code, answer.text[:300]))
    assert not wrong, wrong
    mine = await hall.api.get("/portal/battle-pass", headers=hall.ada.headers)
    assert mine.status_code == 200
    assert "gems" in mine.text
