"""Epic's store: entitlements, whether they were redeemed, ownership, offers, and what was taken back."""

import json
import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from playerbase.simulators import settings
from playerbase.simulators.oauth import bearer
from playerbase.simulators.web import Asked, Reply, Route, route, said
from playerbase.simulators.world import World, keep, seconds

NAME = "epic"
ECOM = "/epic/epic/ecom"
PAGE = 100

# What a person can let happen; at Epic nobody is told of it.
DEEDS = {"refund": "Refund", "chargeback": "Chargeback"}


class Entitlement(msgspec.Struct, kw_only=True):
    """Something an account was given."""

    id: str
    person_id: str
    name: str
    is_consumable: bool
    namespace: str
    granted_at: int
    is_redeemed: bool = False
    taken_at: int | None = None

    @property
    def what(self) -> str:
        """What it is, for a person to read."""
        return self.name

    @property
    def state(self) -> str:
        """How it stands."""
        if self.taken_at is not None:
            return "Taken back"
        return "Redeemed" if self.is_redeemed else "Given"

    @property
    def item_id(self) -> str:
        """The item of the catalog behind it."""
        return f"item-{self.name}"


def buy(
    world: World, person_id: str, name: str, *, is_consumable: bool = True, namespace: str = settings.EPIC_SANDBOX
) -> Entitlement:
    """Somebody buys something in the store; a KeyError for nobody."""
    epic = world.provider(NAME)
    made = Entitlement(
        id=secrets.token_hex(16), person_id=epic.people[person_id].id, name=name, is_consumable=is_consumable,
        namespace=namespace, granted_at=seconds(),
    )  # fmt: skip
    keep(epic.sales, made.id, made)
    return made


def receipt(_world: World, entitlement: Entitlement) -> str:
    """What the game presents."""
    return json.dumps({"accountId": entitlement.person_id, "entitlementId": entitlement.id})


def happen(_world: World, entitlement: Entitlement, what: str) -> None:
    """Let something happen to an entitlement; a KeyError for what there is not."""
    assert DEEDS[what]
    entitlement.taken_at = seconds()


def possible(entitlement: Entitlement) -> dict[str, str]:
    """What a person may let happen to it now."""
    return dict(DEEDS) if entitlement.taken_at is None else {}


def entitlements(asked: Asked) -> Reply:
    """What an account has in a sandbox; what was taken back is there no more."""
    with_redeemed = asked.query.get("includeRedeemed") == "true"
    found = [
        each
        for each in _held(asked)
        if each.namespace == asked.query.get("sandboxId")
        and each.taken_at is None
        and (with_redeemed or not each.is_redeemed)
    ]
    start, count = int(asked.query.get("start", "0")), int(asked.query.get("count", str(PAGE)))
    return said([_shown(each) for each in found[start : start + count]])


def redeem(asked: Asked) -> Reply:
    """Use up what can be used up; what was before is no mistake."""
    wanted = asked.json()
    held = {each.id: each for each in _held(asked) if each.namespace == wanted.get("sandboxId")}
    if any(each not in held or held[each].taken_at is not None for each in wanted.get("entitlementIds", [])):
        return _mistake(400, "errors.com.epicgames.ecom.entitlement_not_found")
    for each in wanted["entitlementIds"]:
        held[each].is_redeemed = True
    return Reply(status=204)


def ownership(asked: Asked) -> Reply:
    """Whether each item that is asked about is owned."""
    items = [value for name, value in parse_qsl(asked.query_string) if name == "nsCatalogItemId"]
    owned = {f"{each.namespace}:{each.item_id}" for each in _held(asked) if each.taken_at is None}
    return said(
        [
            {"namespace": item.partition(":")[0], "itemId": item.partition(":")[2], "owned": item in owned}
            for item in items
        ]
    )


def offers(asked: Asked) -> Reply:
    """What is for sale."""
    offer = {
        "id": "offer-gems", "title": "A bag of gems", "currentPrice": 499, "currencyCode": "EUR", "decimalPoint": 2,
        "namespace": asked.words["sandbox"],
    }  # fmt: skip
    return said({"elements": [offer], "paging": {"start": 0, "count": 1, "total": 1}})


def clawbacks(asked: Asked) -> Reply:
    """What was taken back since a day. Its form is ours: Epic's is not public."""
    epic, since = asked.world.provider(NAME), asked.query.get("clawbackDate", "")
    found = [
        {"entitlementId": each.id, "accountId": each.person_id, "clawbackDate": _moment(each.taken_at)}
        for each in epic.sales.values()
        if each.taken_at is not None and each.namespace == asked.words["sandbox"] and _moment(each.taken_at) >= since
    ]
    return said(found[: int(asked.query.get("count", str(PAGE)))])


def routes() -> list[Route]:
    """Where Epic's store answers."""

    def at(method: str, path: str, handler: Callable[[Asked], Reply], *, commits: bool = False) -> Route:
        return route(method, f"{ECOM}/{path}", partial(_known, handler), provider=NAME, commits=commits)

    return [
        at("GET", "v4/identities/{account}/entitlements", entitlements),
        at("PUT", "v3/identities/{account}/entitlements/redeem", redeem, commits=True),
        at("GET", "v3/platforms/EPIC/identities/{account}/ownership", ownership),
        at("GET", "v3/identities/{account}/namespaces/{sandbox}/offers", offers),
        at("GET", "v3/namespace/{sandbox}/entitlements/clawbacks", clawbacks),
    ]


def _known(handler: Callable[[Asked], Reply], asked: Asked) -> Reply:
    grant = asked.world.provider(NAME).tokens.get(bearer(asked))
    if grant is None:
        return _mistake(401, "errors.com.epicgames.common.authentication.authentication_failed")
    if grant.scopes != (settings.EPIC_DEPLOYMENT,):
        return _mistake(403, "errors.com.epicgames.common.missing_permission")
    return handler(asked)


def _held(asked: Asked) -> list[Entitlement]:
    sales = asked.world.provider(NAME).sales.values()
    return [each for each in sales if each.person_id == asked.words["account"]]


def _shown(each: Entitlement) -> dict[str, Any]:
    return {
        "id": each.id, "entitlementName": each.name, "namespace": each.namespace, "catalogItemId": each.item_id,
        "entitlementType": "ENTITLEMENT", "grantDate": _moment(each.granted_at), "consumable": each.is_consumable,
        "status": "ACTIVE", "useCount": 1 - int(each.is_redeemed), "entitlementSource": "LauncherWeb",
    }  # fmt: skip


def _mistake(status: int, code: str) -> Reply:
    return said(
        {
            "errorCode": code, "errorMessage": "Sorry, that cannot be done.", "messageVars": [],
            "numericErrorCode": 1_000 + status, "originatingService": "ecommerceintegration", "intent": "prod",
        },
        status,
    )  # fmt: skip


def _moment(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at))
