"""The same for tests: a small JSON interface."""

import msgspec

from playerbase.simulators import handing
from playerbase.simulators.web import Asked, Reply, Route, route, said
from playerbase.simulators.world import Fault, Person


def show(asked: Asked) -> Reply:
    """What a provider knows, and who called it."""
    provider = asked.world.provider(asked.words["provider"])
    return said(
        msgspec.to_builtins(
            {"people": list(provider.people.values()), "faults": list(provider.faults), "calls": list(provider.calls)}
        )
    )


def add(asked: Asked) -> Reply:
    """Somebody new: a name, and whatever else a person has."""
    provider, wanted = asked.world.provider(asked.words["provider"]), asked.json()
    made = provider.add(str(wanted["name"]))
    return said(_changed(asked, made, wanted), 201)


def change(asked: Asked) -> Reply:
    """A ban, an address, a family."""
    person = asked.world.provider(asked.words["provider"]).people[asked.words["person"]]
    return said(_changed(asked, person, asked.json()))


def withdraw(asked: Asked) -> Reply:
    """Somebody's access tokens run out, or with ``what`` disconnect, they take back whatever they gave us."""
    provider, person_id = asked.world.provider(asked.words["provider"]), asked.words["person"]
    turn = provider.disconnect if asked.json().get("what") == "disconnect" else provider.expire
    turn(provider.people[person_id].id)
    return said({})


def spoil(asked: Asked) -> Reply:
    """Let the next answers go wrong: kind and count."""
    wanted = asked.json()
    asked.world.provider(asked.words["provider"]).break_next(Fault(wanted["kind"]), int(wanted.get("count", 1)))
    return said({})


def ticket(asked: Asked) -> Reply:
    """A Steam ticket of somebody, for this game or another."""
    wanted = asked.json()
    options = {key: wanted[key] for key in ("app_id", "identity") if key in wanted}
    return said({"ticket": handing.ticket(asked.world, wanted["person"], **options)}, 201)


def token(asked: Asked) -> Reply:
    """An ID token, or with ``kind`` access_token such a one; claims, header, alg and client_id may be a forger's."""
    wanted, name = asked.json(), asked.words["provider"]
    if wanted.get("kind") == "access_token":
        made = handing.access_token(asked.world, name, wanted["person"], wanted.get("client_id", ""))
    else:
        options = {key: wanted[key] for key in ("alg", "claims", "header") if key in wanted}
        made = handing.id_token(asked.world, name, wanted["person"], **options)
    return said({"token": made}, 201)


def rotate(asked: Asked) -> Reply:
    """New keys to sign with."""
    asked.world.provider(asked.words["provider"]).signer.rotate()
    return said({})


def reset(asked: Asked) -> Reply:
    """Begin anew."""
    asked.world.reset()
    return said({})


def routes() -> list[Route]:
    """Where it answers."""
    return [
        route("POST", "/control/reset", reset),
        route("POST", "/control/steam/tickets", ticket),
        route("GET", "/control/{provider}", show),
        route("POST", "/control/{provider}/people", add),
        route("POST", "/control/{provider}/people/{person}", change),
        route("POST", "/control/{provider}/people/{person}/withdraw", withdraw),
        route("POST", "/control/{provider}/faults", spoil),
        route("POST", "/control/{provider}/tokens", token),
        route("POST", "/control/{provider}/rotate", rotate),
    ]


def _changed(asked: Asked, person: Person, wanted: dict[str, object]) -> object:
    changed = msgspec.convert({**msgspec.to_builtins(person), **wanted, "id": person.id}, Person)
    asked.world.provider(asked.words["provider"]).people[person.id] = changed
    return msgspec.to_builtins(changed)
