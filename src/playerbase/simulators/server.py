"""The process the simulators run in."""

import os
import socket
from pathlib import Path

import uvicorn

from playerbase.simulators import (
    apple,
    control,
    desk,
    epic,
    epic_sales,
    google,
    letters,
    oidc,
    sales_control,
    sales_desk,
    shopify,
    steam,
    steam_sales,
    twitch,
)
from playerbase.simulators.web import TEXT, Asked, Protocol, Reply, Site, route, stylesheet
from playerbase.simulators.world import World


def site(world: World, mail: Path) -> Site:
    """All simulators as one application; letters are looked for in this folder."""
    return Site(
        world,
        [
            route("GET", "/health", _health),
            route("GET", "/static/playerbase.css", stylesheet),
            *letters.routes(mail),
            *control.routes(),
            *sales_control.routes(),
            *steam.routes(),
            *steam_sales.routes(),
            *epic.routes(),
            *epic_sales.routes(),
            *apple.routes(),
            *google.routes(),
            *shopify.routes(),
            *twitch.routes(),
            *oidc.routes(),
            *desk.routes(),
            *sales_desk.routes(),
        ],
    )


def server(application: Site) -> uvicorn.Server:
    """What serves it on a socket."""
    return uvicorn.Server(
        uvicorn.Config(
            application, http=Protocol, loop="asyncio", lifespan="off", interface="asgi3", ws="none",
            log_config=None, access_log=False, proxy_headers=False, server_header=False,
            timeout_graceful_shutdown=1,
        )
    )  # fmt: skip


def run(listener: socket.socket) -> int:
    """Play until told to stop; the exit code."""
    host, port = listener.getsockname()[:2]
    world = World(f"http://{host}:{port}")
    world.home = os.environ.get("PUBLIC_URL", "").rstrip("/")
    serving = server(site(world, Path(os.environ.get("PLAYERBASE_HOME", ".playerbase")) / "mail"))
    serving.run([listener])
    return 0 if serving.started else 1


def _health(_: Asked) -> Reply:
    return Reply("fine", media=TEXT)
