"""Game servers that earn, spend, set aside and take over HTTP, and ask again by key until they are answered."""

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import httpx

from playerbase.kit import clock

ANSWERED = {200, 201, 409}
SECONDS_MAX = 90.0  # For one answer, over every kill that comes between: far more than a restart takes anywhere.


@dataclass
class Asked:
    """What was asked under a key, and what was answered."""

    path: str
    body: dict[str, Any]
    status: int
    said: dict[str, Any]


@dataclass
class Teller:
    """Asks for one thing after the other, each under a key of its own, and writes down what it was told."""

    name: str
    url: str
    headers: dict[str, str]
    players: list[str]
    random: Random
    asked: dict[str, Asked] = field(default_factory=dict)
    holds: dict[str, tuple[str, int]] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)

    async def work(self, stop: asyncio.Event) -> None:
        """Ask until it is told to stop; what was begun is ended first."""
        async with httpx.AsyncClient(base_url=f"{self.url}/api/v1", headers=self.headers, timeout=20) as client:
            while not stop.is_set():
                path, body = self._wish()
                key = f"{self.name}-{len(self.asked)}"
                answer = await self.ask(client, key, path, body)
                said = answer.json()
                self.asked[key] = Asked(path, body, answer.status_code, said)
                if path == "/holds" and answer.status_code < 400:
                    self.holds[said["hold_id"]] = (body["player_id"], body["amount"])

    async def ask(self, client: httpx.AsyncClient, key: str, path: str, body: dict[str, Any]) -> httpx.Response:
        """The answer to this key, however often it takes."""
        async with asyncio.timeout(SECONDS_MAX):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await client.post(path, json=body, headers={"idempotency-key": key})
                    if answer.status_code in ANSWERED:
                        return answer
                    assert answer.status_code >= 500, answer.text
                self.tries[key] += 1
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.05):  # Somebody starts it again; a moment is theirs.
                        await asyncio.Event().wait()

    def _wish(self) -> tuple[str, dict[str, Any]]:
        kind = self.random.choices(["earn", "spend", "hold", "capture", "void"], [5, 4, 3, 3, 1])[0]
        player, amount = self.random.choice(self.players), self.random.choice([1, 5, 20, 60])
        if kind in {"capture", "void"} and self.holds:
            hold = self.random.choice(list(self.holds))
            return f"/holds/{hold}/{kind}", {"amount": self.random.choice([1, 5, 60])} if kind == "capture" else {}
        if kind == "hold":
            until = clock.now() + timedelta(days=1)
            return "/holds", {
                "player_id": player, "asset": "coins", "amount": amount, "expires_at": until.isoformat()
            }  # fmt: skip
        kind = "spend" if kind == "spend" else "earn"
        return "/ledger/transactions", {"kind": kind, "player_id": player, "asset": "coins", "amount": amount}


class Told:
    """What all that was answered comes to: how each player stands, by what their servers were told."""

    def __init__(self, tellers: list[Teller]) -> None:
        self.posted: Counter[str] = Counter()
        self.held: Counter[str] = Counter()
        holds = {hold: whose for teller in tellers for hold, whose in teller.holds.items()}
        taken: Counter[str] = Counter()
        voided: set[str] = set()
        self.transactions: dict[str, str] = {}
        self.refused: set[str] = set()
        for teller in tellers:
            for key, it in teller.asked.items():
                if it.status == 409:
                    self.refused.add(key)
                    continue
                self.transactions[key] = it.said["transaction_id"]
                if it.path == "/ledger/transactions":
                    self.posted[it.body["player_id"]] += it.body["amount"] * (1 if it.body["kind"] == "earn" else -1)
                elif it.path.endswith("/capture"):
                    taken[it.path.split("/")[2]] += it.body["amount"]
                elif it.path.endswith("/void"):
                    voided.add(it.path.split("/")[2])
        for hold, (player, amount) in holds.items():
            self.posted[player] -= taken[hold]
            self.held[player] += 0 if hold in voided else amount - taken[hold]
