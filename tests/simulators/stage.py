"""The simulators on a port of loopback, in this very process, so that a test can look behind them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx

from playerbase.simulators.server import server, site
from playerbase.simulators.signing import Signer
from playerbase.simulators.world import World

_signers: dict[str, Signer] = {}


@asynccontextmanager
async def playing(mail: Path) -> AsyncIterator[World]:
    """They answer at ``world.url``."""
    listener = socket.create_server(("127.0.0.1", 0))
    world = World(f"http://127.0.0.1:{listener.getsockname()[1]}")
    begin_anew(world)
    running = server(site(world, mail))
    # Whoever calls before it is ready waits at the socket. Not serve(): that takes over the signals of the test run.
    task = asyncio.create_task(running._serve([listener]))
    try:
        yield world
    finally:
        running.should_exit = True
        await task


def begin_anew(world: World) -> None:
    """As it was at the beginning, for the next test."""
    world.reset()
    world.slow_seconds = 1.0
    for provider in world.providers.values():
        # Keys take a while to make, and a test cares for their names, not for whether they are new.
        provider.signer = _signers.setdefault(provider.name, provider.signer)


async def log_in(address: str, person_id: str) -> list[tuple[str, str]]:
    """Follow the address like a browser, choose somebody, and stop at the door of whoever sent it: the query there."""
    async with httpx.AsyncClient() as browser:
        shown = await browser.get(address)
        assert shown.status_code == 200, shown.text
        parts = urlsplit(address)
        chooser = "/steam/openid/choose" if "/openid/login" in parts.path else f"/{parts.path.split('/')[1]}/choose"
        chosen = await browser.get(f"{parts.scheme}://{parts.netloc}{chooser}?person={person_id}&{parts.query}")
        assert chosen.status_code == 302, chosen.text
        return query_of(chosen.headers["location"])


def query_of(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)
