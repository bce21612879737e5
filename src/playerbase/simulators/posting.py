"""Telling Playerbase: what a platform would send to its address for notifications."""

import httpx

from playerbase.simulators.world import Push, World

SECONDS = 5.0  # No more than the strictest of them waits.


async def deliver(world: World) -> None:
    """Send whatever waits to be sent, once, in the order it happened; without an address it is only kept."""
    while world.waiting:
        push = world.waiting.popleft()
        if world.home:
            await _send(world.home, push)


async def _send(home: str, push: Push) -> None:
    push.tries += 1
    try:
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            answer = await client.post(f"{home}{push.path}", content=push.body.encode(), headers=push.headers)
            push.status = answer.status_code
    except httpx.HTTPError:
        push.status = None
