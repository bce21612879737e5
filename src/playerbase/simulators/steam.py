"""Steam: the publisher's web API, and the OpenID 2.0 login page."""

import base64
import re
import secrets
import time
from urllib.parse import urlencode

from playerbase.simulators import settings
from playerbase.simulators.web import FORBIDDEN, TEXT, Asked, Reply, Route, page, route, said, see
from playerbase.simulators.world import Person, Provider, keep

NS = "http://specs.openid.net/auth/2.0"
SIGNED = "signed,op_endpoint,claimed_id,identity,return_to,response_nonce,assoc_handle"
TICKET = re.compile(r"(?:[0-9a-f]{2})+", re.IGNORECASE)
NAME = "steam"
SUMMARIES_MAX = 100


def check_ticket(asked: Asked) -> Reply:
    """ISteamUserAuth/AuthenticateUserTicket/v1: every answer but that to a wrong key has status 200.

    Whether Steam takes a ticket twice is not documented; this one does, so that who relies on it is found out.
    """
    if not _has_key(asked):
        return Reply(FORBIDDEN, 403)
    steam, text = asked.world.provider(NAME), asked.query.get("ticket", "")
    if not TICKET.fullmatch(text) or not asked.query.get("appid", "").isdecimal():
        return _mistake(3, "Invalid parameter")
    ticket = steam.tickets.get(text.lower())
    if ticket is None:
        return _mistake(101, "Invalid ticket")
    if str(ticket.app_id) != asked.query["appid"]:
        return _mistake(102, "Ticket for other app")
    if asked.query.get("identity", ticket.identity) != ticket.identity:
        return _mistake(101, "Invalid ticket")
    person = steam.people[ticket.person_id]
    return said(
        {
            "response": {
                "params": {
                    "result": "OK",
                    "steamid": person.id,
                    "ownersteamid": person.owner_id or person.id,
                    "vacbanned": person.vac_banned,
                    "publisherbanned": person.publisher_banned,
                }
            }
        }
    )


def summaries(asked: Asked) -> Reply:
    """ISteamUser/GetPlayerSummaries/v2: unknown ids are absent, and the order is nobody's."""
    if not _has_key(asked):
        return Reply(FORBIDDEN, 403)
    people = asked.world.provider(NAME).people
    wanted = asked.query.get("steamids", "").split(",")[:SUMMARIES_MAX]
    players = [_summary(people[each]) for each in reversed(wanted) if each in people]
    return said({"response": {"players": players}})


def ownership(asked: Asked) -> Reply:
    """ISteamUser/CheckAppOwnership/v4."""
    if not _has_key(asked):
        return Reply(FORBIDDEN, 403)
    person = asked.world.provider(NAME).people.get(asked.query.get("steamid", ""))
    owns = person is not None and person.owns_game and asked.query.get("appid") == str(settings.STEAM_APP_ID)
    owner_id = (person.owner_id or person.id) if person and owns else "0"
    return said(
        {
            "appownership": {
                "ownsapp": owns, "permanent": bool(owns and person and not person.owner_id),
                "timestamp": "2024-04-03T17:50:29Z" if owns else "", "timeexpires": "never",
                "ownersteamid": owner_id, "sitelicense": False, "usercanceled": False, "result": "OK",
            }
        }
    )  # fmt: skip


def login(asked: Asked) -> Reply:
    """The login page, which asks who it shall be."""
    if asked.query.get("openid.mode") != "checkid_setup" or "openid.return_to" not in asked.query:
        return Reply("The OpenID request is malformed.", 400, TEXT)
    steam = asked.world.provider(NAME)
    ways = [
        (person, f"/steam/openid/choose?person={person.id}&{asked.query_string}") for person in steam.people.values()
    ]
    declined = _with(asked.query["openid.return_to"], {"openid.ns": NS, "openid.mode": "cancel"})
    return page("choose.html", provider=steam, ways=ways, declined=declined, wants=asked.query.get("openid.realm", ""))


def choose(asked: Asked) -> Reply:
    """Back to where the visitor came from, with an answer that can be confirmed once."""
    steam = asked.world.provider(NAME)
    answer = assertion(steam, asked.world.url, steam.people[asked.query["person"]], asked.query["openid.return_to"])
    return see(_with(asked.query["openid.return_to"], answer), 302)


def assertion(steam: Provider, url: str, person: Person, return_to: str) -> dict[str, str]:
    """What Steam says of somebody who signed in; remembered, because only what was said is confirmed."""
    nonce = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) + secrets.token_urlsafe(20)
    answer = {
        "openid.ns": NS,
        "openid.mode": "id_res",
        "openid.op_endpoint": f"{url}/steam/openid/login",
        "openid.claimed_id": f"{url}/steam/openid/id/{person.id}",
        "openid.identity": f"{url}/steam/openid/id/{person.id}",
        "openid.return_to": return_to,
        "openid.response_nonce": nonce,
        "openid.assoc_handle": "1234567890",
        "openid.signed": SIGNED,
        "openid.sig": base64.b64encode(secrets.token_bytes(20)).decode(),
    }
    keep(steam.assertions, nonce, answer)
    return answer


def confirm(asked: Asked) -> Reply:
    """check_authentication: whether this very answer was ours; once."""
    steam = asked.world.provider(NAME)
    kept = steam.assertions.get(asked.form.get("openid.response_nonce", ""))
    is_valid = (
        kept is not None
        and asked.form.get("openid.mode") == "check_authentication"
        and {**asked.form, "openid.mode": "id_res"} == kept
    )
    if kept is not None and is_valid:
        del steam.assertions[kept["openid.response_nonce"]]
    return Reply(f"ns:{NS}\nis_valid:{str(is_valid).lower()}\n", media=TEXT)


def routes() -> list[Route]:
    """Where Steam answers."""
    return [
        route("GET", "/steam/ISteamUserAuth/AuthenticateUserTicket/v1/", check_ticket, provider=NAME),
        route("GET", "/steam/ISteamUser/GetPlayerSummaries/v2/", summaries, provider=NAME),
        route("GET", "/steam/ISteamUser/CheckAppOwnership/v4/", ownership, provider=NAME),
        route("POST", "/steam/openid/login", confirm, provider=NAME),
        route("GET", "/steam/openid/login", login),
        route("GET", "/steam/openid/choose", choose),
    ]


def _has_key(asked: Asked) -> bool:
    return settings.STEAM_KEY in {asked.headers.get("x-webapi-key"), asked.query.get("key")}


def _mistake(code: int, text: str) -> Reply:
    return said({"response": {"error": {"errorcode": code, "errordesc": text}}})


def _summary(person: Person) -> dict[str, object]:
    return {
        "steamid": person.id,
        "communityvisibilitystate": 1 if person.is_private else 3,
        "profilestate": 1,
        "personaname": person.name,
        "profileurl": f"https://steamcommunity.com/profiles/{person.id}/",
        "avatar": "", "avatarmedium": "", "avatarfull": "",
    }  # fmt: skip


def _with(url: str, answer: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(answer)}"
