"""Short words for buying on platforms."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from playerbase import catalog, commerce, identity, ledger, payments, simulators
from playerbase.accounts.actions.federated import sealed_label
from playerbase.catalog import ItemType, Part, Price
from playerbase.catalog import Platform as Shop
from playerbase.commerce import actions
from playerbase.federation import Subject
from playerbase.kit.crypto import blind
from playerbase.kit.db import Pool, transaction
from playerbase.payments import Tills
from playerbase.simulators import counters
from playerbase.simulators.world import World
from tests.accounts.people import People, Someone
from tests.catalog.things import bundle, draft, potion, put

STEAM_ADA = "76561197960287930"
SKUS = {"steam": "1001", "epic": "gems-500", "apple": "com.example.gems500", "google": "com.example.gems500"}
CHEST = {"steam": "2001", "epic": "chest", "apple": "com.example.chest", "google": "com.example.chest"}
BLADE = {"steam": "3001", "epic": "blade", "apple": "com.example.blade", "google": "com.example.blade"}


def skus(names: dict[str, str], amount: int = 499) -> list[catalog.Sku]:
    return [catalog.Sku(platform=Shop(name), sku=sku, amount=amount, currency="EUR") for name, sku in names.items()]


async def stock(pool: Pool) -> None:
    """A pack of gems, a blade, and a chest with a blade, potions and gems in it; each sold everywhere."""
    async with transaction(pool) as tx:
        await put(
            tx,
            bundle("gems_500", prices=[], parts=[Part(quantity=500, asset="gems")], skus=skus(SKUS)),
            draft("blade", skus=skus(BLADE)),
            potion("potion", prices=[Price("coins", 5)]),
            draft(
                "chest", type=ItemType.BUNDLE, skus=skus(CHEST, 999), prices=[],
                parts=[
                    Part(quantity=1, item="blade"), Part(quantity=5, item="potion"), Part(quantity=200, asset="gems"),
                ],
            ),
        )  # fmt: skip


class Counter:
    """Players buy on platforms, and things happen to what they bought."""

    def __init__(self, people: People, world: World, folder: Path) -> None:
        self.people, self.world, self.folder = people, world, folder
        self.pool: Pool = people.api.site.pool
        self.tills: Tills | None = None

    async def player(self, name: str = "Ada", **linked: str) -> Someone:
        """Somebody signed in, whose accounts at platforms are linked."""
        who = await self.people.register(f"{name.lower()}@example.com", name)
        for provider, account in linked.items():
            await self.link(who, provider, account)
        return who

    async def link(self, who: Someone, provider: str, account: str) -> None:
        keys = self.people.api.site.keys
        subject = Subject(provider=provider, id=account, display_name=None)
        index = blind(keys, f"{provider}\0{account}", purpose="identity/provider")
        async with transaction(self.pool) as tx:
            await identity.link_once(
                tx, who.player_id, provider, index, sealed=sealed_label(keys, who.player_id, subject)
            )

    async def post(self, who: Someone, path: str, **body: Any) -> httpx.Response:
        return await self.people.post(f"/commerce{path}", body, **who.headers)

    async def get(self, who: Someone, path: str) -> Any:
        answer = await self.people.api.get(f"/api/v1{path}", headers=who.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def begin(self, who: Someone, sku: str = SKUS["steam"], **more: Any) -> dict[str, Any]:
        answer = await self.post(who, "/steam/checkout", sku=sku, **more)
        assert answer.status_code == 201, answer.text
        begun: dict[str, Any] = answer.json()
        return begun

    async def finalize(self, who: Someone, order: dict[str, Any]) -> httpx.Response:
        return await self.post(who, "/steam/finalize", order_id=order["order_id"])

    async def bought(self, who: Someone, sku: str = SKUS["steam"], **more: Any) -> dict[str, Any]:
        """A purchase at Steam, through to its end."""
        order = await self.begin(who, sku, **more)
        self.happen("steam", order["platform_order_id"], "approve")
        answer = await self.finalize(who, order)
        assert (answer.status_code, answer.json()["state"]) == (200, "granted"), answer.text
        done: dict[str, Any] = answer.json()
        return done

    def sale(self, platform: str, product: str, person: str | None = None, **options: Any) -> Any:
        """Somebody buys in the game; at Apple and Google, it says for whom."""
        person = person or next(iter(self.world.provider(platform).people))
        return counters.buy(self.world, platform, person, product, **options)

    def receipt(self, platform: str, sale: Any) -> str:
        return counters.receipt(self.world, platform, sale.id)

    def happen(self, platform: str, sale_id: str, what: str) -> Any:
        return counters.happen(self.world, platform, sale_id, what)

    async def present(self, who: Someone, platform: str, sale: Any) -> httpx.Response:
        return await self.post(who, "/verify-receipt", provider=platform, receipt=self.receipt(platform, sale))

    async def pushed(self, push: Any, **changed: Any) -> httpx.Response:
        """What a platform tells, at our door."""
        return await self.people.api.post(
            push.path, content=changed.get("body", push.body), headers={**push.headers, **changed.get("headers", {})}
        )

    async def polled(self) -> None:
        """Every feed is read, and acted upon."""
        for name in (actions.STEAM_REPORT, actions.EPIC_CLAWBACKS, actions.GOOGLE_VOIDED):
            await actions.read_feed(self.pool, name, at_once=True)
        await actions.act_on_due(self.pool)
        await self.people.api.drain()

    async def wallet(self, who: Someone, asset: str = "gems") -> tuple[int, int]:
        """What somebody has of an asset, and what they owe."""
        row = await self.pool.fetchrow(
            "select coalesce(sum(posted) filter (where purpose = 'main'), 0)::bigint,"
            " coalesce(-sum(posted) filter (where purpose = 'debt'), 0)::bigint"
            " from ledger.accounts join ledger.balances using (account_id) join ledger.assets using (asset_id)"
            " where owner_id = $1 and code = $2",
            who.player_id, asset,
        )  # fmt: skip
        assert row is not None
        return row[0], row[1]

    async def spend(self, who: Someone, amount: int, asset: str = "gems") -> None:
        await self._move(who, -amount, "spend", ledger.Purpose.REVENUE, asset)

    async def earn(self, who: Someone, amount: int, asset: str = "gems") -> None:
        await self._move(who, amount, "earn", ledger.Purpose.ISSUANCE, asset)

    async def things(self, who: Someone) -> list[str]:
        """The codes of what somebody has, stacks included."""
        return sorted(each["item"] for each in (await self.get(who, "/me/inventory"))["items"])

    async def order(self, order_id: str | UUID) -> commerce.Order:
        async with transaction(self.pool) as tx:
            return await actions.order(tx, UUID(str(order_id)))

    async def topics(self) -> list[str]:
        rows = await self.pool.fetch("select topic from kit.events where topic like 'purchase.%' order by event_id")
        return [row["topic"] for row in rows]

    async def impatient(self) -> None:
        """From now on platforms are waited for a second: for answers that never come."""
        paying = payments.configured(simulators.surroundings(self.world.url, {}), in_production=False)
        self.tills = Tills(paying, seconds=1.0)
        payments.use_tills(self.tills)

    async def patient(self) -> None:
        if self.tills is not None:
            await self.tills.close()

    async def _move(self, who: Someone, amount: int, kind: str, purpose: ledger.Purpose, asset: str) -> None:
        legs = (ledger.Leg(who.player_id, asset, amount), ledger.Leg(ledger.HOUSE, asset, -amount, purpose))
        async with transaction(self.pool) as tx:
            (posted,) = await ledger.post(tx, [ledger.Posting(scope="test", key=str(uuid4()), kind=kind, legs=legs)])
            assert isinstance(posted, ledger.Posted), posted
