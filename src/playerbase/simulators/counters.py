"""What is sold at each platform, and what can happen to it, in one way for pages and tests."""

from typing import Any

import msgspec

from playerbase.simulators import apple, epic_sales, google, shopify, steam_sales
from playerbase.simulators.world import Fault, Push, World

# Each has DEEDS, happen and possible; where a game buys without us, buy and receipt too.
COUNTERS: dict[str, Any] = {
    "steam": steam_sales, "epic": epic_sales, "apple": apple, "google": google, "shopify": shopify,
}  # fmt: skip
SOLD_BY_THE_GAME = frozenset({"epic", "apple", "google"})
TIMEOUT = "timeout"


def sale(world: World, name: str, sale_id: str) -> Any:
    """What was bought, by its number; a KeyError for none."""
    for each in reversed(world.provider(name).sales.values()):
        if each.id == sale_id:
            return each
    raise KeyError(sale_id)


def buy(world: World, name: str, person_id: str, product: str, **options: Any) -> Any:
    """Somebody buys something without us; a KeyError for nobody, or where that cannot be."""
    if name not in SOLD_BY_THE_GAME or not product:
        raise KeyError(name)
    return COUNTERS[name].buy(world, person_id, product, **options)


def receipt(world: World, name: str, sale_id: str) -> str:
    """What the game presents of it; a KeyError where there is no such thing."""
    if name not in SOLD_BY_THE_GAME:
        raise KeyError(name)
    made: str = COUNTERS[name].receipt(world, sale(world, name, sale_id))
    return made


def happen(world: World, name: str, sale_id: str, what: str) -> Push | None:
    """Let something happen to a sale, and what Playerbase is told of it; a KeyError or ValueError where it cannot."""
    if what == TIMEOUT:
        world.provider(name).break_next(Fault.LOST, 1)
        return None
    told: Push | None = COUNTERS[name].happen(world, sale(world, name, sale_id), what)
    return told


def again(world: World, push_id: str, *, is_altered: bool = False) -> Push:
    """Tell it once more, as platforms do that had no answer; or with one letter changed, as forgers do."""
    push = next(each for each in reversed(world.pushes) if each.id == push_id)
    if not is_altered:
        world.waiting.append(push)
        return push
    body = push.body[:-2] + chr(ord(push.body[-2]) ^ 1) + push.body[-1]
    return world.push(msgspec.structs.replace(push, body=body, title=f"{push.title}, altered", status=None, tries=0))
