"""What a person or a test has handed out: tickets and tokens, right ones and such as forgers make."""

from typing import Any

from playerbase.simulators import epic, oidc, settings, twitch
from playerbase.simulators.world import Ticket, World

ISSUERS = {"epic": epic, "twitch": twitch, "oidc": oidc}


def ticket(
    world: World, person_id: str, *, app_id: int = settings.STEAM_APP_ID, identity: str = settings.STEAM_IDENTITY
) -> str:
    """A ticket as the game of somebody at Steam would get it; a KeyError for nobody."""
    steam = world.provider("steam")
    return steam.give_ticket(Ticket(steam.people[person_id].id, app_id, identity))


def id_token(
    world: World,
    name: str,
    person_id: str,
    *,
    alg: str = "RS256",
    claims: dict[str, Any] | None = None,
    header: dict[str, Any] | None = None,
) -> str:
    """An ID token; claims and header may be replaced, and a claim that is None is left out."""
    provider = world.provider(name)
    whole = {**ISSUERS[name].id_claims(world, provider.people[person_id]), **(claims or {})}
    return provider.signer.sign(
        {key: value for key, value in whole.items() if value is not None}, alg=alg, header=header
    )


def access_token(world: World, name: str, person_id: str, client_id: str = "") -> str:
    """An access token, made for our client or for another."""
    issuer = ISSUERS[name]
    person = world.provider(name).people[person_id]
    made: str = issuer.access_token(world, person, client_id) if client_id else issuer.access_token(world, person)
    return made
