"""What the clock tells a stranger who asks whether somebody has an account: one question at a time, in random order."""

import asyncio
import json
import math
import random
import statistics
import time
from typing import Any

from bench.client import Connection, request
from bench.installation import Installation

LOGINS, LETTERS = 60, 300
PASSWORD = "Bench-horse-7 battery"  # noqa: S105 - of players who live as long as the bench
WRONG = "Wrong-horse-7 battery"
APART_MAX, CHANCE_MIN = 0.05, 0.01  # Of the medians; of seeing this if the times were of one kind.


async def measure(there: Installation) -> dict[str, Any]:
    """Medians by kind of account, how far apart they are at most, and how likely that is by chance (Mann-Whitney)."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, there.host, there.port)

    async def ask(path: str, **body: str) -> tuple[int, bytes, float]:
        wanted = request("POST", f"/api/v1{path}", "", json.dumps(body).encode())
        began = time.perf_counter()
        status, answer = await connection.ask(wanted)
        return status, answer, (time.perf_counter() - began) * 1000

    async def register(email: str) -> None:
        await ask("/auth/register", email=email, password=PASSWORD, display_name="Enumerated")

    for number in range(LOGINS):
        await register(f"known-{number}@bench.example")
    await register("locked@bench.example")
    for _ in range(10):
        await ask("/auth/login", email="locked@bench.example", password=WRONG)
    tries = [("unknown", f"nobody-{number}@bench.example", WRONG) for number in range(LOGINS)]
    tries += [("wrong", f"known-{number}@bench.example", WRONG) for number in range(LOGINS)]
    tries += [("locked, wrong", "locked@bench.example", WRONG)] * LOGINS
    tries += [("locked, right", "locked@bench.example", PASSWORD)] * LOGINS
    random.shuffle(tries)
    times: dict[str, list[float]] = {}
    answers = set[str]()
    for kind, email, password in tries:
        status, answer, took = await ask("/auth/login", email=email, password=password)
        answers.add(f"{status} {json.loads(answer).get('code')}")
        times.setdefault(kind, []).append(took)
    figures: dict[str, Any] = {"login": _compared(times), "login_answers": sorted(answers)}
    for name, path in (("reset", "/auth/password-reset"), ("email_code", "/auth/email-code")):
        asked = [("known", f"known-{number % LOGINS}@bench.example") for number in range(LETTERS)]
        asked += [("unknown", f"stranger-{number % LOGINS}@bench.example") for number in range(LETTERS)]
        random.shuffle(asked)
        times = {}
        for kind, email in asked:
            times.setdefault(kind, []).append((await ask(path, email=email))[2])
        figures[name] = _compared(times)
    connection.close()
    figures["errors"] = int(len(answers) != 1) + sum(
        each["apart"] > APART_MAX and each["chance"] < CHANCE_MIN
        for each in (figures["login"], figures["reset"], figures["email_code"])
    )
    return figures


def _compared(times: dict[str, list[float]]) -> dict[str, Any]:
    medians = {kind: statistics.median(each) for kind, each in times.items()}
    kinds = sorted(times)
    chances = [_chance(times[one], times[other]) for one in kinds for other in kinds if one < other]
    return {
        "median_ms": {kind: round(median, 2) for kind, median in medians.items()},
        "apart": round(max(medians.values()) / min(medians.values()) - 1, 4),
        "chance": round(min(chances), 4),
    }


def _chance(left: list[float], right: list[float]) -> float:
    """How likely ranks so far apart are if both came of one kind: Mann-Whitney, by its normal approximation."""
    ranked = sorted([(value, 0) for value in left] + [(value, 1) for value in right])
    ranks = sum(rank for rank, (_, side) in enumerate(ranked, 1) if side == 0)
    many, few = len(left), len(right)
    apart = abs(ranks - many * (many + 1) / 2 - many * few / 2)
    return math.erfc(apart / math.sqrt(many * few * (many + few + 1) / 12) / math.sqrt(2))
