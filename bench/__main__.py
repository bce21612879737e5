"""Measure: `bin/bench` runs every program, `bin/bench profile top` those named; results go to bench/results/.

`bin/bench --soak` posts a million times at random and holds the ledger against one in plain Python; a count makes it
shorter or longer.
"""

import argparse
import asyncio
import hashlib
import itertools
import json
import os
import platform
import secrets
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import uvloop

from bench import accounts, boards, buying, enumeration, events, ledger, pictures, saving, shop
from bench.client import Connection, Run, load, request
from bench.installation import Installation, installation, lift_limits
from bench.machine import cpu_seconds, memory_mb
from bench.settled import settled
from bench.soak import COUNT, soak
from playerbase.demo import fixtures
from playerbase.demo.replay import body_of
from playerbase.kit.outbox import backlog

RESULTS = Path(__file__).parent / "results"
CONNECTIONS = 64
PLAYERS = 400
WARM_SECONDS, SECONDS = 2.0, 8.0
# What the issue of each path asks for, in µs of processor time per request, all processes together.
GOALS_US = {
    "profile": 180, "top": 140, "matches": 400, "settled": 900, "device_login": 600, "refresh": 600, "validate": 140,
    "earn": 200, "wallet": 180, "shop": 150, "inventory": 280, "purchase": 450, "save": 230, "board_submit": 230,
    "board_top": 140, "board_around": 280,
}  # fmt: skip

Program = Callable[[Installation, dict[str, str]], Awaitable[dict[str, Any]]]


async def profile(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """GET /profiles/me, every connection another player each time."""
    wanted = [request("GET", "/api/v1/profiles/me", token) for token in tokens.values()]
    return await _measured(there, itertools.cycle(wanted), [200])


async def top(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """GET /leaderboards/global: a hundred rows."""
    wanted = [request("GET", "/api/v1/leaderboards/global", token) for token in tokens.values()]
    return await _measured(there, itertools.cycle(wanted), [200])


async def matches(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """POST /matches until every rating has moved: API and worker together."""
    played = fixtures()
    sides = sorted({side for fixture in played for side in (fixture.home, fixture.away)})
    ids = dict(zip(sides, tokens, strict=False))

    def reports() -> Iterator[bytes]:
        for fixture in itertools.cycle(played):
            body = body_of(fixture, ids) | {"match_id": str(uuid4())}
            yield request("POST", "/api/v1/matches", there.key, json.dumps(body).encode())

    # Made beforehand: what a load program computes while it measures is taken from the server.
    made = list(itertools.islice(reports(), 30_000))
    await load(there.host, there.port, iter(made[:2_000]), connections=CONNECTIONS, expected=[201], seconds=60)
    await _settled(there)
    before, began = cpu_seconds(there.roots), time.perf_counter()
    run = await load(
        there.host, there.port, iter(made[2_000:]), connections=CONNECTIONS, expected=[201], seconds=SECONDS
    )
    intake_seconds = time.perf_counter() - began
    await _settled(there)
    took = time.perf_counter() - began
    return _figures(run, cpu_seconds(there.roots) - before) | {
        "intake_per_second": round(run.answers / intake_seconds),
        "settled_per_second": round(run.answers / took),
    }


async def everything_settled(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Matches at a steady pace, with everything that follows from them."""
    return await settled(there, list(tokens))


async def told(there: Installation, _: dict[str, str]) -> dict[str, Any]:
    """Events, from being told to their effect."""
    return await events.measure(there)


async def device_login(there: Installation, _: dict[str, str]) -> dict[str, Any]:
    """Guests who have played before."""
    return await accounts.device_login(there, _figures)


async def device_first(there: Installation, _: dict[str, str]) -> dict[str, Any]:
    """Guests who have not."""
    return await accounts.device_first(there, _figures)


async def refresh(there: Installation, _: dict[str, str]) -> dict[str, Any]:
    """Sessions kept alive."""
    return await accounts.refresh(there, _figures)


async def validate(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Tokens checked."""
    return await accounts.validate(there, list(tokens.values()), _figures)


async def flood(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """What others wait for while fifty sign in by password."""
    return await accounts.flood(there, list(tokens.values()))


async def strangers(there: Installation, _: dict[str, str]) -> dict[str, Any]:
    """What the clock tells about accounts."""
    return await enumeration.measure(there)


async def avatar(_: Installation, __: dict[str, str]) -> dict[str, Any]:
    """Pictures that become avatars, on one core: ten a second and 512 MB are asked for."""
    return await pictures.measure()


async def earn(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Coins for many players out of one account."""
    return await ledger.earn(there, list(tokens), _figures)


async def wallet(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Players look into their wallets."""
    return await ledger.wallet(there, list(tokens.values()), _figures)


async def shop_list(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Players look at what is for sale."""
    return await shop.shop(there, list(tokens.values()), _figures)


async def owned(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Players look at all they have."""
    return await shop.owned(there, tokens, _figures, _calm)


async def purchase(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Players buy two lines at once."""
    return await buying.purchase(there, tokens, _figures, _calm)


async def save(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Players save."""
    return await saving.save(there, list(tokens.values()), _figures, _calm)


async def post(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """The ledger itself, spread and hot."""
    return await ledger.post(there, list(tokens))


async def growth(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """The ledger itself as it grows."""
    return await ledger.growth(there, list(tokens))


async def proof(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """The ledger proved."""
    return await ledger.proof(there, list(tokens))


async def board_submit(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Servers submit scores."""
    return await boards.submit(there, list(tokens), _figures)


async def board_top(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Players look at the head of a board."""
    return await boards.top(there, list(tokens.values()), _figures)


async def board_around(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """Players look where somebody stands."""
    return await boards.around(there, list(tokens.values()), _figures)


async def board_growth(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """The same as a board grows."""
    return await boards.growth(there, list(tokens.values()), _figures, _entries)


async def board_rebuild(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """The index of a board built anew."""
    return await boards.rebuild(there, list(tokens.values()), _entries)


async def board_close(there: Installation, tokens: dict[str, str]) -> dict[str, Any]:
    """A season closed."""
    return await boards.close(there, list(tokens.values()), _entries)


PROGRAMS: dict[str, Program] = {
    "profile": profile,
    "top": top,
    "matches": matches,
    "settled": everything_settled,
    "events": told,
    "device_login": device_login,
    "device_first": device_first,
    "refresh": refresh,
    "validate": validate,
    "flood": flood,
    "enumeration": strangers,
    "avatar": avatar,
    "earn": earn,
    "wallet": wallet,
    "shop": shop_list,
    "inventory": owned,
    "purchase": purchase,
    "save": save,
    "post": post,
    "proof": proof,
    "growth": growth,
    "board_submit": board_submit,
    "board_top": board_top,
    "board_around": board_around,
    "board_growth": board_growth,
    "board_rebuild": board_rebuild,
    "board_close": board_close,
}
LONG = {"growth", "board_growth"}  # Only when named: they take a quarter of an hour.
_entries = 1_000_000  # On the boards that grow, are built anew and closed.


async def _measured(there: Installation, wanted: Iterator[bytes], expected: list[int]) -> dict[str, Any]:
    await load(there.host, there.port, wanted, connections=CONNECTIONS, expected=expected, seconds=WARM_SECONDS)
    before = cpu_seconds(there.roots)
    run = await load(there.host, there.port, wanted, connections=CONNECTIONS, expected=expected, seconds=SECONDS)
    return _figures(run, cpu_seconds(there.roots) - before)


def _figures(run: Run, cpu: Counter[str]) -> dict[str, Any]:
    each = {part: round(seconds * 1e6 / max(run.answers, 1), 1) for part, seconds in sorted(cpu.items()) if seconds}
    return {
        "cpu_us_per_request": round(sum(each.values()), 1),
        "cpu_us_by_part": each,
        "requests": run.answers,
        "errors": run.errors,
        "first_error": run.first_error,
        "requests_per_second": round(run.answers / run.seconds),
        "p50_ms": round(run.percentile(0.5), 2),
        "p95_ms": round(run.percentile(0.95), 2),
        "p99_ms": round(run.percentile(0.99), 2),
    }


async def _analyzed(there: Installation) -> None:
    """Let the planner know how much there is by now.

    The server does so by itself within a minute; until then plans made for four hundred rows serve forty thousand.
    """
    connection = await asyncpg.connect(there.dsn)
    await connection.execute("analyze")
    await connection.close()


async def _settled(there: Installation) -> None:
    """Wait until no reader has anything left to read."""
    connection = await asyncpg.connect(there.dsn)
    while any(reader.waiting for reader in await backlog(connection, 1)):  # noqa: ASYNC110 - other processes do it
        await asyncio.sleep(0.05)
    await connection.close()


async def _calm(there: Installation) -> None:
    """What a program has put there is told and known, as it is where it has been there for a while."""
    await _settled(there)
    await _analyzed(there)


async def _players(there: Installation) -> dict[str, str]:
    """Players logged in by the demo game's server: their ids and access tokens, each with a rated match."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, there.host, there.port)
    tokens: dict[str, str] = {}
    for number in range(PLAYERS):
        body = json.dumps({"external_id": f"bench-{number}", "display_name": f"Bench {number:03}"}).encode()
        status, answer = await connection.ask(request("POST", "/api/v1/auth/server/login", there.key, body))
        assert status == 200, answer
        answered = json.loads(answer)
        tokens[answered["player_id"]] = answered["access_token"]
    ids = list(tokens)
    for one, other in zip(ids[::2], ids[1::2], strict=True):
        report = {
            "match_id": str(uuid4()),
            "game": "demo",
            "started_at": datetime.now(UTC).isoformat(),
            "duration_seconds": 1,
            "players": [{"player_id": one}, {"player_id": other}],
            "winner_id": one,
        }
        await connection.ask(request("POST", "/api/v1/matches", there.key, json.dumps(report).encode()))
    connection.close()
    await _settled(there)
    return tokens


def _yardstick() -> float:
    """Microseconds of processor time for a fixed piece of work: what this machine's speed was just now.

    Shared machines drift by half within minutes, so figures of two runs compare as multiples of this.
    """
    began = time.process_time()
    for number in range(20):
        hashlib.pbkdf2_hmac("sha256", b"yardstick", number.to_bytes(8), 2_000)
        json.loads(json.dumps([{"number": each, "text": "yardstick"} for each in range(500)]))
    return round((time.process_time() - began) * 1e6 / 20, 1)


async def _run(names: list[str]) -> dict[str, Any]:
    with installation() as there:
        results: dict[str, Any] = {
            "start_seconds": round(there.started_seconds, 2),
            "memory_mb": round(memory_mb(there.roots)),
        }
        print(f"up in {there.started_seconds:.1f} s, {results['memory_mb']} MB", flush=True)
        await lift_limits(there.dsn)
        await asyncio.sleep(2)  # Processes look for changed numbers once a second.
        tokens = await _players(there)
        for name in names:
            await _analyzed(there)
            before = _yardstick()
            figures = await PROGRAMS[name](there, tokens)
            figures["yardstick_us"] = [before, _yardstick()]
            results[name] = figures
            goal = f" (goal {GOALS_US[name]})" if name in GOALS_US else ""
            shown = {key: value for key, value in figures.items() if key != "first_error" or value}
            print(f"{name}: {shown}{goal}", flush=True)
        results["memory_mb_after"] = round(memory_mb(there.roots))
    return results


def main() -> None:
    """Run the programs named, or all, and keep the results."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("programs", nargs="*", choices=[[], *PROGRAMS], help="default: all")
    parser.add_argument(
        "--soak", nargs="?", type=int, const=COUNT, metavar="COUNT",
        help=f"post so many at random; {COUNT:,} if not said",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, help="of the soak, to have one again; drawn if not said")
    parser.add_argument("--entries", type=int, default=_entries, help="on the boards that are large")
    asked = parser.parse_args()
    globals()["_entries"] = asked.entries
    if asked.soak is not None:
        seed = secrets.randbits(32) if asked.seed is None else asked.seed
        results: dict[str, Any] = {"soak": uvloop.run(soak(asked.soak, seed))}
        name = "-soak"
    else:
        names = asked.programs or [name for name in PROGRAMS if name not in LONG]
        results, name = {"connections": CONNECTIONS, **uvloop.run(_run(names))}, ""
    now = datetime.now(UTC)
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "machine": platform.machine()}
    kept = {"at": now.isoformat(timespec="seconds"), "machine": machine, **results}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{now:%Y-%m-%d}{name}.json").write_text(json.dumps(kept, indent=2) + "\n")
    if "growth" in results:
        (RESULTS / f"{now:%Y-%m-%d}-growth.svg").write_text(ledger.drawn(results["growth"]["curve"]))
    if "board_growth" in results:
        (RESULTS / f"{now:%Y-%m-%d}-boards.svg").write_text(boards.drawn(results["board_growth"]["curve"]))
    sys.exit(1 if any(isinstance(each, dict) and each.get("errors") for each in results.values()) else 0)


if __name__ == "__main__":
    main()
