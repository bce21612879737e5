"""Money to look at: what some players earned and spent, posted like any game server would."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import httpx

from playerbase.demo.fixtures import fixtures
from playerbase.demo.replay import post

BATCH = 500
EACH = 12  # Earnings and spendings of one player.
SIDES = 40
EARNED = ("Daily bonus", "Quest of the bees", "A match won", "First of the week")
SPENT = ("A scarf", "Entry to the cup", "A flag for the stand", "Chalk for the lines")


async def money(url: str, key: str, player_ids: Iterable[str] = ()) -> int:
    """Let these players, and the sides that have played most lately, earn and spend; returns how many postings.

    Each has a key of its own, so what was posted before is answered and not posted again.
    """
    async with httpx.AsyncClient(
        base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=60
    ) as api:
        everybody = list(player_ids)
        for side in _sides():
            known = await post(api, "/auth/server/login", {"external_id": side, "display_name": side})
            everybody.append(str(known["player_id"]))
        wanted = [each for player_id in everybody for each in postings(player_id)]
        for begin in range(0, len(wanted), BATCH):
            await post(api, "/ledger/transactions:batch", {"transactions": wanted[begin : begin + BATCH]})
    return len(wanted)


def postings(player_id: str) -> Iterator[dict[str, Any]]:
    """What one player earned and spent: the same at each start, and never more spent than earned."""
    for asset, whole in (("coins", 1), ("gems", 100), ("points", 1)):
        left = 0
        for number in range(EACH // 3):
            chance = zlib.crc32(f"{player_id} {asset} {number}".encode())
            spends = left > whole and chance % 2 == 0
            amount = 1 + chance % (left // 2) if spends else (10 + chance % 190) * whole
            left += -amount if spends else amount
            reasons = SPENT if spends else EARNED
            yield {
                "key": f"demo|{player_id}|{asset}|{number}", "kind": "spend" if spends else "earn",
                "player_id": player_id, "asset": asset, "amount": amount,
                "reason": reasons[chance // 2 % len(reasons)], "ref": f"demo:{number}",
            }  # fmt: skip


def _sides() -> list[str]:
    """Who has played last."""
    lately = [side for fixture in reversed(fixtures()[-10 * SIDES :]) for side in (fixture.home, fixture.away)]
    return list(dict.fromkeys(lately))[:SIDES]
