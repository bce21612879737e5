"""Accounts under load: guests by their device, sessions kept alive, tokens checked, and a flood of password logins."""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from bench.client import Connection, Run, load, request
from bench.installation import Installation
from bench.machine import cpu_seconds

CONNECTIONS = 64
DEVICES = 2_000
WARM_SECONDS, SECONDS = 2.0, 8.0
FLOOD_LOGINS, FLOOD_SECONDS, FLOOD_WATCHERS = 50, 12.0, 4
PASSWORD = "Bench-horse-7 battery"  # noqa: S105 - of players who live as long as the bench

Figures = Callable[[Run, Counter[str]], dict[str, Any]]


def _device(number: int) -> bytes:
    body = json.dumps({"device_id": f"bench-device-{number:06}", "device_secret": f"secret of device {number:06}"})
    return request("POST", "/api/v1/auth/device/login", "", body.encode())


async def device_login(there: Installation, figures: Figures) -> dict[str, Any]:
    """POST /auth/device/login of devices that have played before, each with its secret."""
    known = [_device(number) for number in range(DEVICES)]
    await load(there.host, there.port, iter(known), connections=CONNECTIONS, expected=[200], seconds=60)
    return await _measured(there, itertools.cycle(known), figures)


async def device_first(there: Installation, figures: Figures) -> dict[str, Any]:
    """POST /auth/device/login of devices never seen: a player is made for each."""
    fresh = (_device(number) for number in itertools.count(DEVICES))
    return await _measured(there, fresh, figures)


async def validate(there: Installation, tokens: list[str], figures: Figures) -> dict[str, Any]:
    """GET /auth/validate, every connection another token each time."""
    wanted = [request("GET", "/api/v1/auth/validate", token) for token in tokens]
    return await _measured(there, itertools.cycle(wanted), figures)


async def refresh(there: Installation, figures: Figures) -> dict[str, Any]:
    """POST /auth/refresh: each connection keeps one session alive, every token used once."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, there.host, there.port)
    answers = [(await connection.ask(_device(number)))[1] for number in range(CONNECTIONS)]
    sessions = [json.loads(answer)["refresh_token"] for answer in answers]
    connection.close()

    async def keep(seconds: float) -> Run:
        latencies: list[float] = []
        wrong: list[str] = []
        began = time.perf_counter()

        async def drive(at: int) -> None:
            _, one = await asyncio.get_running_loop().create_connection(Connection, there.host, there.port)
            while time.perf_counter() - began < seconds:
                body = f'{{"refresh_token": "{sessions[at]}"}}'.encode()
                sent = time.perf_counter()
                status, answer = await one.ask(request("POST", "/api/v1/auth/refresh", "", body))
                latencies.append((time.perf_counter() - sent) * 1000)
                if status != 200:
                    wrong.append(f"{status} {answer[:300].decode(errors='replace')}")
                    break
                sessions[at] = json.loads(answer)["refresh_token"]
            one.close()

        await asyncio.gather(*(drive(at) for at in range(CONNECTIONS)))
        took = time.perf_counter() - began
        return Run(len(latencies), len(wrong), took, sorted(latencies), next(iter(wrong), ""))

    await keep(WARM_SECONDS)
    before = cpu_seconds(there.roots)
    run = await keep(SECONDS)
    return figures(run, cpu_seconds(there.roots) - before)


async def flood(there: Installation, tokens: list[str]) -> dict[str, Any]:
    """Fifty password logins at any time, while a few others ask for /health and have their tokens checked.

    What they wait for is the figure: 95 in 100 answers within 200 ms, and whoever finds the queue of hashes full is
    told 503 and when to come again.
    """
    body = json.dumps({"email": "flood@bench.example", "password": PASSWORD, "display_name": "Flood"}).encode()
    _, connection = await asyncio.get_running_loop().create_connection(Connection, there.host, there.port)
    await connection.ask(request("POST", "/api/v1/auth/register", "", body))
    connection.close()
    login = json.dumps({"email": "flood@bench.example", "password": PASSWORD}).encode()
    health = itertools.repeat(request("GET", "/health", ""))
    check = itertools.cycle([request("GET", "/api/v1/auth/validate", token) for token in tokens])
    logins = itertools.repeat(request("POST", "/api/v1/auth/login", "", login))
    flooding = asyncio.create_task(
        load(there.host, there.port, logins, connections=FLOOD_LOGINS, expected=[200, 503], seconds=FLOOD_SECONDS)
    )
    await asyncio.sleep(1)
    seconds = FLOOD_SECONDS - 2
    healthy, checked = await asyncio.gather(*(
        load(
            there.host, there.port, wanted, connections=FLOOD_WATCHERS, expected=[200], seconds=seconds,
            pause_seconds=0.02,
        )
        for wanted in (health, check)
    ))  # fmt: skip
    flooded = await flooding
    return {
        "health_p95_ms": round(healthy.percentile(0.95), 1),
        "health_max_ms": round(healthy.latencies_ms[-1], 1),
        "validate_p95_ms": round(checked.percentile(0.95), 1),
        "validate_max_ms": round(checked.latencies_ms[-1], 1),
        "watched": healthy.answers + checked.answers,
        "logged_in": flooded.statuses[200],
        "told_to_wait": flooded.statuses[503],
        "errors": healthy.errors + checked.errors + flooded.errors,
        "first_error": healthy.first_error or checked.first_error or flooded.first_error,
    }


async def _measured(there: Installation, wanted: Iterator[bytes], figures: Figures) -> dict[str, Any]:
    await load(there.host, there.port, wanted, connections=CONNECTIONS, expected=[200], seconds=WARM_SECONDS)
    before = cpu_seconds(there.roots)
    run = await load(there.host, there.port, wanted, connections=CONNECTIONS, expected=[200], seconds=SECONDS)
    return figures(run, cpu_seconds(there.roots) - before)
