"""Duels of one person over five weeks, with all that a game can count; and where some sides are from."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx
import msgspec

from playerbase import matches, profiles
from playerbase.demo.replay import post
from playerbase.kit import clock
from playerbase.kit.db import open_pool, reading, transaction

WHO = "Ada of the demo"
OPPONENTS = ("Quill Marrow", "Tansy Voss", "Old Ferrow", "Pip Lantern", "Sable Reed")
DAYS = 35
# Sides whose players are from somewhere, so that each region has a ladder to show.
COUNTRIES = {
    "Argentina": "AR", "Brazil": "BR", "Canada": "CA", "Mexico": "MX", "Peru": "PE", "Uruguay": "UY",
    "Austria": "AT", "Denmark": "DK", "France": "FR", "Germany": "DE", "Italy": "IT", "Norway": "NO", "Portugal": "PT",
    "Spain": "ES", "Sweden": "SE", "Cameroon": "CM", "Egypt": "EG", "Ghana": "GH", "Morocco": "MA", "Nigeria": "NG",
    "China": "CN", "India": "IN", "Iran": "IR", "Japan": "JP", "Thailand": "TH", "Australia": "AU", "Fiji": "FJ",
    "New Zealand": "NZ", "Samoa": "WS", "Tonga": "TO",
}  # fmt: skip


async def duels(url: str, key: str, database_url: str) -> int:
    """Report them through the public API, once; answers how many there were."""
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, timeout=60) as api:
        await _settle_countries(api, database_url)
        ada = await _who(database_url)
        if ada is None:
            return 0
        opponents = [await _log_in(api, name) for name in OPPONENTS]
        reports = _reports(ada, opponents)
        for report in reports:
            await post(api, "/matches", report)
    return len(reports)


def _reports(ada: UUID, opponents: list[UUID]) -> list[dict[str, Any]]:
    """She gets better: seldom the winner at first, mostly in the end."""
    dice, found = Random(1872), []  # noqa: S311 - a demo is drawn alike each time
    begin = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    for day in range(DAYS):
        for number in range(dice.choice([0, 2, 4, 5, 6])):
            other = dice.choice(opponents)
            winner = ada if dice.random() < 0.25 + 0.6 * day / DAYS else other
            began = begin + timedelta(days=day, minutes=7 * number)
            found.append(
                {
                    "match_id": str(uuid5(NAMESPACE_URL, f"playerbase:duel:{ada}:{day}:{number}")), "game": "demo",
                    "mode": "duel", "map": dice.choice(["Salt Pier", "Lantern Hall", "Old Mill"]),
                    "started_at": began.isoformat(), "duration_seconds": dice.randrange(90, 300),
                    "players": [_did(dice, each, each == winner) for each in (ada, other)], "winner_id": str(winner),
                }
            )  # fmt: skip
    return found


def _did(dice: Random, player_id: UUID, is_winner: bool) -> dict[str, Any]:  # noqa: FBT001 - said once, here
    kills, answers = dice.randrange(3, 9) + 3 * is_winner, dice.randrange(4, 12)
    shots = dice.randrange(40, 90)
    return {
        "player_id": str(player_id), "score": 5 if is_winner else dice.randrange(5), "kills": kills,
        "deaths": dice.randrange(2, 9), "streak": dice.randrange(1, kills), "shots": shots,
        "hits": dice.randrange(shots // 4, shots // 2), "answers": answers, "correct": dice.randrange(answers),
        "answer_ms_total": answers * dice.randrange(600, 2_500), "fastest_answer_ms": dice.randrange(280, 600),
    }  # fmt: skip


async def _log_in(api: httpx.AsyncClient, name: str) -> UUID:
    return UUID((await post(api, "/auth/server/login", {"external_id": name, "display_name": name}))["player_id"])


async def _who(database_url: str) -> UUID | None:
    """Whose duels they are; nobody once there are some."""
    pool = await open_pool(database_url, size_max=1)
    try:
        async with reading(pool) as db:
            found = await profiles.search(db, WHO, None, 1)
            if not found or found[0].display_name != WHO:
                return None
            ada = found[0].player_id
            return None if await matches.of_player(db, ada, clock.now(), count=1) else ada
    finally:
        await pool.close()


async def _settle_countries(api: httpx.AsyncClient, database_url: str) -> None:
    """Before their first match is replayed: a region is that of a player's latest match."""
    sides = {await _log_in(api, side): country for side, country in COUNTRIES.items()}
    pool = await open_pool(database_url, size_max=1)
    try:
        for player_id, country in sides.items():
            async with transaction(pool) as tx:
                await profiles.change(tx, player_id, msgspec.convert({"country": country}, profiles.Change))
    finally:
        await pool.close()
