"""The pages of what is sold: a person buys, approves, takes back, and sees what Playerbase is told."""

from typing import Any

from playerbase.simulators import counters
from playerbase.simulators.web import Asked, Reply, Route, page, route, see
from playerbase.simulators.world import Provider

SALES = r"/(?P<provider>steam|epic|apple|google|shopify)/sales"
SHOWN_MAX = 50
PRODUCT_CHARS_MAX = 100
RECEIPTS = {"apple": "Signed transaction", "google": "Product and token", "epic": "Account and entitlement"}


def show(asked: Asked) -> Reply:
    """What was sold, newest first, and what Playerbase was told of it."""
    provider = _provider(asked)
    sales = list(reversed(provider.sales.values()))[:SHOWN_MAX]
    pushes = [each for each in reversed(asked.world.pushes) if each.provider == provider.name][:SHOWN_MAX]
    counter = counters.COUNTERS[provider.name]
    rows = [(each, counter.possible(each), _name_of(provider, each)) for each in sales]
    return page(
        "sales.html", provider=provider, rows=rows, pushes=pushes, home=asked.world.home,
        is_sold_here=provider.name in counters.SOLD_BY_THE_GAME,
    )  # fmt: skip


def buy(asked: Asked) -> Reply:
    """Somebody buys something in the game."""
    options: dict[str, Any] = {"is_pending": True} if asked.form.get("is_pending") else {}
    product = asked.form["product"].strip()[:PRODUCT_CHARS_MAX]
    counters.buy(asked.world, asked.words["provider"], asked.form["person"], product, **options)
    return _back(asked)


def happen(asked: Asked) -> Reply:
    """Whatever a button says."""
    counters.happen(asked.world, asked.words["provider"], asked.words["sale"], asked.form["what"])
    return _back(asked)


def timeout(asked: Asked) -> Reply:
    """The next thing Playerbase has done here is done, and it does not hear so."""
    counters.happen(asked.world, asked.words["provider"], "", counters.TIMEOUT)
    return _back(asked)


def hand(asked: Asked) -> Reply:
    """What the game presents, to copy."""
    provider = _provider(asked)
    made = counters.receipt(asked.world, provider.name, asked.words["sale"])
    return page("receipt.html", provider=provider, title=RECEIPTS[provider.name], made=made)


def again(asked: Asked) -> Reply:
    """Tell Playerbase once more, or in a forger's way."""
    counters.again(asked.world, asked.words["push"], is_altered=asked.form.get("what") == "altered")
    return _back(asked)


def routes() -> list[Route]:
    """Where the pages stand."""
    return [
        route("GET", SALES, show),
        route("POST", SALES, buy),
        route("POST", f"{SALES}/timeout", timeout),
        route("POST", f"{SALES}/{{sale}}/happen", happen),
        route("POST", f"{SALES}/{{sale}}/hand", hand),
        route("POST", f"{SALES}/pushes/{{push}}", again),
    ]


def _name_of(provider: Provider, sale: Any) -> str:
    person = provider.people.get(sale.person_id)
    return person.name if person else ""


def _provider(asked: Asked) -> Provider:
    return asked.world.provider(asked.words["provider"])


def _back(asked: Asked) -> Reply:
    return see(f"/{asked.words['provider']}/sales")
