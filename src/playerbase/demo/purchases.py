"""Purchases to look at: bought in the simulated stores by the people of the demo, and presented as a game would."""

from typing import Any

import httpx
import msgspec

from playerbase.demo.replay import post

PRODUCT = "com.example.gems500"
LEFT = 100  # Of the gems that were bought, before a purchase is refunded: the rest becomes a debt.


class Buyer(msgspec.Struct, frozen=True):
    """Somebody who is signed in, and by what."""

    player_id: str
    headers: dict[str, str]


async def purchases(
    api: httpx.AsyncClient, simulated: httpx.AsyncClient, key: str, buyer: Buyer, other: dict[str, str]
) -> int:
    """Let somebody buy gems at Google Play and twice in the App Store; answers how many purchases were given.

    All but a few gems are spent, and then one purchase is refunded, which leaves a debt; and somebody else presents
    another of them too, which waits for staff under *Reconciliation*. Where none is sold, nothing is done.
    """
    google = await _bought(simulated, "google", account_id=buyer.player_id)
    if not await _presented(api, "google", google["receipt"], buyer.headers):
        return 0
    given = 1
    for _ in range(2):
        apple = await _bought(simulated, "apple", account_token=buyer.player_id)
        given += await _presented(api, "apple", apple["receipt"], buyer.headers)
    await _presented(api, "google", google["receipt"], other)
    await _spend(api, key, buyer.player_id)
    await post(simulated, f"/control/apple/sales/{apple['id']}/happen", {"what": "refund"})
    return given


async def _bought(simulated: httpx.AsyncClient, platform: str, **bound: str) -> Any:
    person = await post(simulated, f"/control/{platform}/people", {"name": "Ada Mossgate"})
    wanted = {"person": person["id"], "product": PRODUCT, **bound}
    return await post(simulated, f"/control/{platform}/sales", wanted)


async def _presented(api: httpx.AsyncClient, platform: str, receipt: str, headers: dict[str, str]) -> bool:
    body = {"provider": platform, "receipt": receipt}
    answer = await api.post("/commerce/verify-receipt", json=body, headers=headers)
    return answer.status_code == httpx.codes.OK


async def _spend(api: httpx.AsyncClient, key: str, player_id: str) -> None:
    server = {"Authorization": f"Bearer {key}"}
    wallet = (await api.get(f"/players/{player_id}/wallet", headers=server)).json()
    there = next((each["available"] for each in wallet["items"] if each["asset"] == "gems"), 0)
    if there > LEFT:
        spent = {
            "key": f"demo|{player_id}|spree", "kind": "spend", "player_id": player_id, "asset": "gems",
            "amount": there - LEFT, "reason": "A spree at the fair", "ref": "demo:spree",
        }  # fmt: skip
        answer = await api.post("/ledger/transactions:batch", json={"transactions": [spent]}, headers=server)
        answer.raise_for_status()
