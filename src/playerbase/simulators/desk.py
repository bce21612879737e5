"""The pages: a person makes somebody, a ticket or token to copy, a ban, a fault."""

from playerbase.simulators import handing, settings
from playerbase.simulators.counters import COUNTERS
from playerbase.simulators.web import Asked, Reply, Route, page, route, see
from playerbase.simulators.world import FAULTS_MAX, Fault, Provider

ANY = r"/(?P<provider>steam|epic|twitch|oidc|apple|google|shopify)"
NAME_CHARS_MAX = 100
FAULTS = {
    Fault.SLOW: "Slow: it answers after we have given up",
    Fault.FORBIDDEN: "403: the key is wrong, or we are locked out",
    Fault.TOO_MANY: "429: too many calls",
    Fault.FAILING: "500: it fails",
    Fault.CLOSE: "Dead: it hangs up without a word",
    Fault.HALF: "Half: it hangs up in the middle of its answer",
    Fault.LOST: "Timeout after commit: a payment is made, and its answer never arrives",
    Fault.MISTAKE: "200 with an error: it says politely that it failed",
}
CLIENTS = {
    "steam": [("Game", str(settings.STEAM_APP_ID)), ("Publisher key", settings.STEAM_KEY)],
    "epic": [("Client", settings.EPIC_CLIENT_ID), ("Secret", settings.CLIENT_SECRET)],
    "twitch": [("Client", settings.TWITCH_CLIENT_ID), ("Secret", settings.CLIENT_SECRET)],
    "oidc": [("Client", settings.OIDC_CLIENT_ID), ("Secret", settings.CLIENT_SECRET)],
    "apple": [("App", settings.APPLE_BUNDLE_ID), ("Key", settings.APPLE_KEY_ID)],
    "google": [("App", settings.GOOGLE_PLAY_PACKAGE), ("Account", settings.GOOGLE_PLAY_EMAIL)],
    "shopify": [("Shop", settings.SHOPIFY_SHOP), ("Token", settings.SHOPIFY_ACCESS_TOKEN)],
}


def front(asked: Asked) -> Reply:
    """All there is."""
    return page("front.html", providers=list(asked.world.providers.values()))


def show(asked: Asked) -> Reply:
    """One provider: its people, its moods, and who called."""
    provider = _provider(asked)
    calls = list(reversed(provider.calls))[:20]
    return page(
        "provider.html", provider=provider, faults=FAULTS, clients=CLIENTS[provider.name], calls=calls, made=None,
        has_sales=provider.name in COUNTERS, has_logins=provider.name in handing.ISSUERS,
    )  # fmt: skip


def add(asked: Asked) -> Reply:
    """Somebody new."""
    name = asked.form["name"].strip()[:NAME_CHARS_MAX]
    if name:
        _provider(asked).add(name)
    return _back(asked)


def hand(asked: Asked) -> Reply:
    """A ticket or token to copy."""
    provider, person_id, kind = _provider(asked), asked.words["person"], asked.form["kind"]
    if kind == "ticket":
        made = handing.ticket(asked.world, person_id)
    elif kind == "id_token":
        made = handing.id_token(asked.world, provider.name, person_id)
    else:
        made = handing.access_token(asked.world, provider.name, person_id)
    return page("made.html", provider=provider, person=provider.people[person_id], kind=kind, made=made)


def turn(asked: Asked) -> Reply:
    """A ban, or its end; at Twitch, the end of what somebody gave us."""
    person, what = _provider(asked).people[asked.words["person"]], asked.form["what"]
    if what == "publisher_ban":
        person.publisher_banned = not person.publisher_banned
    elif what == "vac_ban":
        person.vac_banned = not person.vac_banned
    elif what == "disconnect":
        _provider(asked).disconnect(person.id)
    elif what == "expire":
        _provider(asked).expire(person.id)
    return _back(asked)


def spoil(asked: Asked) -> Reply:
    """Let the next answers go wrong, or none."""
    provider, kind = _provider(asked), asked.form["kind"]
    if kind == "none":
        provider.faults.clear()
    else:
        provider.break_next(Fault(kind), max(1, min(int(asked.form.get("count", "1")), FAULTS_MAX)))
    return _back(asked)


def rotate(asked: Asked) -> Reply:
    """New keys to sign with."""
    _provider(asked).signer.rotate()
    return _back(asked)


def routes() -> list[Route]:
    """Where the pages stand."""
    return [
        route("GET", "/", front),
        route("GET", ANY, show),
        route("POST", f"{ANY}/people", add),
        route("POST", f"{ANY}/people/{{person}}/hand", hand),
        route("POST", f"{ANY}/people/{{person}}/turn", turn),
        route("POST", f"{ANY}/faults", spoil),
        route("POST", f"{ANY}/rotate", rotate),
    ]


def _provider(asked: Asked) -> Provider:
    return asked.world.provider(asked.words["provider"])


def _back(asked: Asked) -> Reply:
    return see(f"/{asked.words['provider']}")
