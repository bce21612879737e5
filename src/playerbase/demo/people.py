"""People to look at: one who signs up by e-mail, one who comes by Steam, and a question between them for staff."""

import secrets
from typing import Any

import httpx

from playerbase.demo.money import money
from playerbase.demo.purchases import Buyer, purchases
from playerbase.demo.replay import post

EMAIL = "ada@demo.example"


async def people(url: str, simulators: str, key: str) -> str:
    """Have them sign up through the public API and the simulators; returns the password of the first.

    Ada registers by e-mail, links an account of Epic, and finds that her account of Steam belongs to a player whom the
    game made of it before: that waits for staff under *Merges*. She and some sides
    have earned and spent, and she has bought gems for money. Returns nothing where Ada has been made already.
    """
    password = f"Demo-{secrets.token_hex(6)}-Horse"
    async with (
        httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=60) as api,
        httpx.AsyncClient(base_url=simulators, timeout=60) as simulated,
    ):
        known = {"email": EMAIL, "password": password, "display_name": "Ada of the demo"}
        answer = await api.post("/auth/register", json=known)
        if answer.status_code != httpx.codes.CREATED:
            return ""
        ada = {"Authorization": f"Bearer {answer.json()['access_token']}"}

        async def person(provider: str) -> str:
            return str((await post(simulated, f"/control/{provider}/people", {"name": "Ada Mossgate"}))["id"])

        async def ticket(steam_id: str) -> str:
            return str((await post(simulated, "/control/steam/tickets", {"person": steam_id}))["ticket"])

        steam_id, epic_id = await person("steam"), await person("epic")
        other = await post(api, "/auth/steam/login", {"ticket": await ticket(steam_id)})
        token: dict[str, Any] = await post(simulated, "/control/epic/tokens", {"person": epic_id})
        await api.post("/auth/link", json={"provider": "epic", "credential": token["token"]}, headers=ada)
        await api.post("/auth/link", json={"provider": "steam", "credential": await ticket(steam_id)}, headers=ada)
        await money(url, key, [answer.json()["player_id"]])
        buyer = Buyer(answer.json()["player_id"], ada)
        await purchases(api, simulated, key, buyer, {"Authorization": f"Bearer {other['access_token']}"})
    return password
