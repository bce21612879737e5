"""The same for tests: what is bought, what happens to it, and what Playerbase is told."""

from typing import Any

import msgspec

from playerbase.simulators import counters
from playerbase.simulators.web import Asked, Reply, Route, route, said

SALES = "/control/{provider}/sales"


def listed(asked: Asked) -> Reply:
    """What was sold."""
    return said([_shown(each) for each in asked.world.provider(asked.words["provider"]).sales.values()])


def buy(asked: Asked) -> Reply:
    """Somebody buys something without us: person, product, and whatever else that platform knows of."""
    wanted, name = asked.json(), asked.words["provider"]
    options = {key: value for key, value in wanted.items() if key not in {"person", "product"}}
    sale = counters.buy(asked.world, name, wanted["person"], wanted["product"], **options)
    return said({**_shown(sale), "receipt": counters.receipt(asked.world, name, sale.id)}, 201)


def happen(asked: Asked) -> Reply:
    """Let something happen: approve, decline, refund, chargeback, timeout …; and what Playerbase is told of it."""
    name, sale_id, what = asked.words["provider"], asked.words["sale"], asked.json()["what"]
    push = counters.happen(asked.world, name, sale_id, what)
    sale = {} if what == counters.TIMEOUT else _shown(counters.sale(asked.world, name, sale_id))
    return said({**sale, "push": None if push is None else msgspec.to_builtins(push)})


def receipt(asked: Asked) -> Reply:
    """What the game presents of it, as it stands now."""
    return said({"receipt": counters.receipt(asked.world, asked.words["provider"], asked.words["sale"])})


def refuse(asked: Asked) -> Reply:
    """Let the next deed be refused for this reason, by its number."""
    asked.world.provider(asked.words["provider"]).refusing.append(int(asked.json()["code"]))
    return said({})


def pushed(asked: Asked) -> Reply:
    """What Playerbase was told, and what it answered."""
    name = asked.words["provider"]
    return said([msgspec.to_builtins(each) for each in asked.world.pushes if each.provider == name])


def again(asked: Asked) -> Reply:
    """Tell it once more; with ``altered`` one letter is changed."""
    push = counters.again(asked.world, asked.words["push"], is_altered=bool(asked.json().get("altered")))
    return said(msgspec.to_builtins(push))


def home(asked: Asked) -> Reply:
    """Where Playerbase is told; nowhere without an address."""
    asked.world.home = str(asked.json().get("url", "")).rstrip("/")
    return said({})


def routes() -> list[Route]:
    """Where it answers."""
    return [
        route("POST", "/control/home", home),
        route("GET", SALES, listed),
        route("POST", SALES, buy),
        route("POST", f"{SALES}/{{sale}}/happen", happen),
        route("GET", f"{SALES}/{{sale}}/receipt", receipt),
        route("POST", "/control/{provider}/refuse", refuse),
        route("GET", "/control/{provider}/pushes", pushed),
        route("POST", "/control/{provider}/pushes/{push}", again),
    ]


def _shown(sale: Any) -> dict[str, Any]:
    return {"id": sale.id, "person": sale.person_id, "what": sale.what, "state": sale.state}
